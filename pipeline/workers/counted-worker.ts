import { type Counted, countedReplicator } from '../../models/attribution/counted-credit.ts';
import { answerTasks } from './pool.ts';

export interface CountedSetup {
  counted: readonly Counted[];
  seed: number;
}

/** Replicates from (inclusive) to (exclusive). */
export type CountedTask = readonly [from: number, to: number];

answerTasks<CountedSetup, CountedTask, Float64Array>(({ counted, seed }) => {
  const replicates = countedReplicator(counted, seed);
  return ([from, to]) => replicates(from, to);
});
