import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError } from '../models/errors.ts';
import { type Config, readConfig } from './config.ts';
import { type LandingNote, writeLandingNote } from './land.ts';
import { isAlive } from './living-process.ts';
import { sqlFile, sqlFiles } from './sql-files.ts';
import { RAW_COLUMNS, STREAM_NAMES, streamOf } from './streams.ts';
import { quoteName, useMacros, Warehouse } from './warehouse.ts';
import { releaseLock, takeLock } from './workspace-lock.ts';

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
 * Locks the workspace, clears what a killed process left behind, and opens the warehouse.
 *
 * @throws InputError `locked` naming the process that has it, `damaged` when DuckDB refuses the file
 */
export async function openWorkspace(directory: string, options: { threads?: number } = {}): Promise<OpenWorkspace> {
  const workspace = findWorkspace(directory);
  makeFolders(workspace);
  takeLock(workspace.paths.lock);
  try {
    return await openLocked(workspace, options);
  } catch (cause) {
    releaseLock(workspace.paths.lock);
    throw cause;
  }
}

/**
 * Makes the warehouse anew: under the lock, the old file is set aside, `replay` fills a new one, and the old one is deleted only
 * when that worked. If it did not, the old file stands again as it was.
 *
 * @throws InputError `locked`; and what `replay` throws
 */
export async function remakeWarehouse(
  directory: string,
  replay: (workspace: OpenWorkspace) => Promise<void>,
): Promise<void> {
  const workspace = findWorkspace(directory);
  const { warehouse, lock } = workspace.paths;
  const files = ['', '.wal'].map((suffix) => ({ at: `${warehouse}${suffix}`, aside: `${warehouse}.aside${suffix}` }));
  makeFolders(workspace);
  takeLock(lock);
  try {
    // a repair that was killed left the old file aside and a new one half filled: the old one is the original
    const isResumed = files.some(({ aside }) => existsSync(aside));
    for (const { at, aside } of files) {
      if (isResumed) rmSync(at, { force: true });
      else if (existsSync(at)) renameSync(at, aside);
    }
    try {
      const open = await openLocked(workspace, { isRemade: true });
      try {
        await replay(open);
      } finally {
        open.warehouse.close();
      }
    } catch (cause) {
      for (const { at, aside } of files) {
        rmSync(at, { force: true });
        if (existsSync(aside)) renameSync(aside, at);
      }
      throw cause;
    }
    for (const { aside } of files) rmSync(aside, { force: true });
  } finally {
    rmSync(workspace.paths.spill, { recursive: true, force: true });
    releaseLock(lock);
  }
}

async function openLocked(
  workspace: Workspace,
  options: { threads?: number; isRemade?: boolean },
): Promise<OpenWorkspace> {
  const { paths } = workspace;
  let warehouse: Warehouse | undefined;
  try {
    clearLeftovers(paths);
    const secret = personSecret(workspace, options.isRemade ?? false);
    warehouse = await Warehouse.open(paths.warehouse, {
      threads: options.threads,
      memoryLimitBytes: workspace.config.limits.memory_bytes,
      spillDirectory: paths.spill,
    });
    await useMacros(warehouse, secret);
    await createBaseTables(warehouse);
    await reconcileLanding(warehouse, paths.landing, options.isRemade ?? false);
  } catch (cause) {
    warehouse?.close();
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
      rmSync(paths.spill, { recursive: true, force: true });
      releaseLock(paths.lock);
    },
  };
}

function makeFolders({ paths }: Workspace): void {
  mkdirSync(paths.landing, { recursive: true });
  mkdirSync(paths.results, { recursive: true });
}

/** What a killed process left half made. Its name says whose it was; the living keep theirs. */
function clearLeftovers(paths: WorkspacePaths): void {
  rmSync(paths.spill, { recursive: true, force: true });
  for (const [folder, pattern] of [
    [paths.landing, /^\.incoming-(\d+)-/],
    [paths.results, /^\.(?:making|current)-(\d+)$/],
  ] as const) {
    for (const name of readdirSync(folder)) {
      const pid = Number(pattern.exec(name)?.[1] ?? Number.NaN);
      if (Number.isInteger(pid) && (pid === process.pid || !isAlive(pid))) {
        rmSync(join(folder, name), { recursive: true, force: true });
      }
    }
  }
}

/**
 * Holds the landing folder and the warehouse together. A file that is loaded has its note: a process that was killed right after
 * the commit had no time for it. A file that has a note is loaded: a warehouse that lost its newest commits says so.
 */
async function reconcileLanding(warehouse: Warehouse, landing: string, isRemade: boolean): Promise<void> {
  const batches = await warehouse.rows<Omit<LandingNote, 'options'> & { options: string }>(
    'select batch_id, kind, source_id, file_name, exported_at, options from raw.batch',
  );
  const noted = new Set<string>();
  for (const name of readdirSync(landing)) {
    if (name.endsWith('.json.tmp')) rmSync(join(landing, name));
    else if (/^[0-9a-f]{64}\.json$/.test(name)) noted.add(name.slice(0, 64));
  }
  for (const { options, ...batch } of batches) {
    if (!noted.delete(batch.batch_id)) writeLandingNote(landing, { ...batch, options: JSON.parse(options) });
  }
  if (noted.size > 0 && !isRemade) {
    throw new InputError(
      'damaged',
      `${noted.size} files in ${landing} are missing from the warehouse; run "liftproof doctor --repair" to rebuild it from there`,
    );
  }
}

const SCHEMAS = ['raw', 'staging', 'journey', 'attribution', 'finance', 'panel', 'report', 'result'];

/** Creates what is missing of the schemas and of the tables that ingest and the models write. */
export async function createBaseTables(warehouse: Warehouse): Promise<void> {
  const found = await warehouse.rows<{ name: string }>(
    `select schema_name as name from duckdb_schemas() where database_name = current_database()
     union all
     select schema_name || '.' || table_name from duckdb_tables() where database_name = current_database() and schema_name in ('raw', 'result')`,
  );
  const known = new Set(found.map(({ name }) => name));
  const schemas = SCHEMAS.filter((schema) => !known.has(schema)).map((schema) => `create schema ${schema}`);
  const tables = ['raw', 'result'].flatMap((schema) =>
    sqlFiles(`table/${schema}`)
      .filter((name) => !known.has(`${schema}.${name}`))
      .map((name) => sqlFile(`table/${schema}/${name}`)),
  );
  const streams = STREAM_NAMES.filter((name) => !known.has(`raw.${name}`)).map((name) => {
    const columns = Object.keys(streamOf(name).columns).map((column) => `${quoteName(column)} VARCHAR`);
    return `create table raw.${quoteName(name)} (${RAW_COLUMNS}, ${columns.join(', ')})`;
  });
  const missing = [...schemas, ...tables, ...streams];
  // one transaction, so that the disk is waited for once
  if (missing.length > 0) await warehouse.transaction(() => warehouse.run(missing.join(';\n')));
}

/** The workspace's HMAC key: from the environment when configured, else a 0600 file that is made on first use. */
function personSecret(workspace: Workspace, isRemade: boolean): Uint8Array {
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
    if (existsSync(workspace.paths.warehouse) || isRemade) {
      throw new InputError(
        'damaged',
        `${path} is missing but the warehouse exists; restore the key from a backup, a new one would part every person from their past`,
      );
    }
    writePersonSecret(path);
  }
  return Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url');
}

export function writePersonSecret(path: string, secret: Uint8Array = randomBytes(32)): void {
  const folder = join(path, '..');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  writeFileSync(path, `${Buffer.from(secret).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
}
