import { InputError } from '../models/errors.ts';
import { divideHalfEven, formatDecimal, parseDecimal } from '../models/numeric/money.ts';
import { type Filter, filterSql, knownDimension, type Side, shown } from './filter.ts';
import { type Dimension, METRICS, type Metric, metricOf } from './metrics.ts';
import { nearest } from './nearest.ts';
import { type ParsedQuery, parseQuery, type Query } from './query-schema.ts';
import type { Results } from './results.ts';
import { BASES, freshnessOf, queryableModels, warningsOf } from './run-facts.ts';
import type { Table, TableColumn } from './table.ts';
import type { SqlParameters } from './warehouse.ts';

export { parseQuery, type Query, querySchema } from './query-schema.ts';
export type { Filter };

/** What a query gives: the table, and beside it the part of the totals that no touch could be credited with. */
export interface Answer extends Table {
  /** in the order of `columns`, dimensions null; null when it was not asked for */
  unattributed: readonly (string | null)[] | null;
  /** rows that stand for several small ones */
  suppressedRows: number;
}

/** Decimal places of ratios. */
const RATIO_SCALE = 4;

const UNATTRIBUTED = `channel = '(unattributed)'`;

/**
 * Answers a query from a published run. Money and credit add up in decimals; ratios are made from the unrounded sums, half to
 * even, and are null where there is nothing to divide by. Spend without orders stays, as do orders without spend.
 *
 * @throws InputError `usage`, `unknown_name`, `not_published`; `details.errors` points to the places
 */
export async function runQuery(results: Results, input: Query): Promise<Answer> {
  const query = parseQuery(input);
  const metrics = query.metrics.map((id, i) => knownMetric(id, `#/metrics/${i}`));
  const dimensions = query.dimensions.map((id, i) => knownDimension(id, `#/dimensions/${i}`));
  const model = publishedModel(query.model ?? results.manifest.default_model, results);
  const basis = publishedBasis(query);
  checkPublished(query, results);
  const parts = partsOf(metrics);
  checkCombination(query, dimensions, parts);
  const bind: Record<string, string> = { model, basis };
  const where = conditions(query, parts, bind);
  const columns = columnsOf(dimensions, metrics, results);
  const orderBy = orderKeys(columns, query.order_by ?? []);
  const rows = await results.rows<Record<string, string | null>>(
    sumsSql(dimensions, parts, where),
    pickBound(bind, where),
  );
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
    unattributed: query.include.unattributed
      ? await unattributedOf(results, dimensions.length, metrics, parts, where, bind)
      : null,
    suppressedRows: made.filter((row) => row.slice(0, dimensions.length).includes('(suppressed)')).length,
    totalRows: made.length,
    truncated: query.page.offset + page.length < made.length,
    meta: {
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
    },
  };
}

function knownMetric(id: string, pointer: string): Metric {
  const metric = metricOf(id);
  if (metric !== undefined) return metric;
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
  if (!published.includes(id)) throw notPublished('model', id, published);
  return id;
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
function checkCombination(query: ParsedQuery, dimensions: readonly Dimension[], parts: readonly Metric[]): void {
  const spend = parts.find((part) => part.from === 'spend');
  if (spend === undefined) return;
  const at = dimensions.findIndex((dimension) => dimension.spend === null);
  if (at >= 0)
    throw incompatible(
      `#/dimensions/${at}`,
      `${spend.id} is not known by ${dimensions[at].id}: spend has no ${dimensions[at].label.toLowerCase()}; leave out one of them`,
    );
  if (query.customer !== 'all')
    throw incompatible(
      '#/customer',
      `${spend.id} is not known by customer: spend has no customers; ask for nroas or leave out one of them`,
    );
}

function incompatible(pointer: string, detail: string): InputError {
  return new InputError('usage', detail, { details: { incompatible: true, errors: [{ pointer, detail }] } });
}

type Where = Record<Side, string[]>;

function conditions(query: ParsedQuery, parts: readonly Metric[], bind: Record<string, string>): Where {
  const where: Where = { attribution: ['model = $model', 'basis = $basis'], spend: ['true'] };
  if (query.date_range !== undefined) {
    [bind.from_date, bind.to_date] = query.date_range;
    const range = 'report_date between cast($from_date as date) and cast($to_date as date)';
    where.attribution.push(range);
    where.spend.push(range);
  }
  if (query.customer !== 'all') {
    bind.customer = query.customer;
    where.attribution.push('customer_type = $customer');
  }
  if (!query.include.unattributed) where.attribution.push(`not (${UNATTRIBUTED})`);
  if (query.filters !== undefined) {
    where.attribution.push(filterSql(query.filters, 'attribution', bind));
    if (parts.some((part) => part.from === 'spend')) where.spend.push(filterSql(query.filters, 'spend', bind));
  }
  return where;
}

function partsOf(metrics: readonly Metric[]): Metric[] {
  const ids = new Set(metrics.flatMap((metric) => metric.ratio ?? [metric.id]));
  return [...ids].map((id) => metricOf(id)!);
}

function sumsSql(dimensions: readonly Dimension[], parts: readonly Metric[], where: Where): string {
  const sides: string[] = [];
  for (const side of ['attribution', 'spend'] as const) {
    if (!parts.some((part) => part.from === side)) continue;
    const items = [
      ...dimensions.map((dimension, i) => `cast(${dimension[side]} as varchar) as d${i}`),
      ...parts.map((part) =>
        part.from === side ? `${part.sql} as ${part.id}` : `cast(0 as decimal(28, 9)) as ${part.id}`,
      ),
    ];
    sides.push(
      `select ${items.join(', ')} from ${side} where ${where[side].join(' and ')}${dimensions.length ? ` group by ${dimensions.map((d) => d[side]).join(', ')}` : ''}`,
    );
  }
  const keys = dimensions.map((_, i) => `d${i}`);
  const sums = parts.map((part) => `cast(coalesce(sum(${part.id}), 0) as decimal(38, 9)) as ${part.id}`);
  return `select ${[...keys, ...sums].join(', ')} from (${sides.join(' union all ')})${keys.length ? ` group by ${keys.join(', ')} order by ${keys.join(', ')}` : ''}`;
}

/** Only what the text really names: a query without spend has fewer parameters. */
function pickBound(bind: Readonly<Record<string, string>>, where: Where): SqlParameters {
  const text = [...where.attribution, ...where.spend].join(' ');
  return Object.fromEntries(Object.entries(bind).filter(([name]) => new RegExp(`\\$${name}\\b`).test(text)));
}

function metricValue(metric: Metric, row: Record<string, string | null>): string | null {
  if (metric.ratio === undefined) return row[metric.id];
  const [over, under] = metric.ratio.map((id) => parseDecimal(row[id] ?? '0', 9));
  if (under === 0n) return null;
  const scaled = over * 10n ** BigInt(RATIO_SCALE);
  return formatDecimal(under < 0n ? divideHalfEven(-scaled, -under) : divideHalfEven(scaled, under), RATIO_SCALE);
}

function totalsOf(
  rows: readonly Record<string, string | null>[],
  keys: number,
  metrics: readonly Metric[],
  parts: readonly Metric[],
): (string | null)[] {
  const total: Record<string, string> = {};
  for (const part of parts)
    total[part.id] = formatDecimal(
      rows.reduce((sum, row) => sum + parseDecimal(row[part.id] ?? '0', 9), 0n),
      9,
    );
  return [
    ...Array.from({ length: keys }, (_, i) => (i === 0 ? 'Total' : '')),
    ...metrics.map((metric) => metricValue(metric, total)),
  ];
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

interface OrderKey {
  at: number;
  sign: 1 | -1;
}

/** By the asked columns, then by every column: the same order every time. */
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
  return [...asked, ...columns.map((_, at): OrderKey => ({ at, sign: 1 }))];
}

function sorted(
  rows: readonly (string | null)[][],
  columns: readonly TableColumn[],
  keys: readonly OrderKey[],
): (string | null)[][] {
  // decimals are read once, not at every comparison
  const keyed = rows.map((row) => ({
    row,
    keys: row.map((value, i) => (value !== null && columns[i].type === 'decimal' ? parseDecimal(value, 9) : value)),
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

async function unattributedOf(
  results: Results,
  keys: number,
  metrics: readonly Metric[],
  parts: readonly Metric[],
  where: Where,
  bind: Readonly<Record<string, string>>,
): Promise<(string | null)[]> {
  const narrowed: Where = { attribution: [...where.attribution, UNATTRIBUTED], spend: [...where.spend, UNATTRIBUTED] };
  const [row] = await results.rows<Record<string, string | null>>(
    sumsSql([], parts, narrowed),
    pickBound(bind, narrowed),
  );
  return [...Array.from({ length: keys }, () => null), ...metrics.map((metric) => metricValue(metric, row))];
}
