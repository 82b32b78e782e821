import type { Decoded } from './decode.ts';
import type { LandingNote } from './land.ts';
import type { LoadedInput } from './read-input.ts';
import type { Reject } from './receipt.ts';
import type { Recognised } from './recognise.ts';
import { recordLines } from './record-lines.ts';
import { SQL_TYPES, type StreamName, streamOf } from './streams.ts';
import { quoteName, type Warehouse } from './warehouse.ts';

/**
 * Takes out every record one of whose values does not survive typing, or that lacks a required one, and says which.
 * Then tells unchanged records (seen in an earlier batch of this source) from new ones, and fingerprints the batch.
 *
 * @param rows  rows of each stream; what is taken out is taken off
 */
export async function rejectUntypable(
  warehouse: Warehouse,
  part: Decoded,
  recognised: Recognised,
  note: LandingNote,
  input: LoadedInput,
  rows: Partial<Record<StreamName, number>>,
): Promise<{ lines: number; first: Reject[] }> {
  await warehouse.run(
    'create or replace temporary table bad_value (line_no bigint, stream varchar, column_name varchar, value_shape varchar, reason varchar)',
  );
  const filled = recognised.kind.streams.filter((stream) => rows[stream] !== 0);
  for (const stream of filled) await findBadValues(warehouse, stream, note.batch_id);
  // what the kind's own SQL refused, in its words
  await warehouse.run('create temporary table if not exists refused (line_no bigint, reason varchar)');
  await warehouse.run(`insert into temp.bad_value select line_no, null, '(record)', null, reason from temp.refused`);
  await warehouse.run('drop table temp.refused');
  const lines = await warehouse.count('select count(distinct line_no) from temp.bad_value');
  if (lines > 0) {
    for (const stream of filled) {
      rows[stream]! -= await warehouse.count(
        `delete from raw.${quoteName(stream)} where batch_id = $batch_id and line_no in (select line_no from temp.bad_value)`,
        { batch_id: note.batch_id },
      );
    }
  }
  // asked of every record only where something was refused, or where the source has brought records before
  const accepted = lines > 0 ? 'line_no not in (select line_no from temp.bad_value)' : 'true';
  const seen = await warehouse.rows('select 1 as one from raw.record where source_id = $source_id limit 1', {
    source_id: note.source_id,
  });
  if (seen.length > 0)
    input.unchanged = await warehouse.count(
      `select count(*) from input
       where ${accepted}
         and exists (select 1 from raw.record as seen where seen.source_id = $source_id and seen.hash_a = input.hash_a and seen.hash_b = input.hash_b)`,
      { source_id: note.source_id },
    );
  await warehouse.run(
    `insert into raw.record select $batch_id, $source_id, hash_a, hash_b from input where ${accepted}`,
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
  for (const [column, { type, required, requiredWith }] of Object.entries(streamOf(stream).columns)) {
    const name = quoteName(column);
    if (required) tests.push({ column, when: `${name} is null`, reason: 'is missing' });
    if (requiredWith !== undefined)
      tests.push({ column, when: `${name} is null and ${quoteName(requiredWith)} is not null`, reason: 'is missing' });
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
    // a cell that feeds two streams is told once, under the name that the first of them, the file's own, has for it
    await warehouse.run(
      `insert into temp.bad_value
       select line_no, '${stream}', '${test.column}', ${shapeOf(quoteName(test.column))} as shape, '${test.reason}' from ${table}
       where batch_id = $batch_id and (${test.when})
         and not exists (
           select 1 from temp.bad_value as told
           where told.line_no = ${table}.line_no and told.stream <> '${stream}' and told.reason = '${test.reason}'
             and told.value_shape is not distinct from ${shapeOf(quoteName(test.column))})`,
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
