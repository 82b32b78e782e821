import type { Side } from './filter.ts';
import type { Dimension, Metric } from './metrics.ts';
import type { ParsedQuery } from './query-schema.ts';
import type { Results } from './results.ts';

/** Published tables of the same numbers, from the smallest to the one that knows everything. */
const TABLES: Readonly<Record<Side, readonly PublishedTable[]>> = {
  attribution: [
    { name: 'attribution_day', knows: ['channel', 'customer_type', 'time:day', 'time:week', 'time:month'] },
    { name: 'attribution', knows: 'all' },
  ],
  spend: [
    { name: 'spend_day', knows: ['channel', 'time:day', 'time:week', 'time:month'] },
    { name: 'spend', knows: 'all' },
  ],
  margin: [{ name: 'margin', knows: 'all' }],
};

interface PublishedTable {
  name: string;
  /** dimensions that its rows tell apart */
  knows: readonly string[] | 'all';
}

/**
 * The smallest published table of each side that tells apart all that a query groups and filters by. A run that was published before
 * there were small ones has the large ones only.
 */
export function chooseTables(
  query: ParsedQuery,
  dimensions: readonly Dimension[],
  parts: readonly Metric[],
  results: Results,
): Record<Side, string> {
  const published = new Set(results.manifest.files.map((file) => file.name.replace(/\.parquet$/, '')));
  const asked = new Set(dimensions.map((dimension) => dimension.id));
  collect(query.filters, asked);
  if (query.customer !== 'all' || parts.some((part) => part.sql?.includes('customer_type'))) asked.add('customer_type');
  const pick = (side: Side): string => {
    // spend has no customers: nothing of it is told apart by them
    const needed = [...asked].filter((id) => side === 'attribution' || id !== 'customer_type');
    const found = TABLES[side].find(
      ({ name, knows }) => published.has(name) && (knows === 'all' || needed.every((id) => knows.includes(id))),
    );
    return found?.name ?? side;
  };
  return { attribution: pick('attribution'), spend: pick('spend'), margin: pick('margin') };
}

/** Dimensions that a filter speaks of. */
export function collect(filter: unknown, into: Set<string>): void {
  if (!Array.isArray(filter)) return;
  const [operator, second] = filter;
  if (operator === 'and' || operator === 'or') for (const inner of second as unknown[]) collect(inner, into);
  else if (operator === 'not') collect(second, into);
  else into.add(second as string);
}
