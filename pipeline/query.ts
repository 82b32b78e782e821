import { InputError } from '../models/errors.ts';
import { divideHalfEven, formatDecimal, parseDecimal } from '../models/numeric/money.ts';
import { chooseTables, collect } from './choose-table.ts';
import { knownDimension, type Side, shown } from './filter.ts';
import { type Dimension, METRICS, type Metric, metricOf } from './metrics.ts';
import { MEASURED_METRICS } from './metrics-elsewhere.ts';
import { nearest } from './nearest.ts';
import { type ParsedQuery, parseQuery, type Query } from './query-schema.ts';
import { apartId, conditions, partsOf, pickBound, sumsSql } from './query-sql.ts';
import type { Results } from './results.ts';
import { BASES, freshnessOf, queryableModels, warningsOf } from './run-facts.ts';
import type { Table, TableColumn } from './table.ts';
import type { SqlParameters } from './warehouse.ts';

export { parseQuery, type Query, querySchema } from './query-schema.ts';

/** What a query gives: the table, and beside it the part of the totals that no touch could be credited with. */
export interface Answer extends Table {
  /** in the order of `columns`, dimensions null; null when it was not asked for */
  unattributed: readonly (string | null)[] | null;
  /** rows that stand for several small ones */
  suppressedRows: number;
}

/** Decimal places of ratios. */
export const RATIO_SCALE = 4;

/** A query that a run can answer: what it asks, and the SQL of its sums. */
export interface QueryPlan {
  query: ParsedQuery;
  model: string;
  basis: string;
  metrics: readonly Metric[];
  dimensions: readonly Dimension[];
  /** the sums that the metrics are made of */
  parts: readonly Metric[];
  columns: readonly TableColumn[];
  orderBy: readonly OrderKey[];
  /** the published tables that are asked */
  tables: Readonly<Record<Side, string>>;
  sql: string;
  parameters: SqlParameters;
}

/**
 * Says how a query is answered, without asking it.
 *
 * @throws InputError `usage`, `unknown_name`, `not_published`; `details.errors` points to the places
 */
export function planQuery(results: Results, input: Query): QueryPlan {
  const query = parseQuery(input);
  const metrics = query.metrics.map((id, i) => knownMetric(id, `#/metrics/${i}`));
  const dimensions = query.dimensions.map((id, i) => knownDimension(id, `#/dimensions/${i}`));
  const model = publishedModel(query.model ?? results.manifest.default_model, results);
  const basis = publishedBasis(query);
  checkPublished(query, results);
  const parts = partsOf(metrics);
  checkCombination(query, dimensions, metrics, parts);
  checkMargin(results, parts, model);
  const bind: Record<string, string> = { model, basis };
  const where = conditions(query, parts, bind);
  const columns = columnsOf(dimensions, metrics, results);
  const orderBy = orderKeys(columns, query.order_by ?? []);
  const tables = chooseTables(query, dimensions, parts, results);
  const sql = sumsSql(dimensions, parts, where, tables);
  const parameters = pickBound(bind, where);
  return { query, model, basis, metrics, dimensions, parts, columns, orderBy, tables, sql, parameters };
}

/**
 * Answers a query from a published run. Money and credit add up in decimals; ratios are made from the unrounded sums, half to
 * even, and are null where there is nothing to divide by. Spend without orders stays, as do orders without spend.
 *
 * @throws InputError as `planQuery`
 */
export async function runQuery(results: Results, input: Query): Promise<Answer> {
  const plan = planQuery(results, input);
  const { query, metrics, dimensions, parts, columns, orderBy } = plan;
  // nearly in the order that is asked for most
  const order = dimensions.length > 0 ? ` order by ${dimensions.map((_, i) => `d${i}`).join(', ')}` : '';
  const rows = await results.rows<Record<string, string | null>>(`${plan.sql}${order}`, plan.parameters);
  const made = sorted(
    rows.map((row) => [
      ...dimensions.map((_, i) => row[`d${i}`]),
      ...metrics.map((metric) => metricValue(metric, row)),
    ]),
    columns,
    orderBy,
  );
  const page = made.slice(query.page.offset, query.page.offset + query.page.limit);
  return {
    columns,
    rows: page,
    totals: query.include.totals ? totalsOf(rows, dimensions.length, metrics, parts) : null,
    unattributed: query.include.unattributed ? unattributedOf(rows, dimensions.length, metrics, parts) : null,
    suppressedRows: made.filter((row) => row.slice(0, dimensions.length).includes('(suppressed)')).length,
    totalRows: made.length,
    truncated: query.page.offset + page.length < made.length,
    meta: await aboutAnswer(results, plan),
  };
}

/** What the numbers of an answer are. */
export async function aboutAnswer(results: Results, { query, model, basis }: QueryPlan): Promise<Answer['meta']> {
  return {
    run: results.manifest.run,
    run_hash: results.manifest.run_hash,
    model,
    basis,
    window: results.manifest.windows,
    customer: query.customer,
    currency: results.manifest.currency,
    time_zone: results.manifest.time_zone,
    period: query.date_range ?? [results.manifest.period.from, results.manifest.period.to],
    evidence: { grade: 'E', words: 'credit, not proof' },
    freshness: await freshnessOf(results),
    warnings: warningsOf(results.manifest),
  };
}

function knownMetric(id: string, pointer: string): Metric {
  const metric = metricOf(id);
  if (metric !== undefined) return metric;
  const measured = MEASURED_METRICS.find((one) => one.id === id);
  if (measured !== undefined) {
    const detail = `${id} is no sum of credit; it stands in ${measured.where}`;
    throw new InputError('not_published', detail, { details: { published: [], errors: [{ pointer, detail }] } });
  }
  const known = METRICS.map((one) => one.id);
  const close = nearest(id.slice(0, 64), known);
  const detail = `${shown(id)} is not a metric; ${close ? `did you mean ${close}?` : `known are ${known.join(', ')}`}`;
  throw new InputError('unknown_name', detail, {
    details: { what: 'metric', nearest: close, errors: [{ pointer, detail }] },
  });
}

/** @throws InputError `not_published` naming the models that the run has */
export function publishedModel(id: string, results: Results): string {
  const published = queryableModels(results.manifest);
  if (published.includes(id)) return id;
  if (!results.manifest.models.includes(id)) throw notPublished('model', id, published);
  const detail = `${id} credits whole channels, not single orders: the report "models" shows it; by order there are ${published.join(', ')}`;
  throw new InputError('not_published', detail, { details: { published, errors: [{ pointer: '#/model', detail }] } });
}

/** A refund counts with its order unless `refund_basis` or `basis` puts it on its own day. */
function publishedBasis(query: ParsedQuery): string {
  if (!(BASES as readonly string[]).includes(query.basis)) throw notPublished('basis', query.basis, BASES);
  if (query.refund_basis === undefined) return query.basis;
  if (query.refund_basis === 'refund_date') return 'event_date';
  if (query.refund_basis === 'order_date' && query.basis === 'order_date') return 'order_date';
  throw notPublished(
    'refund_basis',
    query.refund_basis,
    query.basis === 'order_date' ? ['order_date', 'refund_date'] : ['refund_date'],
  );
}

/** A query selects from what a run published: one window, one currency, one zone. */
function checkPublished(query: ParsedQuery, results: Results): void {
  const { currency, time_zone, windows } = results.manifest;
  if (query.currency !== undefined && query.currency !== currency)
    throw notPublished('currency', query.currency, [currency]);
  if (query.timezone !== undefined && query.timezone !== time_zone)
    throw notPublished('timezone', query.timezone, [time_zone]);
  for (const [name, days] of Object.entries(query.window ?? {})) {
    const published = windows[name as keyof typeof windows];
    if (days !== published) throw notPublished(`window/${name}`, String(days), [String(published)]);
  }
}

function notPublished(key: string, got: string, published: readonly string[]): InputError {
  const detail = `the run has no ${key.replace('/', ' ')} ${shown(got)}; it has ${published.join(', ')}`;
  return new InputError('not_published', detail, { details: { published, errors: [{ pointer: `#/${key}`, detail }] } });
}

/** Spend has neither customers nor GA4 channels: asked together, one of them would be silently wrong. */
function checkCombination(
  query: ParsedQuery,
  dimensions: readonly Dimension[],
  metrics: readonly Metric[],
  parts: readonly Metric[],
): void {
  const blended = metrics.find((metric) => metric.isBlended);
  const asked = new Set(dimensions.map((dimension) => dimension.id));
  collect(query.filters, asked);
  const apart = [...asked].find((id) => !id.startsWith('time:'));
  if (blended !== undefined && apart !== undefined)
    throw incompatible('#/metrics', `${blended.id} is of all channels together; by ${apart} ask for roas or nroas`);
  for (const side of ['spend', 'margin'] as const) {
    const part = parts.find(({ from }) => from === side);
    const at = dimensions.findIndex((dimension) => dimension[side] === null);
    if (part !== undefined && at >= 0)
      throw incompatible(
        `#/dimensions/${at}`,
        `${part.id} is not known by ${dimensions[at].id}: ${side} has no ${dimensions[at].label.toLowerCase()}; leave out one of them`,
      );
  }
  const spend = parts.find((part) => part.from === 'spend' || part.hasSpend);
  if (spend === undefined) return;
  const at = dimensions.findIndex((dimension) => dimension.id === 'customer_type');
  if (at >= 0)
    throw incompatible(
      `#/dimensions/${at}`,
      `${spend.id} is not known by customer_type: spend has no customers; leave out one of them`,
    );
  if (query.customer !== 'all')
    throw incompatible(
      '#/customer',
      `${spend.id} is not known by customer: spend has no customers; ask for nroas or leave out one of them`,
    );
}

/** Parts of profit are split by the model of finance alone, and need what finance was told. */
function checkMargin(results: Results, parts: readonly Metric[], model: string): void {
  const part = parts.find(({ from }) => from === 'margin');
  if (part === undefined) return;
  const { finance, files, run } = results.manifest;
  const refused = (pointer: string, detail: string, published: readonly string[]): InputError =>
    new InputError('not_published', detail, { details: { published, errors: [{ pointer, detail }] } });
  if (finance === undefined || !files.some((file) => file.name === 'margin.parquet'))
    throw refused(
      '#/metrics',
      `${run} has no ${part.id}: it was published before there was one; run "liftproof run" again`,
      [],
    );
  if (model !== finance.model)
    throw refused('#/model', `${part.id} is split by the model of finance, ${finance.model}; ask for that model`, [
      finance.model,
    ]);
  const costly = parts.find(({ hasCosts }) => hasCosts);
  if (costly !== undefined && !finance.costs?.includes('cogs'))
    throw refused(
      '#/metrics',
      `${costly.id} needs costs of goods, and none were loaded; see docs/sources/finance.md`,
      [],
    );
}

function incompatible(pointer: string, detail: string): InputError {
  return new InputError('usage', detail, { details: { incompatible: true, errors: [{ pointer, detail }] } });
}

/** A row as SQL gives it: every part under its id. */
type Sums = Readonly<Record<string, string | null>>;

function metricValue(metric: Metric, row: Sums): string | null {
  if (metric.ratio === undefined) return row[metric.id];
  const [over, under] = metric.ratio.map((id) => parseDecimal(row[id] ?? '0', 9));
  if (
    under === 0n ||
    (metric.isPositive && under < 0n) ||
    metric.needs?.some((id) => parseDecimal(row[id] ?? '0', 9) === 0n)
  )
    return null;
  const scaled = over * 10n ** BigInt(RATIO_SCALE);
  return formatDecimal(under < 0n ? divideHalfEven(-scaled, -under) : divideHalfEven(scaled, under), RATIO_SCALE);
}

/** The totals of an answer, from rows of its sums: all of them, or one that adds them up. */
export function totalsOf(
  rows: readonly Sums[],
  keys: number,
  metrics: readonly Metric[],
  parts: readonly Metric[],
): (string | null)[] {
  const total = Object.fromEntries(parts.map((part) => [part.id, addUp(rows, part.id)]));
  return [
    ...Array.from({ length: keys }, (_, i) => (i === 0 ? 'Total' : '')),
    ...metrics.map((metric) => metricValue(metric, total)),
  ];
}

/** The same of what no touch could be credited with. */
export function unattributedOf(
  rows: readonly Sums[],
  keys: number,
  metrics: readonly Metric[],
  parts: readonly Metric[],
): (string | null)[] {
  const total = Object.fromEntries(parts.map((part) => [part.id, addUp(rows, apartId(part))]));
  return [...Array.from({ length: keys }, () => null), ...metrics.map((metric) => metricValue(metric, total))];
}

/** Nothing, as SQL writes a decimal(38, 9); most rows have nothing unattributed. */
const ZERO = '0.000000000';

function addUp(rows: readonly Sums[], id: string): string {
  return formatDecimal(
    rows.reduce((sum, row) => (row[id] === ZERO ? sum : sum + parseDecimal(row[id] ?? '0', 9)), 0n),
    9,
  );
}

function columnsOf(dimensions: readonly Dimension[], metrics: readonly Metric[], results: Results): TableColumn[] {
  return [
    ...dimensions.map(
      (dimension): TableColumn => ({
        id: columnId(dimension.id),
        label: dimension.label,
        type: dimension.id.startsWith('time:') ? 'day' : 'text',
      }),
    ),
    ...metrics.map(
      (metric): TableColumn => ({
        id: metric.id,
        label: metric.label,
        type: 'decimal',
        scale:
          metric.unit === 'money'
            ? results.manifest.currency_exponent
            : metric.unit === 'ratio'
              ? RATIO_SCALE
              : metric.unit === 'credit'
                ? 9
                : 0,
        unit: metric.unit === 'money' ? results.manifest.currency : metric.unit,
        formula: metric.formula,
        version: metric.version,
        additive: metric.additive,
      }),
    ),
  ];
}

/** `time:week` and its kin give the column `time`: a query has at most one of them. */
function columnId(dimension: string): string {
  return dimension.startsWith('time:') ? 'time' : dimension;
}

/** A column to order by, by its place. */
export interface OrderKey {
  at: number;
  sign: 1 | -1;
}

/** By the asked columns, then by every dimension: the same order every time. */
function orderKeys(columns: readonly TableColumn[], by: readonly (readonly [string, 'asc' | 'desc'])[]): OrderKey[] {
  const asked = by.map(([id, direction], i): OrderKey => {
    const at = columns.findIndex((column) => column.id === columnId(id));
    const detail = `order_by names ${shown(id)}, which is not in the query`;
    if (at < 0)
      throw new InputError('unknown_name', detail, {
        details: { what: 'column', errors: [{ pointer: `#/order_by/${i}/0`, detail }] },
      });
    return { at, sign: direction === 'desc' ? -1 : 1 };
  });
  // no two rows share all dimensions, so the order is total
  const ties = columns.flatMap((column, at): OrderKey[] => (column.type === 'decimal' ? [] : [{ at, sign: 1 }]));
  return [...asked, ...ties];
}

function sorted(
  rows: readonly (string | null)[][],
  columns: readonly TableColumn[],
  keys: readonly OrderKey[],
): (string | null)[][] {
  // decimals are read once, not at every comparison, and only where the order asks for them
  const isNumber = columns.map((column, i) => column.type === 'decimal' && keys.some((key) => key.at === i));
  const keyed = rows.map((row) => ({
    row,
    keys: row.map((value, i) => (value !== null && isNumber[i] ? parseDecimal(value, 9) : value)),
  }));
  keyed.sort((a, b) => {
    for (const { at, sign } of keys) {
      const [x, y] = [a.keys[at], b.keys[at]];
      if (x === y) continue;
      // nothing comes before something
      if (x === null || y === null) return sign * (x === null ? -1 : 1);
      return sign * (x < y ? -1 : 1);
    }
    return 0;
  });
  return keyed.map(({ row }) => row);
}
