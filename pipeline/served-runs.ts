import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../models/errors.ts';
import { type ListedRun, listRuns } from './list-runs.ts';
import { currentRunName } from './publish.ts';
import { openResults, type Results } from './results.ts';
import type { SqlParameters } from './warehouse.ts';
import type { WorkspacePaths } from './workspace.ts';

/** The published runs as a server holds them open. Close it. */
export interface ServedRuns {
  /** runs `work` on one run from its first byte to its last; the current one when `run` is absent */
  use<T>(run: string | undefined, work: (results: Results) => Promise<T>): Promise<T>;
  /** name of the run that would be used now; undefined before anything was published */
  currentName(): string | undefined;
  /** the runs that are kept, oldest first */
  list(): ListedRun[];
  /** names of the runs that are open */
  openNames(): string[];
  /** refuses new readers, waits for the present ones, closes every run */
  close(): Promise<void>;
}

interface OpenRun {
  name: string;
  results: Promise<Results>;
  readers: number;
}

export interface ServedRunsOptions {
  /** a query that takes longer is stopped */
  deadlineMs?: number;
  /** queries that may wait for a run before it says that it is full */
  queueLength?: number;
  /** runs beside the current one that stay open without readers */
  idleRuns?: number;
}

/**
 * Opens runs when they are first asked for and closes them after their last reader, so that a publish swaps the served run
 * without mixing two of them in one answer.
 *
 * @throws InputError from `use`: `not_published`, `not_found` for a run that is not there, `timeout`, `locked` when it is full
 */
export function serveRuns(paths: WorkspacePaths, options: ServedRunsOptions = {}): ServedRuns {
  const { deadlineMs = 10_000, queueLength = 64, idleRuns = 1 } = options;
  const open = new Map<string, OpenRun>();
  const closing = new Set<Promise<void>>();
  let isClosed = false;
  let whenIdle: (() => void) | undefined;

  const shut = (one: OpenRun): void => {
    open.delete(one.name);
    const done = one.results.then((results) => results.close()).catch(() => undefined);
    closing.add(done);
    done.finally(() => closing.delete(done));
  };

  const tidy = (): void => {
    const current = currentRunName(paths);
    // the least recently used stand first
    const idle = [...open.values()].filter((one) => one.readers === 0 && (isClosed || one.name !== current));
    for (const one of isClosed ? idle : idle.slice(0, Math.max(0, idle.length - idleRuns))) shut(one);
    if (isClosed && open.size === 0) whenIdle?.();
  };

  const take = (name: string): OpenRun => {
    const known = open.get(name);
    const one = known ?? {
      name,
      readers: 0,
      results: openResults(paths, name).then((results) => guarded(results, deadlineMs, queueLength)),
    };
    // a run that would not open is tried again by the next reader
    if (known === undefined) one.results.catch(() => open.get(name) === one && open.delete(name));
    open.delete(name);
    open.set(name, one);
    one.readers++;
    return one;
  };

  return {
    async use(run, work) {
      if (isClosed) throw new InputError('locked', 'the server is shutting down; ask again');
      const name = run ?? currentRunName(paths);
      if (name === undefined) throw new InputError('not_published', 'nothing was published yet; run "liftproof run"');
      if (!/^run_[A-Za-z0-9_]{1,80}$/.test(name) || !existsSync(join(paths.results, name, 'manifest.json'))) {
        throw new InputError('not_found', 'there is no such run', { details: { what: 'run' } });
      }
      const one = take(name);
      try {
        return await work(await one.results);
      } finally {
        one.readers--;
        tidy();
      }
    },
    currentName: () => currentRunName(paths),
    list: () => listRuns(paths),
    openNames: () => [...open.keys()],
    async close() {
      isClosed = true;
      const idle = new Promise<void>((resolve) => {
        whenIdle = resolve;
      });
      tidy();
      await idle;
      await Promise.all(closing);
    },
  };
}

/** One query at a time per run, each with a deadline: an interrupt can then only hit the one that it is meant for. */
function guarded(results: Results, deadlineMs: number, queueLength: number): Results {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const timed = async <T>(sql: string, parameters?: SqlParameters): Promise<T[]> => {
    const timer = setTimeout(() => results.warehouse.interrupt(), deadlineMs);
    try {
      return await results.rows<T>(sql, parameters);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    ...results,
    async rows<T>(sql: string, parameters?: SqlParameters): Promise<T[]> {
      if (waiting >= queueLength)
        throw new InputError('locked', 'too many queries are waiting; ask again in a second', {
          details: { isFull: true },
        });
      waiting++;
      const mine = last.then(() => timed<T>(sql, parameters));
      last = mine.catch(() => undefined);
      try {
        return await mine;
      } finally {
        waiting--;
      }
    },
  };
}
