import { availableParallelism } from 'node:os';
import { type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads';
import { type PackedError, packed, unpacked } from './packed-error.ts';

/**
 * Runs tasks in worker threads, each task once, in any thread.
 *
 * Run from a checkout, where files are TypeScript, a worker registers the loader before it loads its entry; from the built
 * package it loads the entry as it is.
 *
 * @param entry    URL of a module that calls `answerTasks`
 * @param setup    sent once to every worker; typed arrays over a SharedArrayBuffer are shared, others are copied
 * @param tasks    sent one at a time to whichever worker is free
 * @param workers  number of threads, at most one per task; default the processors there are
 * @returns        answers in the order of `tasks`
 * @throws         what the first failing task threw; the other workers are stopped
 */
export async function runInWorkers<Setup, Task, Answer>(
  entry: URL,
  setup: Setup,
  tasks: readonly Task[],
  workers: number = availableParallelism(),
): Promise<Answer[]> {
  const answers = new Array<Answer>(tasks.length);
  let next = 0;
  const started: Worker[] = [];
  const serve = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = startWorker(entry, setup);
      started.push(worker);
      let current = -1;
      const give = (): void => {
        if (next >= tasks.length) {
          resolve();
          return;
        }
        current = next++;
        worker.postMessage(tasks[current]);
      };
      worker.on('message', (answer: Reply<Answer>) => {
        if ('error' in answer) {
          reject(unpacked(answer.error));
          return;
        }
        answers[current] = answer.value;
        give();
      });
      worker.on('error', reject);
      worker.on('exit', (code) =>
        reject(new Error(`a worker thread ended with code ${code} before its work was done`)),
      );
      give();
    });
  const count = Math.max(1, Math.min(workers, tasks.length));
  try {
    if (tasks.length > 0) await Promise.all(Array.from({ length: count }, serve));
  } finally {
    await Promise.all(started.map((worker) => worker.terminate()));
  }
  return answers;
}

/**
 * Serves a worker's side of `runInWorkers`: binds the setup once, then answers each task.
 *
 * @param bind  setup -> (task -> answer); typed arrays of an answer that own their buffer are moved, not copied
 */
export function answerTasks<Setup, Task, Answer>(bind: (setup: Setup) => (task: Task) => Answer): void {
  const port: MessagePort | null = parentPort;
  if (port === null) throw new Error('answerTasks runs in a worker thread only');
  let answer: ((task: Task) => Answer) | null = null;
  port.on('message', (task: Task) => {
    try {
      answer ??= bind((workerData as { setup: Setup }).setup);
      const value = answer(task);
      const moved = ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer ? [value.buffer] : [];
      port.postMessage({ value }, moved);
    } catch (error) {
      port.postMessage({ error: packed(error) });
    }
  });
}

type Reply<Answer> = { value: Answer } | { error: PackedError };

/** A copy of a typed array that threads share. */
export function shared<T extends Float64Array | Uint32Array>(values: T): T {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const copy = new (values.constructor as new (buffer: SharedArrayBuffer) => T)(
    new SharedArrayBuffer(values.byteLength),
  );
  copy.set(values);
  return copy;
}

function startWorker(entry: URL, setup: unknown): Worker {
  if (!entry.pathname.endsWith('.ts')) return new Worker(entry, { workerData: { setup } });
  // the loader's own registration skips worker threads, so a plain module does it there
  return new Worker(new URL('./register-typescript.mjs', import.meta.url), {
    workerData: { entry: entry.href, setup },
    // flags of the test runner or the loader would run their preloads again in the thread
    execArgv: [],
  });
}
