import { runQuery } from '../query.ts';
import type { Results } from '../results.ts';
import type { Table } from '../table.ts';

export interface Period {
  from: string;
  to: string;
}

export interface CreditChoice extends Period {
  model: string;
  basis: 'order_date' | 'event_date';
}

/** Sums of a period, by the id of the metric; null where there is nothing to divide by. */
export type Totals = Readonly<Record<string, string | null>>;

const TILE_METRICS = [
  'revenue_net',
  'refunds',
  'conversions',
  'new_conversions',
  'new_revenue_net',
  'spend',
  'roas',
  'nroas',
  'acos',
  'cac_blended',
  'aov',
];

/** What the period was, in one row; `attributed` leaves out what no touch could be credited with. */
export async function readTotals(results: Results, choice: CreditChoice): Promise<{ all: Totals; attributed: Totals }> {
  const ask = async (unattributed: boolean): Promise<Totals> => {
    const answer = await runQuery(results, {
      metrics: TILE_METRICS,
      date_range: [choice.from, choice.to],
      model: choice.model,
      basis: choice.basis,
      include: { unattributed },
    });
    return Object.fromEntries(answer.columns.map((column, i) => [column.id, answer.totals?.[i] ?? null]));
  };
  return { all: await ask(true), attributed: await ask(false) };
}

/** Revenue, orders and spend by day, over the whole of the period. */
export function readDays(results: Results, choice: CreditChoice): Promise<Table> {
  return runQuery(results, {
    metrics: ['revenue_net', 'conversions', 'spend'],
    dimensions: [daysBetween(choice) > 400 ? 'time:week' : 'time:day'],
    date_range: [choice.from, choice.to],
    model: choice.model,
    basis: choice.basis,
    page: { limit: 1_000 },
  });
}

/** Credited revenue by week and channel. */
export function readWeeks(results: Results, choice: CreditChoice): Promise<Table> {
  return runQuery(results, {
    metrics: ['revenue_net', 'conversions'],
    dimensions: ['time:week', 'channel'],
    date_range: [choice.from, choice.to],
    model: choice.model,
    basis: choice.basis,
    page: { limit: 10_000 },
  });
}

/** Channels or campaigns with new and returning customers apart. */
export function readBreakdown(results: Results, choice: CreditChoice, by: 'channel' | 'campaign'): Promise<Table> {
  return runQuery(results, {
    metrics: [
      'conversions',
      'new_conversions',
      'revenue_net',
      'new_revenue_net',
      'spend',
      'roas',
      'nroas',
      'cpa',
      'cac_blended',
    ],
    dimensions: [by],
    date_range: [choice.from, choice.to],
    model: choice.model,
    basis: choice.basis,
    order_by: [['revenue_net', 'desc']],
    page: { limit: 1_000 },
  });
}

/** The period of the same length just before, when the run covers all of it. */
export function periodBefore(period: Period, first: string | null): Period | undefined {
  const length = daysBetween(period) + 1;
  const to = addDays(period.from, -1);
  const from = addDays(period.from, -length);
  return first === null || from < first ? undefined : { from, to };
}

export function daysBetween({ from, to }: Period): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}
