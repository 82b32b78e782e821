import { filterSql, SIDES, type Side } from './filter.ts';
import { type Dimension, type Metric, metricOf } from './metrics.ts';
import type { ParsedQuery } from './query-schema.ts';
import type { SqlParameters } from './warehouse.ts';

const UNATTRIBUTED = `channel = '(unattributed)'`;

/** Conditions on each side; values stand as parameters. */
export type Where = Record<Side, string[]>;

export function conditions(query: ParsedQuery, parts: readonly Metric[], bind: Record<string, string>): Where {
  const where: Where = {
    attribution: ['model = $model', 'basis = $basis'],
    spend: ['true'],
    margin: ['basis = $basis'],
  };
  if (query.date_range !== undefined) {
    [bind.from_date, bind.to_date] = query.date_range;
    const range = 'report_date between cast($from_date as date) and cast($to_date as date)';
    for (const side of SIDES) where[side].push(range);
  }
  if (query.customer !== 'all') {
    bind.customer = query.customer;
    for (const side of ['attribution', 'margin'] as const) where[side].push('customer_type = $customer');
  }
  if (!query.include.unattributed)
    for (const side of ['attribution', 'margin'] as const) where[side].push(`not (${UNATTRIBUTED})`);
  if (query.filters !== undefined) {
    where.attribution.push(filterSql(query.filters, 'attribution', bind));
    for (const side of ['spend', 'margin'] as const)
      if (parts.some((part) => part.from === side)) where[side].push(filterSql(query.filters, side, bind));
  }
  return where;
}

/** The sums that the metrics are made of, each once. */
export function partsOf(metrics: readonly Metric[]): Metric[] {
  const ids = new Set(metrics.flatMap((metric) => metric.ratio ?? [metric.id]));
  return [...ids].map((id) => metricOf(id)!);
}

/** Sums by dimension, and beside each sum the part of it that is unattributed: one scan for both. */
export function sumsSql(
  dimensions: readonly Dimension[],
  parts: readonly Metric[],
  where: Where,
  tables: Readonly<Record<Side, string>>,
): string {
  const none = 'cast(0 as decimal(28, 9))';
  const sides: string[] = [];
  for (const side of SIDES) {
    if (!parts.some((part) => part.from === side)) continue;
    const items = [
      ...dimensions.map((dimension, i) => `cast(${dimension[side]} as varchar) as d${i}`),
      ...parts.flatMap((part) => {
        const isHere = part.from === side;
        const apart = isHere ? `${part.sql} filter (where ${UNATTRIBUTED})` : none;
        return [`${isHere ? part.sql : none} as ${part.id}`, `${apart} as ${apartId(part)}`];
      }),
    ];
    const groups =
      dimensions.length > 0 ? ` group by ${dimensions.map((dimension) => dimension[side]).join(', ')}` : '';
    sides.push(`select ${items.join(', ')} from ${tables[side]} where ${where[side].join(' and ')}${groups}`);
  }
  const keys = dimensions.map((_, i) => `d${i}`);
  const sums = parts
    .flatMap((part) => [part.id, apartId(part)])
    .map((id) => `cast(coalesce(sum(${id}), 0) as decimal(38, 9)) as ${id}`);
  const groups = keys.length > 0 ? ` group by ${keys.join(', ')}` : '';
  return `select ${[...keys, ...sums].join(', ')} from (${sides.join(' union all ')})${groups}`;
}

/** Where the unattributed part of a sum stands in a row. */
export function apartId(part: Metric): string {
  return `${part.id}_unattributed`;
}

/** Only what the text really names: a query without spend has fewer parameters. */
export function pickBound(bind: Readonly<Record<string, string>>, where: Where): SqlParameters {
  const text = SIDES.flatMap((side) => where[side]).join(' ');
  return Object.fromEntries(Object.entries(bind).filter(([name]) => new RegExp(`\\$${name}\\b`).test(text)));
}
