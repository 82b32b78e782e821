import { replicator } from '../../models/attribution/bootstrap.ts';
import type { ModelRequest } from '../../models/attribution/registry.ts';
import type { ResampleUnits } from '../../models/attribution/resample.ts';
import { answerTasks } from './pool.ts';

export interface BootstrapSetup {
  units: ResampleUnits;
  models: readonly ModelRequest[];
  seed: number;
}

/** Replicates from (inclusive) to (exclusive). */
export type BootstrapTask = readonly [from: number, to: number];

answerTasks<BootstrapSetup, BootstrapTask, Float64Array>(({ units, models, seed }) => {
  const replicates = replicator(units, models, seed);
  return ([from, to]) => replicates(from, to);
});
