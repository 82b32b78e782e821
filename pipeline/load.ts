import { createReadStream, createWriteStream } from 'node:fs';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InputError } from '../models/errors.ts';
import type { Decoded } from './decode.ts';
import type { Reject } from './ingest.ts';
import type { LandingNote } from './land.ts';
import { checkLineLength } from './line-length.ts';
import { readParquet } from './read-parquet.ts';
import type { Recognised, RecognisedCsv } from './recognise.ts';
import { recordLines } from './record-lines.ts';
import { declaredSelect, isDeclared } from './sources/mapping.ts';
import type { CsvFormat, SourceKind } from './sources/source.ts';
import { splitJson } from './split-json.ts';
import { SQL_TYPES, type StreamName, streamOf } from './streams.ts';
import { parameterNames, quoteName, quoteText, sqlFile, type Warehouse } from './warehouse.ts';

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
  return { read: readable + unreadable, unreadable, duplicate, unchanged: 0, notes: [], after: 0, path };
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

/** @returns the path of what was read */
async function readCsv(
  warehouse: Warehouse,
  path: string,
  recognised: RecognisedCsv,
  options: { work: string; maxRecordBytes: number; name: string },
): Promise<string> {
  await checkLineLength(path, options.maxRecordBytes, options.name);
  try {
    await scanCsv(warehouse, path, recognised, options);
    return path;
  } catch (cause) {
    // DuckDB reads LF or CRLF, not both in one file
    if (!/state machine reached an invalid state/.test(String((cause as Error).message))) throw cause;
    await dropInput(warehouse);
    const plain = `${options.work}.records`;
    await pipeline(createReadStream(path), plainLineEnds(), createWriteStream(plain));
    await scanCsv(warehouse, plain, recognised, options);
    return plain;
  }
}

async function scanCsv(
  warehouse: Warehouse,
  path: string,
  recognised: RecognisedCsv,
  options: { maxRecordBytes: number; name: string },
): Promise<void> {
  const format = recognised.kind.format as CsvFormat;
  const all = recognised.headers.map((_, i) => `c${i}`);
  const declared = Object.keys(format.columns).map((column) => {
    const at = recognised.positions[column];
    return `${at === undefined ? 'cast(null as varchar)' : `c${at}`} as ${quoteName(column)}`;
  });
  // Scan-level problems (a short line, a bad quote, bad bytes) become rows of reject_errors instead of ending the read, known by
  // the byte they start at: its line numbers do not count the line ends inside cells.
  // `new_line` is left to the reader: said to be CRLF, a strict scan returns no row at all.
  await warehouse.run(`
    create temporary table input_row as
    select ${declared.join(', ')}, hash(${all.join(', ')}) as hash_a, hash(${[...all].reverse().join(', ')}, 1) as hash_b
    from read_csv('${quoteText(path)}',
      auto_detect = false, header = false, skip = ${recognised.skipLines},
      delim = '${recognised.delimiter === '\t' ? '\\t' : recognised.delimiter}', quote = '"', escape = '"',
      strict_mode = true, null_padding = false, store_rejects = true, max_line_size = ${options.maxRecordBytes},
      columns = {${all.map((column) => `${column}: 'VARCHAR'`).join(', ')}})`);
  await refuseOpenQuote(warehouse, path, recognised, options.name);
  await warehouse.run(`
    create temporary table unreadable as
    select line_byte_position - 1 as line_no, '(line)' as column_name, any_value(error_message) as reason
    from reject_errors group by line_byte_position`);
  await dropScanRejects(warehouse);
}

/** A quote that is never closed takes all lines behind it for one cell: how many records that were, nobody can count. */
async function refuseOpenQuote(
  warehouse: Warehouse,
  path: string,
  recognised: RecognisedCsv,
  name: string,
): Promise<void> {
  const byte = await warehouse.value<string | null>(`
    select min(line_byte_position - 1) from reject_errors
    where error_type = 'UNQUOTED VALUE' and regexp_matches(trim(csv_line, chr(10) || chr(13)), '[\\n\\r]')`);
  if (byte === null) return;
  const { unreadable } = await recordLines(path, recognised, [], [Number(byte)]);
  const line = unreadable.get(Number(byte));
  throw new InputError(
    'bad_input',
    `${name}${line === undefined ? '' : `:${line}`}: a quote is opened and not closed, so the lines behind it cannot be told apart; mend the quote`,
    { details: { line } },
  );
}

async function dropScanRejects(warehouse: Warehouse): Promise<void> {
  await warehouse.run('drop table if exists reject_errors');
  await warehouse.run('drop table if exists reject_scans');
}

/** CRLF as LF, in quotes too. */
function plainLineEnds(): Transform {
  let endsInReturn = false;
  return new Transform({
    transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
      const text = (endsInReturn ? '\r' : '') + chunk.toString('latin1');
      endsInReturn = text.endsWith('\r');
      done(null, Buffer.from((endsInReturn ? text.slice(0, -1) : text).replaceAll('\r\n', '\n'), 'latin1'));
    },
    flush(done: TransformCallback) {
      done(null, Buffer.from(endsInReturn ? '\r' : '', 'latin1'));
    },
  });
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

/** Makes the kind's intermediate relations, so that its streams share the work of taking a file apart. */
export async function makeSteps(
  warehouse: Warehouse,
  kind: SourceKind,
  parameters: Readonly<Record<string, string | null>>,
): Promise<void> {
  for (const step of kind.steps ?? []) {
    const select = sqlFile(`read/${kind.kind}/${step}`);
    await warehouse.run(`create or replace temporary table ${quoteName(step)} as ${select}`, parameters);
  }
}

/**
 * Fills `raw.<stream>` from `input` by the kind's `sql/read` file. A row of it with a `reject_reason` refuses its whole record in
 * those words.
 */
export async function insertStream(
  warehouse: Warehouse,
  kind: SourceKind,
  stream: StreamName,
  note: LandingNote,
  parameters: Readonly<Record<string, string | null>>,
  present?: ReadonlySet<string>,
): Promise<number> {
  const select = isDeclared(kind) ? declaredSelect(kind, stream, present) : sqlFile(`read/${kind.kind}/${stream}`);
  const known = streamOf(stream).columns;
  const selected = await selectedColumns(warehouse, select, parameters);
  const columns = selected.filter((column) => !['line_no', 'observed_at', 'reject_reason'].includes(column));
  const unknown = columns.filter((column) => !(column in known));
  if (unknown.length > 0)
    throw new RangeError(
      `sql/read/${kind.kind}/${stream}.sql selects ${unknown.join(', ')}, which ${stream} does not have`,
    );
  const observed = selected.includes('observed_at')
    ? 'coalesce(cast(observed_at as varchar), $exported_at)'
    : '$exported_at';
  // every row carries its number: their order in the table means nothing, and keeping it costs
  await warehouse.run('set preserve_insertion_order = false');
  try {
    await warehouse.run(
      `insert into raw.${quoteName(stream)} (source_id, batch_id, line_no, observed_at, ${columns.map(quoteName).join(', ')})
       select $source_id, $batch_id, line_no, ${observed}, ${columns.map((column) => `cast(${quoteName(column)} as varchar)`).join(', ')}
       from (${select})`,
      { ...parameters, source_id: note.source_id, batch_id: note.batch_id, exported_at: note.exported_at },
    );
  } finally {
    await warehouse.run('set preserve_insertion_order = true');
  }
  if (selected.includes('reject_reason')) {
    await warehouse.run('create temporary table if not exists refused (line_no bigint, reason varchar)');
    await warehouse.run(
      `insert into temp.refused select line_no, reject_reason from (${select}) where reject_reason is not null`,
      { ...parameters, source_id: note.source_id, batch_id: note.batch_id, exported_at: note.exported_at },
    );
  }
  return columns.length;
}

const columnsOfSelect = new Map<string, readonly string[]>();

/** Names of the columns that a select gives; asked once for each text. */
async function selectedColumns(
  warehouse: Warehouse,
  select: string,
  parameters: Readonly<Record<string, string | null>>,
): Promise<readonly string[]> {
  const known = columnsOfSelect.get(select);
  if (known !== undefined) return known;
  const result = await warehouse.connection.run(`select * from (${select}) limit 0`, pick(select, parameters));
  const columns = result.columnNames();
  columnsOfSelect.set(select, columns);
  return columns;
}

/**
 * Takes out every record one of whose values does not survive typing, or that lacks a required one, and says which.
 * Then tells unchanged records (seen in an earlier batch of this source) from new ones, and fingerprints the batch.
 */
export async function rejectUntypable(
  warehouse: Warehouse,
  part: Decoded,
  recognised: Recognised,
  note: LandingNote,
  input: LoadedInput,
): Promise<{ lines: number; first: Reject[] }> {
  await warehouse.run(
    'create or replace temporary table bad_value (line_no bigint, column_name varchar, value_shape varchar, reason varchar)',
  );
  for (const stream of recognised.kind.streams) await findBadValues(warehouse, stream, note.batch_id);
  // what the kind's own SQL refused, in its words
  await warehouse.run('create temporary table if not exists refused (line_no bigint, reason varchar)');
  await warehouse.run(`insert into temp.bad_value select line_no, '(record)', null, reason from temp.refused`);
  await warehouse.run('drop table temp.refused');
  const lines = await warehouse.count('select count(distinct line_no) from temp.bad_value');
  if (lines > 0) {
    for (const stream of recognised.kind.streams) {
      await warehouse.run(
        `delete from raw.${quoteName(stream)} where batch_id = $batch_id and line_no in (select line_no from temp.bad_value)`,
        { batch_id: note.batch_id },
      );
    }
  }
  input.unchanged = await warehouse.count(
    `select count(*) from input
     where line_no not in (select line_no from temp.bad_value)
       and exists (select 1 from raw.record as seen where seen.source_id = $source_id and seen.hash_a = input.hash_a and seen.hash_b = input.hash_b)`,
    { source_id: note.source_id },
  );
  await warehouse.run(
    `insert into raw.record select $batch_id, $source_id, hash_a, hash_b from input where line_no not in (select line_no from temp.bad_value)`,
    { batch_id: note.batch_id, source_id: note.source_id },
  );
  if (lines > 0 || input.unreadable > 0) await numberLines(warehouse, input.path, recognised, input);
  // a record of many observations says the same thing of each
  await warehouse.run(
    `insert into raw.reject
     select distinct $batch_id, line_no, column_name, value_shape, $where || reason from temp.bad_value
     union all
     select $batch_id, line_no, column_name, null, $where || reason from temp.unreadable`,
    { batch_id: note.batch_id, where: input.after > 0 ? `in sheet "${part.sheet}" ` : '' },
  );
  const first = await warehouse.rows<{
    line_no: string;
    column_name: string;
    value_shape: string | null;
    reason: string;
  }>(
    `select line_no, column_name, value_shape, reason from raw.reject where batch_id = $batch_id order by line_no, column_name limit 20`,
    { batch_id: note.batch_id },
  );
  return {
    lines,
    first: first.map((row) => ({
      line: Number(row.line_no),
      column: row.column_name,
      shape: row.value_shape,
      reason: row.reason,
    })),
  };
}

const CURRENCIES = Intl.supportedValuesOf('currency')
  .map((code) => `'${code}'`)
  .join(', ');

async function findBadValues(warehouse: Warehouse, stream: StreamName, batchId: string): Promise<void> {
  const tests: { column: string; when: string; reason: string }[] = [];
  for (const [column, { type, required }] of Object.entries(streamOf(stream).columns)) {
    const name = quoteName(column);
    if (required) tests.push({ column, when: `${name} is null`, reason: 'is missing' });
    if (type === 'currency') {
      tests.push({
        column,
        when: `${name} is not null and ${name} not in (${CURRENCIES})`,
        reason: 'is not an ISO 4217 currency',
      });
    } else if (type === 'instant' || type === 'day') {
      // DuckDB's cast to DATE takes anything after the day (`2026-03-01..2026-03-31`); the cast to TIMESTAMP does not
      const typed = `try_cast(${name} as ${type === 'day' ? 'TIMESTAMP' : SQL_TYPES[type]})`;
      tests.push({
        column,
        when: `${name} is not null and (${typed} is null or ${typed} < '2000-01-01' or ${typed} >= '2100-01-01')`,
        reason:
          type === 'instant'
            ? 'is not an instant of this century (03/04/2026 can be read two ways and needs date_order)'
            : 'is not a day of this century (03/04/2026 can be read two ways and needs date_order)',
      });
    } else if (SQL_TYPES[type] !== 'VARCHAR') {
      tests.push({
        column,
        when: `${name} is not null and try_cast(${name} as ${SQL_TYPES[type]}) is null`,
        reason: `is not a ${REASON[type] ?? type}`,
      });
    }
  }
  // the newest observation wins: one whose time cannot be read would lose without a word
  tests.push({
    column: 'observed_at',
    when: `observed_at is not null and try_cast(observed_at as timestamptz) is null`,
    reason: 'is not an instant',
  });
  const table = `raw.${quoteName(stream)}`;
  const bad = await warehouse.count(
    `select count(*) from ${table} where batch_id = $batch_id and (${tests.map((test) => `(${test.when})`).join(' or ')})`,
    { batch_id: batchId },
  );
  if (bad === 0) return;
  for (const test of tests) {
    await warehouse.run(
      `insert into temp.bad_value
       select line_no, '${test.column}', ${shapeOf(quoteName(test.column))}, '${test.reason}' from ${table} where batch_id = $batch_id and (${test.when})`,
      { batch_id: batchId },
    );
  }
}

const REASON: Readonly<Record<string, string>> = {
  money: 'plain amount (a decimal mark that can be read two ways needs decimal_mark)',
  number: 'plain number (a decimal mark that can be read two ways needs decimal_mark)',
  integer: 'whole number',
  rate: 'rate',
  flag: 'yes or no',
};

function shapeOf(column: string): string {
  return `left(regexp_replace(regexp_replace(${column}, '[[:alpha:]]', 'a', 'g'), '[0-9]', '9', 'g'), 60)`;
}

/** Turns the numbers of rejected records, and the bytes of unreadable ones, into the lines they start on. */
async function numberLines(
  warehouse: Warehouse,
  path: string,
  recognised: Recognised,
  input: LoadedInput,
): Promise<void> {
  if (recognised.type === 'json') {
    const isOneLine = (await warehouse.value('select max(record_line) from input')) === '1';
    if (isOneLine) return;
    await warehouse.run(
      'update temp.bad_value set line_no = (select record_line from input where input.line_no = bad_value.line_no)',
    );
    return;
  }
  // a Parquet file has rows, not lines
  if (recognised.type === 'parquet') return;
  const numbersOf = async (table: string): Promise<number[]> =>
    (await warehouse.rows<{ line_no: string }>(`select distinct line_no from temp.${table}`)).map((row) =>
      Number(row.line_no),
    );
  const wanted = (await numbersOf('bad_value')).map((number) => number - input.after);
  const unreadable = await numbersOf('unreadable');
  const lines = await recordLines(path, recognised, wanted, unreadable);
  await renumber(
    warehouse,
    'bad_value',
    [...lines.records].map(([record, line]) => [record + input.after, line]),
  );
  await renumber(warehouse, 'unreadable', [...lines.unreadable]);
}

const PAIRS_A_STATEMENT = 10_000;

/** Replaces line numbers of a temporary table, all at once: no number is moved twice. */
async function renumber(
  warehouse: Warehouse,
  table: string,
  pairs: readonly (readonly [number, number])[],
): Promise<void> {
  if (pairs.length === 0) return;
  await warehouse.run('create or replace temporary table line_pair (from_no bigint, to_no bigint)');
  for (let i = 0; i < pairs.length; i += PAIRS_A_STATEMENT) {
    const values = pairs.slice(i, i + PAIRS_A_STATEMENT).map(([from, to]) => `(${from}, ${to})`);
    await warehouse.run(`insert into temp.line_pair values ${values.join(', ')}`);
  }
  await warehouse.run(`update temp.${table} set line_no = to_no from temp.line_pair where line_no = from_no`);
  await warehouse.run('drop table temp.line_pair');
}

function pick(
  sql: string,
  parameters: Readonly<Record<string, string | null>>,
): Record<string, string | null> | undefined {
  const names = parameterNames(sql);
  if (names.length === 0) return undefined;
  return Object.fromEntries(
    names.map((name) => {
      if (!(name in parameters)) throw new RangeError(`parameter $${name} has no value`);
      return [name, parameters[name]];
    }),
  );
}
