import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { jsonAbout, jsonObject, lineMeta } from './encode-table.ts';
import type { Answer } from './query.ts';
import { quoteName, type Warehouse } from './warehouse.ts';

/** Bytes that are held before they are written. */
const BUFFER_BYTES = 1 << 20;

/**
 * Rows of a relation as the JSON envelope or as NDJSON, with the bytes that `encodeTable` gives of the same answer: chunk by chunk from
 * the database, so that memory does not grow with the rows.
 *
 * @param source  relation whose columns are those of the answer, in order
 * @param about  the answer without its rows
 */
export async function writeJson(
  warehouse: Warehouse,
  source: string,
  about: Omit<Answer, 'rows'>,
  format: 'json' | 'ndjson',
  path: string,
): Promise<void> {
  const answer: Answer = { ...about, rows: [] };
  const hash = createHash('sha256');
  const handle = openSync(path, 'w');
  let pending = '';
  const flush = (): void => {
    if (format === 'ndjson') hash.update(pending);
    writeSync(handle, pending);
    pending = '';
  };
  const send = (text: string): void => {
    pending += text;
    if (pending.length >= BUFFER_BYTES) flush();
  };
  try {
    send(format === 'json' ? '{"schema_version":1,"data":[' : `${JSON.stringify({ meta: lineMeta(answer) })}\n`);
    let rows = 0;
    for await (const row of textRows(warehouse, source, about.columns)) {
      const text = JSON.stringify(jsonObject(row, about.columns));
      send(format === 'ndjson' ? `${text}\n` : rows > 0 ? `,${text}` : text);
      rows++;
    }
    if (format === 'json') send(`],${JSON.stringify(jsonAbout(answer)).slice(1)}`);
    flush();
    // over all bytes before it
    if (format === 'ndjson') writeSync(handle, `${JSON.stringify({ end: { rows, sha256: hash.digest('hex') } })}\n`);
  } finally {
    closeSync(handle);
  }
}

/** Rows as published text, in the order of the relation. */
async function* textRows(
  warehouse: Warehouse,
  source: string,
  columns: Answer['columns'],
): AsyncGenerator<(string | null)[]> {
  const cells = columns.map(({ id }) => `cast(${quoteName(id)} as varchar)`);
  const result = await warehouse.connection.stream(`select ${cells.join(', ')} from ${source}`);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield* chunk.getRows() as (string | null)[][];
  }
}
