import { InputError } from '../models/errors.ts';
import { countWords } from './count-words.ts';
import type { Warehouse } from './warehouse.ts';

export interface Reject {
  line: number;
  column: string;
  /** letters as a, digits as 9: rejects may hold personal data */
  shape: string | null;
  reason: string;
}

/** What became of a file; `read = accepted + duplicate + unchanged + rejected`, always. */
export interface Receipt {
  schema_version: 1;
  batch_id: string;
  file: string;
  kind: string;
  source: string;
  because: string;
  /** `loaded`, `already_loaded` (the same bytes came before: nothing changed) or `dry_run` */
  state: 'loaded' | 'already_loaded' | 'dry_run';
  read: number;
  accepted: number;
  /** the same record again in this file */
  duplicate: number;
  /** the same record as in an earlier file of this source */
  unchanged: number;
  rejected: number;
  /** rows per canonical stream */
  streams: Record<string, number>;
  /** the first 20; all are in `liftproof check` */
  rejects: Reject[];
  notes: string[];
}

/** How many records came to what. */
export type Counts = Pick<Receipt, 'read' | 'accepted' | 'duplicate' | 'unchanged' | 'rejected'>;

/** @throws InputError `rejected` when more than `share` of the records were refused, or any under `abort` */
export function checkRejected(
  counts: { read: number; rejected: number },
  first: readonly Reject[],
  share: number,
  options: { name: string; onError?: 'quarantine' | 'abort' },
): void {
  if (counts.rejected === 0) return;
  const isTooMany = counts.rejected > share * counts.read;
  if (options.onError !== 'abort' && (!isTooMany || options.onError === 'quarantine')) return;
  const example = first[0];
  const where = example ? `; the first: line ${example.line}, ${example.column}: ${example.reason}` : '';
  throw new InputError(
    'rejected',
    `${options.name}: ${counts.rejected} of ${countWords(counts.read, 'record')} ${counts.rejected === 1 ? 'was' : 'were'} rejected, nothing was loaded${where}; mend the file, or say --on-error quarantine to load the rest`,
    { details: { rejects: first } },
  );
}

/** The receipt of a batch that was loaded before; it notes which of the options `said` now were not those of then. */
export async function receiptOf(
  warehouse: Warehouse,
  batchId: string,
  name: string,
  said: Readonly<Partial<Record<string, string>>> = {},
): Promise<Receipt> {
  const [row] = await warehouse.rows<Record<string, string>>('select * from raw.batch where batch_id = $batch_id', {
    batch_id: batchId,
  });
  const then = JSON.parse(row.options) as Record<string, string>;
  return {
    schema_version: 1,
    batch_id: batchId,
    file: name,
    kind: row.kind,
    source: row.source_id,
    because: `the same bytes were loaded before${row.file_name === name ? '' : ` as ${row.file_name}`}`,
    state: 'already_loaded',
    read: Number(row.rows_read),
    accepted: Number(row.rows_accepted),
    duplicate: Number(row.rows_duplicate),
    unchanged: Number(row.rows_unchanged),
    rejected: Number(row.rows_rejected),
    streams: {},
    rejects: [],
    notes: Object.entries(said)
      .filter(([option, value]) => value !== undefined && value !== then[option])
      .map(([option, value]) => unusedOption(option.replace('_', ' '), String(value), then[option])),
  };
}

function unusedOption(option: string, value: string, then: string | undefined): string {
  const was = then === undefined ? `without ${option}` : `with ${option} ${then}`;
  return `${option} ${value} was not used: the file was loaded ${was}, and the same bytes are not read twice; export it again to load it so`;
}
