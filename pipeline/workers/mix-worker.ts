import { type ChainJob, type ChainResult, runChain } from '../../models/mix/chain.ts';
import { answerTasks } from './pool.ts';

export interface MixSetup {
  job: ChainJob;
  seed: number | string;
  /** shared: one stop flag, then iterations done and divergences per chain */
  board: Int32Array;
}

/** Index of the chain to run. */
export type MixTask = number;

answerTasks<MixSetup, MixTask, ChainResult>(({ job, seed, board }) => (chain) => {
  const at = 1 + 2 * chain;
  return runChain(job, seed, chain, {
    shouldStop: () => Atomics.load(board, 0) === 1,
    onProgress: ({ done, divergences }) => {
      Atomics.store(board, at, done);
      Atomics.store(board, at + 1, divergences);
    },
  });
});
