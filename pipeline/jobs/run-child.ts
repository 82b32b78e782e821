import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { InputErrorCode } from '../../models/errors.ts';
import type { JobKind } from './job-kinds.ts';
import { watchMemory } from './process-memory.ts';

/** What a child is told. */
export interface ChildTask {
  kind: JobKind;
  /** directory of the workspace */
  workspace: string;
  /** folder of the server's own files */
  home: string;
  input: unknown;
}

/** What a child says. */
export type ChildMessage =
  | { progress: string }
  | { result: unknown }
  | { failure: { code: InputErrorCode | null; message: string; details?: Record<string, unknown> } };

export type ChildOutcome =
  | { how: 'done'; result: unknown }
  /** code is null for what is our own fault */
  | { how: 'failed'; code: InputErrorCode | null; message: string }
  | { how: 'killed' }
  | { how: 'late' }
  /** it took more memory than it may */
  | { how: 'large' };

export interface RunningChild {
  ended: Promise<ChildOutcome>;
  /** ends the process at once; the workspace stays as its last commit made it */
  kill(): void;
}

/** Does a job in a process of its own, which can be killed, and takes nothing of the server with it when it runs out of memory. */
export function runChild(
  task: ChildTask,
  options: {
    deadlineMs: number;
    /** a process whose resident memory is above it is killed; only where the system tells it, see process-memory.ts */
    memoryBytes?: number;
    controlUrl?: string;
    onProgress?: (text: string) => void;
    onLog?: (text: string) => void;
  },
): RunningChild {
  const here = fileURLToPath(import.meta.url);
  const entry = new URL(here.endsWith('.ts') ? '../workers/job.ts' : '../workers/job.js', import.meta.url);
  const child = fork(entry, {
    // a checkout is TypeScript
    execArgv: here.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Ctrl-C is for the server, which ends its children itself
    detached: true,
    env: childEnvironment(options.controlUrl),
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => options.onLog?.(text));
  let outcome: ChildOutcome | undefined;
  const end = (how: 'killed' | 'late' | 'large'): void => {
    outcome ??= { how };
    child.kill('SIGKILL');
  };
  const timer = setTimeout(() => end('late'), options.deadlineMs);
  const stopWatching = watchMemory(child.pid, options.memoryBytes, () => end('large'));
  child.on('message', (message: ChildMessage) => {
    if ('progress' in message) options.onProgress?.(message.progress);
    else if ('result' in message) outcome ??= { how: 'done', result: message.result };
    else outcome ??= { how: 'failed', code: message.failure.code, message: message.failure.message };
  });
  const ended = new Promise<ChildOutcome>((resolve) => {
    const finish = (how: string): void => {
      clearTimeout(timer);
      stopWatching();
      resolve(outcome ?? { how: 'failed', code: null, message: `the process ended (${how}) before its work was done` });
    };
    child.on('error', (error) => finish(error.message));
    child.on('exit', (code, signal) => finish(String(signal ?? code)));
  });
  child.send(task);
  return { ended, kill: () => end('killed') };
}

/** A child that reads files of others learns nothing of the control store. */
function childEnvironment(controlUrl: string | undefined): NodeJS.ProcessEnv {
  const { DATABASE_URL: _, LIFTPROOF_PEPPER: __, NODE_OPTIONS: ___, ...rest } = process.env;
  return controlUrl === undefined ? rest : { ...rest, DATABASE_URL: controlUrl };
}
