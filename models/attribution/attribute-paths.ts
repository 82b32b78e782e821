import { DEFAULT_LEVEL } from '../estimate.ts';
import type { Paths } from '../paths.ts';
import {
  type AttributionResult,
  type ChannelCredit,
  DEFAULT_REPLICATES,
  type IntervalOptions,
  resultOf,
  sum,
} from './attribution-result.ts';
import { type BootstrapDraws, bootstrapDraws, checkReplicates } from './bootstrap.ts';
import { checkPaths } from './check-paths.ts';
import { type ModelRequest, prepareModel, requestOf } from './registry.ts';
import { type ResampleUnits, resampleUnits } from './resample.ts';
import { orderedShapley } from './shapley.ts';
import { type PathTransform, transformPaths } from './transforms.ts';

export interface AttributeOptions extends ModelRequest, IntervalOptions {
  /** changes made to every path before the model reads it, left to right */
  transforms?: readonly PathTransform[];
  /** 64-bit hash of each row's person; without it the unit of the bootstrap is the journey */
  personKeys?: BigUint64Array;
}

/**
 * Credit of every channel under one model, with bootstrap intervals.
 *
 * Credit says which channels the converting journeys passed through. It is an association, not proof that a channel
 * caused anything.
 *
 * @throws InputError `bad_paths` when no path converts or the model needs times, `unknown_name` for an unknown model,
 *         `bad_parameter` for an option outside its range
 */
export function attributePaths(paths: Paths, options: AttributeOptions): AttributionResult {
  const units = attributionUnits(paths, options);
  const { replicates = DEFAULT_REPLICATES, seed = 1, level = DEFAULT_LEVEL } = options;
  checkReplicates(replicates, level);
  const draws = replicates === 0 ? null : bootstrapDraws(units, [requestOf(options)], seed, replicates);
  return attributionResult(units, options, draws, options);
}

/** Checks and transforms paths and readies them for the bootstrap. @throws InputError as `attributePaths` */
export function attributionUnits(
  paths: Paths,
  options: { transforms?: readonly PathTransform[]; personKeys?: BigUint64Array } = {},
): ResampleUnits {
  checkPaths(paths);
  return resampleUnits(transformPaths(paths, options.transforms ?? []), options.personKeys);
}

/**
 * One model's result from units whose bootstrap is done: `draws` must hold the same request.
 *
 * @param draws  null for no intervals
 * @throws InputError as `attributePaths`
 * @throws RangeError when the draws do not hold this model
 */
export function attributionResult(
  units: ResampleUnits,
  request: ModelRequest,
  draws: BootstrapDraws | null,
  options: IntervalOptions = {},
): AttributionResult {
  const { paths } = units;
  const credit = prepareModel(paths, request)(paths);
  const input = {
    channels: paths.channels,
    conversions: sum(paths.conversions),
    revenue: sum(paths.revenue),
    diagnostics: { paths: paths.conversions.length, non_conversions: sum(paths.nonConversions) },
  };
  const result = resultOf(request, input, credit, draws, options);
  if (request.model === 'shapley_ordered') addPositions(result, paths);
  return result;
}

/** Tells the credit of `shapley_ordered` apart by position. */
function addPositions(result: AttributionResult, paths: Paths): void {
  const { conversions, positions, pooledLast } = orderedShapley(paths);
  result.channels.slice(0, paths.channels.length).forEach((channel: ChannelCredit, j) => {
    channel.positions = [...conversions.subarray(j * positions, (j + 1) * positions)];
  });
  result.diagnostics.positions = positions;
  result.diagnostics.last_position_holds_later_touches = pooledLast;
}
