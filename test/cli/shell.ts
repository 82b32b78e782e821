import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { main } from '../../cli/main.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const EXPORTS = join(ROOT, 'data-samples', 'exports');

const LOADER = import.meta.resolve('tsx');

export interface Shell {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

interface CallOptions {
  cwd?: string;
  env?: Record<string, string>;
  input?: string | Buffer;
}

interface ProcessOptions extends CallOptions {
  /** standard input stays open after `input`: the process waits for more */
  staysOpen?: boolean;
  /** told the process as soon as it runs */
  started?: (child: ChildProcess) => void;
}

/** Runs the shell door as a process of its own: for signals, pipes, locks and what a process costs. */
export function liftproofProcess(args: readonly string[], options: ProcessOptions = {}): Promise<Shell> {
  return runProcess(process.execPath, ['--import', LOADER, join(ROOT, 'cli.ts'), ...args], options);
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs a command of the shell in this process, as `cli.ts` does, with streams, folder and environment of its own: modules and
 * database are loaded already, which is nearly all that a process of its own would do. One call after the other.
 */
export function liftproof(args: readonly string[], options: CallOptions = {}): Promise<Shell> {
  const result = last.then(() => callMain(args, options));
  last = result.catch(() => undefined);
  return result;
}

async function callMain(args: readonly string[], { cwd = ROOT, env, input = '' }: CallOptions): Promise<Shell> {
  const { stdout, stderr } = process;
  const before = {
    exitCode: process.exitCode,
    cwd: process.cwd(),
    env: { ...process.env },
    stdin: Object.getOwnPropertyDescriptor(process, 'stdin')!,
    out: Object.getOwnPropertyDescriptor(stdout, 'write'),
    err: Object.getOwnPropertyDescriptor(stderr, 'write'),
  };
  const printed = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  stdout.write = keepIn(printed.stdout);
  stderr.write = keepIn(printed.stderr);
  Object.defineProperty(process, 'stdin', { configurable: true, value: Readable.from([Buffer.from(input)]) });
  setEnvironment({ ...plainEnvironment(), ...env });
  process.exitCode = undefined;
  process.chdir(cwd);
  try {
    await main(args);
    return { code: Number(process.exitCode ?? 0), signal: null, ...textOf(printed) };
  } finally {
    process.exitCode = before.exitCode;
    process.chdir(before.cwd);
    setEnvironment(before.env);
    Object.defineProperty(process, 'stdin', before.stdin);
    restore(stdout, before.out);
    restore(stderr, before.err);
  }
}

// the object stays: TZ counts only when it is set in this one
function setEnvironment(wanted: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(process.env)) if (wanted[name] === undefined) delete process.env[name];
  for (const [name, value] of Object.entries(wanted))
    if (value !== undefined && process.env[name] !== value) process.env[name] = value;
}

function keepIn(chunks: Buffer[]): typeof process.stdout.write {
  return ((chunk: string | Uint8Array, encoding?: BufferEncoding | (() => void), done?: () => void) => {
    chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk));
    const told = typeof encoding === 'function' ? encoding : done;
    if (told !== undefined) process.nextTick(told);
    return true;
  }) as typeof process.stdout.write;
}

function textOf({ stdout, stderr }: { stdout: Buffer[]; stderr: Buffer[] }): { stdout: string; stderr: string } {
  return { stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

function restore(stream: NodeJS.WriteStream, write: PropertyDescriptor | undefined): void {
  if (write === undefined) Reflect.deleteProperty(stream, 'write');
  else Object.defineProperty(stream, 'write', write);
}

export function runProcess(command: string, args: readonly string[], options: ProcessOptions = {}): Promise<Shell> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? ROOT,
      env: { ...plainEnvironment(), ...options.env },
      stdio: 'pipe',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
    // a command that ends without reading leaves a broken pipe behind
    child.stdin.on('error', () => undefined);
    if (options.input !== undefined) child.stdin.write(options.input);
    if (!options.staysOpen) child.stdin.end();
    options.started?.(child);
  });
}

// what the test runner sets would change how the commands run
function plainEnvironment(): Record<string, string | undefined> {
  const { NODE_OPTIONS: _, LIFTPROOF_WORKSPACE: __, ...rest } = process.env;
  return { ...rest, TZ: 'UTC', NO_COLOR: '1' };
}

/** A folder with a `liftproof` command in it, for scripts that name it. */
export function writeCommand(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'liftproof');
  writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' --import '${LOADER}' '${join(ROOT, 'cli.ts')}' "$@"\n`);
  chmodSync(path, 0o755);
}

/** A temporary folder, and how to be rid of it. */
export function temporaryFolder(name: string): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), `liftproof-${name}-`));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
