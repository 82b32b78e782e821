import { InputError } from '../errors.ts';
import type { Interval } from '../estimate.ts';
import { type ModelRequest, prepareModel } from './registry.ts';
import { drawCounts, emptyCounts, type ResampleUnits } from './resample.ts';

/** Credits of every replicate, model, and channel. */
export interface BootstrapDraws {
  channels: readonly string[];
  models: readonly ModelRequest[];
  unit: ResampleUnits['unit'];
  seed: number;
  replicates: number;
  /** replicates x models x 2 x channels, row-major: conversions, then revenue */
  values: Float64Array;
}

/** Numbers that one replicate of these models takes in `BootstrapDraws.values`. */
export function drawWidth(models: number, channels: number): number {
  return models * 2 * channels;
}

/**
 * The Poisson bootstrap of some models, bound to its units: replicates `from` (inclusive) to `to` (exclusive).
 *
 * Each replicate draws weights and runs every model anew on them. It depends on the seed and its number only, so a range
 * may be computed anywhere and laid beside the others.
 *
 * @returns a function to (to - from) x models x 2 x channels credits, as in `BootstrapDraws.values`
 * @throws InputError as `prepareModel`
 * @see Hanley & MacGibbon (2006), Creating non-parametric bootstrap samples using Poisson frequencies
 */
export function replicator(
  units: ResampleUnits,
  models: readonly ModelRequest[],
  seed: number,
): (from: number, to: number) => Float64Array {
  const channels = units.paths.channels.length;
  const width = drawWidth(models.length, channels);
  const prepared = models.map((request) => prepareModel(units.paths, request));
  const counts = emptyCounts(units);
  return (from, to) => {
    const values = new Float64Array((to - from) * width);
    for (let replicate = from; replicate < to; replicate++) {
      drawCounts(units, seed, replicate, counts);
      prepared.forEach((model, m) => {
        const credit = model(counts);
        const at = (replicate - from) * width + m * 2 * channels;
        values.set(credit.conversions, at);
        values.set(credit.revenue, at + channels);
      });
    }
    return values;
  };
}

/** All replicates in this thread. */
export function bootstrapDraws(
  units: ResampleUnits,
  models: readonly ModelRequest[],
  seed: number,
  replicates: number,
): BootstrapDraws {
  return {
    channels: units.paths.channels,
    models,
    unit: units.unit,
    seed,
    replicates,
    values: replicator(units, models, seed)(0, replicates),
  };
}

/** One number per replicate: credited conversions (or revenue) of a channel under model number `model`. */
export function drawsOf(
  draws: BootstrapDraws,
  model: number,
  kind: 'conversions' | 'revenue',
  channel: number,
): Float64Array {
  const channels = draws.channels.length;
  const width = drawWidth(draws.models.length, channels);
  const at = (model * 2 + (kind === 'revenue' ? 1 : 0)) * channels + channel;
  const out = new Float64Array(draws.replicates);
  for (let r = 0; r < draws.replicates; r++) out[r] = draws.values[r * width + at];
  return out;
}

/** Smallest number of replicates whose order statistics reach both tails of the level. */
export function replicatesNeeded(level: number): number {
  return Math.ceil(2 / (1 - level) - 1 - 1e-9);
}

/** @throws InputError `bad_parameter` when the level is outside (0, 1) or the replicates cannot reach its tails */
export function checkReplicates(replicates: number, level: number): void {
  if (!(level > 0 && level < 1))
    throw new InputError('bad_parameter', `level is ${level}; give a number inside (0, 1)`);
  const needed = replicatesNeeded(level);
  if (!(Number.isInteger(replicates) && (replicates === 0 || replicates >= needed))) {
    throw new InputError(
      'bad_parameter',
      `replicates is ${replicates}; give 0 for no intervals, or a whole number >= ${needed} for level ${level}`,
    );
  }
}

/**
 * Percentile interval of the replicates.
 *
 * Quantiles are at position (n + 1) p, so that a new draw falls between them with probability `level`. Correcting for
 * bias as Efron (1987) does was tried and gave no better coverage: the models have next to none, and its noise costs
 * about a point.
 *
 * @param draws  one number per replicate; finite
 * @returns      null when the replicates do not vary, since then they say nothing about the error
 * @see Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 13
 */
export function bootstrapInterval(draws: Float64Array, level: number): Interval | null {
  const sorted = Float64Array.from(draws).sort();
  if (sorted.length === 0 || sorted[0] === sorted[sorted.length - 1]) return null;
  return {
    lo: orderQuantile(sorted, (1 - level) / 2),
    hi: orderQuantile(sorted, (1 + level) / 2),
    level,
    kind: 'confidence',
  };
}

/** Type-6 quantile: position (n + 1) p, held inside the draws. */
function orderQuantile(sorted: Float64Array, p: number): number {
  const at = Math.min(Math.max((sorted.length + 1) * p - 1, 0), sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}
