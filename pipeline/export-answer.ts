import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isCount } from './encode-arrow.ts';
import type { FileColumn } from './export-arrow.ts';
import { writeJson } from './export-json.ts';
import { EXPORT_FORMATS, type ExportFormat, toDisk, writeRows } from './export-table.ts';
import type { Metric } from './metrics.ts';
import {
  type Answer,
  aboutAnswer,
  type OrderKey,
  planQuery,
  type QueryPlan,
  RATIO_SCALE,
  totalsOf,
  unattributedOf,
} from './query.ts';
import type { Query } from './query-schema.ts';
import { apartId } from './query-sql.ts';
import type { Results } from './results.ts';
import type { TableColumn } from './table.ts';
import { quoteName, quoteText, Warehouse } from './warehouse.ts';

export type AnswerFormat = ExportFormat | 'json' | 'ndjson';
export const ANSWER_FORMATS: readonly AnswerFormat[] = [...EXPORT_FORMATS, 'json', 'ndjson'];

/** Decimal places of the sums that metrics are made of. */
const SUM_SCALE = 9;

/**
 * `half_even(n, d)`: n / d for integers, half to even, as a whole number. `whole(x, exact)`: the whole number next to x where a double
 * leaves no doubt (below 1e11 it is off by less than 0.001, and it is not near a half), else `exact`, which costs much more.
 */
const MACROS = [
  `create temp macro half_even(n, d) as
    case when (n < 0) <> (d < 0) then -1 else 1 end
    * (abs(n) // abs(d)
      + case when 2 * (abs(n) % abs(d)) > abs(d) or (2 * (abs(n) % abs(d)) = abs(d) and (abs(n) // abs(d)) % 2 = 1) then 1 else 0 end)`,
  `create temp macro whole(x, exact) as
    case when abs(x) < 1e11 and abs(abs(x) - floor(abs(x)) - 0.5) > 0.01 then cast(cast(round(x) as bigint) as hugeint) else exact end`,
];

/**
 * Writes all rows of an answer to a file without holding them in JavaScript: sums, ratios, rounding and order are made by the
 * database, with the numbers and the order of `runQuery` (text by code point). What memory does not hold goes to a folder beside the file.
 *
 * @returns how many rows there are
 * @throws InputError as `planQuery`
 */
export async function writeAnswer(results: Results, query: Query, format: AnswerFormat, path: string): Promise<number> {
  const plan = planQuery(results, query);
  const spill = `${path}.spill`;
  mkdirSync(spill, { recursive: true, mode: 0o700 });
  const warehouse = await Warehouse.open(':memory:', { memoryLimitBytes: 256 * 2 ** 20, spillDirectory: spill });
  try {
    await warehouse.run(`set allowed_directories = ['${quoteText(results.folder)}', '${quoteText(dirname(path))}']`);
    await warehouse.run('set enable_external_access = false');
    for (const table of new Set(Object.values(plan.tables)))
      if (results.manifest.files.some((file) => file.name === `${table}.parquet`))
        await warehouse.run(
          `create view ${quoteName(table)} as select * from read_parquet('${quoteText(join(results.folder, `${table}.parquet`))}')`,
        );
    for (const macro of MACROS) await warehouse.run(macro);
    await warehouse.run('set lock_configuration = true');
    await warehouse.run(`create temp table answer as ${answerSql(plan)}`, plan.parameters);
    const rows = await warehouse.count('select count(*) from answer');
    const meta = await aboutAnswer(results, plan);
    if (format === 'json' || format === 'ndjson') {
      const about = { ...(await sumsAbout(warehouse, plan)), totalRows: rows, truncated: false, meta };
      await writeJson(warehouse, 'answer', { columns: plan.columns, ...about }, format, path);
      toDisk(path);
      return rows;
    }
    const about = { ...meta, total_rows: rows, truncated: false };
    const columns = plan.columns.map((column): FileColumn => ({ name: column.id, ...typeAndAbout(column) }));
    await writeRows(warehouse, 'answer', columns, format, path, new Map([['liftproof', JSON.stringify(about)]]));
    return rows;
  } finally {
    warehouse.close();
    rmSync(spill, { recursive: true, force: true });
  }
}

/** What the answer says beside its rows. */
async function sumsAbout(
  warehouse: Warehouse,
  plan: QueryPlan,
): Promise<Pick<Answer, 'totals' | 'unattributed' | 'suppressedRows'>> {
  const { query, dimensions, metrics, parts } = plan;
  const items = parts
    .flatMap((part) => [part.id, apartId(part)])
    .map((id) => `cast(coalesce(sum(${id}), 0) as decimal(38, 9)) as ${id}`);
  const sums = await warehouse.rows<Record<string, string | null>>(
    `select ${items.join(', ')} from (${plan.sql})`,
    plan.parameters,
  );
  const small = plan.columns.slice(0, dimensions.length).map(({ id }) => `cast(${quoteName(id)} as varchar)`);
  const suppressedRows =
    small.length === 0
      ? 0
      : await warehouse.count(`select count(*) from answer where '(suppressed)' in (${small.join(', ')})`);
  return {
    totals: query.include.totals ? totalsOf(sums, dimensions.length, metrics, parts) : null,
    unattributed: query.include.unattributed ? unattributedOf(sums, dimensions.length, metrics, parts) : null,
    suppressedRows,
  };
}

/** Every column as it is published. */
function answerSql(plan: QueryPlan): string {
  const keys = plan.dimensions.length;
  const items = plan.columns.map((column, i) => {
    const value = i < keys ? `sums.d${i}` : metricSql(plan.metrics[i - keys], column);
    return `cast(${value} as ${sqlType(column)}) as ${quoteName(column.id)}`;
  });
  const order = plan.orderBy.map(
    (key) => `${orderSql(key, plan)} ${key.sign > 0 ? 'asc nulls first' : 'desc nulls last'}`,
  );
  return `select ${items.join(', ')} from (${plan.sql}) as sums${order.length > 0 ? ` order by ${order.join(', ')}` : ''}`;
}

/** A sum is ordered by all its digits, a ratio by those that are published. */
function orderSql({ at }: OrderKey, plan: QueryPlan): string {
  const keys = plan.dimensions.length;
  if (at < keys) return `sums.d${at}`;
  const metric = plan.metrics[at - keys];
  return metric.ratio === undefined ? `sums.${metric.id}` : String(at + 1);
}

function metricSql(metric: Metric, column: TableColumn): string {
  if (metric.ratio !== undefined) {
    const [over, under] = metric.ratio.map((id) => `sums.${id}`);
    const needed = [under, ...(metric.needs ?? []).map((id) => `sums.${id}`)].map((sum) => `${sum} <> 0`);
    if (metric.isPositive) needed.push(`${under} > 0`);
    const exact = `half_even(${units(over)} * ${10 ** RATIO_SCALE}, ${units(under)})`;
    const near = `${double(over)} / ${double(under)} * ${10 ** RATIO_SCALE}`;
    return `case when ${needed.join(' and ')} then ${scaled(`whole(${near}, ${exact})`, RATIO_SCALE)} end`;
  }
  const sum = `sums.${metric.id}`;
  const scale = column.scale ?? 0;
  if (scale >= SUM_SCALE) return sum;
  const exact = `half_even(${units(sum)}, ${10 ** (SUM_SCALE - scale)})`;
  return scaled(`whole(${double(sum)} * ${10 ** scale}, ${exact})`, scale);
}

function double(sum: string): string {
  return `cast(${sum} as double)`;
}

function units(sum: string): string {
  return `cast(${sum} * ${10 ** SUM_SCALE} as hugeint)`;
}

/** A whole number of 10^-scale as a decimal. */
function scaled(integer: string, scale: number): string {
  const whole = `cast(${integer} as decimal(${38 - scale}, 0))`;
  return scale === 0 ? whole : `${whole} * cast('${(10 ** -scale).toFixed(scale)}' as decimal(${scale}, ${scale}))`;
}

function typeAndAbout(column: TableColumn): Omit<FileColumn, 'name'> {
  const about = new Map<string, string>();
  for (const key of ['label', 'unit', 'formula', 'version', 'additive'] as const) {
    const value = column[key];
    if (value !== undefined) about.set(key, String(value));
  }
  return { type: sqlType(column), about };
}

function sqlType(column: TableColumn): string {
  if (isCount(column)) return 'BIGINT';
  if (column.type === 'decimal') return `DECIMAL(38,${column.scale ?? 0})`;
  return column.type === 'day' ? 'DATE' : 'VARCHAR';
}
