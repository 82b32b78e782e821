import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWhole } from '../../pipeline/build.ts';
import { buildIncremental } from '../../pipeline/build-incremental.ts';
import { dailyPanels } from '../../pipeline/panels.ts';
import { parameterNames } from '../../pipeline/warehouse.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { ingestRows, MARKET_CONFIG, marketRows } from '../pipeline/market.ts';
import { ingestPlain, order, type PlainRows, together } from './plain.ts';

const CONFIG = `workspace: panels
reporting: { time_zone: Europe/Paris, currency: EUR }
privacy: { k: 5 }
geo_map:
  - { country: FR, region: IDF, geo: Paris }
  - { country: FR, geo: France }
  - { country: BE, geo: Benelux }
  - { country: NL, geo: Benelux }
campaigns: [{ id: spring }]
`;

type Cell = Record<string, string | null>;

const day = (n: number): string => `2026-03-${String(n).padStart(2, '0')}`;

/** `count` orders of 10 EUR on a day, by people of their own. */
function orders(shop: string, n: number, count: number, place: Record<string, string>): PlainRows {
  return together(
    ...Array.from({ length: count }, (_, i) => {
      const id = `${shop}-${place.country}${place.region ?? ''}-${n}-${i}`;
      const made = order(id, `${day(n)}T09:00:00Z`, '10.00', { ...place, customer_key: `${id}@example.com` });
      const inShop = (rows: Record<string, string>[]): Record<string, string>[] =>
        rows.map((row) => ({ ...row, shop_id: shop }));
      return { orders: inShop(made.orders), money_event: inShop(made.money_event) };
    }),
  );
}

describe('the daily panels', () => {
  let workspace: TestWorkspace;
  const geoDay = async (geo: string, n: number): Promise<Cell> => {
    const rows = await workspace.warehouse.rows<Cell>(
      'select * from panel.geo_day where geo = $geo and day = cast($day as date)',
      {
        geo,
        day: day(n),
      },
    );
    expect(rows).toHaveLength(1);
    return rows[0];
  };
  beforeAll(async () => {
    workspace = await testWorkspace(CONFIG);
    // a busy shop that was not loaded on the 8th, and a quiet one that sells every fourth day
    const busy = [1, 2, 3, 4, 5, 6, 7, 9, 10].flatMap((n) => [
      orders('busy', n, n === 4 ? 0 : 6, { country: 'FR', region: 'IDF' }),
      orders('busy', n, 6, { country: 'FR', region: 'FR-BRE' }),
    ]);
    const quiet = [1, 5, 9].map((n) => orders('quiet', n, 2, { country: n === 5 ? 'NL' : 'BE' }));
    await ingestPlain(
      workspace,
      together(
        ...busy,
        ...quiet,
        orders('busy', 2, 1, { country: 'LU' }),
        orders('busy', 3, 1, { country: 'DE', region: 'BY' }),
        {
          spend_daily: [2, 3, 6].map((n) => ({
            platform: 'meta',
            account_id: 'a',
            level: 'campaign',
            entity_id: 'c1',
            campaign_name: 'spring',
            spend_date: day(n),
            currency: 'EUR',
            spend: '12.50',
            impressions: '100',
            conversion_value_platform: '40',
            observed_at: `${day(9)}T06:00:00Z`,
          })),
          engagement_event: [
            { engagement_id: '1', kind: 'like', polarity: '1', stance: '', n: 2 },
            { engagement_id: '2', kind: 'like', polarity: '1', stance: '', n: 2 },
            { engagement_id: '3', kind: 'reply', polarity: '-1', stance: '', n: 2 },
            { engagement_id: '4', kind: 'mention', polarity: '0', stance: 'negative', n: 5 },
            { engagement_id: '5', kind: 'like', polarity: '1', stance: '', n: 6 },
          ].map(({ n, ...rest }) => ({
            platform: 'mastodon',
            occurred_at: `${day(n)}T23:30:00Z`,
            country: 'FR',
            region: 'IDF',
            ...rest,
          })),
        },
      ),
    );
    await buildWhole(workspace.warehouse, workspace.config);
  }, 60_000);
  afterAll(() => workspace.close());

  it('fold countries and regions into the geos of geo_map, however the region is written', async () => {
    const rows = await workspace.warehouse.rows<Cell>(
      'select country, region, geo from panel.place where country <> $none order by all',
      { none: '' },
    );
    expect(rows).toEqual([
      { country: 'BE', region: '', geo: 'Benelux' },
      { country: 'DE', region: 'BY', geo: '(suppressed)' },
      { country: 'FR', region: 'FR-BRE', geo: 'France' },
      { country: 'FR', region: 'IDF', geo: 'Paris' },
      { country: 'LU', region: '', geo: '(suppressed)' },
      { country: 'NL', region: '', geo: 'Benelux' },
    ]);
  });

  it('have every geo on every day', async () => {
    const [row] = await workspace.warehouse.rows<Cell>(
      'select count(*) as cells, count(distinct geo) as geos, count(distinct day) as days from panel.geo_day',
    );
    expect(Number(row.cells)).toBe(Number(row.geos) * Number(row.days));
    expect(Number(row.days)).toBe(10);
  });

  it('write a zero where a loaded shop sold nothing', async () => {
    expect(await geoDay('Paris', 4)).toMatchObject({ orders: '0', revenue_net: '0.000' });
    expect(await geoDay('Paris', 5)).toMatchObject({ orders: '6', revenue_net: '60.000' });
    // too quiet a shop for a day without an order to mean anything
    expect(await geoDay('Benelux', 3)).toMatchObject({ orders: '0' });
  });

  it('leave a gap where a busy shop was not loaded, in its geos alone', async () => {
    expect(await geoDay('Paris', 8)).toMatchObject({ orders: null, revenue_net: null, new_customers: null });
    expect(await geoDay('Benelux', 8)).toMatchObject({ orders: '0' });
    const [total] = await workspace.warehouse.rows<Cell>(
      'select * from panel.total_day where day = cast($day as date)',
      { day: day(8) },
    );
    expect(total.orders).toBeNull();
  });

  it('leave a gap after the last row of a shop', async () => {
    expect(await geoDay('Benelux', 9)).toMatchObject({ orders: '2' });
    expect(await geoDay('Benelux', 10)).toMatchObject({ orders: null });
    expect(await geoDay('Paris', 10)).toMatchObject({ orders: '6' });
  });

  it('tell negative engagement from positive by its polarity or stance, on the day of the reporting zone', async () => {
    // 23:30 UTC is past midnight in Paris
    expect(await geoDay('Paris', 3)).toMatchObject({ engagements: '2.000000', negative_engagements: '1.000000' });
    expect(await geoDay('Paris', 6)).toMatchObject({ engagements: '0.000000', negative_engagements: '1.000000' });
    expect(await geoDay('France', 3)).toMatchObject({ engagements: '0.000000' });
    // before the first engagement nothing is known of it
    expect(await geoDay('Paris', 1)).toMatchObject({ engagements: null });
  });

  it('take a quiet ad account for a zero up to the day before its newest export, and for a gap from then on', async () => {
    const rows = await workspace.warehouse.rows<Cell>(
      "select cast(day as varchar) as day, spend, claimed_revenue from panel.campaign_day where campaign_id = 'spring' order by day",
    );
    const spend = Object.fromEntries(rows.map((row) => [row.day, row.spend]));
    expect(spend).toMatchObject({
      [day(1)]: '0.000',
      [day(2)]: '12.500',
      [day(4)]: '0.000',
      [day(8)]: '0.000',
      [day(9)]: null,
    });
    expect(rows.find((row) => row.day === day(3))!.claimed_revenue).toBe('40.000000');
    const channels = await workspace.warehouse.rows<Cell>(
      'select distinct channel from panel.channel_day order by channel',
    );
    expect(channels.map(({ channel }) => channel)).toEqual(['Fediverse', 'Paid Social']);
  });
});

describe('the daily panels of a market', () => {
  let workspace: TestWorkspace;
  let panels: Awaited<ReturnType<typeof dailyPanels>>;
  const contents = async (): Promise<Record<string, unknown>> =>
    Object.fromEntries(
      await Promise.all(
        panels.map(
          async ({ name }) => [name, await workspace.warehouse.rows(`select * from ${name} order by all`)] as const,
        ),
      ),
    );
  beforeAll(async () => {
    workspace = await testWorkspace(MARKET_CONFIG);
    panels = await dailyPanels(workspace.warehouse);
    const rows = marketRows(9, 16);
    await ingestRows(
      workspace,
      rows.filter((_, i) => i % 3 !== 0),
      'first',
    );
    await buildIncremental(workspace.warehouse, workspace.config);
    await ingestRows(
      workspace,
      rows.filter((_, i) => i % 3 === 0),
      'second',
    );
  }, 60_000);
  afterAll(() => workspace.close());

  it('are the same built bit by bit or at once', async () => {
    expect((await buildIncremental(workspace.warehouse, workspace.config)).kind).toBe('incremental');
    const incremental = await contents();
    await buildWhole(workspace.warehouse, workspace.config);
    expect(await contents()).toEqual(incremental);
    expect((incremental['panel.geo_day'] as unknown[]).length).toBeGreaterThan(0);
  });

  it('have the keys and the parameters that their headers say', async () => {
    for (const { name, sql } of panels) {
      const key = /^-- key: +(.*)$/m.exec(sql)![1];
      expect(
        await workspace.warehouse.count(
          `select count(*) from (select 1 from ${name} group by ${key} having count(*) > 1)`,
        ),
        name,
      ).toBe(0);
      const named = [...(/^-- params: (.*)$/m.exec(sql)?.[1] ?? '').matchAll(/\$([a-z_]+)/g)].map((match) => match[1]);
      expect(named.sort(), name).toEqual([...parameterNames(sql)].sort());
      expect(sql, name).toMatch(/^-- [A-Z].*\n(?:--.*\n)*-- grain: {2}one row per /);
    }
  });
});
