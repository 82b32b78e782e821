import { describe, expect, it } from 'vitest';
import { prepareMarkov } from '../../../models/attribution/markov.ts';
import { type SequenceOptions, sequenceEffects } from '../../../models/attribution/sequences.ts';
import type { Paths } from '../../../models/paths.ts';
import { simulateJourneys } from './simulated-journeys.ts';
import { shortPaths } from './small-paths.ts';

const effects = (paths: Paths, options: SequenceOptions = {}) =>
  sequenceEffects(paths, { replicates: 0, minimumJourneys: 1, limit: 1000, ...options });

describe('sequenceEffects', () => {
  it('counts journeys with and without a sequence, once each, as worked by hand', () => {
    const out = effects(
      shortPaths([
        ['a > b > a > b', 3, 7, 30],
        ['b > a', 1, 9, 5],
        ['a', 2, 8, 6],
        ['', 0, 10],
      ]),
    );
    expect(out.sequences.map((s) => s.sequence.join('>'))).toEqual(['b>a', 'a>b']);
    const [ba, ab] = out.sequences;
    expect(ab).toMatchObject({ journeys: 10, conversions: 3, rate_with: 0.3, rate_without: 0.1 });
    expect(ab.rate_ratio).toBeCloseTo(3, 12);
    expect(ba).toMatchObject({ journeys: 20, conversions: 4, rate_with: 0.2, rate_without: 0.1 });
    expect(ba.removal_interval).toBeUndefined();
  });

  it('is the share of touched conversions whose path holds the sequence, once a state holds the whole path', () => {
    const paths = shortPaths([
      ['a > b > c', 3, 7, 30],
      ['b > c', 1, 9, 5],
      ['a > c', 2, 8, 6],
      ['c > b', 4, 1, 9],
    ]);
    const out = effects(paths, { order: 9 });
    const of = (name: string) => out.sequences.find((s) => s.sequence.join('>') === name)!;
    expect(of('b>c').removal_effect).toBeCloseTo(4 / 10, 12);
    expect(of('a>b').removal_effect).toBeCloseTo(3 / 10, 12);
    expect(of('b>c').revenue_removal_effect).toBeCloseTo(35 / 50, 12);
  });

  it('is the removal effect of the channel for sequences of one touch', () => {
    const { paths } = simulateJourneys(3, 800);
    for (const order of [1, 2]) {
      const markov = prepareMarkov(paths, { order })(paths);
      for (const s of effects(paths, { length: 1, order }).sequences) {
        const j = paths.channels.indexOf(s.sequence[0]);
        expect(s.removal_effect).toBeCloseTo(markov.removalEffects![j], 11);
        expect(s.revenue_removal_effect).toBeCloseTo(markov.revenueRemovalEffects![j], 11);
      }
    }
  });

  it('is never more than the effect of a channel in it', () => {
    const { paths } = simulateJourneys(4, 1500);
    const single = new Map(
      effects(paths, { length: 1, order: 2 }).sequences.map((s) => [s.sequence[0], s.removal_effect]),
    );
    for (const s of effects(paths, { order: 2 }).sequences) {
      for (const channel of s.sequence) expect(s.removal_effect).toBeLessThanOrEqual(single.get(channel)! + 1e-12);
    }
  });

  it('puts every effect in an interval, the same on every call, and leaves rare sequences out', () => {
    const { paths } = simulateJourneys(5, 1500);
    const options = { replicates: 100, minimumJourneys: 30, limit: 8, seed: 3 };
    const out = effects(paths, options);
    expect(out.sequences).toHaveLength(8);
    for (const s of out.sequences) {
      expect(s.removal_interval!.lo).toBeLessThanOrEqual(s.removal_effect);
      expect(s.removal_interval!.hi).toBeGreaterThanOrEqual(s.removal_effect);
      expect(s.journeys).toBeGreaterThanOrEqual(30);
    }
    expect(effects(paths, options)).toEqual(out);
    expect(out.diagnostics.left_out).toBe((out.diagnostics.sequences_found as number) - 8);
  });

  it('refuses states too short to hold the sequence', () => {
    const paths = shortPaths([['a > b', 1]]);
    expect(() => effects(paths, { length: 3, order: 2 })).toThrow(/order >= 3/);
    expect(() => effects(paths, { length: 0 })).toThrow(/length is 0/);
    expect(() => effects(shortPaths([['a', 0, 1]]))).toThrow(/none of the 1 paths converts/);
  });
});
