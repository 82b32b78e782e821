import { describe, expect, it } from 'vitest';
import { attributePaths } from '../../../models/attribution/attribute-paths.ts';
import { attributeTimed, type TimedOptions } from '../../../models/attribution/attribute-timed.ts';
import { compareModels } from '../../../models/attribution/compare.ts';
import { pathsOfTimed, type TimedJourneys } from '../../../models/attribution/timed-journeys.ts';
import { random } from '../../../models/numeric/random.ts';

function simulate(count: number): TimedJourneys {
  const { uniform, exponential, integer } = random(4, 'timed');
  const offsets = [0];
  const channel: number[] = [];
  const ageDays: number[] = [];
  const converted: number[] = [];
  for (let i = 0; i < count; i++) {
    for (let n = 1 + integer(3); n > 0; n--) {
      channel.push(integer(2));
      ageDays.push(10 * exponential());
    }
    offsets.push(channel.length);
    converted.push(uniform() < 0.2 ? 1 : 0);
  }
  return {
    channels: ['email', 'social'],
    offsets: Uint32Array.from(offsets),
    channel: Uint32Array.from(channel),
    ageDays: Float64Array.from(ageDays),
    converted: Uint8Array.from(converted),
    revenue: Float64Array.from(converted, (flag) => 25 * flag),
  };
}

describe('attributeTimed', () => {
  const journeys = simulate(300);
  const run = (options: Partial<TimedOptions>) =>
    attributeTimed(journeys, { model: 'time_decay', replicates: 40, ...options });

  it('gives both timed models in the shape of the path models, with intervals that hold the credit', () => {
    for (const model of ['time_decay', 'learned_decay'] as const) {
      const out = run({ model, seed: 2 });
      const conversions = journeys.converted.reduce((a, b) => a + b, 0);
      expect(out).toMatchObject({ schema_version: 1, model, total: { conversions, revenue: 25 * conversions } });
      expect(out.channels.reduce((sum, c) => sum + c.conversions, 0)).toBeCloseTo(conversions, 9);
      for (const channel of out.channels) {
        expect(channel.interval!.lo).toBeLessThan(channel.conversions);
        expect(channel.interval!.hi).toBeGreaterThan(channel.conversions);
      }
      expect(run({ model, seed: 2 })).toEqual(out);
      expect(out.diagnostics.interval).toMatchObject({ unit: 'journey', replicates: 40 });
    }
  });

  it('stands beside the path models on the same journeys', () => {
    const linear = attributePaths(pathsOfTimed(journeys), { model: 'linear', replicates: 0 });
    const out = compareModels([linear, run({ halfLifeDays: 1e9 })]);
    // a half-life without end is linear
    expect(out.models).toEqual(['linear', 'time_decay']);
    for (const { conversions } of out.channels) expect(conversions.time_decay).toBeCloseTo(conversions.linear, 6);
  });

  it('draws the journeys of a person together', () => {
    const one = run({ personKeys: new BigUint64Array(300).fill(9n), replicates: 200 });
    const each = run({ personKeys: BigUint64Array.from({ length: 300 }, (_, i) => BigInt(i)), replicates: 200 });
    const width = (out: typeof one) => out.channels[0].interval!.hi - out.channels[0].interval!.lo;
    // all journeys of one person come and go at once
    expect(width(one)).toBeGreaterThan(3 * width(each));
    expect(one.diagnostics.interval).toMatchObject({ unit: 'person' });
  });

  it('passes options on and refuses what they cannot be', () => {
    const fast = run({ halfLifeDays: 0.1 });
    const slow = run({ halfLifeDays: 1000 });
    expect(fast.channels[0].conversions).not.toBeCloseTo(slow.channels[0].conversions, 1);
    expect(fast.diagnostics.half_life_days).toBe(0.1);
    expect(() => run({ halfLifeDays: 0 })).toThrow(/half_life_days is 0/);
    expect(() => run({ model: 'linear' as 'time_decay' })).toThrow(/linear needs no times/);
    expect(() => run({ personKeys: new BigUint64Array(2) })).toThrow(/2 person keys for 300 journeys/);
    expect(() => run({ replicates: 3 })).toThrow(/replicates is 3/);
  });
});
