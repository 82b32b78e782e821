import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { InputError } from '../models/errors.ts';
import type { Decoded } from './decode.ts';
import { dropScanRejects, readCsv } from './read-csv.ts';
import { readParquet } from './read-parquet.ts';
import type { Recognised } from './recognise.ts';
import type { SourceKind } from './sources/source.ts';
import { splitJson } from './split-json.ts';
import { quoteName, quoteText, type Warehouse } from './warehouse.ts';

export interface LoadedInput {
  /** records in the file, readable or not */
  read: number;
  /** records that could not even be split into cells */
  unreadable: number;
  duplicate: number;
  /** filled in by `rejectUntypable`, which knows what was rejected */
  unchanged: number;
  notes: string[];
  /** the file that was read: a copy with plain line ends when the part mixes them */
  path: string;
  /** records of the file's earlier sheets: what line numbers of this one start after */
  after: number;
}

/**
 * Reads the file once into the temporary table `input`: `line_no` (number of the record in the file) and the kind's columns,
 * as text. Exact repeats within the file are left out.
 */
export async function loadInput(
  warehouse: Warehouse,
  part: Decoded,
  recognised: Recognised,
  options: { work: string; maxRecordBytes: number; name: string; keepStash?: boolean; decimalMark: string | null },
): Promise<LoadedInput> {
  if (!options.keepStash) await dropInput(warehouse);
  let { path } = part;
  if (recognised.type === 'csv') path = await readCsv(warehouse, part.path, recognised, options);
  else if (recognised.type === 'parquet')
    await readParquet(warehouse, part.path, recognised, options.decimalMark, options.name);
  else await readJson(warehouse, part.path, recognised.kind, options);
  const readable = await warehouse.count('select count(*) from temp.input_row');
  const unreadable = await warehouse.count('select count(distinct line_no) from temp.unreadable');
  if (readable + unreadable === 0)
    throw new InputError(
      'bad_input',
      `${options.name}: has a header but no record; export it again, for a period with data`,
    );
  const duplicate =
    readable - (await warehouse.count('select count(*) from (select distinct hash_a, hash_b from temp.input_row)'));
  if (duplicate > 0) await dropDuplicates(warehouse);
  await numberInput(warehouse, 0);
  const notes =
    recognised.type === 'csv' && !endsWithLine(path)
      ? ['its last line has no line end: when the file was cut short, its last cell may be too']
      : [];
  return { read: readable + unreadable, unreadable, duplicate, unchanged: 0, notes, after: 0, path };
}

function endsWithLine(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const last = Buffer.alloc(1);
    const { size } = fstatSync(file);
    return readSync(file, last, 0, 1, Math.max(0, size - 1)) === 1 && (last[0] === 0x0a || last[0] === 0x0d);
  } finally {
    closeSync(file);
  }
}

async function numberInput(warehouse: Warehouse, after: number): Promise<void> {
  await warehouse.run(
    `create or replace temporary view input as select rowid + 1 + ${after} as line_no, * from temp.input_row`,
  );
}

/** Puts a loaded sheet aside, so that the next can be loaded before the transaction begins. */
export async function stashInput(warehouse: Warehouse, sheet: number): Promise<void> {
  await warehouse.run('drop view if exists temp.input');
  for (const table of ['input_row', 'unreadable'])
    await warehouse.run(`alter table temp.${table} rename to ${table}_${sheet}`);
}

/** Brings a stashed sheet back as `input`, its lines numbered after those of the sheets before it. */
export async function takeInput(warehouse: Warehouse, sheet: number, after: number): Promise<void> {
  await warehouse.run('drop view if exists temp.input');
  for (const table of ['input_row', 'unreadable']) {
    await warehouse.run(`drop table if exists temp.${table}`);
    await warehouse.run(`alter table temp.${table}_${sheet} rename to ${table}`);
  }
  await numberInput(warehouse, after);
}

/** Forgets the last file. */
export async function dropInput(warehouse: Warehouse): Promise<void> {
  await warehouse.run('drop view if exists temp.input');
  await dropScanRejects(warehouse);
  for (const table of ['input_row', 'unreadable', 'bad_value', 'refused'])
    await warehouse.run(`drop table if exists temp.${table}`);
  const stashed = await warehouse.rows<{ table_name: string }>(
    `select table_name from duckdb_tables()
     where temporary and regexp_matches(table_name, '^(?:input_row|unreadable)_[0-9]+$|^file_')`,
  );
  for (const { table_name } of stashed) await warehouse.run(`drop table temp.${quoteName(table_name)}`);
}

async function readJson(
  warehouse: Warehouse,
  path: string,
  kind: SourceKind,
  options: { work: string; maxRecordBytes: number; name: string },
): Promise<void> {
  const recordsAt = kind.format.type === 'json' ? (kind.format.recordsAt ?? []) : [];
  const records = `${options.work}.records`;
  await splitJson(path, records, recordsAt, options.maxRecordBytes, options.name);
  await warehouse.run(`
    create temporary table input_row as
    select record_line, record, hash(record) as hash_a, hash(record, 1) as hash_b
    from read_csv('${quoteText(records)}', auto_detect = false, header = false, delim = '\\t', quote = '', escape = '', new_line = '\\n',
      max_line_size = ${Math.floor(options.maxRecordBytes * 1.5)}, columns = {record_line: 'BIGINT', record: 'VARCHAR'})`);
  await warehouse.run(`
    create temporary table unreadable as
    select record_line as line_no, '(line)' as column_name, 'is not a JSON object' as reason
    from temp.input_row where not json_valid(record) or json_type(record) <> 'OBJECT'`);
  await warehouse.run(`delete from temp.input_row where not json_valid(record) or json_type(record) <> 'OBJECT'`);
}

async function dropDuplicates(warehouse: Warehouse): Promise<void> {
  await warehouse.run(`
    delete from temp.input_row where rowid in (
      select row_id from (
        select rowid as row_id, row_number() over (partition by hash_a, hash_b order by rowid) as repeat from temp.input_row
      ) where repeat > 1)`);
}
