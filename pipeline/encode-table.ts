import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishedCell, type Table, type TableColumn, tableObjects, rowObject } from './table.ts';
import { quoteName, quoteText, Warehouse } from './warehouse.ts';

export type TableFormat = 'json' | 'csv' | 'arrow' | 'parquet';

export const MEDIA_TYPES: Readonly<Record<TableFormat, string>> = {
  json: 'application/json',
  csv: 'text/csv; charset=utf-8; header=present',
  arrow: 'application/vnd.apache.arrow.stream',
  parquet: 'application/vnd.apache.parquet',
};

/** A table as bytes. The same table gives the same bytes. */
export async function encodeTable(table: Table, format: TableFormat): Promise<Uint8Array> {
  switch (format) {
    case 'json':
      return Buffer.from(JSON.stringify(tableJson(table)));
    case 'csv':
      return Buffer.from(tableCsv(table));
    case 'arrow':
      return tableArrow(table);
    case 'parquet':
      return tableParquet(table);
  }
}

export function tableJson(table: Table): Record<string, unknown> {
  return {
    schema_version: 1,
    data: tableObjects(table),
    totals: table.totals === null ? null : rowObject(table.totals, table.columns),
    meta: { ...table.meta, columns: table.columns, total_rows: table.totalRows, truncated: table.truncated },
  };
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
  return column.type === 'text' && /^[=+\-@\t\r\0−]/.test(value) ? `'${value}` : value;
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function tableArrow(table: Table): Promise<Uint8Array> {
  const arrow = await import('apache-arrow');
  const vectors = Object.fromEntries(
    table.columns.map((column, i) => {
      const values = table.rows.map((row) => publishedCell(row[i], column));
      if (column.type !== 'decimal') return [column.id, arrow.vectorFromArray(values, new arrow.Utf8())];
      return [column.id, decimalVector(arrow, values, column.scale ?? 0)];
    }),
  );
  const made = new arrow.Table(vectors);
  return arrow.tableToIPC(made, 'stream');
}

/** decimal128 from text, by its 32-bit words: no digit passes through a double. */
function decimalVector(arrow: typeof import('apache-arrow'), values: readonly (string | null)[], scale: number): import('apache-arrow').Vector {
  const data = new Uint32Array(values.length * 4);
  const valid = new Uint8Array(Math.ceil(values.length / 8));
  let nullCount = 0;
  values.forEach((value, i) => {
    if (value === null) {
      nullCount++;
      return;
    }
    valid[i >> 3] |= 1 << (i & 7);
    let units = BigInt.asUintN(128, BigInt(value.replace('.', '')));
    for (let word = 0; word < 4; word++) {
      data[i * 4 + word] = Number(units & 0xffffffffn);
      units >>= 32n;
    }
  });
  const type = new arrow.Decimal(scale, 38, 128);
  return arrow.makeVector(arrow.makeData({ type, length: values.length, nullCount, nullBitmap: valid, data }));
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
      `copy (select * from read_csv('${quoteText(csv)}', header = false, auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = '\\N',
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
    .map((row) => table.columns.map((column, i) => { const cell = publishedCell(row[i], column); return cell === null ? '\\N' : `"${cell.replaceAll('"', '""')}"`; }).join(','))
    .join('\n')
    .concat('\n');
}

function sqlType(column: TableColumn): string {
  if (column.type === 'decimal') return `DECIMAL(38,${column.scale ?? 0})`;
  return column.type === 'day' ? 'DATE' : 'VARCHAR';
}
