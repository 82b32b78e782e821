import type { BucketSums } from '../../models/attribution/bucket-bootstrap.ts';
import { type Counted, channelsOf, countedReplicator } from '../../models/attribution/counted-credit.ts';
import type { CountedSetup, CountedTask } from './counted-worker.ts';
import { runInWorkers, shared } from './pool.ts';

/** Replicates that one task takes: few, so that threads end together. */
const SLICE = 10;

/**
 * Bootstrap replicates of counted models: the numbers of `countedReplicator`, bit for bit, for any number of workers.
 *
 * @param workers  threads; 0 for none; default the processors there are
 * @returns        replicates x models x 2 x channels credits
 */
export async function countedInWorkers(
  counted: readonly Counted[],
  seed: number,
  replicates: number,
  workers?: number,
): Promise<Float64Array> {
  if (replicates === 0 || counted.length === 0) return new Float64Array(0);
  if (workers === 0) return countedReplicator(counted, seed)(0, replicates);
  const tasks: CountedTask[] = [];
  for (let from = 0; from < replicates; from += SLICE) tasks.push([from, Math.min(from + SLICE, replicates)]);
  const setup: CountedSetup = { counted: counted.map(sharedCounted), seed };
  const parts = await runInWorkers<CountedSetup, CountedTask, Float64Array>(workerEntry(), setup, tasks, workers);
  const width = counted.length * 2 * channelsOf(counted[0]).length;
  const values = new Float64Array(replicates * width);
  parts.forEach((part, i) => {
    values.set(part, tasks[i][0] * width);
  });
  return values;
}

function workerEntry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './counted-worker.ts' : './counted-worker.js', import.meta.url);
}

/** The long arrays shared between threads, the rest copied. */
function sharedCounted(counted: Counted): Counted {
  if (counted.kind !== 'timed') return { ...counted, sums: sharedSums(counted.sums) };
  const { journeys } = counted;
  return {
    ...counted,
    bucket: shared(counted.bucket),
    journeys: {
      ...journeys,
      offsets: shared(journeys.offsets),
      channel: shared(journeys.channel),
      ageDays: shared(journeys.ageDays),
      revenue: shared(journeys.revenue),
    },
  };
}

function sharedSums(sums: BucketSums): BucketSums {
  return { ...sums, bucket: shared(sums.bucket), slot: shared(sums.slot), value: shared(sums.value) };
}
