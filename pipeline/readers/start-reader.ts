import { type ChildProcess, fork, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { InputError } from '../../models/errors.ts';
import { watchMemory } from '../jobs/process-memory.ts';
import { unpacked } from '../workers/packed-error.ts';
import type {
  MessageFromReader,
  MessageToReader,
  ReaderLimits,
  ReadPlace,
  ReadReply,
  ReadTask,
} from './reader-messages.ts';

/** A process that answers one question at a time from published runs. */
export interface Reader {
  /**
   * @param deadlineMs  the statement is interrupted then, and the process killed a grace later; when starting the process and opening the
   *   run took half of it or more, the other half is left to the statement
   * @throws InputError `timeout`, `too_large` when it takes more memory than it may, and what the question itself throws
   */
  ask(place: ReadPlace, task: ReadTask, deadlineMs: number): Promise<ReadReply>;
  /** closes a run that nobody reads any more */
  forget(place: ReadPlace): void;
  /** ends the process at once; what it was asked fails with `reason` */
  kill(reason: Error): void;
  /** settles when the process is gone */
  ended: Promise<void>;
  isGone(): boolean;
}

export interface ReaderSettings extends ReaderLimits {
  /** of the process, by the operating system */
  processBytes: number;
  /** how long after an interrupt the process is killed */
  graceMs: number;
  /** how long the process has to start, or a run to open */
  openMs: number;
  onLog: (text: string) => void;
}

interface Question {
  id: number;
  resolve(reply: ReadReply): void;
  reject(error: Error): void;
  /** what is awaited now: the run, the answer, or the end after an interrupt */
  timer: NodeJS.Timeout;
  stopWatching(): void;
}

/** Starts a reader; it does not keep this process alive while it has nothing to do. */
export function startReader(settings: ReaderSettings): Reader {
  const child = startProcess(settings);
  let question: Question | undefined;
  let asked = 0;
  let isGone = false;
  let reason: Error | undefined;
  child.stderr?.setEncoding('utf8').on('data', settings.onLog);

  const keepAlive = (isNeeded: boolean): void => {
    for (const one of [child, child.channel, child.stderr as unknown as { ref(): void; unref(): void } | null])
      if (isNeeded) one?.ref();
      else one?.unref();
  };
  const settle = (): Question | undefined => {
    const settled = question;
    question = undefined;
    clearTimeout(settled?.timer);
    settled?.stopWatching();
    if (!isGone) keepAlive(false);
    return settled;
  };
  const kill = (why: Error): void => {
    reason ??= why;
    // whoever awaits the end has to be there when it comes
    if (!isGone) keepAlive(true);
    child.kill('SIGKILL');
  };
  const tooLate = (): InputError => new InputError('timeout', 'the query took too long, and was killed');
  const interruptAfter = (ms: number): void => {
    const mine = question!;
    clearTimeout(mine.timer);
    mine.timer = setTimeout(() => {
      send({ interrupt: mine.id });
      mine.timer = setTimeout(() => kill(tooLate()), settings.graceMs);
    }, ms);
  };
  const send = (message: MessageToReader): void => {
    // a process that is gone says so by its exit
    child.send(message, () => undefined);
  };

  let deadline = 0;
  let askedAt = 0;
  child.on('message', (message: MessageFromReader) => {
    if (message.id !== question?.id) return;
    if ('began' in message) interruptAfter(Math.max(deadline / 2, deadline - (performance.now() - askedAt)));
    else if ('reply' in message) settle()?.resolve(message.reply);
    else settle()?.reject(unpacked(message.failure));
  });
  const ended = new Promise<void>((resolve) => {
    const gone = (how: string): void => {
      if (isGone) return;
      isGone = true;
      settle()?.reject(reason ?? diedOf(how, settings.onLog));
      resolve();
    };
    child.on('error', (error) => gone(error.message));
    child.on('exit', (code, signal) => gone(String(signal ?? code)));
  });
  keepAlive(false);

  return {
    ask(place, task, deadlineMs) {
      if (question !== undefined) throw new RangeError('a reader answers one question at a time');
      return new Promise((resolve, reject) => {
        if (isGone) {
          reject(reason ?? diedOf('gone', settings.onLog));
          return;
        }
        const id = ++asked;
        const timer = setTimeout(() => kill(tooLate()), settings.openMs);
        const stopWatching = watchMemory(child.pid, settings.processBytes, () => kill(tooLarge()));
        question = { id, resolve, reject, timer, stopWatching };
        deadline = deadlineMs;
        askedAt = performance.now();
        keepAlive(true);
        send({ id, place, task });
      });
    },
    forget: (place) => {
      if (!isGone) send({ forget: place });
    },
    kill,
    ended,
    isGone: () => isGone,
  };
}

/** A process that nobody here killed. A signal is lack of memory as a rule, where V8 and C++ can only give up, or the system chose it. */
function diedOf(how: string, onLog: (text: string) => void): Error {
  onLog(`a reader ended by itself (${how})`);
  return how.startsWith('SIG') ? tooLarge() : new Error(`a reader ended by itself (${how})`);
}

function tooLarge(): InputError {
  return new InputError('too_large', 'the query took more memory than one may, and was killed');
}

/** What a reader inherits: nothing of the control store. */
function environment(): NodeJS.ProcessEnv {
  const { DATABASE_URL: _, LIFTPROOF_PEPPER: __, NODE_OPTIONS: ___, ...rest } = process.env;
  return rest;
}

/** By `ulimit -d` where there is one: it counts what may be written to, so what V8 and DuckDB only reserve does not matter. */
function startProcess({
  processBytes,
  threads,
  memoryBytes,
  spillDirectory,
  spillBytes,
  openRuns,
}: ReaderSettings): ChildProcess {
  const limits: ReaderLimits = { threads, memoryBytes, spillDirectory, spillBytes, openRuns };
  const here = fileURLToPath(import.meta.url);
  const isSource = here.endsWith('.ts');
  const entry = new URL(isSource ? '../workers/reader.ts' : '../workers/reader.js', import.meta.url);
  // a checkout is TypeScript
  const execArgv = isSource ? ['--import', import.meta.resolve('tsx')] : [];
  const options = {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'] as ('ignore' | 'pipe' | 'ipc')[],
    // Ctrl-C is for the server, which ends its readers itself
    detached: true,
    serialization: 'advanced' as const,
    env: environment(),
  };
  if (process.platform !== 'linux') return fork(entry, [JSON.stringify(limits)], { ...options, execArgv });
  const kilobytes = String(Math.floor(processBytes / 1024));
  const command = [process.execPath, ...execArgv, fileURLToPath(entry), JSON.stringify(limits)];
  return spawn('/bin/sh', ['-c', 'ulimit -d "$1" && shift && exec "$@"', 'reader', kilobytes, ...command], options);
}
