import { type SimulatedMarket, type SimulatedMarketOptions, simulateMarket } from '../../models/mix/index.ts';
import type { TestWorkspace } from '../helpers.ts';

/** What rows are loaded into. */
type Loads = Pick<TestWorkspace, 'ingestText'>;

/** Orders per geo and week. */
export const ORDERS = 5;

/** Weeks without a row of some stream, by what is left out. */
interface Holes {
  orders?: readonly number[];
  spend?: readonly number[];
}

/**
 * A market with known truth as the exports of a shop, ad platforms and social platforms: `paid1` and so on sell ads, `organic3` and so
 * on have a post a week. Everything of a week falls on its Monday.
 */
export async function ingestMarket(
  workspace: Loads,
  options: SimulatedMarketOptions,
  holes: Holes = {},
): Promise<SimulatedMarket> {
  const market = simulateMarket(options);
  const { units, periods, outcome, covariates } = market.panel;
  const weeks = periods.length;
  const exported = `${dayAfter(periods[weeks - 1], 8)}T06:00:00Z`;
  const country = (g: number): string => (units.length === 1 ? '' : `C${g + 1}`);
  const orders: Record<string, string>[] = [];
  const money: Record<string, string>[] = [];
  units.forEach((_unit, g) => {
    periods.forEach((week, t) => {
      const cents = Math.round(100 * outcome[g * weeks + t]);
      for (let i = 0; i < ORDERS; i++) {
        const id = `${g}-${t}-${i}`;
        const total = (Math.floor(cents / ORDERS) + (i < cents % ORDERS ? 1 : 0)) / 100;
        const base = { shop_id: 'shop', source_order_id: id, currency: 'EUR' };
        const at = `${week}T0${i + 1}:00:00Z`;
        orders.push({ ...base, system: 'plain', created_at: at, total: total.toFixed(2), country: country(g) });
        money.push({ ...base, money_event_id: `${id}:sale`, kind: 'sale', occurred_at: at, amount: total.toFixed(2) });
      }
    });
  });
  const load = async (
    stream: string,
    rows: Record<string, string>[],
    skipped: readonly number[],
    day: string,
  ): Promise<void> => {
    // what lies on both sides of a hole comes in files of its own
    const edges = [...skipped].sort((a, b) => a - b);
    const parts =
      edges.length === 0
        ? [rows]
        : [
            rows.filter((row) => row[day].slice(0, 10) < periods[edges[0]]),
            rows.filter((row) => row[day].slice(0, 10) > periods[edges[edges.length - 1]]),
          ];
    for (const part of parts) await ingestRows(workspace, stream, part, exported);
  };
  await load('orders', orders, holes.orders ?? [], 'created_at');
  await load('money_event', money, holes.orders ?? [], 'occurred_at');
  const spend: Record<string, string>[] = [];
  const posts: Record<string, string>[] = [];
  const metrics: Record<string, string>[] = [];
  for (const { name, kind } of market.drivers) {
    units.forEach((_unit, g) => {
      periods.forEach((week, t) => {
        const value = covariates[name][g * weeks + t];
        if (kind === 'paid' && value > 0)
          spend.push({
            platform: name,
            account_id: 'a',
            level: 'campaign',
            entity_id: `c${g + 1}`,
            campaign_name: name,
            spend_date: week,
            currency: 'EUR',
            spend: value.toFixed(2),
            impressions: (10 * value).toFixed(0),
            country: country(g),
          });
        if (kind !== 'organic' && kind !== 'negative') return;
        const post = { platform: name, post_id: `${name}-${g}-${t}` };
        posts.push({ ...post, published_at: `${week}T00:00:00Z` });
        metrics.push({
          platform: name,
          entity_type: 'post',
          entity_id: post.post_id,
          metric: kind === 'organic' ? 'reactions' : 'negative',
          grain: 'day',
          from_date: week,
          to_date: week,
          value: value.toFixed(6),
          additivity: 'additive',
        });
      });
    });
  }
  await load('spend_daily', spend, holes.spend ?? [], 'spend_date');
  await load('post', posts, [], 'published_at');
  await load('metric_observation', metrics, [], 'from_date');
  return market;
}

/** Ingests rows as one plain CSV; a rejected record fails the test. */
export async function ingestRows(
  workspace: Loads,
  stream: string,
  rows: readonly Record<string, string>[],
  exportedAt: string,
): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.keys(rows[0]);
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
  const text = `${lines.map((line) => line.join(',')).join('\n')}\n`;
  await workspace.ingestText(text, { as: `plain_${stream}`, exportedAt, onError: 'abort' });
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}
