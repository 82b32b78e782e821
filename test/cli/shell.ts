import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { main } from '../../cli/main.ts';
import { packedProgram } from '../packed.ts';
import {
  type CallOptions,
  type ProcessOptions,
  plainEnvironment,
  ROOT,
  runProcess,
  type Shell,
} from '../run-process.ts';

export { ROOT, runProcess, type Shell };

export const EXPORTS = join(ROOT, 'data-samples', 'exports');

/** Runs the packed program as a process of its own: for signals, pipes, locks and what a process costs. */
export async function liftproofProcess(args: readonly string[], options: ProcessOptions = {}): Promise<Shell> {
  const { program } = await packedProgram();
  return runProcess(process.execPath, [program, ...args], options);
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

/** A temporary folder, and how to be rid of it. */
export function temporaryFolder(name: string): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), `liftproof-${name}-`));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
