import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError } from '../models/errors.ts';
import { type Config, readConfig } from './config.ts';
import { RAW_COLUMNS, STREAM_NAMES, streamOf } from './streams.ts';
import { loadMacros, quoteName, sqlFile, sqlFiles, Warehouse } from './warehouse.ts';

/** One client, one directory. */
export interface Workspace {
  directory: string;
  config: Config;
  paths: WorkspacePaths;
}

export interface WorkspacePaths {
  config: string;
  landing: string;
  warehouse: string;
  results: string;
  current: string;
  secret: string;
  lock: string;
  spill: string;
}

/** A workspace whose warehouse is open for writing by this process. Close it. */
export interface OpenWorkspace extends Workspace {
  warehouse: Warehouse;
  close(): void;
}

export function workspacePaths(directory: string): WorkspacePaths {
  return {
    config: join(directory, 'liftproof.yaml'),
    landing: join(directory, 'landing'),
    warehouse: join(directory, 'warehouse.duckdb'),
    results: join(directory, 'results'),
    current: join(directory, 'results', 'current'),
    secret: join(directory, 'secret', 'person.key'),
    lock: join(directory, 'warehouse.lock'),
    spill: join(directory, 'spill'),
  };
}

/** Reads a workspace's configuration; opens nothing. */
export function findWorkspace(directory: string): Workspace {
  const full = resolve(directory);
  const paths = workspacePaths(full);
  if (!existsSync(paths.config)) {
    throw new InputError(
      'not_found',
      `${full} is not a workspace (no liftproof.yaml); run "liftproof init ${directory}"`,
    );
  }
  return { directory: full, config: readConfig(paths.config), paths };
}

/**
 * Locks the workspace and opens its warehouse.
 *
 * @throws InputError `locked` naming the process that has it, `damaged` when DuckDB refuses the file
 */
export async function openWorkspace(directory: string, options: { threads?: number; isRebuild?: boolean } = {}): Promise<OpenWorkspace> {
  const workspace = findWorkspace(directory);
  mkdirSync(workspace.paths.landing, { recursive: true });
  mkdirSync(workspace.paths.results, { recursive: true });
  takeLock(workspace.paths.lock);
  let warehouse: Warehouse | undefined;
  try {
    const secret = personSecret(workspace, options.isRebuild ?? false);
    warehouse = await Warehouse.open(workspace.paths.warehouse, {
      threads: options.threads,
      memoryLimitBytes: workspace.config.limits.memory_bytes,
      spillDirectory: workspace.paths.spill,
    });
    await loadMacros(warehouse, secret);
    await createBaseTables(warehouse);
  } catch (cause) {
    warehouse?.close();
    unlinkSync(workspace.paths.lock);
    throw cause;
  }
  const open = warehouse;
  let isClosed = false;
  return {
    ...workspace,
    warehouse: open,
    close() {
      if (isClosed) return;
      isClosed = true;
      open.close();
      rmSync(workspace.paths.spill, { recursive: true, force: true });
      rmSync(workspace.paths.lock, { force: true });
    },
  };
}

/** Creates the schemas and the tables that ingest writes. */
export async function createBaseTables(warehouse: Warehouse): Promise<void> {
  for (const schema of ['raw', 'staging', 'journey', 'attribution', 'panel', 'report', 'result']) {
    await warehouse.run(`create schema if not exists ${schema}`);
  }
  for (const name of sqlFiles('table/raw')) await warehouse.run(sqlFile(`table/raw/${name}`));
  for (const name of STREAM_NAMES) {
    const columns = Object.keys(streamOf(name).columns).map((column) => `${quoteName(column)} VARCHAR`);
    await warehouse.run(`create table if not exists raw.${quoteName(name)} (${RAW_COLUMNS}, ${columns.join(', ')})`);
  }
}

/** The workspace's HMAC key: from the environment when configured, else a 0600 file that is made on first use. */
function personSecret(workspace: Workspace, isRebuild: boolean): Uint8Array {
  const variable = workspace.config.privacy.person_key_env;
  if (variable !== undefined) {
    const value = process.env[variable];
    if (!value || value.length < 32) {
      throw new InputError(
        'bad_config',
        `${variable} is ${value ? 'shorter than 32 characters' : 'not set'}; privacy.person_key_env names it`,
      );
    }
    return Buffer.from(value.slice(0, 64), 'utf8');
  }
  const path = workspace.paths.secret;
  if (!existsSync(path)) {
    if (existsSync(workspace.paths.warehouse) || isRebuild) {
      throw new InputError(
        'damaged',
        `${path} is missing but the warehouse exists; restore the key from a backup, a new one would part every person from their past`,
      );
    }
    writePersonSecret(path);
  }
  return Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url');
}

export function writePersonSecret(path: string): void {
  const folder = join(path, '..');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
}

function takeLock(path: string): void {
  for (let attempt = 0; ; attempt++) {
    try {
      const handle = openSync(path, 'wx', 0o644);
      writeSync(handle, JSON.stringify({ pid: process.pid, command: process.argv.slice(2, 4).join(' ') }));
      closeSync(handle);
      return;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      const owner = lockOwner(path);
      if (owner !== undefined && isAlive(owner.pid)) {
        throw new InputError(
          'locked',
          `the warehouse is in use by process ${owner.pid}${owner.command ? ` (liftproof ${owner.command})` : ''}; wait for it or stop it`,
          {
            cause,
            details: { pid: owner.pid },
          },
        );
      }
      if (attempt > 3) throw cause;
      // its owner is gone: the lock outlived a killed process
      rmSync(path, { force: true });
    }
  }
}

export function lockOwner(path: string): { pid: number; command?: string } | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // an empty lock is one that another process is writing this instant
    try {
      return Date.now() - statSync(path).mtimeMs < 2000 ? { pid: process.pid } : undefined;
    } catch {
      return undefined;
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}
