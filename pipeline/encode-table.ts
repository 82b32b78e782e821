import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isCount, tableArrow } from './encode-arrow.ts';
import { jsonLines } from './encode-lines.ts';
import type { Answer } from './query.ts';
import { publishedCell, rowObject, type Table, type TableColumn } from './table.ts';
import { quoteName, quoteText, Warehouse } from './warehouse.ts';
import { writeXlsx } from './write-xlsx.ts';

export type TableFormat = 'json' | 'ndjson' | 'csv' | 'arrow' | 'parquet' | 'xlsx';

export const MEDIA_TYPES: Readonly<Record<TableFormat, string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8; header=present',
  arrow: 'application/vnd.apache.arrow.stream',
  parquet: 'application/vnd.apache.parquet',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** A table as bytes. The same table gives the same bytes. */
export async function encodeTable(table: Table, format: TableFormat): Promise<Uint8Array> {
  switch (format) {
    case 'json':
      return Buffer.from(JSON.stringify(tableJson(table)));
    case 'ndjson':
      return tableLines(table);
    case 'csv':
      return Buffer.from(tableCsv(table));
    case 'arrow':
      return tableArrow(table);
    case 'parquet':
      return tableParquet(table);
    case 'xlsx':
      return tableXlsx(table);
  }
}

/** The JSON envelope: money and ratios as decimal text, counts as integers. An answer to a query says what was left unattributed. */
export function tableJson(table: Table | Answer): Record<string, unknown> {
  return { schema_version: 1, data: table.rows.map((row) => jsonObject(row, table.columns)), ...jsonAbout(table) };
}

/** What follows the rows in the JSON envelope. */
export function jsonAbout(table: Table | Answer): { totals: unknown; meta: Record<string, unknown> } {
  const answer = 'unattributed' in table ? table : undefined;
  return {
    totals: measures(table.totals, table.columns),
    ...(answer === undefined ? {} : { unattributed: measures(answer.unattributed, table.columns) }),
    meta: {
      ...table.meta,
      columns: table.columns.map((column) => (isCount(column) ? { ...column, type: 'integer' } : column)),
      ...(answer === undefined ? {} : { suppressed_rows: answer.suppressedRows }),
      total_rows: table.totalRows,
      truncated: table.truncated,
    },
  };
}

/** Totals speak of measures only; the label in their first cell is for printed tables. */
function measures(
  row: readonly (string | null)[] | null,
  columns: readonly TableColumn[],
): Record<string, unknown> | null {
  if (row === null) return null;
  const at = columns.flatMap((column, i) => (column.type === 'decimal' ? [i] : []));
  return jsonObject(
    at.map((i) => row[i]),
    at.map((i) => columns[i]),
  );
}

/** A row of the JSON envelope. */
export function jsonObject(row: readonly (string | null)[], columns: readonly TableColumn[]): Record<string, unknown> {
  const object: Record<string, unknown> = rowObject(row, columns);
  for (const column of columns) {
    const value = object[column.id];
    if (typeof value !== 'string') continue;
    // beyond 2^53 a JSON number would lose digits
    if (isCount(column) && Number.isSafeInteger(Number(value))) object[column.id] = Number(value);
    else if (column.type === 'boolean') object[column.id] = value === 'true';
  }
  return object;
}

/** What stands in the first line of NDJSON. */
export function lineMeta(table: Table | Answer): Record<string, unknown> {
  const { meta, totals } = jsonAbout(table);
  return { ...meta, totals };
}

function tableLines(table: Table): Uint8Array {
  return jsonLines(
    lineMeta(table),
    table.rows.map((row) => jsonObject(row, table.columns)),
  );
}

/** The rows, and beside them what they are. */
function tableXlsx(table: Table): Promise<Uint8Array> {
  const about = Object.entries(table.meta).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const columns = table.columns.map((column) => [
    column.id,
    [column.label, column.unit, column.formula].filter(Boolean).join(', '),
  ]);
  const text = (id: string): TableColumn => ({ id, label: id, type: 'text' });
  return writeXlsx(
    [
      { name: 'Answer', columns: table.columns, rows: table.rows },
      { name: 'About', columns: [text('name'), text('value')], rows: [...about, ...columns] },
    ],
    { title: 'Liftproof' },
  );
}

/** RFC 4180. Text that a spreadsheet would run as a formula gets an apostrophe; numbers are left alone, negatives are real. */
export function tableCsv(table: Table): string {
  const lines = [table.columns.map((column) => csvCell(column.id)).join(',')];
  for (const row of table.rows) {
    lines.push(table.columns.map((column, i) => csvCell(guarded(publishedCell(row[i], column), column))).join(','));
  }
  return `${lines.join('\r\n')}\r\n`;
}

function guarded(value: string | null, column: TableColumn): string {
  if (value === null) return '';
  return column.type === 'text' && /^[=+\-@\t\r\n\0−＝＋－＠]/.test(value) ? `'${value}` : value;
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function tableParquet(table: Table): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'liftproof-parquet-'));
  const warehouse = await Warehouse.open(':memory:');
  try {
    const csv = join(folder, 'table.csv');
    writeFileSync(csv, plainCsv(table));
    const types = table.columns.map((column) => `${quoteName(column.id)}: '${sqlType(column)}'`);
    const path = join(folder, 'table.parquet');
    await warehouse.run(
      `copy (select * from read_csv('${quoteText(csv)}', header = false, auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = '\\N', allow_quoted_nulls = false,
         columns = {${types.join(', ')}})) to '${quoteText(path)}' (format parquet, compression zstd)`,
    );
    return readFileSync(path);
  } finally {
    warehouse.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function plainCsv(table: Table): string {
  return table.rows
    .map((row) =>
      table.columns
        .map((column, i) => {
          const cell = publishedCell(row[i], column);
          return cell === null ? '\\N' : `"${cell.replaceAll('"', '""')}"`;
        })
        .join(','),
    )
    .join('\n')
    .concat('\n');
}

function sqlType(column: TableColumn): string {
  if (isCount(column)) return 'BIGINT';
  if (column.type === 'decimal') return `DECIMAL(38,${column.scale ?? 0})`;
  if (column.type === 'boolean') return 'BOOLEAN';
  return column.type === 'day' ? 'DATE' : 'VARCHAR';
}
