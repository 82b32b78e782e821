import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../', import.meta.url));

export interface Shell {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface CallOptions {
  cwd?: string;
  env?: Record<string, string>;
  input?: string | Buffer;
}

export interface ProcessOptions extends CallOptions {
  /** standard input stays open after `input`: the process waits for more */
  staysOpen?: boolean;
  /** told the process as soon as it runs */
  started?: (child: ChildProcess) => void;
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

/** What the test runner sets would change how the commands run. */
export function plainEnvironment(): Record<string, string | undefined> {
  const { NODE_OPTIONS: _, LIFTPROOF_WORKSPACE: __, ...rest } = process.env;
  return { ...rest, TZ: 'UTC', NO_COLOR: '1' };
}
