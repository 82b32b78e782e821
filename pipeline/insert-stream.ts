import type { LandingNote } from './land.ts';
import { readSql } from './read-sql.ts';
import { declaredSelect, isDeclared } from './sources/mapping.ts';
import type { SourceKind } from './sources/source.ts';
import { type StreamName, streamOf } from './streams.ts';
import { parameterNames, quoteName, type Warehouse, withPlainTexts } from './warehouse.ts';

/** Makes the kind's intermediate relations, so that its streams share the work of taking a file apart. */
export async function makeSteps(
  warehouse: Warehouse,
  kind: SourceKind,
  parameters: Readonly<Record<string, string | null>>,
): Promise<void> {
  for (const step of kind.steps ?? []) {
    const select = readSql(kind, step);
    await warehouse.run(
      withPlainTexts(`create or replace temporary table ${quoteName(step)} as ${select}`, parameters),
      parameters,
    );
  }
}

/**
 * Fills `raw.<stream>` from `input` by the kind's `sql/read` file. A row of it with a `reject_reason` refuses its whole record in
 * those words.
 *
 * @returns number of rows
 */
export async function insertStream(
  warehouse: Warehouse,
  kind: SourceKind,
  stream: StreamName,
  note: LandingNote,
  parameters: Readonly<Record<string, string | null>>,
  present?: ReadonlySet<string>,
): Promise<number> {
  const select = isDeclared(kind) ? declaredSelect(kind, stream, present) : readSql(kind, stream);
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
  let rows: number;
  try {
    const texts = { ...parameters, source_id: note.source_id, batch_id: note.batch_id, exported_at: note.exported_at };
    rows = await warehouse.count(
      withPlainTexts(
        `insert into raw.${quoteName(stream)} (source_id, batch_id, line_no, observed_at, ${columns.map(quoteName).join(', ')})
         select $source_id, $batch_id, line_no, ${observed}, ${columns.map((column) => `cast(${quoteName(column)} as varchar)`).join(', ')}
         from (${select})`,
        texts,
      ),
      texts,
    );
  } catch (cause) {
    // in a transaction that has failed nothing can be set: whoever rolls it back sets it
    await keepOrder(warehouse).catch(() => undefined);
    throw cause;
  }
  await keepOrder(warehouse);
  if (selected.includes('reject_reason')) {
    await warehouse.run('create temporary table if not exists refused (line_no bigint, reason varchar)');
    await warehouse.run(
      `insert into temp.refused select line_no, reject_reason from (${select}) where reject_reason is not null`,
      { ...parameters, source_id: note.source_id, batch_id: note.batch_id, exported_at: note.exported_at },
    );
  }
  return rows;
}

/** Rows keep their order again, as after the start. */
export async function keepOrder(warehouse: Warehouse): Promise<void> {
  await warehouse.run('set preserve_insertion_order = true');
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
  await warehouse.bring(select);
  const result = await warehouse.connection.run(`select * from (${select}) limit 0`, pick(select, parameters));
  const columns = result.columnNames();
  columnsOfSelect.set(select, columns);
  return columns;
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
