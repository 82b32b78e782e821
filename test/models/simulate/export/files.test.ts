import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { GRANTED, SILENT } from '../../../../models/simulate/demand.ts';
import { configurationOf } from '../../../../models/simulate/export/configuration.ts';
import { marketFiles } from '../../../../models/simulate/export/files.ts';
import { ledgerOf } from '../../../../models/simulate/export/finance.ts';
import { simulateMarket } from '../../../../models/simulate/market.ts';

const market = simulateMarket({ seed: 31, persons: 2500, days: 75, boycott: 0.4, postingBlockDays: 7 });
const files = new Map(marketFiles(market).map(({ path, content }) => [path, content]));
const text = (path: string): string => files.get(path) ?? expect.fail(`${path} is missing`);
const rows = (path: string): Record<string, string>[] => parse(text(path), { columns: true, bom: true });
const json = (path: string): Record<string, never>[] =>
  text(path)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const number = (cell: string): number => Number(cell.replaceAll(',', ''));
const total = (list: readonly Record<string, string>[], column: string): number =>
  list.reduce((sum, row) => sum + number(row[column]), 0);
const { truth, context } = market;

describe('Shopify exports', () => {
  const orderRows = [...rows('exports/shopify_orders_export.csv'), ...rows('exports/shopify_us_orders_export.csv')];
  const heads = orderRows.filter((row) => row.Id !== '');

  it('hold every order once and a row for each of its lines', () => {
    expect(heads).toHaveLength(market.orders.length);
    expect(new Set(heads.map((row) => row.Id)).size).toBe(market.orders.length);
    expect(orderRows).toHaveLength(market.orders.reduce((sum, { basket }) => sum + basket.lines.length, 0));
  });

  it('add up to the market in each currency', () => {
    for (const currency of ['EUR', 'USD']) {
      const kept = heads.filter((row) => row.Currency === currency);
      const sold = market.orders.filter(({ basket }) => basket.currency === currency);
      expect(Math.round(100 * total(kept, 'Total'))).toBe(sold.reduce((sum, { basket }) => sum + basket.total, 0));
      expect(Math.round(100 * total(kept, 'Refunded Amount'))).toBe(
        sold.reduce((sum, { basket }) => sum + basket.refund, 0),
      );
    }
    expect(heads.some((row) => row.Currency === 'USD')).toBe(true);
    expect(heads.filter((row) => row['Cancelled at'] !== '').every((row) => row['Financial Status'] === 'voided')).toBe(
      true,
    );
  });

  it('give every refund its date in the JSON, under the same order id, and never more than the order', () => {
    const orders = [...json('exports/shopify_orders.ndjson'), ...json('exports/shopify_us_orders.ndjson')] as never as {
      id: number;
      total_price: string;
      created_at: string;
      refunds: { created_at: string; transactions: { amount: string }[] }[];
    }[];
    const byId = new Map(heads.map((row) => [row.Id, row]));
    for (const order of orders) {
      const row = byId.get(String(order.id));
      expect(row?.Total).toBe(order.total_price);
      for (const refund of order.refunds) {
        expect(refund.transactions[0].amount).toBe(row?.['Refunded Amount']);
        expect(Number(refund.transactions[0].amount)).toBeLessThanOrEqual(Number(order.total_price));
        expect(Date.parse(refund.created_at)).toBeGreaterThan(Date.parse(order.created_at));
      }
    }
    expect(orders.filter((order) => order.refunds.length > 0)).toHaveLength(
      heads.filter((row) => Number(row['Refunded Amount']) > 0).length,
    );
  });

  it('carry tags in note attributes only for people who consented', () => {
    const noted = heads.filter((row) => row['Note Attributes'] !== '');
    expect(noted.length).toBeGreaterThan(5);
    const byId = new Map(market.orders.map((order) => [order.id, order]));
    for (const row of noted) {
      expect(row['Note Attributes']).toMatch(/^utm_source: \w+\nutm_medium: \w+/);
      expect(context.population.consent[byId.get(row.Id)?.person ?? -1]).toBe(GRANTED);
    }
  });
});

describe('Segment batches', () => {
  type Message = {
    type: string;
    messageId: string;
    anonymousId: string;
    userId?: string;
    timestamp: string;
    traits?: { email: string };
    properties?: { order_id?: string; url?: string };
    context: { consent: { categoryPreferences: { Analytics: boolean } } };
  };
  type Batch = { batch: Message[]; sentAt: string };
  const onTime = json('exports/segment_batches.ndjson') as never as Batch[];
  const late = json('exports/segment_batches_late.ndjson') as never as Batch[];
  const first = onTime.flatMap(({ batch }) => batch);
  const second = late.flatMap(({ batch }) => batch);

  it('hold every recorded visit once when repeats are dropped', () => {
    const pages = new Set(
      [...first, ...second].filter(({ type }) => type === 'page').map(({ messageId }) => messageId),
    );
    const recorded = market.visits.filter((visit) => context.population.consent[visit.person] !== SILENT).length;
    // besides, a crawler comes by every other day
    expect(pages.size).toBe(recorded + Math.ceil(75 / 2));
    const known = new Set(first.map(({ messageId }) => messageId));
    const repeated = second.filter(({ messageId }) => known.has(messageId)).length;
    expect(repeated).toBeGreaterThan(0);
    expect(repeated).toBeLessThan(second.length);
  });

  it('send the late file after the window and everything else before', () => {
    const end = context.dayStarts[74] + 86400000;
    for (const { sentAt } of late) expect(Date.parse(sentAt)).toBeGreaterThan(end);
    for (const { batch, sentAt } of onTime) {
      for (const { timestamp } of batch) expect(Date.parse(timestamp)).toBeLessThanOrEqual(Date.parse(sentAt));
    }
  });

  it('tell apart who may be followed', () => {
    const denied = [...first, ...second].filter(({ context: { consent } }) => !consent.categoryPreferences.Analytics);
    expect(denied.length).toBeGreaterThan(20);
    // an id that lasts for one visit, no click ids, and nobody identified
    expect(new Set(denied.map(({ anonymousId }) => anonymousId)).size).toBe(
      new Set(denied.map(({ messageId }) => messageId)).size,
    );
    for (const { properties, type } of denied) {
      expect(type).toBe('page');
      expect(properties?.url).not.toMatch(/gclid|fbclid|ttclid|li_fat_id|igshid/);
    }
  });

  it('link a visitor to the e-mail address of the order', () => {
    const emails = new Map(
      [...rows('exports/shopify_orders_export.csv'), ...rows('exports/shopify_us_orders_export.csv')]
        .filter((row) => row.Id !== '')
        .map((row) => [row.Id, row.Email]),
    );
    const visitors = new Map(
      first.filter(({ type }) => type === 'identify').map((call) => [call.userId, call.traits?.email]),
    );
    const sales = first.filter(({ type }) => type === 'track');
    expect(sales.length).toBeGreaterThan(0.5 * market.orders.length);
    for (const sale of sales) {
      expect(visitors.get(sale.userId)?.toLowerCase()).toBe(emails.get(sale.properties?.order_id ?? ''));
    }
  });
});

describe('ad exports', () => {
  it('add up to what the market spent', () => {
    const usd = context.euroPerDollar;
    const manager = rows('exports/meta_ads_manager_us.csv').filter(
      (row) => row['Campaign name'] !== 'Total' && row.Age === '',
    );
    const first = Date.parse(truth.first_date) / 86400000;
    const euros =
      total(rows('exports/meta_ads.csv'), 'spend') +
      total(rows('exports/tiktok_ads.csv'), 'SPEND') +
      total(rows('exports/google_ads.csv'), 'cost_micros') / 1e6 +
      total(rows('exports/linkedin_ads.csv'), 'cost_in_local_currency') +
      manager.reduce(
        (sum, row) => sum + number(row['Amount spent (USD)']) * usd[Date.parse(row.Day) / 86400000 - first],
        0,
      );
    expect(euros).toBeCloseTo(truth.spend, 1);
  });

  it('end the Ads Manager report with a Total of its daily rows', () => {
    const all = rows('exports/meta_ads_manager_us.csv');
    const last = all[all.length - 1];
    const daily = all.filter((row) => row['Campaign name'] !== 'Total' && row.Age === '');
    expect(last['Campaign name']).toBe('Total');
    expect(number(last['Amount spent (USD)'])).toBeCloseTo(total(daily, 'Amount spent (USD)'), 6);
    expect(all.filter((row) => row.Age !== '')).toHaveLength(1);
  });

  it('restate TikTok: an earlier sync is never above the later one', () => {
    const later = new Map(rows('exports/tiktok_ads.csv').map((row) => [`${row.AD_ID} ${row.STAT_TIME_HOUR}`, row]));
    const earlier = rows('exports/tiktok_ads_earlier_sync.csv');
    expect(
      earlier.some((row) => number(row.SPEND) < number(later.get(`${row.AD_ID} ${row.STAT_TIME_HOUR}`)?.SPEND ?? '')),
    ).toBe(true);
    for (const row of earlier) {
      const held = later.get(`${row.AD_ID} ${row.STAT_TIME_HOUR}`);
      expect(row._FIVETRAN_SYNCED < (held?._FIVETRAN_SYNCED ?? '')).toBe(true);
    }
  });

  it('claim more conversions than the ads caused', () => {
    const claimed = market.spend.reduce((sum, row) => sum + row.conversions, 0);
    const caused = truth.totals.find(({ id }) => id === 'paid')?.incremental_orders ?? 0;
    expect(claimed).toBeGreaterThan(caused);
  });
});

describe('organic exports', () => {
  it('add up to what was seen on each platform', () => {
    const views = (platform: string): number =>
      context.plan.items
        .filter((item) => item.kind === 'post' && item.channel === platforms.indexOf(platform))
        .reduce((sum, item) => sum + market.tallies.views[item.index], 0);
    const platforms = ['instagram', 'facebook', 'tiktok', 'youtube', 'linkedin', 'x', 'mastodon'];
    expect(total(rows('exports/instagram_posts.csv'), 'Views')).toBe(views('instagram'));
    expect(total(rows('exports/facebook_posts.csv'), 'Views')).toBe(views('facebook'));
    expect(total(rows('exports/tiktok_content.csv'), 'Total views')).toBe(views('tiktok'));
    expect(total(rows('exports/tiktok_overview.csv'), 'Video Views')).toBe(views('tiktok'));
    expect(total(rows('exports/x_content.csv'), 'Impressions')).toBe(views('x'));
    const [sum, ...videos] = rows('exports/youtube_table_data.csv');
    expect(sum.Content).toBe('Total');
    expect(number(sum.Views)).toBe(views('youtube'));
    expect(total(videos, 'Views')).toBe(views('youtube'));
    const latest = new Map(rows('exports/linkedin_share_statistics.csv').map((row) => [row._share_entity_urn, row]));
    expect([...latest.values()].reduce((count, row) => count + number(row.impression_count), 0)).toBe(
      views('linkedin'),
    );
  });

  it('write the instant of publication into the ids that really hold it', () => {
    const published = context.plan.items
      .filter((item) => item.kind === 'post')
      .map((item) => ({ item, at: context.dayStarts[item.start] + item.second * 1000 }));
    const instants: Record<number, (id: bigint) => number> = {
      2: (id) => Number(id >> 32n) * 1000,
      4: (id) => Number(id >> 22n),
      5: (id) => Number(id >> 22n) + 1288834974657,
      6: (id) => Number(id >> 16n),
    };
    for (const { item, at } of published) {
      const decode = instants[item.channel];
      if (decode) expect(decode(BigInt(item.nativeId))).toBe(at);
    }
    expect(new Set(published.map(({ item }) => item.nativeId)).size).toBe(published.length);
  });

  it('show the boycott where platforms carry it', () => {
    const page = rows('exports/facebook_page_daily.csv');
    expect(page).toHaveLength(75);
    expect(total(page, 'page_actions_post_reactions_anger_total')).toBeGreaterThan(0);
    const notifications = JSON.parse(text('exports/mastodon_notifications.json')) as {
      type: string;
      status?: { content: string };
    }[];
    expect(notifications.some(({ status }) => status?.content?.includes('#boycottnordlys'))).toBe(true);
  });

  it('count favourites in the statuses as often as notifications tell of them', () => {
    const statuses = JSON.parse(text('exports/mastodon_statuses.json')) as {
      favourites_count: number;
      reblogs_count: number;
    }[];
    const notifications = JSON.parse(text('exports/mastodon_notifications.json')) as { type: string }[];
    const count = (type: string): number => notifications.filter((notification) => notification.type === type).length;
    expect(statuses.reduce((sum, status) => sum + status.favourites_count, 0)).toBe(count('favourite'));
    expect(statuses.reduce((sum, status) => sum + status.reblogs_count, 0)).toBe(count('reblog'));
  });
});

describe('finance and studies', () => {
  it('book every order that the ledger did not forget, less refunds', () => {
    const { gaps } = ledgerOf(market);
    const entries = rows('exports/ledger.csv');
    expect(new Set(entries.map((row) => row.entry_id)).size).toBe(entries.length);
    const booked = new Set(entries.filter((row) => row.account === 'goods').map((row) => row.reference));
    expect(booked.size).toBe(truth.orders - gaps.missing);
    const shops = entries.filter((row) => ['goods', 'shipping', 'tax'].includes(row.account));
    const forgotten = market.orders.filter(({ basket, name }) => !basket.isCancelled && !booked.has(name));
    const missing = forgotten.reduce(
      (sum, { basket, day }) => sum + basket.total * (basket.currency === 'USD' ? context.euroPerDollar[day] : 1),
      0,
    );
    // dollars are rounded to cents order by order
    expect(Math.abs(total(shops, 'amount') - (truth.revenue - missing / 100))).toBeLessThan(0.005 * truth.orders);
    expect(entries.filter((row) => row.account === 'wholesale')).toHaveLength(2);
    expect(gaps.bookedLate).toBeGreaterThan(0);
  });

  it('have a rate for every day and a cost for every product and order', () => {
    expect(rows('exports/fx_rates.csv')).toHaveLength(75);
    const costs = rows('exports/costs.csv');
    expect(costs.filter((row) => row.kind === 'cogs')).toHaveLength(8);
    expect(costs.filter((row) => row.kind === 'payment_fee')).toHaveLength(truth.orders);
  });

  it('write assignments before their study, and exposures only of treated units', () => {
    const assigned = rows('exports/assignments.csv');
    for (const study of truth.studies) {
      const own = assigned.filter((row) => row.study === study.id);
      expect(own.length).toBeGreaterThan(10);
      for (const row of own) expect(row.assigned_at.slice(0, 10) < study.start_date).toBe(true);
    }
    expect(new Set(assigned.map((row) => row.unit_kind))).toEqual(new Set(['geo', 'user', 'block']));
    const treated = new Set(assigned.filter((row) => row.arm === 'treated').map((row) => row.unit));
    const exposed = rows('exports/exposures.csv');
    expect(exposed.length).toBeGreaterThan(50);
    for (const row of exposed) expect(treated.has(row.unit)).toBe(true);
  });
});

describe('configuration and truth', () => {
  it('maps every ad and every tag but the mistyped ones', () => {
    const { campaigns, campaign_map } = configurationOf(market);
    const ids = new Set(campaigns.map(({ id }) => id));
    for (const entry of campaign_map) expect(ids.has(entry.campaign)).toBe(true);
    const native = new Set(campaign_map.filter(({ match }) => match === 'platform_id').map(({ value }) => value));
    for (const path of ['meta_ads', 'tiktok_ads'] as const) {
      for (const row of rows(`exports/${path}.csv`)) expect(native.has(row.ad_id ?? row.AD_ID)).toBe(true);
    }
    for (const row of rows('exports/google_ads.csv')) expect(native.has(row.id)).toBe(true);
    for (const row of rows('exports/linkedin_ads.csv')) expect(native.has(row.campaign_id)).toBe(true);
    const tags = new Set(campaign_map.filter(({ match }) => match === 'utm_campaign').map(({ value }) => value));
    const used = [...text('exports/segment_batches.ndjson').matchAll(/utm_campaign=([^&"]*)/g)].map(([, tag]) =>
      tag.toLowerCase(),
    );
    const unknown = new Set(used.filter((tag) => !tags.has(tag) && tag !== 'weekly'));
    for (const tag of unknown) expect(tag).not.toContain('_');
  });

  it('says the same in YAML', () => {
    expect(parseYaml(text('campaigns.yaml'))).toEqual(configurationOf(market));
  });

  it('tells the truth week by week, within the whole', () => {
    const weekly = rows('truth_weekly.csv');
    expect(new Set(weekly.map((row) => row.week)).size).toBe(10);
    for (const channel of truth.channels) {
      const own = weekly.filter((row) => row.kind === 'channel' && row.id === channel.id);
      // the window cuts its first and last week
      const counted = market.worlds.find(({ world }) => world.kind === 'channel' && world.id === channel.id);
      const inWeeks = counted?.missing.ordersByDay.slice(3, 73).reduce((sum, count) => sum + count, 0);
      expect(total(own, 'incremental_orders')).toBe(inWeeks);
      expect(counted?.missing.ordersByDay.reduce((sum, count) => sum + count, 0)).toBe(channel.incremental_orders);
    }
  });

  it('writes the truth it told', () => {
    expect(JSON.parse(text('truth.json'))).toEqual(JSON.parse(JSON.stringify(truth)));
  });
});

describe('panels/mix.yaml', () => {
  it('names the drivers that did something, and no other', () => {
    const quiet = simulateMarket({ seed: 3, persons: 300, days: 40 });
    const made = new Map(marketFiles(quiet).map(({ path, content }) => [path, content]));
    const weekly = (content: string): Record<string, string>[] => parse(content, { columns: true });
    for (const [config, panel] of [
      [made.get('panels/mix.yaml')!, made.get('panels/weekly.csv')!],
      [text('panels/mix.yaml'), text('panels/weekly.csv')],
    ]) {
      const { drivers } = parseYaml(config) as { drivers: { name: string; column: string }[] };
      for (const { name, column } of drivers)
        expect(
          weekly(panel).some((row) => Number(row[column]) > 0),
          name,
        ).toBe(true);
    }
    expect(made.get('panels/mix.yaml')).not.toContain('boycott');
    expect(text('panels/mix.yaml')).toContain('boycott');
  });
});
