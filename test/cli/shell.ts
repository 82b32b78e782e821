import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const EXPORTS = join(ROOT, 'data-samples', 'exports');

const LOADER = import.meta.resolve('tsx');

export interface Shell {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

interface ShellOptions {
  cwd?: string;
  env?: Record<string, string>;
  input?: string | Buffer;
  /** standard input stays open after `input`: the process waits for more */
  staysOpen?: boolean;
  /** told the process as soon as it runs */
  started?: (child: ChildProcess) => void;
}

/** Runs the shell door as a process of its own. */
export function liftproof(args: readonly string[], options: ShellOptions = {}): Promise<Shell> {
  return runProcess(process.execPath, ['--import', LOADER, join(ROOT, 'cli.ts'), ...args], options);
}

export function runProcess(command: string, args: readonly string[], options: ShellOptions = {}): Promise<Shell> {
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
