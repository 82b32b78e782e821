import { describe, expect, it } from 'vitest';
import { bootstrapDraws, drawsOf } from '../../../models/attribution/bootstrap.ts';
import {
  type BucketSums,
  bucketDraws,
  bucketWeights,
  transitionSlots,
  transitionsOfSums,
  weightedSums,
} from '../../../models/attribution/bucket-bootstrap.ts';
import { solveMarkov } from '../../../models/attribution/markov.ts';
import { resampleUnits } from '../../../models/attribution/resample.ts';
import { indexChain, type TransitionCounts, weighChain } from '../../../models/attribution/transitions.ts';
import type { Paths } from '../../../models/paths.ts';
import { simulateJourneys } from './simulated-journeys.ts';

/** Counts every bucket's chain by itself, as a database would with a group by. */
function sumsByBucket(
  paths: Paths,
  personKeys: BigUint64Array,
  buckets: number,
  order: number,
): { sums: BucketSums; shape: TransitionCounts } {
  const index = indexChain(paths, order);
  const shape = weighChain(index, paths);
  const at = transitionSlots(shape);
  const entries: [number, number, number][] = [];
  for (let b = 0; b < buckets; b++) {
    const within = (values: Float64Array) =>
      values.map((value, i) => (Number((personKeys[i] >> 20n) % BigInt(buckets)) === b ? value : 0));
    const counts = weighChain(index, {
      conversions: within(paths.conversions),
      nonConversions: within(paths.nonConversions),
      revenue: within(paths.revenue),
    });
    for (const key of ['start', 'weight', 'conversions', 'nonConversions', 'revenue'] as const) {
      counts[key].forEach((value, i) => {
        if (value !== 0) entries.push([b, at[key] + i, value]);
      });
    }
  }
  const sums = {
    buckets,
    width: at.width,
    bucket: Uint32Array.from(entries, (e) => e[0]),
    slot: Uint32Array.from(entries, (e) => e[1]),
    value: Float64Array.from(entries, (e) => e[2]),
  };
  return { sums, shape };
}

const deviation = (values: Float64Array): number => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1));
};

describe('bucketDraws', () => {
  const { paths, personKeys } = simulateJourneys(1, 3000, 2);
  const { sums, shape } = sumsByBucket(paths, personKeys, 400, 1);

  it('gives the model of the data where every bucket counts once', () => {
    const whole = transitionsOfSums(shape, weightedSums(sums, new Float64Array(400).fill(1)));
    expect({ ...whole, revenue: null }).toEqual({ ...shape, revenue: null });
    whole.revenue.forEach((value, s) => {
      expect(value).toBeCloseTo(shape.revenue[s], 6);
    });
  });

  it('has the spread of the bootstrap over persons', () => {
    const replicates = 600;
    const buckets = bucketDraws(
      sums,
      paths.channels,
      { model: 'markov' },
      (s) => solveMarkov(transitionsOfSums(shape, s)),
      2,
      replicates,
    );
    const persons = bootstrapDraws(resampleUnits(paths, personKeys), [{ model: 'markov' }], 3, replicates);
    let ratio = 0;
    paths.channels.forEach((_, j) => {
      for (const kind of ['conversions', 'revenue'] as const) {
        ratio += deviation(drawsOf(buckets, 0, kind, j)) / deviation(drawsOf(persons, 0, kind, j)) / 12;
      }
    });
    // known to 1 / sqrt(2 x 400) = 3.5 % by the buckets and 3 % by the replicates of each
    expect(Math.abs(ratio - 1)).toBeLessThan(0.1);
  });

  it('draws weights of mean 1 that depend on seed and replicate alone', () => {
    const weights = bucketWeights(400, 5, 7);
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(400, 9);
    expect(bucketWeights(400, 5, 7)).toEqual(weights);
    expect(bucketWeights(400, 5, 8)).not.toEqual(weights);
    expect(Math.abs(deviation(weights) - 1)).toBeLessThan(0.15);
  });

  it('refuses too few buckets to tell a spread', () => {
    expect(() =>
      bucketDraws({ ...sums, buckets: 20 }, paths.channels, { model: 'markov' }, () => solveMarkov(shape), 1, 20),
    ).toThrow(/buckets is 20/);
  });
});
