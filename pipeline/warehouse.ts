import { availableParallelism, totalmem } from 'node:os';
import {
  type DuckDBConnection,
  DuckDBInstance,
  DuckDBScalarFunction,
  type DuckDBValue,
  VARCHAR,
} from '@duckdb/node-api';
import { InputError } from '../models/errors.ts';
import { Macros } from './macros.ts';

export type SqlParameters = Readonly<Record<string, DuckDBValue>>;

/** What a relation is told by the configuration. */
export type SqlSettings = Readonly<Record<string, string | number | boolean>>;

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
  /** macros of this session, when it may call any */
  macros: Macros | undefined;
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
      await this.bring(sql);
      await this.connection.run(sql, bound(sql, parameters));
    } catch (cause) {
      throw queryError(this.path, sql, parameters, cause);
    }
  }

  /** Rows as plain objects, JSON types (big integers and decimals as text). For small results only. */
  async rows<T = Record<string, unknown>>(sql: string, parameters: SqlParameters = {}): Promise<T[]> {
    try {
      await this.bring(sql);
      const reader = await this.connection.runAndReadAll(sql, bound(sql, parameters));
      return reader.getRowObjectsJson() as T[];
    } catch (cause) {
      throw queryError(this.path, sql, parameters, cause);
    }
  }

  /** The same by column, in the order of `names`. */
  async columns(
    sql: string,
    parameters: SqlParameters = {},
  ): Promise<{ names: string[]; columns: unknown[][]; count: number }> {
    try {
      await this.bring(sql);
      const reader = await this.connection.runAndReadAll(sql, bound(sql, parameters));
      return {
        names: reader.deduplicatedColumnNames(),
        columns: reader.getColumnsJson(),
        count: reader.currentRowCount,
      };
    } catch (cause) {
      throw queryError(this.path, sql, parameters, cause);
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

  /** Defines the macros that a statement calls; whoever passes one to `connection` brings them first. */
  async bring(sql: string): Promise<void> {
    const missing = this.macros?.missing(sql) ?? [];
    if (missing.length > 0) await this.connection.run(missing.join('\n'));
  }

  async begin(): Promise<void> {
    this.macros?.begin();
    await this.run('begin transaction');
  }

  async commit(): Promise<void> {
    await this.run('commit');
  }

  async rollback(): Promise<void> {
    this.macros?.rollback();
    await this.run('rollback');
  }

  /** Runs `work` in one transaction: all of it or nothing. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.begin();
    try {
      const result = await work();
      await this.commit();
      return result;
    } catch (cause) {
      await this.rollback().catch(() => undefined);
      throw cause;
    }
  }

  /**
   * Runs `work` with text written as it is. For tables that each build writes anew and reads a few times: finding the best
   * compression of ids, nearly all of them different, takes longer than all that is done with them.
   */
  plainText<T>(work: () => Promise<T>): Promise<T> {
    return this.withoutCompression('dictionary,fsst,dict_fsst', work);
  }

  /** Runs `work` with text written as a dictionary of its values, or as it is where nearly all are different. */
  dictionaryText<T>(work: () => Promise<T>): Promise<T> {
    return this.withoutCompression('fsst,dict_fsst', work);
  }

  private async withoutCompression<T>(methods: string, work: () => Promise<T>): Promise<T> {
    await this.connection.run(`set disabled_compression_methods = '${methods}'`);
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

/** Lets statements of this session call the macros of `sql/macro/`. `personSecret` keys `person_key`. */
export async function useMacros(warehouse: Warehouse, personSecret: Uint8Array): Promise<void> {
  const { inner, outer } = hmacPads(personSecret);
  warehouse.connection.registerScalarFunction(nfkc());
  await warehouse.run(`set variable hmac_inner = unhex('${inner}')`);
  await warehouse.run(`set variable hmac_outer = unhex('${outer}')`);
  warehouse.macros = new Macros();
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

/** Names of the `$parameters` in a query, comments, string literals and quoted names apart. */
export function parameterNames(sql: string): string[] {
  const names = new Set<string>();
  replaceParameters(sql, (token, name) => {
    names.add(name);
    return token;
  });
  return [...names];
}

/**
 * A relation with its settings written into it, as literals of the types that binding gives them. A bound parameter has no type
 * until it has its value, so DuckDB plans such a query twice, and a run plans some two hundred. For the project's own SQL and the
 * configuration only; what a caller sends is bound.
 */
export function withSettings(sql: string, settings: SqlSettings): string {
  return replaceParameters(sql, (_, name) => {
    if (!(name in settings)) throw new RangeError(`parameter $${name} has no value`);
    const value = settings[name];
    if (typeof value === 'string') return `'${quoteText(value)}'`;
    return typeof value === 'number' ? `cast(${value} as ${numberType(value)})` : String(value);
  });
}

// letters and digits of any script, and what stands in names of shops, zones, sources and instants
const PLAIN = /^[\p{L}\p{N} _.,:;/+@#()-]{0,200}$/u;

/**
 * The same for what a file or a caller says of itself: what is absent, and texts of plain letters and digits. Any other text stays
 * a parameter, to be bound.
 */
export function withPlainTexts(sql: string, texts: Readonly<Record<string, string | null>>): string {
  return replaceParameters(sql, (token, name) => {
    if (!(name in texts)) return token;
    const text = texts[name];
    if (text === null) return 'cast(null as varchar)';
    return PLAIN.test(text) ? `'${text}'` : token;
  });
}

/** Replaces the `$parameters` of a query, comments, string literals and quoted names apart. */
function replaceParameters(sql: string, replacement: (token: string, name: string) => string): string {
  return sql.replace(/--[^\n]*|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([a-z_][a-z0-9_]*)/gi, (token: string, name?: string) =>
    name === undefined ? token : replacement(token, name),
  );
}

function numberType(value: number): string {
  if (!Number.isInteger(value)) return 'double';
  return Math.abs(value) < 2 ** 31 ? 'integer' : 'bigint';
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

// what DuckDB says of a file that was changed, or cut short, behind its back
const DAMAGED =
  /checksum|corrupt|Failure while replaying WAL|file is not a valid|not a valid DuckDB|Could not read enough bytes/i;

function openError(path: string, cause: unknown): unknown {
  const text = String((cause as Error)?.message ?? cause);
  if (/Conflicting lock|could not set lock/i.test(text)) {
    return new InputError('locked', `${path} is open in another process; wait for it or stop it`, { cause });
  }
  if (DAMAGED.test(text)) {
    return new InputError(
      'damaged',
      `${path} is damaged; run "liftproof doctor --repair" to rebuild it from landing/`,
      { cause },
    );
  }
  return cause;
}

function queryError(path: string, sql: string, parameters: SqlParameters, cause: unknown): unknown {
  if (cause instanceof InputError || cause instanceof RangeError) return cause;
  const text = String((cause as Error)?.message ?? cause);
  if (/No space left|disk full|ENOSPC/i.test(text)) {
    return new InputError(
      'disk_full',
      `${path === ':memory:' ? 'the folder for what does not fit in memory' : path}: the disk it is on is full; free some space and run the same command again, nothing was kept half`,
      { cause },
    );
  }
  if (DAMAGED.test(text)) {
    return new InputError(
      'damaged',
      `${path} is damaged; run "liftproof doctor --repair" to rebuild it from landing/`,
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
