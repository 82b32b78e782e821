import type { Field, RecordBatch, Vector } from 'apache-arrow';
import { publishedCell, type Table, type TableColumn } from './table.ts';

type Arrow = typeof import('apache-arrow');

/** Rows of one record batch. */
const BATCH_ROWS = 65_536;

/**
 * A table as an Arrow IPC stream: money decimal128, counts int64, days date32, text utf8; unit, formula and label stand in the
 * field's metadata, what the numbers are in the schema's. Built from column vectors, never from row objects.
 */
export async function tableArrow(table: Table): Promise<Uint8Array> {
  const arrow = await import('apache-arrow');
  const fields = table.columns.map((column) => fieldOf(arrow, column));
  const about = { ...table.meta, total_rows: table.totalRows, truncated: table.truncated };
  const schema = new arrow.Schema(fields, new Map([['liftproof', JSON.stringify(about)]]));
  const batches: RecordBatch[] = [];
  for (let from = 0; from < table.rows.length || from === 0; from += BATCH_ROWS) {
    const rows = table.rows.slice(from, from + BATCH_ROWS);
    const children = table.columns.map((column, i) => {
      const values = rows.map((row) => publishedCell(row[i], column));
      return vectorOf(arrow, column, values).data[0];
    });
    const data = arrow.makeData({ type: new arrow.Struct(fields), length: rows.length, nullCount: 0, children });
    batches.push(new arrow.RecordBatch(schema, data));
  }
  return arrow.tableToIPC(new arrow.Table(schema, batches), 'stream');
}

export function isCount(column: TableColumn): boolean {
  return column.type === 'decimal' && column.unit === 'count' && (column.scale ?? 0) === 0;
}

function fieldOf(arrow: Arrow, column: TableColumn): Field {
  const about = new Map<string, string>();
  for (const key of ['label', 'unit', 'formula', 'version', 'additive'] as const) {
    const value = column[key];
    if (value !== undefined) about.set(key, String(value));
  }
  return new arrow.Field(column.id, typeOf(arrow, column), true, about);
}

function typeOf(arrow: Arrow, column: TableColumn) {
  if (isCount(column)) return new arrow.Int64();
  if (column.type === 'decimal') return new arrow.Decimal(column.scale ?? 0, 38, 128);
  if (column.type === 'day') return new arrow.DateDay();
  return column.type === 'boolean' ? new arrow.Bool() : new arrow.Utf8();
}

function vectorOf(arrow: Arrow, column: TableColumn, values: readonly (string | null)[]): Vector {
  if (isCount(column))
    return fixedVector(
      arrow,
      new arrow.Int64(),
      values,
      new BigInt64Array(values.length),
      (data, i, value) => (data[i] = BigInt(value)),
    );
  if (column.type === 'decimal')
    return fixedVector(arrow, typeOf(arrow, column), values, new Uint32Array(values.length * 4), putDecimal);
  if (column.type === 'day')
    return fixedVector(
      arrow,
      new arrow.DateDay(),
      values,
      new Int32Array(values.length),
      (data, i, value) => (data[i] = Date.parse(`${value}T00:00:00Z`) / 86_400_000),
    );
  if (column.type === 'boolean')
    return arrow.vectorFromArray(
      values.map((value) => (value === null ? null : value === 'true')),
      new arrow.Bool(),
    );
  return arrow.vectorFromArray(values, new arrow.Utf8());
}

function fixedVector<D extends ArrayBufferView>(
  arrow: Arrow,
  type: unknown,
  values: readonly (string | null)[],
  data: D,
  put: (data: D, i: number, value: string) => unknown,
): Vector {
  const valid = new Uint8Array(Math.ceil(values.length / 8));
  let nullCount = 0;
  values.forEach((value, i) => {
    if (value === null) {
      nullCount++;
      return;
    }
    valid[i >> 3] |= 1 << (i & 7);
    put(data, i, value);
  });
  return arrow.makeVector(arrow.makeData({ type, length: values.length, nullCount, nullBitmap: valid, data } as never));
}

/** decimal128 from text, by its 32-bit words: no digit passes through a double. */
function putDecimal(data: Uint32Array, i: number, value: string): void {
  let units = BigInt.asUintN(128, BigInt(value.replace('.', '')));
  for (let word = 0; word < 4; word++) {
    data[i * 4 + word] = Number(units & 0xffffffffn);
    units >>= 32n;
  }
}
