import type { ChainResult } from '../../models/mix/chain.ts';
import { type FittedMix, finishMix, type PreparedMix } from '../../models/mix/fit.ts';
import type { MixSetup, MixTask } from './mix-worker.ts';
import { runInWorkers } from './pool.ts';

export interface MixProgress {
  /** iterations done and to do, over all chains */
  done: number;
  total: number;
  divergences: number;
}

const LOOK_EVERY_MS = 250;

/**
 * Samples a prepared mix model, one chain per worker thread: the draws of `fitMix`, bit for bit, for any number of workers.
 *
 * @param options  `workers`: threads, default the processors there are; `onProgress`: told about four times a second;
 *   `signal`: ends the chains at their next iteration, and the result then says `stopped`
 */
export async function sampleInWorkers(
  prepared: PreparedMix,
  options: { workers?: number; onProgress?(progress: MixProgress): void; signal?: AbortSignal } = {},
): Promise<FittedMix> {
  const { job, seed, chains } = prepared;
  const board = new Int32Array(new SharedArrayBuffer(4 * (1 + 2 * chains)));
  const look = (): void => {
    let done = 0;
    let divergences = 0;
    for (let c = 0; c < chains; c++) {
      done += Atomics.load(board, 1 + 2 * c);
      divergences += Atomics.load(board, 2 + 2 * c);
    }
    options.onProgress?.({ done, total: chains * (job.settings.warmup + job.settings.draws), divergences });
  };
  const stop = (): void => {
    Atomics.store(board, 0, 1);
  };
  if (options.signal?.aborted) stop();
  options.signal?.addEventListener('abort', stop);
  const timer = options.onProgress ? setInterval(look, LOOK_EVERY_MS) : undefined;
  try {
    const entry = import.meta.url.endsWith('.ts') ? './mix-worker.ts' : './mix-worker.js';
    const tasks = Array.from({ length: chains }, (_, c) => c);
    const setup: MixSetup = { job, seed, board };
    const results = await runInWorkers<MixSetup, MixTask, ChainResult>(
      new URL(entry, import.meta.url),
      setup,
      tasks,
      options.workers,
    );
    look();
    return finishMix(prepared, results);
  } finally {
    clearInterval(timer);
    options.signal?.removeEventListener('abort', stop);
  }
}
