import { closeSync, openSync, writeSync } from 'node:fs';
import type {
  DuckDBBigIntVector,
  DuckDBDecimal128Vector,
  DuckDBDecimalValue,
  DuckDBDoubleVector,
  DuckDBVector,
} from '@duckdb/node-api';
import type { DataType, RecordBatch, Schema } from 'apache-arrow';
import { quoteName, type Warehouse } from './warehouse.ts';

type Arrow = typeof import('apache-arrow');

/** Rows of one record batch. */
const BATCH_ROWS = 65_536;

/** A column of a file: what DuckDB holds, and what is said of it where the format has a place for that. */
export interface FileColumn {
  name: string;
  type: string;
  about?: ReadonlyMap<string, string>;
}

/** How a column of a published table goes over: what DuckDB is asked for, and what Arrow says that it is. */
interface Carrier {
  select: string;
  type: DataType;
  kind: 'text' | 'bigint' | 'decimal' | 'double' | 'day' | 'flag';
}

/**
 * A table as an Arrow IPC stream in a file: decimals as decimal128, counts as int64, days as date32, instants as UTF-8 in RFC 3339,
 * text as UTF-8. Batch by batch from the database's own vectors, so that memory holds one batch.
 *
 * @param source  what to select from, as SQL
 * @param about  metadata of the schema
 */
export async function writeArrowStream(
  warehouse: Warehouse,
  source: string,
  columns: readonly FileColumn[],
  path: string,
  about?: ReadonlyMap<string, string>,
): Promise<void> {
  const arrow = await import('apache-arrow');
  const carriers = columns.map((column) => carrierOf(arrow, column));
  const fields = columns.map(
    (column, i) => new arrow.Field(column.name, carriers[i].type, true, new Map(column.about)),
  );
  const schema = new arrow.Schema(fields, new Map(about));
  const handle = openSync(path, 'w');
  try {
    const writer = new arrow.RecordBatchStreamWriter();
    const send = async (batch: RecordBatch): Promise<void> => {
      writer.write(batch);
    };
    const drain = (async () => {
      for await (const chunk of writer) writeSync(handle, chunk as Uint8Array);
    })();
    const result = await warehouse.connection.stream(
      `select ${carriers.map((carrier) => carrier.select).join(', ')} from ${source}`,
    );
    let builders = carriers.map((carrier) => builderOf(arrow, carrier));
    let rows = 0;
    const flush = async (): Promise<void> => {
      await send(batchOf(arrow, schema, builders, rows));
      builders = carriers.map((carrier) => builderOf(arrow, carrier));
      rows = 0;
    };
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      if (rows + chunk.rowCount > BATCH_ROWS) await flush();
      for (let i = 0; i < builders.length; i++) builders[i].append(chunk.getColumnVector(i), chunk.rowCount);
      rows += chunk.rowCount;
    }
    await flush();
    writer.finish();
    await drain;
  } finally {
    closeSync(handle);
  }
}

function carrierOf(arrow: Arrow, { name, type }: FileColumn): Carrier {
  const column = quoteName(name);
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(type);
  if (decimal !== null) {
    const [, width, scale] = decimal.map(Number);
    // up to 18 digits a decimal is a 64-bit integer; more comes as the database's own decimal
    return {
      select: width <= 18 ? `cast(${column} * ${10n ** BigInt(scale)} as bigint)` : column,
      type: new arrow.Decimal(scale, 38, 128),
      kind: 'decimal',
    };
  }
  if (/^U?(TINY|SMALL|BIG)?INT(EGER)?$/.test(type) || type === 'HUGEINT')
    return { select: `cast(${column} as bigint)`, type: new arrow.Int64(), kind: 'bigint' };
  if (type === 'DOUBLE' || type === 'FLOAT')
    return { select: `cast(${column} as double)`, type: new arrow.Float64(), kind: 'double' };
  if (type === 'DATE')
    return {
      select: `cast(date_diff('day', date '1970-01-01', ${column}) as bigint)`,
      type: new arrow.DateDay(),
      kind: 'day',
    };
  if (type === 'BOOLEAN')
    return { select: `cast(cast(${column} as integer) as bigint)`, type: new arrow.Bool(), kind: 'flag' };
  const text =
    type === 'TIMESTAMP WITH TIME ZONE'
      ? `strftime(${column} at time zone 'UTC', '%Y-%m-%dT%H:%M:%SZ')`
      : `cast(${column} as varchar)`;
  return { select: text, type: new arrow.Utf8(), kind: 'text' };
}

interface Builder {
  append(vector: DuckDBVector, count: number): void;
  data(length: number): import('apache-arrow').Data;
}

function builderOf(arrow: Arrow, carrier: Carrier): Builder {
  return carrier.kind === 'text' ? textBuilder(arrow) : fixedBuilder(arrow, carrier);
}

/** Values repeat: each is encoded once a batch. */
function textBuilder(arrow: Arrow): Builder {
  const encoder = new TextEncoder();
  const known = new Map<string, Uint8Array>();
  const offsets = new Int32Array(BATCH_ROWS + 1);
  const valid = new Uint8Array(BATCH_ROWS >> 3);
  let bytes = new Uint8Array(1 << 20);
  let at = 0;
  let size = 0;
  let nulls = 0;
  return {
    append(vector, count) {
      for (let i = 0; i < count; i++, at++) {
        const value = vector.getItem(i) as string | null;
        if (value === null) nulls++;
        else {
          let encoded = known.get(value);
          if (encoded === undefined) {
            encoded = encoder.encode(value);
            if (known.size < 10_000) known.set(value, encoded);
          }
          if (size + encoded.length > bytes.length) {
            const larger = new Uint8Array(Math.max(2 * bytes.length, size + encoded.length));
            larger.set(bytes.subarray(0, size));
            bytes = larger;
          }
          bytes.set(encoded, size);
          size += encoded.length;
          valid[at >> 3] |= 1 << (at & 7);
        }
        offsets[at + 1] = size;
      }
    },
    data: (length) =>
      arrow.makeData({
        type: new arrow.Utf8(),
        length,
        nullCount: nulls,
        nullBitmap: valid,
        valueOffsets: offsets.subarray(0, length + 1),
        data: bytes.subarray(0, size),
      }),
  };
}

function fixedBuilder(arrow: Arrow, carrier: Carrier): Builder {
  const { kind } = carrier;
  const wide = new BigInt64Array(kind === 'decimal' ? 2 * BATCH_ROWS : kind === 'bigint' ? BATCH_ROWS : 0);
  const doubles = new Float64Array(kind === 'double' ? BATCH_ROWS : 0);
  const days = new Int32Array(kind === 'day' ? BATCH_ROWS : 0);
  const flags = new Uint8Array(kind === 'flag' ? BATCH_ROWS >> 3 : 0);
  const valid = new Uint8Array(BATCH_ROWS >> 3);
  let at = 0;
  let nulls = 0;
  const put = putterOf();
  return {
    append(vector, count) {
      for (let i = 0; i < count; i++, at++) {
        const value = (vector as DuckDBBigIntVector | DuckDBDoubleVector | DuckDBDecimal128Vector).getItem(i);
        if (value === null) {
          nulls++;
          continue;
        }
        valid[at >> 3] |= 1 << (at & 7);
        put(value);
      }
    },
    data(length) {
      const data =
        kind === 'decimal'
          ? new Uint32Array(wide.buffer, 0, 4 * length)
          : kind === 'bigint'
            ? wide.subarray(0, length)
            : kind === 'double'
              ? doubles.subarray(0, length)
              : kind === 'day'
                ? days.subarray(0, length)
                : flags;
      return arrow.makeData({ type: carrier.type, length, nullCount: nulls, nullBitmap: valid, data } as never);
    },
  };

  function putterOf(): (value: bigint | number | DuckDBDecimalValue) => void {
    switch (kind) {
      case 'decimal':
        return (value) => {
          const units = typeof value === 'object' ? value.value : (value as bigint);
          wide[2 * at] = BigInt.asIntN(64, units);
          wide[2 * at + 1] = units >> 64n;
        };
      case 'bigint':
        return (value) => {
          wide[at] = value as bigint;
        };
      case 'double':
        return (value) => {
          doubles[at] = value as number;
        };
      case 'day':
        return (value) => {
          days[at] = Number(value);
        };
      default:
        return (value) => {
          if (value !== 0n) flags[at >> 3] |= 1 << (at & 7);
        };
    }
  }
}

function batchOf(arrow: Arrow, schema: Schema, builders: readonly Builder[], rows: number): RecordBatch {
  const children = builders.map((builder) => builder.data(rows));
  const data = arrow.makeData({ type: new arrow.Struct(schema.fields), length: rows, nullCount: 0, children });
  return new arrow.RecordBatch(schema, data);
}
