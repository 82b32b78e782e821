import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../models/errors.ts';
import type { ReadPlace, ReadReply, ReadTask } from './reader-messages.ts';
import { type Reader, startReader } from './start-reader.ts';

/** Processes that read published runs, and the questions that wait for one. Close it. */
export interface ReaderPool {
  /**
   * Asks a reader, once one is free.
   *
   * @param caller  who asks: callers take turns, and none has all readers at once
   * @throws InputError `timeout`, `too_large`, `locked` when it is full or closing, and what the question itself throws
   */
  ask(place: ReadPlace, task: ReadTask, caller: string): Promise<ReadReply>;
  /** lets every reader close a run */
  forget(place: ReadPlace): void;
  /** starts every reader before one is needed, and another as soon as one was killed */
  warm(): void;
  /** for those who watch the server */
  counts(): ReaderCounts;
  /** kills the readers; what waits for them fails */
  close(): Promise<void>;
}

export interface ReaderCounts {
  readers: number;
  busy: number;
  waiting: number;
  /** readers that were killed for a question since the start */
  killed: number;
}

export interface ReaderPoolOptions {
  /** how many processes at most; one more than there are processors, but no more than five */
  readers?: number;
  /** a question that is not answered by then is interrupted */
  deadlineMs?: number;
  /** and killed so much later */
  graceMs?: number;
  /** questions of one caller that may wait before it is told that the server is full */
  queueLength?: number;
  /** memory of the database of one run in one reader */
  memoryBytes?: number;
  onLog?: (text: string) => void;
}

/** What a process of Node and a second open run take beside the database, by the operating system's count. */
const BESIDE_BYTES = 2 ** 30;
const SPILL_BYTES = 4 * 2 ** 30;
const OPEN_RUNS = 4;
const OPEN_MS = 60_000;
/** A shorter rest is not worth beginning for. */
const LEAST_MS = 50;

interface Waiting {
  place: ReadPlace;
  task: ReadTask;
  caller: string;
  askedAt: number;
  timer: NodeJS.Timeout;
  resolve(reply: ReadReply): void;
  reject(error: Error): void;
}

/** A reader, and what it is known to have open. */
interface Kept {
  reader: Reader;
  spill: string;
  /** who it works for */
  caller: string | undefined;
  runs: Set<string>;
}

export function readerPool(options: ReaderPoolOptions = {}): ReaderPool {
  const cores = availableParallelism();
  const { deadlineMs = 10_000, graceMs = 2000, queueLength = 64, onLog = () => undefined } = options;
  const size = options.readers ?? Math.min(5, cores + 1);
  const memoryBytes = options.memoryBytes ?? Math.floor(Math.min(2 ** 30, totalmem() / 8));
  // a caller never has them all, so that one who asks too much does not keep the others waiting
  const perCaller = Math.max(1, size - 1);
  const kept: Kept[] = [];
  /** by caller; whoever was served longest ago stands first */
  const queues = new Map<string, Waiting[]>();
  let spillRoot: string | undefined;
  let started = 0;
  let killed = 0;
  let isClosed = false;
  let isWarm = false;

  const dropSpill = (): void => {
    process.off('exit', dropSpill);
    if (spillRoot !== undefined) rmSync(spillRoot, { recursive: true, force: true });
  };

  const start = (): Kept => {
    if (spillRoot === undefined) {
      spillRoot = mkdtempSync(join(tmpdir(), 'liftproof-readers-'));
      // of a pool that nobody closed, too
      process.once('exit', dropSpill);
    }
    const spill = join(spillRoot, String(started++));
    mkdirSync(spill, { mode: 0o700 });
    const reader = startReader({
      threads: Math.max(1, Math.ceil(cores / 2)),
      memoryBytes,
      processBytes: memoryBytes + BESIDE_BYTES,
      spillDirectory: spill,
      spillBytes: SPILL_BYTES,
      openRuns: OPEN_RUNS,
      graceMs,
      openMs: OPEN_MS,
      onLog,
    });
    const one: Kept = { reader, spill, caller: undefined, runs: new Set() };
    kept.push(one);
    reader.ended.then(() => {
      kept.splice(kept.indexOf(one), 1);
      rmSync(spill, { recursive: true, force: true });
      if (isClosed) return;
      killed++;
      if (isWarm) start();
      next();
    });
    return one;
  };

  const runningOf = (caller: string): number => kept.filter((one) => one.caller === caller).length;

  /** The first of the caller who waits longest for a turn and may have another reader. */
  const takeWaiting = (): Waiting | undefined => {
    for (const [caller, queue] of queues) {
      if (runningOf(caller) >= perCaller) continue;
      const first = queue.shift()!;
      queues.delete(caller);
      if (queue.length > 0) queues.set(caller, queue);
      clearTimeout(first.timer);
      return first;
    }
    return undefined;
  };

  const idleFor = (key: string): Kept | undefined => {
    const idle = kept.filter((one) => one.caller === undefined && !one.reader.isGone());
    return idle.find((one) => one.runs.has(key)) ?? idle[0] ?? (kept.length < size ? start() : undefined);
  };

  const next = (): void => {
    while (!isClosed && (kept.some((one) => one.caller === undefined && !one.reader.isGone()) || kept.length < size)) {
      const waiting = takeWaiting();
      if (waiting === undefined) return;
      void work(waiting, idleFor(keyOf(waiting.place))!);
    }
  };

  const work = async (waiting: Waiting, one: Kept): Promise<void> => {
    const { place, task, caller, askedAt, resolve, reject } = waiting;
    const waited = performance.now() - askedAt;
    one.caller = caller;
    one.runs.add(keyOf(place));
    try {
      resolve(await one.reader.ask(place, task, Math.max(LEAST_MS, deadlineMs - waited)));
    } catch (error) {
      const isLate = error instanceof InputError && error.code === 'timeout' && waited > deadlineMs / 2;
      reject(isLate ? isFull() : (error as Error));
    } finally {
      one.caller = undefined;
      next();
    }
  };

  return {
    ask(place, task, caller) {
      if (isClosed) return Promise.reject(isStopping());
      const queue = queues.get(caller) ?? [];
      if (queue.length >= queueLength) return Promise.reject(isFull());
      return new Promise((resolve, reject) => {
        const waiting: Waiting = {
          ...{ place, task, caller, resolve, reject },
          askedAt: performance.now(),
          timer: setTimeout(() => {
            queue.splice(queue.indexOf(waiting), 1);
            if (queue.length === 0 && queues.get(caller) === queue) queues.delete(caller);
            reject(isFull());
          }, deadlineMs),
        };
        queue.push(waiting);
        queues.set(caller, queue);
        next();
      });
    },
    forget(place) {
      const key = keyOf(place);
      for (const one of kept) if (one.runs.delete(key)) one.reader.forget(place);
    },
    warm() {
      isWarm = true;
      while (!isClosed && kept.length < size) start();
    },
    counts: () => ({
      readers: kept.length,
      busy: kept.filter((one) => one.caller !== undefined).length,
      waiting: [...queues.values()].reduce((sum, queue) => sum + queue.length, 0),
      killed,
    }),
    async close() {
      isClosed = true;
      for (const queue of queues.values())
        for (const { timer, reject } of queue) {
          clearTimeout(timer);
          reject(isStopping());
        }
      queues.clear();
      const all = [...kept];
      for (const { reader } of all) reader.kill(isStopping());
      await Promise.all(all.map(({ reader }) => reader.ended));
      dropSpill();
    },
  };
}

function keyOf({ results, run }: ReadPlace): string {
  return `${results}\n${run}`;
}

function isFull(): InputError {
  return new InputError('locked', 'too many queries are waiting; ask again in a second', { details: { isFull: true } });
}

function isStopping(): InputError {
  return new InputError('locked', 'the server is shutting down; ask again');
}
