import { InputError } from '../errors.ts';
import type { BootstrapDraws } from './bootstrap.ts';
import type { Credit } from './credit.ts';
import { replicateStream } from './poisson-weights.ts';
import type { ModelRequest } from './registry.ts';
import type { TransitionCounts } from './transitions.ts';

/**
 * Sums over persons, by bucket of persons: what a database hands over instead of rows, so that its size does not grow
 * with the number of persons. A person's bucket is a hash of its key, modulo `buckets`, so sums of parts of the data add.
 */
export interface BucketSums {
  buckets: number;
  /** numbers of one bucket */
  width: number;
  /** entries that are not zero, in any order: bucket, slot in 0 .. width, value */
  bucket: Uint32Array;
  slot: Uint32Array;
  value: Float64Array;
}

/**
 * Bootstrap replicates of any credit that is a function of sums over persons.
 *
 *     sums* = B sum(W_b sums_b) / sum(W_b),  W_b ~ Poisson(1) by bucket
 *
 * Dividing by the mean weight matters: without it the replicates would carry the noise of B buckets instead of that of all
 * persons. With it the variance is that between buckets, which persons dealt at random make equal to the variance between
 * persons, known to about 1 / sqrt(2 B).
 *
 * @param creditOf  length-width sums -> credit; called once per replicate
 * @throws InputError `bad_parameter` for fewer than 100 buckets
 */
export function bucketDraws(
  sums: BucketSums,
  channels: readonly string[],
  request: ModelRequest,
  creditOf: (sums: Float64Array) => Pick<Credit, 'conversions' | 'revenue'>,
  seed: number,
  replicates: number,
): BootstrapDraws {
  if (!(Number.isInteger(sums.buckets) && sums.buckets >= 100)) {
    throw new InputError('bad_parameter', `buckets is ${sums.buckets}; give a whole number >= 100, better 1,000`);
  }
  const values = new Float64Array(replicates * 2 * channels.length);
  for (let r = 0; r < replicates; r++) {
    const credit = creditOf(weightedSums(sums, bucketWeights(sums.buckets, seed, r)));
    values.set(credit.conversions, r * 2 * channels.length);
    values.set(credit.revenue, (r * 2 + 1) * channels.length);
  }
  return { channels, models: [request], unit: 'person', seed, replicates, values };
}

/** Weights of one replicate, with mean 1. */
export function bucketWeights(buckets: number, seed: number, replicate: number): Float64Array {
  const { poisson } = replicateStream(seed, replicate, 'bucket');
  const weights = new Float64Array(buckets);
  let total = 0;
  for (let b = 0; b < buckets; b++) {
    weights[b] = poisson(b, 0, 1);
    total += weights[b];
  }
  return weights.map((weight) => (weight * buckets) / total);
}

/** Length width: each slot summed over buckets, times their weights; with weights of 1, the sums of the data. */
export function weightedSums(sums: BucketSums, weights: Float64Array): Float64Array {
  const out = new Float64Array(sums.width);
  const { bucket, slot, value } = sums;
  for (let i = 0; i < value.length; i++) out[slot[i]] += weights[bucket[i]] * value[i];
  return out;
}

/** Where the sums of a chain stand in `BucketSums`: slots of state s or transition e, counted from these. */
export interface TransitionSlots {
  start: number;
  weight: number;
  conversions: number;
  nonConversions: number;
  revenue: number;
  width: number;
}

/** Slots for the states and transitions of `shape`. */
export function transitionSlots(shape: TransitionCounts): TransitionSlots {
  const states = shape.start.length;
  const edges = shape.from.length;
  const weight = states;
  const conversions = weight + edges;
  return {
    start: 0,
    weight,
    conversions,
    nonConversions: conversions + states,
    revenue: conversions + 2 * states,
    width: conversions + 3 * states,
  };
}

/** The chain of `shape` with the sums of a replicate. */
export function transitionsOfSums(shape: TransitionCounts, sums: Float64Array): TransitionCounts {
  const at = transitionSlots(shape);
  const states = shape.start.length;
  return {
    ...shape,
    start: sums.subarray(at.start, at.start + states),
    weight: sums.subarray(at.weight, at.weight + shape.from.length),
    conversions: sums.subarray(at.conversions, at.conversions + states),
    nonConversions: sums.subarray(at.nonConversions, at.nonConversions + states),
    revenue: sums.subarray(at.revenue, at.revenue + states),
  };
}
