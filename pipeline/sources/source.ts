import type { StreamName } from '../streams.ts';

/**
 * One kind of file, and how to recognise and read it.
 *
 * CSV: each declared column names the headers it is known by (any locale, any order). The file's rows become the temporary
 * table `input`, one text column per declared column (null where the file lacks it) and `line_no`; `sql/read/<kind>/<stream>.sql`
 * selects each stream's canonical text columns from it. Lines before the header are bound as `$preamble`.
 *
 * JSON: `input` has `line_no` and `record` (JSON text of one record); big numbers keep their digits.
 */
export interface SourceKind {
  /** snake_case id: `shopify_orders_csv`; also the folder of its SQL and the name of its docs page */
  kind: string;
  title: string;
  /** platform or system that wrote it: `shopify`, `instagram` */
  platform: string;
  format: CsvFormat | JsonFormat;
  /** streams it feeds; each has `sql/read/<kind>/<stream>.sql` */
  streams: readonly StreamName[];
  /**
   * temporary relations made once from `input`, in this order, for the streams to select from: `file_order` is
   * `sql/read/<kind>/file_order.sql`. Their names begin with `file_`
   */
  steps?: readonly string[];
  /**
   * another kind whose `sql/read` files serve this one too where it has none of its own: both bring their files into the same steps,
   * and what is made of them is written once
   */
  sharesSqlOf?: string;
  /** other sheets of the same workbook, read with it in one batch */
  companions?: readonly SourceKind[];
  /** options that must be known before the file can be read truthfully; asked for in `liftproof.yaml` when absent */
  needs?: readonly SourceOption[];
  /** options that may be missing, and what is then assumed; the receipt says so */
  assumes?: Readonly<Partial<Record<SourceOption, string>>>;
}

export type SourceOption =
  | 'time_zone'
  | 'currency'
  | 'account'
  | 'date_order'
  | 'decimal_mark'
  | 'shop'
  | 'year'
  | 'consent'
  | 'orders'
  | 'action_type'
  | 'period';

export interface CsvFormat {
  type: 'csv';
  /** canonical column -> the headers it goes by; a RegExp may capture a value, which is bound as `$<column>_header` */
  columns: Readonly<Record<string, readonly (string | RegExp)[]>>;
  /** canonical columns that must all be present for the kind to be recognised */
  required: readonly string[];
  /** headers that, when present, say it is not this kind */
  absent?: readonly string[];
  /** sheet of a workbook to read (`.xls`, `.xlsx`); the first one with the header when not given */
  sheet?: string;
}

export interface JsonFormat {
  type: 'json';
  /** true when a parsed sample record is of this kind */
  matches: (record: Readonly<Record<string, unknown>>) => boolean;
  /** keys of an envelope whose array holds the records: `{ "orders": [...] }` */
  recordsAt?: readonly string[];
}
