import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../models/errors.ts';
import { tableJson } from '../../pipeline/encode-table.ts';
import { parseQuery, runQuery } from '../../pipeline/query.ts';
import { openResults, type Results } from '../../pipeline/results.ts';
import { type PublishedFolder, publishedFolder } from './published.ts';

let folder: PublishedFolder;
let results: Results;

beforeAll(async () => {
  folder = publishedFolder();
  await folder.publish('run_one');
  results = await openResults(folder.paths);
});
afterAll(() => {
  results?.close();
  folder?.remove();
});

type Json = {
  data: Record<string, unknown>[];
  totals: Record<string, unknown> | null;
  unattributed: Record<string, unknown> | null;
  meta: Record<string, unknown>;
};
const ask = async (query: unknown) => tableJson(await runQuery(results, query as never)) as unknown as Json;

async function refused(query: unknown): Promise<{ code: string; pointers: string[]; message: string }> {
  try {
    await runQuery(results, query as never);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return {
      code: error.code,
      pointers: ((error.details.errors ?? []) as { pointer: string }[]).map((one) => one.pointer),
      message: error.message,
    };
  }
  throw new Error('was not refused');
}

describe('a query', () => {
  it('says no cost per order, per customer or per revenue where nothing was spent, rather than 0.00', async () => {
    const { data } = await ask({
      metrics: ['spend', 'conversions', 'revenue_net', 'new_conversions', 'cpa', 'cac_blended', 'acos'],
      dimensions: ['channel'],
    });
    expect(data.some((row) => row.spend === '0.00')).toBe(true);
    for (const row of data) {
      const isFree = Number(row.spend) === 0;
      expect([row.channel, row.cpa === null]).toEqual([row.channel, isFree || Number(row.conversions) === 0]);
      expect([row.channel, row.acos === null]).toEqual([row.channel, isFree || Number(row.revenue_net) === 0]);
      expect([row.channel, row.cac_blended === null]).toEqual([
        row.channel,
        isFree || Number(row.new_conversions) === 0,
      ]);
    }
    expect(data.some((row) => row.cpa !== null)).toBe(true);
  });

  it('gives by hand: sums, ratios from sums, null where there is nothing to divide by', async () => {
    const { data, totals, unattributed } = await ask({
      metrics: ['conversions', 'revenue_net', 'spend', 'impressions', 'roas'],
      dimensions: ['channel'],
    });
    expect(data).toEqual([
      {
        channel: '(unattributed)',
        conversions: '1.000000000',
        revenue_net: '20.00',
        spend: '0.00',
        impressions: 0,
        roas: null,
      },
      {
        channel: 'Organic Social',
        conversions: '2.500000000',
        revenue_net: '97.77',
        spend: '0.00',
        impressions: 0,
        roas: null,
      },
      {
        channel: 'Paid Search',
        conversions: '0.000000000',
        revenue_net: '0.00',
        spend: '5.00',
        impressions: 500,
        roas: '0.0000',
      },
      {
        channel: 'Paid Social',
        conversions: '0.500000000',
        revenue_net: '33.33',
        spend: '10.00',
        impressions: 1000,
        roas: '3.3330',
      },
    ]);
    // 151.10 / 15.00 = 10.07333...
    expect(totals).toEqual({
      conversions: '4.000000000',
      revenue_net: '151.10',
      spend: '15.00',
      impressions: 1500,
      roas: '10.0733',
    });
    expect(unattributed).toEqual({
      conversions: '1.000000000',
      revenue_net: '20.00',
      spend: '0.00',
      impressions: 0,
      roas: null,
    });
  });

  it('puts a refund with its order, or on its own day', async () => {
    const weeks = async (basis: object) =>
      (await ask({ metrics: ['revenue_net'], dimensions: ['time:week'], ...basis })).data;
    expect(await weeks({})).toEqual([
      { time: '2026-03-30', revenue_net: '143.33' },
      { time: '2026-04-06', revenue_net: '7.77' },
    ]);
    const own = [
      { time: '2026-03-30', revenue_net: '153.33' },
      { time: '2026-04-06', revenue_net: '-2.23' },
    ];
    expect(await weeks({ basis: 'event_date' })).toEqual(own);
    expect(await weeks({ refund_basis: 'refund_date' })).toEqual(own);
  });

  it('takes both ends of a range of days, and groups by day, week and month', async () => {
    const days = await ask({
      metrics: ['revenue_gross', 'spend'],
      dimensions: ['time:day'],
      date_range: ['2026-03-31', '2026-04-05'],
    });
    expect(days.data.map((row) => row.time)).toEqual(['2026-03-31', '2026-04-01', '2026-04-05']);
    expect(days.meta.period).toEqual(['2026-03-31', '2026-04-05']);
    const months = await ask({ metrics: ['revenue_gross'], dimensions: ['time:month'] });
    expect(months.data).toEqual([
      { time: '2026-03-01', revenue_gross: '133.33' },
      { time: '2026-04-01', revenue_gross: '27.77' },
    ]);
  });

  it('filters with every operator', async () => {
    const channels = async (filters: unknown) =>
      (await ask({ metrics: ['revenue_net', 'spend'], dimensions: ['channel'], filters })).data.map(
        (row) => row.channel,
      );
    expect(await channels(['is', 'channel', ['Paid Social', 'Paid Search']])).toEqual(['Paid Search', 'Paid Social']);
    expect(await channels(['is_not', 'channel', ['Paid Social', 'Paid Search']])).toEqual([
      '(unattributed)',
      'Organic Social',
    ]);
    expect(await channels(['contains', 'channel', ['social']])).toEqual(['Organic Social', 'Paid Social']);
    expect(await channels(['contains_not', 'channel', ['SOCIAL', 'search']])).toEqual(['(unattributed)']);
    expect(
      await channels([
        'not',
        [
          'or',
          [
            ['is', 'campaign', ['spring']],
            ['is', 'channel', ['(unattributed)']],
          ],
        ],
      ]),
    ).toEqual(['Organic Social', 'Paid Search']);
    expect(
      await channels([
        'and',
        [
          ['contains', 'channel', ['social']],
          ['gte', 'time:day', ['2026-04-02']],
        ],
      ]),
    ).toEqual(['Organic Social']);
    expect(await channels(['between', 'time:day', ['2026-04-01', '2026-04-05']])).toEqual([
      '(unattributed)',
      'Paid Search',
    ]);
    expect(await channels(['lt', 'time:day', ['2026-03-31']])).toEqual(['Organic Social', 'Paid Social']);
    expect(await channels(['gt', 'time:week', ['2026-03-30']])).toEqual(['Organic Social']);
    expect(await channels(['lte', 'time:month', ['2026-03-01']])).toEqual(['Organic Social', 'Paid Social']);
  });

  it('keeps the unattributed in step with its filters, and leaves it out when asked', async () => {
    const filtered = await ask({
      metrics: ['revenue_net'],
      dimensions: ['channel'],
      date_range: ['2026-04-02', '2026-04-30'],
    });
    expect(filtered.unattributed).toEqual({ revenue_net: '0.00' });
    const without = await ask({
      metrics: ['revenue_net'],
      dimensions: ['channel'],
      include: { unattributed: false, totals: false },
    });
    expect([without.totals, without.unattributed, without.data.length]).toEqual([null, null, 2]);
  });

  it('splits new from returning customers', async () => {
    expect((await ask({ metrics: ['revenue_net'], customer: 'new' })).data).toEqual([{ revenue_net: '110.00' }]);
    expect((await ask({ metrics: ['revenue_net'], customer: 'returning' })).data).toEqual([{ revenue_net: '41.10' }]);
  });

  it('orders by what was asked, ties by the rest, and cuts without hiding it', async () => {
    const query = { metrics: ['revenue_net', 'spend'], dimensions: ['channel'], order_by: [['spend', 'desc']] };
    const all = (await ask(query)).data.map((row) => row.channel);
    expect(all).toEqual(['Paid Social', 'Paid Search', '(unattributed)', 'Organic Social']);
    const cut = await ask({ ...query, page: { limit: 3, offset: 1 } });
    expect(cut.data.map((row) => row.channel)).toEqual(all.slice(1));
    expect([cut.meta.total_rows, cut.meta.truncated]).toEqual([4, false]);
    expect((await ask({ ...query, page: { limit: 2 } })).meta.truncated).toBe(true);
  });

  it('says how old the data are and which rules were broken, without the rows that broke them', async () => {
    const { meta } = await ask({ metrics: ['revenue_net'] });
    expect(meta.freshness).toEqual({ orders: '2026-04-08T04:10:00Z' });
    expect(meta.warnings).toEqual([
      { code: 'clock_skew', detail: '2 rows break the rule: Touches after their landing' },
    ]);
    expect(JSON.stringify(meta)).not.toContain('private');
  });
});

describe('a query is refused', () => {
  const base = { metrics: ['revenue_net'], dimensions: ['channel'] };

  it('with the nearest name for what is unknown', async () => {
    expect(await refused({ metrics: ['revenue_net', 'revenu_gross'] })).toMatchObject({
      code: 'unknown_name',
      pointers: ['#/metrics/1'],
      message: expect.stringContaining('did you mean revenue_gross?'),
    });
    expect(await refused({ ...base, dimensions: ['chanel'] })).toMatchObject({
      pointers: ['#/dimensions/0'],
      message: expect.stringContaining('did you mean channel?'),
    });
    expect(await refused({ ...base, filters: ['is', 'campain', ['a']] })).toMatchObject({
      pointers: ['#/filters/1'],
      message: expect.stringContaining('campaign'),
    });
    expect(await refused({ ...base, order_by: [['spend', 'asc']] })).toMatchObject({ pointers: ['#/order_by/0/0'] });
    expect(await refused({ ...base, metric: ['x'] })).toMatchObject({
      code: 'usage',
      pointers: ['#/metric'],
      message: expect.stringContaining('did you mean metrics?'),
    });
    expect(await refused({ ...base, include: { total: true } })).toMatchObject({
      pointers: ['#/include/total'],
      message: expect.stringContaining('did you mean totals?'),
    });
  });

  it('for what the run did not publish, naming what it did', async () => {
    for (const [key, value, published] of [
      ['model', 'markov', 'last_touch, linear'],
      ['basis', 'touch_date', 'order_date, event_date'],
      ['currency', 'USD', 'EUR'],
      ['timezone', 'UTC', 'Europe/Paris'],
      ['refund_basis', 'never', 'order_date, refund_date'],
    ]) {
      expect(await refused({ ...base, [key]: value })).toMatchObject({
        code: 'not_published',
        pointers: [`#/${key}`],
        message: expect.stringContaining(published),
      });
    }
    expect(await refused({ ...base, window: { click_days: 28 } })).toMatchObject({
      code: 'not_published',
      pointers: ['#/window/click_days'],
      message: expect.stringContaining('30'),
    });
    expect(
      (
        await ask({
          ...base,
          window: { click_days: 30, engagement_days: 7 },
          currency: 'EUR',
          timezone: 'Europe/Paris',
        })
      ).data,
    ).toHaveLength(3);
  });

  it('when spend is asked by what it does not know', async () => {
    for (const [query, pointer] of [
      [{ metrics: ['roas'], dimensions: ['channel', 'channel_ga4'] }, '#/dimensions/1'],
      [{ metrics: ['spend'], customer: 'new' }, '#/customer'],
      [{ metrics: ['spend'], filters: ['is', 'customer_type', ['new']] }, '#/filters'],
    ] as const) {
      expect(await refused(query)).toMatchObject({ code: 'usage', pointers: [pointer] });
    }
  });

  it('beyond its limits', async () => {
    const clause = ['is', 'channel', ['a']];
    const nested = (depth: number): unknown => (depth === 0 ? clause : ['not', nested(depth - 1)]);
    const cases: [object, string[]][] = [
      [{ metrics: [] }, ['#/metrics']],
      [{ metrics: Array.from({ length: 13 }, () => 'spend') }, ['#/metrics']],
      [{ metrics: ['spend', 'spend'], dimensions: ['channel', 'channel'] }, ['#/metrics/1', '#/dimensions/1']],
      [{ ...base, dimensions: ['time:day', 'time:week'] }, ['#/dimensions']],
      [{ ...base, dimensions: ['channel', 'campaign', 'platform', 'matched_by', 'customer_type'] }, ['#/dimensions']],
      [{ ...base, filters: ['and', Array.from({ length: 51 }, () => clause)] }, ['#/filters/1/50']],
      [{ ...base, filters: nested(5) }, ['#/filters/1/1/1/1/1']],
      [{ ...base, filters: ['is', 'channel', Array.from({ length: 1001 }, String)] }, ['#/filters/2']],
      [{ ...base, filters: ['is', 'channel', ['x'.repeat(1001)]] }, ['#/filters/2/0']],
      [{ ...base, filters: ['is', 'channel', ['a\0b']] }, ['#/filters/2/0']],
      [{ ...base, filters: ['gt', 'channel', ['a']] }, ['#/filters/0']],
      [{ ...base, filters: ['between', 'time:day', ['2026-01-01']] }, ['#/filters/2']],
      [{ ...base, filters: ['gt', 'time:day', ['yesterday']] }, ['#/filters/2/0']],
      [{ ...base, filters: ['matches', 'channel', ['.*']] }, ['#/filters/0']],
      [{ ...base, filters: {} }, ['#/filters']],
      [{ ...base, date_range: ['2026-02-29', '2026-03-01'] }, ['#/date_range/0']],
      [{ ...base, date_range: ['2026-03-02', '2026-03-01'] }, ['#/date_range']],
      [{ ...base, dimensions: ['time:day'], date_range: ['2025-01-01', '2026-02-05'] }, ['#/date_range']],
      [{ ...base, page: { limit: 0 } }, ['#/page/limit']],
      [{ ...base, page: { limit: 1.5 } }, ['#/page/limit']],
    ];
    for (const [query, pointers] of cases) expect((await refused(query)).pointers).toEqual(pointers);
    // in our words, not those of the schema library
    expect((await refused({ dimensions: ['channel'] })).message).toBe('#/metrics: is missing; expected array');
    expect((await refused({ metrics: 'spend' })).message).toBe('#/metrics: is string; expected array');
    // the fourth inner level and exactly 400 days are within
    expect((await ask({ ...base, filters: nested(4) })).data).toHaveLength(0);
    expect(
      (await ask({ ...base, dimensions: ['time:day'], date_range: ['2025-03-27', '2026-04-30'] })).data,
    ).toHaveLength(4);
    expect(parseQuery({ ...base, filters: ['and', Array.from({ length: 50 }, () => clause)] }).filters).toBeDefined();
  });
});
