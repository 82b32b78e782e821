import type { TableFormat } from '../encode-table.ts';
import type { IngestOptions } from '../ingest.ts';
import type { RunOptions } from '../run.ts';

/** An upload that waits in the home folder of the server. */
export interface IngestInput {
  path: string;
  batch_id: string;
  bytes: number;
  stream: string;
  /** rows of JSON for a plain stream: an array, or one object a line */
  rows?: 'array' | 'lines';
  options: Pick<IngestOptions, 'name' | 'as' | 'source' | 'exportedAt' | 'onError' | 'options'>;
}

export interface RunInput {
  models?: RunOptions['models'];
}

/** Identifiers of one person, a line each, in a file that is gone when the job is done: the control store knows no person. */
export interface EraseInput {
  path: string;
}

export interface ExportInput {
  export_id: string;
  format: TableFormat;
  run: string;
  /** a published table whole, or else the answer to a query */
  table?: string;
  query?: unknown;
}
