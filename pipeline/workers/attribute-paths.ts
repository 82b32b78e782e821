import {
  type AttributeOptions,
  attributionResult,
  attributionUnits,
} from '../../models/attribution/attribute-paths.ts';
import { type AttributionResult, DEFAULT_REPLICATES } from '../../models/attribution/attribution-result.ts';
import { checkReplicates } from '../../models/attribution/bootstrap.ts';
import { requestOf } from '../../models/attribution/registry.ts';
import { DEFAULT_LEVEL } from '../../models/estimate.ts';
import type { Paths } from '../../models/paths.ts';
import { bootstrapInWorkers } from './bootstrap.ts';

/** Options of several models that read the same paths and share one bootstrap. */
export type SharedOptions = Omit<AttributeOptions, 'model'>;

/**
 * Several models on the same paths, their bootstrap over worker threads: the numbers of `attributePaths`, bit for bit.
 *
 * @param models   ids of path models, in the order of the results
 * @param workers  threads; default the processors there are, or none where the work is small
 * @throws InputError as `attributePaths`
 */
export async function attributePathsInWorkers(
  paths: Paths,
  models: readonly AttributeOptions['model'][],
  options: SharedOptions = {},
  workers?: number,
): Promise<AttributionResult[]> {
  const units = attributionUnits(paths, options);
  const { replicates = DEFAULT_REPLICATES, seed = 1, level = DEFAULT_LEVEL } = options;
  checkReplicates(replicates, level);
  const requests = models.map((model) => requestOf({ ...options, model }));
  const draws = replicates === 0 ? null : await bootstrapInWorkers(units, requests, seed, replicates, workers);
  return requests.map((request) => attributionResult(units, request, draws, options));
}
