import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBScalarFunction,
  type DuckDBValue,
  VARCHAR,
} from '@duckdb/node-api';
import { InputError } from '../models/errors.ts';

export type SqlParameters = Readonly<Record<string, DuckDBValue>>;

export interface WarehouseOptions {
  threads?: number;
  memoryLimitBytes?: number;
  /** where DuckDB spills when memory is short; the operating system's temporary folder when absent */
  spillDirectory?: string;
  /** how much may be spilled; most of the disk when absent */
  spillBytes?: number;
  readOnly?: boolean;
}

/**
 * One open DuckDB file. The only class of the pipeline that talks to DuckDB; everything else says what to run.
 * Sessions are in UTC, keep insertion order, and never fetch extensions.
 */
export class Warehouse {
  readonly connection: DuckDBConnection;
  readonly path: string;
  private readonly instance: DuckDBInstance;

  private constructor(path: string, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.path = path;
    this.instance = instance;
    this.connection = connection;
  }

  /** @param path  file, or `:memory:` */
  static async open(path: string, options: WarehouseOptions = {}): Promise<Warehouse> {
    const memory = options.memoryLimitBytes ?? Math.floor(Math.min(totalmem() * 0.5, 4 * 2 ** 30));
    const settings: Record<string, string> = {
      threads: String(options.threads ?? availableParallelism()),
      memory_limit: `${Math.floor(memory / 2 ** 20)}MiB`,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    };
    if (options.readOnly) settings.access_mode = 'READ_ONLY';
    let instance: DuckDBInstance;
    try {
      instance = await DuckDBInstance.create(path, settings);
    } catch (cause) {
      throw openError(path, cause);
    }
    const connection = await instance.connect();
    await connection.run(`set TimeZone = 'UTC'`);
    if (options.spillDirectory) await connection.run(`set temp_directory = '${quoteText(options.spillDirectory)}'`);
    if (options.spillBytes)
      await connection.run(`set max_temp_directory_size = '${Math.floor(options.spillBytes / 2 ** 20)}MiB'`);
    return new Warehouse(path, instance, connection);
  }

  /** Runs one or more statements; parameters only with a single statement. */
  async run(sql: string, parameters: SqlParameters = {}): Promise<void> {
    try {
      await this.connection.run(sql, bound(sql, parameters));
    } catch (cause) {
      throw queryError(sql, parameters, cause);
    }
  }

  /** Rows as plain objects, JSON types (big integers and decimals as text). For small results only. */
  async rows<T = Record<string, unknown>>(sql: string, parameters: SqlParameters = {}): Promise<T[]> {
    try {
      const reader = await this.connection.runAndReadAll(sql, bound(sql, parameters));
      return reader.getRowObjectsJson() as T[];
    } catch (cause) {
      throw queryError(sql, parameters, cause);
    }
  }

  /** The same by column, in the order of `names`. */
  async columns(
    sql: string,
    parameters: SqlParameters = {},
  ): Promise<{ names: string[]; columns: unknown[][]; count: number }> {
    try {
      const reader = await this.connection.runAndReadAll(sql, bound(sql, parameters));
      return {
        names: reader.deduplicatedColumnNames(),
        columns: reader.getColumnsJson(),
        count: reader.currentRowCount,
      };
    } catch (cause) {
      throw queryError(sql, parameters, cause);
    }
  }

  /** The single value of a query of one row and one column. */
  async value<T = unknown>(sql: string, parameters: SqlParameters = {}): Promise<T> {
    const rows = await this.rows<Record<string, unknown>>(sql, parameters);
    return (rows.length === 0 ? null : Object.values(rows[0])[0]) as T;
  }

  /** A count as a number. @throws RangeError beyond 2^53 */
  async count(sql: string, parameters: SqlParameters = {}): Promise<number> {
    const value = Number(await this.value(sql, parameters));
    if (!Number.isSafeInteger(value)) throw new RangeError(`not a count: ${value}`);
    return value;
  }

  /** Runs `work` in one transaction: all of it or nothing. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.connection.run('begin transaction');
    try {
      const result = await work();
      await this.connection.run('commit');
      return result;
    } catch (cause) {
      await this.connection.run('rollback').catch(() => undefined);
      throw cause;
    }
  }

  /**
   * Runs `work` with text written as it is. For tables that each build writes anew and reads a few times: finding the best
   * compression of ids, nearly all of them different, takes longer than all that is done with them.
   */
  async plainText<T>(work: () => Promise<T>): Promise<T> {
    await this.connection.run(`set disabled_compression_methods = 'dictionary,fsst,dict_fsst'`);
    try {
      return await work();
    } finally {
      await this.connection.run('reset disabled_compression_methods');
    }
  }

  /** Asks the running query to stop. */
  interrupt(): void {
    this.connection.interrupt();
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

/** The folder that holds the relations, in a checkout and in an installed package. */
export const SQL_ROOT = findSqlRoot(dirname(fileURLToPath(import.meta.url)));

function findSqlRoot(from: string): string {
  // pipeline/ stands beside sql/ in a checkout; an installed package runs from dist/pipeline/
  for (const root of [join(from, '..'), join(from, '..', '..')]) {
    try {
      readdirSync(join(root, 'sql', 'macro'));
      return join(root, 'sql');
    } catch {}
  }
  throw new InputError('damaged', `${from}: the sql/ folder is missing; reinstall liftproof`);
}

/** Text of a file under `sql/`, by its path without the ending: `journey/step`. */
export function sqlFile(name: string): string {
  try {
    return readFileSync(join(SQL_ROOT, `${name}.sql`), 'utf8');
  } catch (cause) {
    throw new InputError('damaged', `sql/${name}.sql is missing; reinstall liftproof`, { cause });
  }
}

/** Names of the files in a folder under `sql/`, without the ending, sorted. */
export function sqlFiles(folder: string): string[] {
  return readdirSync(join(SQL_ROOT, folder))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -4))
    .sort();
}

/** Defines the macros of `sql/macro/` for this session. `personSecret` keys `person_key`. */
export async function loadMacros(warehouse: Warehouse, personSecret: Uint8Array): Promise<void> {
  const { inner, outer } = hmacPads(personSecret);
  warehouse.connection.registerScalarFunction(nfkc());
  await warehouse.run(`set variable hmac_inner = unhex('${inner}')`);
  await warehouse.run(`set variable hmac_outer = unhex('${outer}')`);
  await runInDependencyOrder(warehouse, macroFiles());
}

/** The files of macros, each after those whose macros it names: what runs in vain and again costs time at every open. */
function macroFiles(): string[] {
  const files = sqlFiles('macro').map((name) => ({ name, text: sqlFile(`macro/${name}`) }));
  const home = new Map<string, string>();
  for (const { name, text } of files)
    for (const [, macro] of text.matchAll(/\bmacro\s+([a-z_0-9]+)\s*\(/g)) home.set(macro, name);
  const ordered = new Set<string>();
  const open = new Set<string>();
  const visit = (name: string): void => {
    if (ordered.has(name) || open.has(name)) return;
    open.add(name);
    const { text } = files.find((file) => file.name === name)!;
    for (const [, word] of text.matchAll(/\b([a-z_0-9]+)\s*\(/g)) {
      const other = home.get(word);
      if (other !== undefined && other !== name) visit(other);
    }
    ordered.add(name);
  };
  for (const { name } of files) visit(name);
  return [...ordered];
}

/** A macro must be defined before one that uses it: a file that lacks one waits until the others have run. */
async function runInDependencyOrder(warehouse: Warehouse, names: readonly string[]): Promise<void> {
  const waiting: string[] = [];
  let missing: unknown;
  for (const name of names) {
    try {
      await warehouse.run(sqlFile(`macro/${name}`));
    } catch (cause) {
      if (!/Function with name \S+ does not exist/.test(String((cause as Error).message))) throw cause;
      missing = cause;
      waiting.push(name);
    }
  }
  if (waiting.length === names.length && names.length > 0) throw missing;
  if (waiting.length > 0) await runInDependencyOrder(warehouse, waiting);
}

/** Unicode NFKC, which DuckDB lacks (it has NFC); macros call it only for text beyond ASCII. */
function nfkc(): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name: 'nfkc',
    returnType: VARCHAR,
    parameterTypes: [VARCHAR],
    mainFunction: (_info, input, output) => {
      const values = input.getColumnVector(0);
      for (let i = 0; i < input.rowCount; i++) {
        const value = values.getItem(i) as string | null;
        output.setItem(i, value === null ? null : value.normalize('NFKC'));
      }
      output.flush();
    },
  });
}

/** HMAC-SHA-256 (RFC 2104) as its two padded keys, so that SQL can finish it with `sha256`. */
function hmacPads(secret: Uint8Array): { inner: string; outer: string } {
  if (secret.length > 64) throw new RangeError('person secret is longer than one SHA-256 block');
  const pad = (byte: number): string =>
    Array.from({ length: 64 }, (_, i) => ((secret[i] ?? 0) ^ byte).toString(16).padStart(2, '0')).join('');
  return { inner: pad(0x36), outer: pad(0x5c) };
}

/** An identifier, quoted. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Text for inside a string literal; only for statements that cannot be bound (SET, ATTACH, COPY options). */
export function quoteText(text: string): string {
  return text.replaceAll("'", "''");
}

/** Names of the `$parameters` in a query, comments and string literals apart. */
export function parameterNames(sql: string): string[] {
  const bare = sql.replace(/--[^\n]*/g, '').replace(/'(?:[^']|'')*'/g, "''");
  return [...new Set([...bare.matchAll(/\$([a-z_][a-z0-9_]*)/gi)].map((m) => m[1]))];
}

function bound(sql: string, parameters: SqlParameters): Record<string, DuckDBValue> | undefined {
  const names = parameterNames(sql);
  if (names.length === 0) return undefined;
  const out: Record<string, DuckDBValue> = {};
  for (const name of names) {
    if (!(name in parameters)) throw new RangeError(`parameter $${name} has no value`);
    out[name] = parameters[name];
  }
  return out;
}

function openError(path: string, cause: unknown): unknown {
  const text = String((cause as Error)?.message ?? cause);
  if (/Conflicting lock|could not set lock/i.test(text)) {
    return new InputError('locked', `${path} is open in another process; wait for it or stop it`, { cause });
  }
  if (/checksum|corrupt|Failure while replaying WAL|not a valid DuckDB/i.test(text)) {
    return new InputError(
      'damaged',
      `${path} is damaged; run "liftproof doctor --repair" to rebuild it from landing/`,
      { cause },
    );
  }
  return cause;
}

function queryError(sql: string, parameters: SqlParameters, cause: unknown): unknown {
  if (cause instanceof InputError || cause instanceof RangeError) return cause;
  const text = String((cause as Error)?.message ?? cause);
  if (/No space left|disk full|ENOSPC/i.test(text)) {
    return new InputError(
      'disk_full',
      'the disk is full; free some space and run the same command again, nothing was kept half',
      { cause },
    );
  }
  if (/checksum|corrupt|file is not a valid/i.test(text)) {
    return new InputError(
      'damaged',
      'the warehouse is damaged; run "liftproof doctor --repair" to rebuild it from landing/',
      { cause },
    );
  }
  if (/INTERRUPT/i.test(text)) return new InputError('timeout', 'interrupted', { cause });
  const names = parameterNames(sql).filter((name) => name in parameters);
  const where = sql.trim().split('\n')[0].slice(0, 120);
  return new Error(`${text}\n  in: ${where}\n  with: ${names.map((n) => `$${n}=${String(parameters[n])}`).join(' ')}`, {
    cause,
  });
}
