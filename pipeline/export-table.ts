import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../models/errors.ts';
import { type FileColumn, writeArrowStream } from './export-arrow.ts';
import { fullDisk } from './full-disk.ts';
import { nearest } from './nearest.ts';
import type { PublishedFile } from './publish.ts';
import type { Results } from './results.ts';
import { quoteName, quoteText, Warehouse } from './warehouse.ts';

export type ExportFormat = 'csv' | 'parquet' | 'arrow';
export const EXPORT_FORMATS: readonly ExportFormat[] = ['csv', 'parquet', 'arrow'];

export interface ExportedTable {
  name: string;
  rows: number;
  bytes: number;
  sha256: string;
}

/**
 * Writes a published table whole to a file, however many rows it has: row by row through DuckDB, in the order in which it was
 * published, with a memory that does not grow with the rows. The same run gives the same bytes.
 *
 * @throws InputError `unknown_name` with the nearest table
 */
export async function exportTable(
  results: Results,
  table: string,
  format: ExportFormat,
  directory: string,
): Promise<ExportedTable> {
  const file = publishedFile(results, table);
  const name = `${table}.${format === 'arrow' ? 'arrows' : format}`;
  const path = join(directory, name);
  const making = `${path}.making-${process.pid}`;
  mkdirSync(directory, { recursive: true });
  try {
    await writePublished(results, table, format, making);
    renameSync(making, path);
  } catch (cause) {
    rmSync(making, { force: true });
    throw fullDisk(cause, directory);
  }
  return { name, rows: file.rows, ...(await digestOf(path)) };
}

/**
 * Writes a published table to this very file. @returns how many rows it has
 *
 * @throws InputError `unknown_name` with the nearest table
 */
export async function writePublished(
  results: Results,
  table: string,
  format: ExportFormat,
  path: string,
): Promise<number> {
  const file = publishedFile(results, table);
  const warehouse = await Warehouse.open(':memory:', { memoryLimitBytes: 256 * 2 ** 20 });
  try {
    const source = `read_parquet('${quoteText(join(results.folder, file.name))}')`;
    await writeRows(warehouse, source, file.columns, format, path);
  } finally {
    warehouse.close();
  }
  return file.rows;
}

/** Writes the rows of `source`, in their order, to a file that is on the disk when it returns. */
export async function writeRows(
  warehouse: Warehouse,
  source: string,
  columns: readonly FileColumn[],
  format: ExportFormat,
  path: string,
  about?: ReadonlyMap<string, string>,
): Promise<void> {
  if (format === 'parquet')
    await warehouse.run(
      `copy (select * from ${source}) to '${quoteText(path)}' (format parquet, compression zstd, row_group_size 122880)`,
    );
  else if (format === 'csv') await copyCsv(warehouse, source, columns, path);
  else await writeArrowStream(warehouse, source, columns, path, about);
  toDisk(path);
}

/** Returns when the bytes of a file are on the disk. */
export function toDisk(path: string): void {
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** @throws InputError `unknown_name` with the nearest table */
export function publishedFile(results: Results, table: string): PublishedFile {
  const names = results.manifest.files.map((file) => file.name.replace(/\.parquet$/, ''));
  const file = results.manifest.files[names.indexOf(table)];
  if (file !== undefined) return file;
  const close = nearest(table, names);
  const detail = `${table} is no table of ${results.manifest.run}; ${close ? `did you mean ${close}?` : `it has ${names.join(', ')}`}`;
  throw new InputError('unknown_name', detail, {
    details: { what: 'table', nearest: close, errors: [{ pointer: '#/table', detail }] },
  });
}

/** RFC 4180 with a header: each line is made by the database, so that only text cells are quoted and guarded. */
async function copyCsv(
  warehouse: Warehouse,
  source: string,
  columns: readonly FileColumn[],
  path: string,
): Promise<void> {
  const cells = columns.map(({ name, type }) => csvCell(quoteName(name), type));
  const body = `${path}.body`;
  try {
    await warehouse.run(
      `copy (select ${cells.join(` || ',' || `)} || chr(13) as line from ${source}) to '${quoteText(body)}' (format csv, header false, delimiter e'\\x01', quote '')`,
    );
    const handle = openSync(path, 'w');
    try {
      writeSync(handle, `${columns.map((column) => column.name).join(',')}\r\n`);
      for await (const chunk of createReadStream(body, { highWaterMark: 1 << 20 })) writeSync(handle, chunk as Buffer);
    } finally {
      closeSync(handle);
    }
  } finally {
    rmSync(body, { force: true });
  }
}

function csvCell(column: string, type: string): string {
  if (type === 'TIMESTAMP WITH TIME ZONE')
    return `coalesce(strftime(${column} at time zone 'UTC', '%Y-%m-%dT%H:%M:%SZ'), '')`;
  if (!/^VARCHAR/.test(type)) return `coalesce(cast(${column} as varchar), '')`;
  // what a spreadsheet would run gets an apostrophe before it
  const text = `case when regexp_matches(${column}, '^[=+\\-@\\t\\r\\n\\x00−＝＋－＠]') then '''' || ${column} else ${column} end`;
  return `coalesce(case when regexp_matches(${column}, '[",\\r\\n]') then '"' || replace(${text}, '"', '""') || '"' else ${text} end, '')`;
}

/** Size and SHA-256 of a file. */
export async function digestOf(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
