import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LandingNote } from '../land.ts';
import { KEPT_MARK, KEPT_STREAMS, keptColumns, keptKind } from '../sources/kept.ts';
import { type StreamName, streamOf } from '../streams.ts';
import { quoteName, type Warehouse } from '../warehouse.ts';

/** A file of what is kept, written and not yet landed. */
export interface KeptFile {
  path: string;
  note: Omit<LandingNote, 'batch_id'>;
  rows: number;
  /** shop and id of the orders in it */
  orders: string[];
}

/**
 * Writes what finance keeps of records that go: the rows that they gave to the streams of money, one file a stream, without the columns
 * that tell of a person. A cell that names the person is emptied; a row that cannot do without that cell goes as well.
 *
 * @param numbers  records that go, as `raw` counts them
 * @param names  whether a text names the person
 * @param folder  where the files are written
 */
export async function keepMoney(
  warehouse: Warehouse,
  note: LandingNote,
  numbers: readonly number[],
  names: (text: string) => boolean,
  folder: string,
): Promise<KeptFile[]> {
  const files: KeptFile[] = [];
  for (const stream of KEPT_STREAMS) {
    const columns = [...keptColumns(stream), 'observed_at'];
    const found = await warehouse.rows<Record<string, string | null>>(
      `select ${columns.map(quoteName).join(', ')} from raw.${quoteName(stream)}
       where batch_id = $batch_id and list_contains(cast(string_split($numbers, ' ') as bigint[]), line_no)
       order by line_no, ${columns.map(quoteName).join(', ')}`,
      { batch_id: note.batch_id, numbers: numbers.join(' ') },
    );
    const rows = found.map((row) => withoutName(stream, row, names)).filter((row) => row !== undefined);
    if (rows.length === 0) continue;
    const path = join(folder, `kept-${note.batch_id}-${stream}`);
    const lines = [
      [...columns, KEPT_MARK],
      ...rows.map((row) => [...columns.map((column) => row[column] ?? ''), 'true']),
    ];
    const text = lines.map((line) => line.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\n');
    writeFileSync(path, `${text}\n`, { mode: 0o600, flush: true });
    files.push({
      path,
      rows: rows.length,
      orders: stream === 'orders' ? rows.map((row) => `${row.shop_id}:${row.source_order_id}`) : [],
      note: {
        kind: keptKind(stream),
        source_id: note.source_id,
        file_name: `${keptKind(stream)}.csv`,
        exported_at: note.exported_at,
        // the values stand as the warehouse had them, whatever the source writes
        options: { ...note.options, decimal_mark: '.', time_zone: 'UTC' },
      },
    });
  }
  return files;
}

function withoutName(
  stream: StreamName,
  row: Record<string, string | null>,
  names: (text: string) => boolean,
): Record<string, string | null> | undefined {
  const { columns, key } = streamOf(stream);
  const out: Record<string, string | null> = {};
  for (const [column, value] of Object.entries(row)) {
    const isNamed = value !== null && names(value);
    if (isNamed && (columns[column]?.required || key.includes(column))) return undefined;
    out[column] = isNamed ? null : value;
  }
  return out;
}
