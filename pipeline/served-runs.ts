import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../models/errors.ts';
import { currentRunName } from './current-run.ts';
import { type ListedRun, listRuns } from './list-runs.ts';
import type { AnswerAsk, EncodedAnswer } from './make-answer.ts';
import { rowsOf } from './readers/packed-columns.ts';
import type { ReadParameters, ReadPlace } from './readers/reader-messages.ts';
import { type ReaderPool, readerPool } from './readers/reader-pool.ts';
import { findRun, type Results } from './results.ts';
import type { WorkspacePaths } from './workspace.ts';

/** A published run that is read by another process. */
export interface ServedResults extends Results {
  /** an answer made and encoded there: however large, here it is bytes */
  answer(ask: AnswerAsk): Promise<EncodedAnswer>;
}

/** The published runs as a server holds them open. Close it. */
export interface ServedRuns {
  /** runs `work` on one run from its first byte to its last; the current one when `run` is absent */
  use<T>(run: string | undefined, work: (results: ServedResults) => Promise<T>): Promise<T>;
  /** the same runs, asked by someone: those who ask take turns */
  as(caller: string): ServedRuns;
  /** name of the run that would be used now; undefined before anything was published */
  currentName(): string | undefined;
  /** the runs that are kept, oldest first */
  list(): ListedRun[];
  /** names of the runs that are open */
  openNames(): string[];
  /** refuses new readers, waits for the present ones, closes every run */
  close(): Promise<void>;
}

interface OpenRun extends Pick<Results, 'manifest' | 'folder'> {
  name: string;
  users: number;
}

export interface ServedRunsOptions {
  /** the processes that read; shared, and closed by whoever gives them. A pool of its own when absent */
  readers?: ReaderPool;
  /** runs beside the current one that stay open without users */
  idleRuns?: number;
}

/** Who asks when nobody says. */
const NOBODY = '';

/**
 * Opens runs when they are first asked for and closes them after their last user, so that a publish swaps the served run
 * without mixing two of them in one answer. This process reads manifests only; every statement runs in a reader.
 *
 * @throws InputError from `use`: `not_published`, `not_found` for a run that is not there, `timeout`, `too_large`, `locked` when it is full
 */
export function serveRuns(paths: WorkspacePaths, options: ServedRunsOptions = {}): ServedRuns {
  const { idleRuns = 1 } = options;
  const readers = options.readers ?? readerPool();
  const open = new Map<string, OpenRun>();
  let isClosed = false;
  let whenIdle: (() => void) | undefined;
  const placeOf = (name: string): ReadPlace => ({ results: paths.results, run: name });

  const shut = (one: OpenRun): void => {
    open.delete(one.name);
    readers.forget(placeOf(one.name));
  };

  const tidy = (): void => {
    const current = currentRunName(paths);
    // the least recently used stand first
    const idle = [...open.values()].filter((one) => one.users === 0 && (isClosed || one.name !== current));
    for (const one of isClosed ? idle : idle.slice(0, Math.max(0, idle.length - idleRuns))) shut(one);
    if (isClosed && open.size === 0) whenIdle?.();
  };

  const take = (name: string): OpenRun => {
    const one = open.get(name) ?? { name, users: 0, ...findRun(paths, name) };
    open.delete(name);
    open.set(name, one);
    one.users++;
    return one;
  };

  const resultsOf = ({ name, manifest, folder }: OpenRun, caller: string): ServedResults => ({
    manifest,
    folder,
    async rows(sql, parameters = {}) {
      const task = { kind: 'rows', sql, parameters: parameters as ReadParameters } as const;
      const reply = await readers.ask(placeOf(name), task, caller);
      if (reply.kind !== 'rows') throw new RangeError(`asked for rows, got ${reply.kind}`);
      return rowsOf(reply.rows);
    },
    async answer(ask) {
      const reply = await readers.ask(placeOf(name), { kind: 'answer', ask }, caller);
      if (reply.kind !== 'answer') throw new RangeError(`asked for an answer, got ${reply.kind}`);
      return reply.answer;
    },
    // it stays open for others; `use` counts who reads
    close: () => undefined,
  });

  const use = async <T>(
    run: string | undefined,
    work: (results: ServedResults) => Promise<T>,
    caller: string,
  ): Promise<T> => {
    if (isClosed) throw new InputError('locked', 'the server is shutting down; ask again');
    const name = run ?? currentRunName(paths);
    if (name === undefined) throw new InputError('not_published', 'nothing was published yet; run "liftproof run"');
    if (!/^run_[A-Za-z0-9_]{1,80}$/.test(name) || !existsSync(join(paths.results, name, 'manifest.json'))) {
      throw new InputError('not_found', 'there is no such run', { details: { what: 'run' } });
    }
    const one = take(name);
    try {
      return await work(resultsOf(one, caller));
    } finally {
      one.users--;
      tidy();
    }
  };

  const servedAs = (caller: string): ServedRuns => ({
    use: (run, work) => use(run, work, caller),
    as: servedAs,
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
      if (options.readers === undefined) await readers.close();
    },
  });
  return servedAs(NOBODY);
}
