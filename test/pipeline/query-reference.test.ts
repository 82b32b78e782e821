import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../models/numeric/random.ts';
import type { Filter } from '../../pipeline/filter.ts';
import { runQuery } from '../../pipeline/query.ts';
import { openResults, type Results } from '../../pipeline/results.ts';
import { publishedCell } from '../../pipeline/table.ts';
import { type CreditRow, type PublishedFolder, publishedFolder, type SpendRow } from './published.ts';

const CHANNELS = ['(unattributed)', 'Organic Social', 'Paid Social', 'Paid Search'];
const CAMPAIGNS = ['(none)', 'spring', 'lena'];
const DAYS = Array.from({ length: 40 }, (_, i) => new Date(Date.UTC(2026, 2, 10 + i)).toISOString().slice(0, 10));

const draw = random(11, 'query');
const pick = <T>(values: readonly T[]): T => values[draw.integer(values.length)];
const cents = (n: number) => (n / 100).toFixed(2);
const CREDIT = Array.from({ length: 80 }, (): CreditRow => {
  const hasRefund = draw.uniform() < 0.3;
  return [
    pick(DAYS),
    pick(CHANNELS),
    pick(CAMPAIGNS),
    pick(['new', 'returning'] as const),
    String(draw.integer(5) / 4),
    cents(draw.integer(9999)),
    ...((hasRefund ? [`-${cents(draw.integer(500) + 1)}`, pick(DAYS)] : []) as [string?, string?]),
  ];
});
const SPEND = Array.from(
  { length: 25 },
  (): SpendRow => [
    pick(DAYS),
    'meta',
    pick(CHANNELS.slice(2)),
    pick(['(untagged)', 'spring', 'lena']),
    cents(draw.integer(5000)),
    draw.integer(1000),
    draw.integer(50),
  ],
);

let folder: PublishedFolder;
let results: Results;
beforeAll(async () => {
  folder = publishedFolder();
  await folder.publish('run_random', CREDIT, SPEND);
  results = await openResults(folder.paths);
});
afterAll(() => {
  results?.close();
  folder?.remove();
});

interface Fact {
  day: string;
  channel: string;
  campaign: string;
  customer_type?: string;
  /** in cents; credit in quarters */
  sums: Record<string, number>;
}

/** The same rows as plain facts, one for each sale, refund and spend. */
function facts(basis: string): Fact[] {
  const sales = CREDIT.flatMap(([day, channel, campaign, customer_type, orders, gross, refund, refundDay]): Fact[] => {
    const about = { channel, campaign, customer_type };
    const back = Math.round(Number(refund ?? 0) * 100);
    return [
      { day, ...about, sums: { conversions: Number(orders) * 4, revenue_gross: Math.round(Number(gross) * 100) } },
      { day: basis === 'order_date' ? day : (refundDay ?? day), ...about, sums: { refunds: back } },
    ];
  });
  const spend = SPEND.map(
    ([day, , channel, campaign, amount, impressions, clicks]): Fact => ({
      day,
      channel,
      campaign: campaign === '(untagged)' ? '(none)' : campaign,
      sums: { spend: Math.round(Number(amount) * 100), impressions, clicks },
    }),
  );
  return [...sales, ...spend];
}

function bucket(fact: Fact, dimension: string): string {
  const day = new Date(`${fact.day}T00:00:00Z`);
  if (dimension === 'time:week')
    return new Date(day.getTime() - ((day.getUTCDay() + 6) % 7) * 86_400_000).toISOString().slice(0, 10);
  if (dimension === 'time:month') return `${fact.day.slice(0, 7)}-01`;
  return dimension === 'time:day' ? fact.day : fact[dimension as 'channel' | 'campaign'];
}

function passes(fact: Fact, filter: Filter): boolean {
  const [operator] = filter;
  if (operator === 'and') return (filter[1] as Filter[]).every((one) => passes(fact, one));
  if (operator === 'or') return (filter[1] as Filter[]).some((one) => passes(fact, one));
  if (operator === 'not') return !passes(fact, filter[1] as Filter);
  const [, dimension, values] = filter as [string, string, string[]];
  const value = bucket(fact, dimension);
  const has = values.some((one) => value.toLowerCase().includes(one.toLowerCase()));
  return {
    is: values.includes(value),
    is_not: !values.includes(value),
    contains: has,
    contains_not: !has,
    gt: value > values[0],
    gte: value >= values[0],
    lt: value < values[0],
    lte: value <= values[0],
  }[operator as string]!;
}

const clause = fc.oneof(
  fc.tuple(fc.constantFrom('is', 'is_not'), fc.constant('channel'), fc.subarray(CHANNELS, { minLength: 1 })),
  fc.tuple(fc.constantFrom('is', 'is_not'), fc.constant('campaign'), fc.subarray(CAMPAIGNS, { minLength: 1 })),
  fc.tuple(
    fc.constantFrom('contains', 'contains_not'),
    fc.constantFrom('channel', 'campaign'),
    fc.subarray(['paid', 'SOCIAL', 'r', '(', '%'], { minLength: 1 }),
  ),
  fc.tuple(
    fc.constantFrom('gt', 'gte', 'lt', 'lte'),
    fc.constantFrom('time:day', 'time:week', 'time:month'),
    fc.constantFrom(...DAYS).map((day) => [day]),
  ),
);
const filters = fc.option(
  fc.letrec((tie) => ({
    filter: fc.oneof(
      { maxDepth: 2 },
      clause,
      fc.tuple(fc.constantFrom('and', 'or'), fc.array(tie('filter'), { minLength: 1, maxLength: 3 })),
      fc.tuple(fc.constant('not'), tie('filter')),
    ),
  })).filter as fc.Arbitrary<Filter>,
  { nil: undefined },
);
const query = fc.record({
  metrics: fc.subarray(['conversions', 'revenue_gross', 'refunds', 'spend', 'impressions', 'clicks'], { minLength: 1 }),
  dimensions: fc
    .tuple(fc.subarray(['channel', 'campaign']), fc.constantFrom([], ['time:day'], ['time:week'], ['time:month']))
    .map((parts) => parts.flat()),
  basis: fc.constantFrom('order_date', 'event_date'),
  range: fc.option(fc.tuple(fc.constantFrom(...DAYS), fc.constantFrom(...DAYS)), { nil: undefined }),
  filters,
});

const SCALE: Record<string, number> = { conversions: 4, impressions: 1, clicks: 1 };

describe('a random query', () => {
  it('gives what adding up by hand gives, and rows that add up to the totals', async () => {
    await fc.assert(
      fc.asyncProperty(query, async ({ metrics, dimensions, basis, range, filters }) => {
        const date_range = range === undefined ? undefined : ([...range].sort() as [string, string]);
        const answer = await runQuery(results, {
          metrics,
          dimensions,
          basis,
          ...(date_range ? { date_range } : {}),
          ...(filters ? { filters } : {}),
        });
        const inRange = (fact: Fact) => !date_range || (fact.day >= date_range[0] && fact.day <= date_range[1]);
        const wanted = new Map<string, number[]>();
        for (const fact of facts(basis)) {
          if (!inRange(fact)) continue;
          // a filter on attribution looks at the day of the fact; so does one on spend
          if (filters && !passes(fact, filters)) continue;
          if (!metrics.some((metric) => metric in fact.sums) && !isCreditOf(fact, metrics)) continue;
          const key = dimensions.map((dimension) => bucket(fact, dimension)).join('|');
          const sums = wanted.get(key) ?? metrics.map(() => 0);
          wanted.set(
            key,
            sums.map((sum, i) => sum + (fact.sums[metrics[i]] ?? 0)),
          );
        }
        if (dimensions.length === 0 && wanted.size === 0)
          wanted.set(
            '',
            metrics.map(() => 0),
          );
        const cell = (row: readonly (string | null)[], i: number) =>
          Math.round(
            Number(publishedCell(row[dimensions.length + i], answer.columns[dimensions.length + i])) *
              (SCALE[metrics[i]] ?? 100),
          );
        const got = new Map(
          answer.rows.map((row) => [row.slice(0, dimensions.length).join('|'), metrics.map((_, i) => cell(row, i))]),
        );
        expect(Object.fromEntries([...got].sort())).toEqual(Object.fromEntries([...wanted].sort()));
        metrics.forEach((_, i) => {
          const apart = facts(basis).filter(
            (fact) => fact.channel === '(unattributed)' && inRange(fact) && (!filters || passes(fact, filters)),
          );
          expect(cell(answer.unattributed!, i)).toBe(
            apart.reduce((sum, fact) => sum + (fact.sums[metrics[i]] ?? 0), 0),
          );
          expect(cell(answer.totals!, i)).toBe(answer.rows.reduce((sum, row) => sum + cell(row, i), 0));
        });
      }),
      { seed: 1, numRuns: 120 },
    );
  });
});

/** Rows of credit are one whole: asked for one of its measures, a day with only another still stands, at 0. */
function isCreditOf(fact: Fact, metrics: readonly string[]): boolean {
  return (
    fact.customer_type !== undefined &&
    !(fact.sums.refunds === 0) &&
    metrics.some((metric) => ['conversions', 'revenue_gross', 'refunds'].includes(metric))
  );
}
