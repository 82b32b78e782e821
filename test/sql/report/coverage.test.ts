import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestWorkspace, testWorkspace } from '../../helpers.ts';
import { ingestRows, MARKET_CONFIG, marketRows } from '../../pipeline/market.ts';
import { buildUnder, ingestPlain, order } from '../plain.ts';

interface Measure {
  count: number;
  share: number | null;
  revenue: number | null;
}

describe('coverage', () => {
  let workspace: TestWorkspace;
  const measures = new Map<string, Measure>();
  beforeAll(async () => {
    workspace = await testWorkspace(MARKET_CONFIG);
    await ingestRows(workspace, marketRows(9, 40), 'a');
    await ingestPlain(workspace, order('unpriced', '2026-01-20T00:00:00Z', '10.00', { currency: 'CHF' }));
    await ingestPlain(workspace, order('test', '2026-01-20T00:00:00Z', '10.00', { is_test: 'true' }));
    await ingestPlain(workspace, { orders: order('unpaid', '2026-01-20T00:00:00Z', '10.00').orders });
    await buildUnder(workspace, MARKET_CONFIG);
    const rows = await workspace.warehouse.rows<Record<string, string | null>>(
      'select * from report.coverage order by position',
    );
    for (const row of rows) {
      const number = (text: string | null): number | null => (text === null ? null : Number(text));
      measures.set(row.measure!, {
        count: Number(row.count),
        share: number(row.share),
        revenue: number(row.revenue_gross),
      });
    }
  });
  afterAll(() => workspace.close());

  const WAYS = [
    'matched by person',
    'matched by the order itself',
    'matched by campaign window',
    'seen, but only by direct or unknown visits',
    'followed to no touch',
  ];

  it('puts every conversion and every cent in exactly one of its ways', () => {
    const all = measures.get('conversions')!;
    const ways = WAYS.map((way) => measures.get(way)!);
    expect(ways.reduce((sum, way) => sum + way.count, 0)).toBe(all.count);
    expect(ways.reduce((sum, way) => sum + Math.round((way.revenue ?? 0) * 100), 0)).toBe(
      Math.round(all.revenue! * 100),
    );
    for (const way of ways.slice(0, 3)) expect(way.count).toBeGreaterThan(0);
    for (const { count, share } of ways) expect(share).toBeCloseTo(count / all.count, 4);
  });

  it('counts the orders that are no conversions, so that orders loaded are orders told of', async () => {
    const left = measures.get('orders that do not count: tests, or no money taken')!.count;
    expect(left).toBe(
      await workspace.warehouse.count(`
        select count(*) from staging.orders as orders
        where orders.is_test or not exists (
          select 1 from staging.money_event as event
          where event.shop_id = orders.shop_id and event.source_order_id = orders.source_order_id and event.kind = 'sale')`),
    );
    expect(left).toBeGreaterThanOrEqual(2);
    const unpriced = measures.get('set aside: no exchange rate for the day')!.count;
    const others = await workspace.warehouse.count(`select count(*) from staging.conversion where kind <> 'order'`);
    expect(measures.get('conversions')!.count + unpriced + left - others).toBe(
      await workspace.warehouse.count('select count(*) from staging.orders'),
    );
  });

  it('agrees with the credited and the unattributed rows of the report', async () => {
    const rows = await workspace.warehouse.rows<{ matched_by: string; conversions: string }>(`
      select matched_by, cast(sum(conversions) as integer) as conversions from report.attribution
      where model = 'linear' and basis = 'order_date' group by matched_by`);
    const by = Object.fromEntries(rows.map((row) => [row.matched_by, Number(row.conversions)]));
    expect(by.none).toBe(measures.get('followed to no touch')!.count);
    expect(by.campaign_window).toBe(measures.get('matched by campaign window')!.count);
    expect(by.person + by.order_borne).toBe(
      measures.get('matched by person')!.count +
        measures.get('matched by the order itself')!.count +
        measures.get('seen, but only by direct or unknown visits')!.count,
    );
  });

  it('names what was set aside for lack of a rate, which counts nowhere else', async () => {
    expect(measures.get('set aside: no exchange rate for the day')!.count).toBeGreaterThanOrEqual(1);
    const conversions = await workspace.warehouse.count('select count(*) from staging.conversion');
    expect(measures.get('conversions')!.count + measures.get('set aside: no exchange rate for the day')!.count).toBe(
      conversions,
    );
  });

  it('says how many touches could be used, and why the others not', () => {
    const touches = measures.get('touches')!.count;
    expect(measures.get('touches usable in journeys')!.count).toBeLessThan(touches);
    expect(measures.get('touches without consent to link persons')!.count).toBeGreaterThan(0);
  });
});
