import { type BootstrapDraws, bootstrapDraws, drawWidth } from '../../models/attribution/bootstrap.ts';
import type { ModelRequest } from '../../models/attribution/registry.ts';
import type { ResampleUnits, UnitList } from '../../models/attribution/resample.ts';
import type { BootstrapSetup, BootstrapTask } from './bootstrap-worker.ts';
import { runInWorkers, shared } from './pool.ts';

// below this many journeys x replicates a thread takes longer to start than the work takes
const WORTH_A_THREAD = 5_000_000;

/**
 * The Poisson bootstrap over worker threads: the numbers of `bootstrapDraws`, bit for bit, for any number of workers.
 *
 * @param workers  threads; default the processors there are, or none where the work is small
 */
export async function bootstrapInWorkers(
  units: ResampleUnits,
  models: readonly ModelRequest[],
  seed: number,
  replicates: number,
  workers?: number,
): Promise<BootstrapDraws> {
  const entries = units.converting.row.length + units.others.row.length;
  if (workers === undefined && entries * replicates * models.length < WORTH_A_THREAD) {
    return bootstrapDraws(units, models, seed, replicates);
  }
  const setup: BootstrapSetup = { units: sharedUnits(units), models, seed };
  const tasks = slices(replicates);
  const parts = await runInWorkers<BootstrapSetup, BootstrapTask, Float64Array>(workerEntry(), setup, tasks, workers);
  const width = drawWidth(models.length, units.paths.channels.length);
  const values = new Float64Array(replicates * width);
  parts.forEach((part, i) => {
    values.set(part, tasks[i][0] * width);
  });
  return { channels: units.paths.channels, models, unit: units.unit, seed, replicates, values };
}

/** Slices small enough that threads end together, and not fewer replicates than are worth binding the models for. */
function slices(replicates: number): BootstrapTask[] {
  const size = Math.max(1, Math.ceil(replicates / 8));
  return Array.from({ length: Math.ceil(replicates / size) }, (_, i) => [
    i * size,
    Math.min((i + 1) * size, replicates),
  ]);
}

function workerEntry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './bootstrap-worker.ts' : './bootstrap-worker.js', import.meta.url);
}

function sharedUnits(units: ResampleUnits): ResampleUnits {
  const list = ({ row, count, value, keys }: UnitList): UnitList => ({
    row: shared(row),
    count: shared(count),
    value: shared(value),
    keys: shared(keys),
  });
  const { paths } = units;
  return {
    unit: units.unit,
    converting: list(units.converting),
    others: list(units.others),
    paths: {
      channels: paths.channels,
      offsets: shared(paths.offsets),
      steps: shared(paths.steps),
      conversions: shared(paths.conversions),
      nonConversions: shared(paths.nonConversions),
      revenue: shared(paths.revenue),
    },
  };
}
