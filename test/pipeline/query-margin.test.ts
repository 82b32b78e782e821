import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeTable } from '../../pipeline/encode-table.ts';
import { writeAnswer } from '../../pipeline/export-answer.ts';
import { totalLine } from '../../pipeline/finance/roi-line.ts';
import { METRICS, metricOf } from '../../pipeline/metrics.ts';
import { MEASURED_METRICS } from '../../pipeline/metrics-elsewhere.ts';
import { type Query, runQuery } from '../../pipeline/query.ts';
import { openResults } from '../../pipeline/results.ts';
import { roiTable } from '../../pipeline/roi-table.ts';
import { run } from '../../pipeline/run.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { ingestPlain, order, type PlainRows, together } from '../sql/plain.ts';

const CONFIG = `workspace: acme
reporting: { time_zone: UTC, currency: EUR }
models: { default: last_touch, run: [last_touch, linear], replicates: 0 }
finance: { model: linear }
`;

const visit = (who: string, day: string, query: string) => ({
  touch_id: `${who}-${day}`,
  touched_at: `2026-07-${day}T10:00:00Z`,
  kind: 'page',
  visitor_key: `visitor:${who}`,
  landing_query: query,
  has_analytics_consent: 'true',
});
const SEARCH = 'utm_source=google&utm_medium=cpc';
const EMAIL = 'utm_source=newsletter&utm_medium=email';

/** Two orders: one that search and e-mail share, one of a new customer that nothing reached; an order of August. */
const ROWS: PlainRows = together(
  { touch: [visit('a', '01', SEARCH), visit('a', '02', EMAIL)] },
  order('a', '2026-07-10T12:00:00Z', '119.00', { customer_key: 'visitor:a', tax: '19.00', is_first_order: 'true' }),
  order('b', '2026-07-11T12:00:00Z', '40.00', { is_first_order: 'true' }),
  order('c', '2026-08-01T12:00:00Z', '60.00', { is_first_order: 'false' }),
  {
    spend_daily: [
      {
        platform: 'google',
        account_id: 'g',
        level: 'account',
        entity_id: 'g',
        spend_date: '2026-07-05',
        currency: 'EUR',
        spend: '20.00',
      },
    ],
  },
);
const COSTS: PlainRows = {
  cost: [
    { kind: 'cogs', order_name: '#a', cost_date: '2026-07-10', amount: '30.00', currency: 'EUR' },
    { kind: 'payment_fee', order_name: '#a', cost_date: '2026-07-10', amount: '2.00', currency: 'EUR' },
    { kind: 'other', cost_date: '2026-07-12', amount: '5.00', currency: 'EUR' },
  ],
};

type Opened = Awaited<ReturnType<typeof openResults>>;
async function published(rows: PlainRows): Promise<{ workspace: TestWorkspace; results: Opened }> {
  const workspace = await testWorkspace(CONFIG);
  await ingestPlain(workspace, rows);
  await run(workspace, { now: new Date('2026-09-01T00:00:00Z') });
  return { workspace, results: await openResults(workspace.paths) };
}

describe('profit in a query', () => {
  let workspace: TestWorkspace;
  let results: Opened;
  beforeAll(async () => {
    const named = ROWS.orders!.map((row) => ({ ...row, order_name: `#${row.source_order_id}` }));
    ({ workspace, results } = await published(together({ ...ROWS, orders: named }, COSTS)));
  });
  afterAll(() => {
    results?.close();
    workspace?.close();
  });
  const july = { date_range: ['2026-07-01', '2026-07-31'], model: 'linear' } as const;
  const ask = (query: Omit<Query, 'model'> & { model?: string }) => runQuery(results, { ...july, ...query } as Query);

  it('is what is left of revenue, by hand and as in the ROI table', async () => {
    const metrics = ['gross_profit', 'pafas', 'spend_total', 'poas', 'breakeven_roas', 'revenue_net_incl_tax', 'cogs'];
    const { totals } = await ask({ metrics });
    // 140 of goods - 30 - 2 = 108; less 20 of media and 5 of other spend; 108 / 25; 140 / 108; 140 + 19 of tax
    expect(totals).toEqual([
      '108.000000000',
      '83.000000000',
      '25.000000000',
      '4.3200',
      '1.2963',
      '159.000000000',
      '30.000000000',
    ]);
    const total = totalLine((await roiTable(results, { period: '2026-07' })).lines)!;
    expect(total).toMatchObject({
      gross_profit: '108.00',
      contribution_after_spend: '83.00',
      spend_total: '25.00',
      poas: '4.3200',
    });
  });

  it('is split as the orders are, and spend stands where it was spent', async () => {
    const { rows } = await ask({
      metrics: ['revenue_net_incl_shipping', 'cogs', 'spend_total', 'pafas'],
      dimensions: ['channel'],
    });
    const cents = (text: string | null) => Number(text).toFixed(2);
    expect(rows.map(([channel, ...values]) => [channel, ...values.map(cents)])).toEqual([
      ['(overhead)', '0.00', '0.00', '5.00', '-5.00'],
      ['(unattributed)', '40.00', '0.00', '0.00', '40.00'],
      // half of the fee too
      ['Email', '50.00', '15.00', '0.00', '34.00'],
      ['Paid Search', '50.00', '15.00', '20.00', '14.00'],
    ]);
  });

  it('is of one model, and has no customers where spend is in it', async () => {
    await expect(ask({ metrics: ['pafas'], model: 'last_touch' })).rejects.toMatchObject({
      code: 'not_published',
      message: expect.stringMatching(/model of finance, linear/),
    });
    await expect(ask({ metrics: ['pafas'], dimensions: ['customer_type'] })).rejects.toMatchObject({ code: 'usage' });
    await expect(ask({ metrics: ['pafas'], customer: 'new' })).rejects.toMatchObject({ code: 'usage' });
    await expect(ask({ metrics: ['pafas'], dimensions: ['platform'] })).rejects.toMatchObject({ code: 'usage' });
    const { rows } = await ask({ metrics: ['cogs'], dimensions: ['customer_type'] });
    expect(rows).toContainEqual(['new', '30.000000000']);
  });

  it('tells what all spend brought, and what paid channels paid for a new customer', async () => {
    const metrics = ['mer', 'amer', 'cac_blended', 'ncac', 'paid_new_conversions'];
    // 140 / 20; both orders are first ones; 20 / 2; search has half of one new customer
    expect((await ask({ metrics })).totals).toEqual(['7.0000', '7.0000', '10.0000', '40.0000', '0.500000000']);
    expect((await ask({ metrics: ['mer'], dimensions: ['time:month'] })).rows).toHaveLength(1);
    for (const apart of [{ dimensions: ['channel'] }, { filters: ['is', 'channel', ['Email']] as const }])
      await expect(ask({ metrics: ['mer'], ...(apart as object) })).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringMatching(/mer is of all channels together/),
      });
  });

  it('has the same bytes as a file', async () => {
    const query: Query = {
      ...july,
      date_range: ['2026-07-01', '2026-08-31'],
      metrics: ['pafas', 'poas', 'breakeven_roas', 'ncac'],
      dimensions: ['time:day', 'channel'],
    };
    const path = join(workspace.directory, 'answer.csv');
    await writeAnswer(results, query, 'csv', path);
    expect(readFileSync(path, 'utf8')).toBe(
      Buffer.from(await encodeTable(await runQuery(results, query), 'csv')).toString(),
    );
  });
});

describe('a run without costs of goods', () => {
  it('refuses profit, and says what is missing', async () => {
    const { workspace, results } = await published(ROWS);
    try {
      const asked = (metrics: string[]) => runQuery(results, { metrics, model: 'linear' });
      await expect(asked(['pafas'])).rejects.toMatchObject({
        code: 'not_published',
        message: expect.stringMatching(/needs costs of goods, and none were loaded/),
      });
      await expect(asked(['breakeven_roas'])).rejects.toMatchObject({ code: 'not_published' });
      expect((await asked(['tax', 'spend_total'])).totals).toEqual(['19.000000000', '20.000000000']);
    } finally {
      results.close();
      workspace.close();
    }
  });
});

describe('the registry', () => {
  it('knows every id once, summed up or measured, and ratios of what it knows', () => {
    const ids = [...METRICS, ...MEASURED_METRICS].map((metric) => metric.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const metric of METRICS) for (const part of metric.ratio ?? []) expect(metricOf(part)?.additive).toBe('sum');
  });
});
