import { DOUBLE, type DuckDBConnection, DuckDBDataChunk, type DuckDBDoubleVector } from '@duckdb/node-api';
import type { SqlParameters } from './warehouse.ts';

/** Rows per chunk that DuckDB moves at once. */
const CHUNK_ROWS = 2048;

/**
 * The columns of a query as doubles, whole. Every column must be DOUBLE (cast in the query) and not null: this is the way
 * that numbers come out of SQL on a hot path, without an object per row.
 */
export async function doubleColumns(
  connection: DuckDBConnection,
  sql: string,
  parameters?: SqlParameters,
): Promise<Float64Array[]> {
  const result = await connection.run(sql, parameters);
  const rowCount = Number(result.rowCount);
  const columns = Array.from({ length: result.columnCount }, () => new Float64Array(rowCount));
  let at = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    for (let i = 0; i < columns.length; i++)
      columns[i].set(itemsOf(chunk.getColumnVector(i) as DuckDBDoubleVector).subarray(0, chunk.rowCount), at);
    at += chunk.rowCount;
  }
  return columns;
}

/** Appends columns of doubles to a table all of whose columns are DOUBLE. */
export async function appendDoubles(
  connection: DuckDBConnection,
  table: { name: string; schema?: string; catalog?: string },
  columns: readonly Float64Array[],
  rowCount: number,
): Promise<void> {
  const appender = await connection.createAppender(table.name, table.schema, table.catalog);
  const types = columns.map(() => DOUBLE);
  for (let from = 0; from < rowCount; from += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, rowCount - from);
    const chunk = DuckDBDataChunk.create(types, count);
    for (let i = 0; i < columns.length; i++) {
      const vector = chunk.getColumnVector(i) as DuckDBDoubleVector;
      itemsOf(vector).set(columns[i].subarray(from, from + count));
      vector.flush();
    }
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** The vector's own memory; the binding keeps it private and offers only one value at a time. */
function itemsOf(vector: DuckDBDoubleVector): Float64Array {
  return (vector as unknown as { items: Float64Array }).items;
}
