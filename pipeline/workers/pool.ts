import { availableParallelism } from 'node:os';
import { type MessagePort, parentPort, Worker } from 'node:worker_threads';
import { type PackedError, packed, unpacked } from './packed-error.ts';

type Reply<Answer> = { value: Answer } | { error: PackedError };

/** What a thread is told: what all tasks of a call share, a task of it, or that the call is over. */
type Order<Setup, Task> = { setup: Setup } | { task: Task } | 'end';

/**
 * Runs tasks in worker threads, each task once, in any thread. Threads that are done wait a while for the next call: loading their
 * modules takes longer than most work.
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
  const quiet: (() => void)[] = [];
  const serve = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = takeThread(entry);
      started.push(worker);
      const tell = (order: Order<Setup, Task>): void => worker.postMessage(order);
      let current = -1;
      const give = (): void => {
        if (next >= tasks.length) {
          resolve();
          return;
        }
        current = next++;
        tell({ task: tasks[current] });
      };
      const hear = (answer: Reply<Answer>): void => {
        if ('error' in answer) {
          reject(unpacked(answer.error));
          return;
        }
        answers[current] = answer.value;
        give();
      };
      const ended = (code: number): void =>
        reject(new Error(`a worker thread ended with code ${code} before its work was done`));
      worker.on('message', hear).on('error', reject).on('exit', ended);
      // not removeAllListeners, which would take those of node along, and with them every message
      quiet.push(() => worker.off('message', hear).off('error', reject).off('exit', ended));
      tell({ setup });
      give();
    });
  const count = Math.max(1, Math.min(workers, tasks.length));
  try {
    if (tasks.length > 0) await Promise.all(Array.from({ length: count }, serve));
  } catch (cause) {
    await Promise.all(started.map((worker) => worker.terminate()));
    throw cause;
  }
  for (const hush of quiet) hush();
  for (const worker of started) giveBack(worker, entry);
  return answers;
}

/**
 * Serves a worker's side of `runInWorkers`: binds the setup of a call once, then answers each task of it.
 *
 * @param bind  setup -> (task -> answer); typed arrays of an answer that own their buffer are moved, not copied
 */
export function answerTasks<Setup, Task, Answer>(bind: (setup: Setup) => (task: Task) => Answer): void {
  const port: MessagePort | null = parentPort;
  if (port === null) throw new Error('answerTasks runs in a worker thread only');
  let setup: Setup | undefined;
  let answer: ((task: Task) => Answer) | undefined;
  port.on('message', (order: Order<Setup, Task>) => {
    if (order === 'end' || 'setup' in order) {
      // nothing of a call outlives it
      setup = order === 'end' ? undefined : order.setup;
      answer = undefined;
      return;
    }
    try {
      answer ??= bind(setup as Setup);
      const value = answer(order.task);
      const moved = ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer ? [value.buffer] : [];
      port.postMessage({ value }, moved);
    } catch (error) {
      port.postMessage({ error: packed(error) });
    }
  });
}

/** How long a thread waits for the next call, and how many may. */
export const IDLE_MS = 10_000;
const MOST_IDLE = Math.max(4, availableParallelism());

/** A thread that waits; it keeps no process from ending. */
interface IdleThread {
  entry: string;
  worker: Worker;
  timer: NodeJS.Timeout;
}

const idle: IdleThread[] = [];
/** threads that are listened to while they wait */
const known = new WeakSet<Worker>();

function takeThread(entry: URL): Worker {
  // the last one is the warmest
  const at = idle.findLastIndex((thread) => thread.entry === entry.href);
  if (at < 0) return startWorker(entry);
  const [{ worker, timer }] = idle.splice(at, 1);
  clearTimeout(timer);
  worker.ref();
  return worker;
}

function giveBack(worker: Worker, { href }: URL): void {
  const leave = (): void => {
    const at = idle.findIndex((thread) => thread.worker === worker);
    if (at < 0) return;
    clearTimeout(idle[at].timer);
    idle.splice(at, 1);
    void worker.terminate();
  };
  if (!known.has(worker)) worker.on('error', leave).on('exit', leave);
  known.add(worker);
  worker.postMessage('end' satisfies Order<never, never>);
  worker.unref();
  idle.push({ entry: href, worker, timer: setTimeout(leave, IDLE_MS).unref() });
  if (idle.length > MOST_IDLE) {
    const [{ worker: oldest, timer }] = idle.splice(0, 1);
    clearTimeout(timer);
    void oldest.terminate();
  }
}

/** A copy of a typed array that threads share. */
export function shared<T extends Float64Array | Uint32Array>(values: T): T {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const copy = new (values.constructor as new (buffer: SharedArrayBuffer) => T)(
    new SharedArrayBuffer(values.byteLength),
  );
  copy.set(values);
  return copy;
}

function startWorker(entry: URL): Worker {
  if (!entry.pathname.endsWith('.ts')) return new Worker(entry);
  // the loader's own registration skips worker threads, so a plain module does it there
  return new Worker(new URL('./register-typescript.mjs', import.meta.url), {
    workerData: { entry: entry.href },
    // flags of the test runner or the loader would run their preloads again in the thread
    execArgv: [],
  });
}
