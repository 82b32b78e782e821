import type { ColumnType, Stream } from './streams/column.ts';
import { commerceStreams } from './streams/commerce.ts';
import { financeStreams } from './streams/finance.ts';
import { paidStreams } from './streams/paid.ts';
import { personStreams } from './streams/person.ts';
import { socialStreams } from './streams/social.ts';
import { studyStreams } from './streams/study.ts';

export type { ColumnType, Stream } from './streams/column.ts';

/**
 * The canonical streams: what every source, whatever its format, is read into (`raw.<stream>`, all text).
 *
 * A `sql/read` file maps a platform's columns to these; `sql/staging/<stream>.sql` types them. The type named here is the
 * one that the text must survive (`try_cast`), or its record is rejected with line, column and reason.
 *
 * `person` is a key made by `person_key(kind, value)`: no name, e-mail or cookie is ever stored as it came.
 */
export const STREAMS = {
  ...commerceStreams,
  ...personStreams,
  ...socialStreams,
  ...paidStreams,
  ...financeStreams,
  ...studyStreams,
} as const;

export type StreamName = keyof typeof STREAMS;

export const STREAM_NAMES = Object.keys(STREAMS) as StreamName[];

/** The DuckDB type that a column's text must survive. */
export const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'VARCHAR',
  person: 'VARCHAR',
  instant: 'TIMESTAMPTZ',
  day: 'DATE',
  money: 'DECIMAL(18,6)',
  number: 'DECIMAL(24,6)',
  integer: 'BIGINT',
  rate: 'DECIMAL(18,10)',
  flag: 'BOOLEAN',
  currency: 'VARCHAR',
  list: 'VARCHAR',
};

/** Bookkeeping columns that ingest adds to every raw row. */
export const RAW_COLUMNS = `source_id VARCHAR, batch_id VARCHAR, line_no BIGINT, observed_at VARCHAR`;

export function streamOf(name: StreamName): Stream {
  return STREAMS[name];
}
