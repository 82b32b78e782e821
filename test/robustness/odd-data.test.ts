import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runChecks } from '../../pipeline/judge.ts';
import type { Manifest } from '../../pipeline/publish.ts';
import { run } from '../../pipeline/run.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';

// Data that is readable and wrong: loaded, counted once, and named by a check instead of bent into shape.
const ORDERS = `shop_id,source_order_id,system,created_at,currency,total,customer_key,has_analytics_consent
s,early,shop,2026-05-02 10:00:00,EUR,10.00,a@shop.example,true
s,early,shop,2026-05-02 10:00:00,EUR,10.00,a@shop.example,true
s,dollar,shop,2026-05-02 10:00:00,USD,20.00,b@shop.example,true
s,late_touch,shop,2026-05-02 10:00:00,EUR,30.00,c@shop.example,true
s,future,shop,2029-05-02 10:00:00,EUR,40.00,d@shop.example,true
`;
const MONEY = `shop_id,money_event_id,source_order_id,kind,occurred_at,amount,currency
s,m1,early,sale,2026-05-02 10:00:00,10.00,EUR
s,m1,early,sale,2026-05-02 10:00:00,10.00,EUR
s,m2,dollar,sale,2026-05-02 10:00:00,20.00,USD
s,m3,late_touch,sale,2026-05-02 10:00:00,30.00,EUR
s,m4,late_touch,refund,2026-05-05 10:00:00,-99.00,EUR
s,m5,future,sale,2029-05-02 10:00:00,40.00,EUR
`;
const TOUCHES = `touch_id,touched_at,kind,visitor_key,utm_source_raw,utm_medium_raw,utm_campaign_raw,has_analytics_consent
t1,2026-05-01 10:00:00,click,a@shop.example,instagram,social,nobody_knows_it,true
t2,2026-05-03 10:00:00,click,c@shop.example,instagram,social,,true
`;

describe('readable data that cannot be right', () => {
  let workspace: TestWorkspace;
  let manifest: Manifest;
  const duplicates: number[] = [];
  beforeAll(async () => {
    workspace = await testWorkspace('workspace: acme\nreporting: { time_zone: UTC, currency: EUR }\n');
    for (const text of [ORDERS, MONEY, TOUCHES]) duplicates.push((await workspace.ingestText(text)).duplicate);
    manifest = (await run(workspace, { now: new Date('2026-07-01T00:00:00Z') })).manifest;
  });
  afterAll(() => workspace.close());

  const broken = (check: string): Record<string, unknown>[] => {
    const found = manifest.checks.find((result) => result.check === check);
    expect(found, check).toBeDefined();
    return found!.examples;
  };

  it('an order and its sale that stand twice in a file count once, and the receipt says so', async () => {
    expect(duplicates).toEqual([1, 1, 0]);
    const [row] = await workspace.warehouse.rows(
      `select sum(revenue_minor) as minor from staging.revenue_event where conversion_id = 's:early'`,
    );
    expect(Number(row.minor)).toBe(1000);
  });

  it('an order in a currency without a rate is set aside, never counted at 1.0', async () => {
    expect(broken('unpriced_orders')).toMatchObject([{ currency: 'USD', orders: '1' }]);
    const rows = await workspace.warehouse.rows(
      'select distinct conversion_id from staging.revenue_event order by conversion_id',
    );
    expect(rows.map((row) => row.conversion_id)).toEqual(['s:early', 's:future', 's:late_touch']);
  });

  it('an order before its touch earns that touch nothing', async () => {
    const steps = await workspace.warehouse.rows(
      'select conversion_id, touch_id from journey.step where touch_id is not null order by conversion_id',
    );
    expect(steps.map((step) => step.conversion_id)).not.toContain('s:late_touch');
    expect(broken('touch_before_conversion')).toEqual([]);
  });

  it('a refund larger than its order is counted in the run, and named in the warehouse alone', async () => {
    expect(manifest.checks.find((result) => result.check === 'refund_within_order')).toMatchObject({ broken: 1 });
    expect(broken('refund_within_order')).toEqual([]);
    expect(JSON.stringify(manifest)).not.toContain('late_touch');
    const checks = await runChecks(workspace.warehouse, workspace.config);
    expect(checks.find((result) => result.check === 'refund_within_order')!.examples).toMatchObject([
      { source_order_id: 'late_touch' },
    ]);
  });

  it('a campaign that nobody defined is listed, not guessed', () => {
    expect(broken('unmapped_campaigns')).toMatchObject([{ campaign: 'nobody_knows_it', touches: '1' }]);
  });

  it('an order of the future is a clock that is wrong', () => {
    expect(broken('clock_skew').length).toBe(1);
  });

  it('and the totals still add up', () => {
    for (const check of manifest.checks.filter((result) => result.severity === 'error')) {
      expect(check.broken, check.check).toBe(0);
    }
  });
});
