import { describe, expect, it } from 'vitest';
import { bootstrapInterval } from '../../../models/attribution/bootstrap.ts';
import { countedChain } from '../../../models/attribution/counted-chain.ts';
import { type Counted, countedCredit, countedReplicator } from '../../../models/attribution/counted-credit.ts';
import { prepareModel } from '../../../models/attribution/registry.ts';
import type { Paths } from '../../../models/paths.ts';
import { simulateJourneys } from './simulated-journeys.ts';

const BUCKETS = 1000;

/** Counts journeys as `sql/statistic/transition.sql` and `chain_end.sql` do, one row a journey. */
function counted(paths: Paths, personKeys: BigUint64Array, order: number): Extract<Counted, { kind: 'chain' }> {
  const base = paths.channels.length + 1;
  const code = (from: number, to: number): number =>
    paths.steps.subarray(from, to).reduce((value, channel) => value * base + channel + 1, 0);
  const moves: number[][] = [];
  const ends: number[][] = [];
  for (let i = 0; i < paths.conversions.length; i++) {
    const bucket = Number((personKeys[i] >> 20n) % BigInt(BUCKETS));
    const [start, end] = [paths.offsets[i], paths.offsets[i + 1]];
    const outcome = [paths.conversions[i], paths.nonConversions[i], paths.revenue[i]];
    ends.push([1, bucket, code(start, Math.min(start + order, end)), ...outcome]);
    ends.push([0, bucket, code(Math.max(end - order, start), end), ...outcome]);
    for (let s = start; s + order < end; s++) {
      const [from, to] = [code(s, s + order), code(s + 1, s + order + 1)];
      if (from !== to) moves.push([bucket, from, to, 1]);
    }
  }
  const column = (rows: number[][], i: number): Float64Array => Float64Array.from(rows, (row) => row[i]);
  const { shape, sums } = countedChain(
    { bucket: column(moves, 0), from: column(moves, 1), to: column(moves, 2), weight: column(moves, 3) },
    {
      isStart: column(ends, 0),
      bucket: column(ends, 1),
      state: column(ends, 2),
      conversions: column(ends, 3),
      nonConversions: column(ends, 4),
      revenue: column(ends, 5),
    },
    order,
    base,
    paths.channels,
    (channel) => channel,
    BUCKETS,
  );
  return { kind: 'chain', shape, sums };
}

const ones = new Float64Array(BUCKETS).fill(1);

describe('countedCredit', () => {
  it.each([1, 2, 3])('gives the Markov credit of order %i of the journeys that were counted', (order) => {
    const { paths, personKeys } = simulateJourneys('counted', 800, 2);
    const credit = countedCredit(counted(paths, personKeys, order))(ones);
    const bare = prepareModel(paths, { model: 'markov', order })(paths);
    credit.conversions.forEach((value, j) => {
      expect(Math.abs(value - bare.conversions[j])).toBeLessThan(1e-9);
      expect(Math.abs(credit.revenue[j] - bare.revenue[j])).toBeLessThan(1e-7);
      expect(credit.removalEffects![j]).toBeCloseTo(bare.removalEffects![j], 11);
    });
  });

  it('gives what nothing touched to the channel (unattributed)', () => {
    const sums = {
      buckets: BUCKETS,
      width: 6,
      bucket: Uint32Array.of(0, 1, 1),
      slot: Uint32Array.of(1, 4, 5),
      value: Float64Array.of(3, 2, 50),
    };
    const credit = countedCredit({ kind: 'direct', channels: ['(unattributed)', 'email'], sums })(ones);
    expect([...credit.conversions]).toEqual([2, 3]);
    expect([...credit.revenue]).toEqual([50, 0]);
    expect(credit.unattributed).toEqual({ conversions: 0, revenue: 0 });
  });
});

describe('countedReplicator', () => {
  it('draws the same for any split of the replicates', () => {
    const { paths, personKeys } = simulateJourneys('split', 300, 2);
    const replicates = countedReplicator([counted(paths, personKeys, 1), counted(paths, personKeys, 2)], 7);
    const whole = replicates(0, 12);
    expect([...replicates(0, 5), ...replicates(5, 12)]).toEqual([...whole]);
  });

  it('has 90 % intervals that cover the credit of the population', () => {
    const population = simulateJourneys('population', 60_000, 3).paths;
    const truth = prepareModel(population, { model: 'markov', order: 1 })(population);
    const markets = 120;
    let inside = 0;
    for (let market = 0; market < markets; market++) {
      const { paths, personKeys } = simulateJourneys(`market ${market}`, 600, 3);
      const channels = paths.channels.length;
      const draws = countedReplicator([counted(paths, personKeys, 1)], market)(0, 100);
      paths.channels.forEach((name, j) => {
        const values = Float64Array.from({ length: 100 }, (_, r) => draws[r * 2 * channels + j]);
        const interval = bootstrapInterval(values, 0.9)!;
        const expected = truth.conversions[population.channels.indexOf(name)] / 100;
        if (interval.lo <= expected && expected <= interval.hi) inside++;
      });
    }
    const coverage = inside / (markets * population.channels.length);
    expect(coverage).toBeGreaterThan(0.85);
    expect(coverage).toBeLessThan(0.95);
  });
});
