import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDecimal } from '../../models/numeric/money.ts';
import { encodeTable } from '../../pipeline/encode-table.ts';
import { makeRoiPack, manifestText } from '../../pipeline/export-roi.ts';
import { ROI_COLUMNS } from '../../pipeline/finance/roi-columns.ts';
import { ADDITIVE, customerTypesOf, type RoiLine, totalLine } from '../../pipeline/finance/roi-line.ts';
import { withRounding } from '../../pipeline/finance/round-roi.ts';
import { openResults } from '../../pipeline/results.ts';
import { roiTable } from '../../pipeline/roi-table.ts';
import { run } from '../../pipeline/run.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { ingestPlain, order, type PlainRows, together } from '../sql/plain.ts';
import { insertRows, marketRows } from './market.ts';

const NOW = new Date('2026-08-01T00:00:00Z');

type Opened = Awaited<ReturnType<typeof openResults>>;

async function published(workspace: TestWorkspace): Promise<Opened> {
  await run(workspace, { now: NOW });
  return openResults(workspace.paths);
}

/** What the rows of each type of customer miss of their total; empty when nothing. */
function missing(lines: readonly RoiLine[], exponent: number): unknown[] {
  return [...customerTypesOf(lines)].flatMap((type) =>
    ADDITIVE.flatMap((id) => {
      const own = lines.filter((line) => line.customer_type === type);
      const scale = ['orders', 'units', 'new_customers', 'returning_customers'].includes(id) ? 9 : exponent;
      const sum = own
        .filter((line) => line.row_type !== 'total')
        .reduce((at, line) => at + parseDecimal(line[id] ?? '0', scale), 0n);
      const total = own.find((line) => line.row_type === 'total')!;
      const isUntold = id.endsWith('_customers') && own.some((line) => line[id] === null);
      return isUntold || sum === parseDecimal(total[id] ?? '0', scale) ? [] : [{ type, id, sum, total: total[id] }];
    }),
  );
}

const touch = (id: string, at: string, query: string) => ({
  touch_id: id,
  touched_at: at,
  kind: 'page',
  visitor_key: 'visitor:v',
  landing_query: query,
  has_analytics_consent: 'true',
});

describe('the ROI table, by hand', () => {
  let workspace: TestWorkspace;
  let results: Opened;
  let lines: RoiLine[];
  beforeAll(async () => {
    workspace = await testWorkspace(`workspace: acme
reporting: { time_zone: UTC, currency: EUR }
privacy: { k: 5 }
models: { default: linear, run: [linear], replicates: 0 }
`);
    // five persons: one with three touches, so that nothing is folded
    const others = Array.from({ length: 5 }, (_, i) => `p${i}`);
    await ingestPlain(
      workspace,
      together(
        {
          touch: others.flatMap((who) =>
            ['google&utm_medium=cpc', 'newsletter&utm_medium=email', 'instagram&utm_medium=social'].map((query, i) => ({
              ...touch(`${who}-${i}`, `2026-07-0${i + 1}T10:00:00Z`, `utm_source=${query}`),
              visitor_key: `visitor:${who}`,
            })),
          ),
          money_event: [
            {
              shop_id: 's',
              source_order_id: 'p0',
              money_event_id: 'p0:refund',
              kind: 'refund',
              occurred_at: '2026-08-02T10:00:00Z',
              amount: '-10.00',
              currency: 'EUR',
            },
          ],
          order_line: [
            { shop_id: 's', source_order_id: 'p0', line_id: '1', sku: 'A', quantity: '2', unit_price: '50' },
          ],
          cost: [
            { kind: 'cogs', sku: 'A', cost_date: '2026-01-01', amount: '9.00', currency: 'EUR' },
            { kind: 'cogs', sku: 'A', cost_date: '2026-07-01', amount: '10.00', currency: 'EUR' },
            { kind: 'cogs', sku: 'A', cost_date: '2026-07-20', amount: '99.00', currency: 'EUR' },
            { kind: 'payment_fee', order_name: '#p0', cost_date: '2026-07-10', amount: '1.00', currency: 'EUR' },
            { kind: 'other', cost_date: '2026-07-11', amount: '7.00', currency: 'EUR' },
          ],
          spend_daily: [
            {
              platform: 'google',
              account_id: 'g',
              level: 'account',
              entity_id: 'g',
              spend_date: '2026-07-05',
              currency: 'USD',
              spend: '50.00',
            },
          ],
          fx_rate: [{ rate_date: '2026-07-05', base: 'USD', quote: 'EUR', rate: '0.9', source: 'ecb' }],
        },
        ...others.map((who) =>
          order(who, '2026-07-10T12:00:00Z', '100.00', { customer_key: `visitor:${who}`, order_name: `#${who}` }),
        ),
      ),
    );
    results = await published(workspace);
    lines = (await roiTable(results, { period: '2026-07' })).lines;
  });
  afterAll(() => {
    results?.close();
    workspace?.close();
  });
  const row = (channel: string): RoiLine => lines.find((line) => line.channel === channel)!;

  it('splits each order by thirds to the cent, and its refund by the same thirds', () => {
    // 5 x 33.34, 5 x 33.33, 5 x 33.33; the cent goes to the first step
    const gross = ['Paid Search', 'Email', 'Organic Social'].map((channel) => row(channel).gross_sales);
    expect(gross).toEqual(['166.70', '166.65', '166.65']);
    expect(['Paid Search', 'Email', 'Organic Social'].map((channel) => row(channel).refunds)).toEqual([
      '-3.34',
      '-3.33',
      '-3.33',
    ]);
    expect(row('(total)')).toMatchObject({ gross_sales: '500.00', refunds: '-10.00', revenue_net: '490.00' });
  });

  it('takes the cost of a piece on the day of its order', () => {
    expect(row('(total)')).toMatchObject({
      cogs: '20.00',
      payment_fees: '1.00',
      gross_profit: '469.00',
      units: '2.000000000',
    });
    // 20.00 in thirds: a cent more for the first step, whose share is a billionth larger, and for the first name
    expect(['Paid Search', 'Email', 'Organic Social'].map((channel) => row(channel).cogs)).toEqual([
      '6.67',
      '6.67',
      '6.66',
    ]);
  });

  it('makes ratios of unrounded parts, half to even, and leaves them empty where there is nothing to divide by', () => {
    const search = row('Paid Search');
    expect(search).toMatchObject({
      spend_media: '45.00',
      spend_total: '45.00',
      // 163.36 / 45
      roas: '3.6302',
      orig_currency: 'USD',
      orig_amount: '50.000000',
      fx_rate: '0.90000000',
      fx_date: '2026-07-05',
      fx_source: 'ecb',
    });
    expect(row('Email')).toMatchObject({ spend_total: '0.00', roas: null, ncac: null, poas: null, mer: null });
    // 490 / 52
    expect(row('(total)')).toMatchObject({ spend_total: '52.00', spend_other: '7.00', mer: '9.4231' });
    expect(row('(overhead)')).toMatchObject({ spend_other: '7.00', row_type: 'channel' });
    // in units of money, not in cents
    const { spend_total, new_customers, ncac } = search;
    expect(Number(new_customers)).toBeGreaterThan(0);
    expect(Number(ncac)).toBeCloseTo(Number(spend_total) / Number(new_customers), 4);
    // of the total: media spend of 45 over the thirds of five first orders that paid search is credited with
    expect(row('(total)').ncac).toBe('27.0000');
  });

  it('adds up to its total in every column that adds up', () => {
    expect(missing(lines, 2)).toEqual([]);
  });

  it('has every column that is defined, and a line id of its own for each line', () => {
    for (const line of lines) for (const { id } of ROI_COLUMNS) expect(line[id]).not.toBeUndefined();
    expect(new Set(lines.map((line) => line.line_id)).size).toBe(lines.length);
  });

  it('gives the same ids whatever the run, and the same files from the same run', async () => {
    const formats = ['xlsx', 'csv', 'parquet'] as const;
    const packs = [
      await makeRoiPack(results, { period: '2026-07', formats }),
      await makeRoiPack(results, { period: '2026-07', formats }),
    ];
    expect(packs[0].manifest.files.map((file) => file.name)).toEqual([
      'roi_acme_2026-07_v0.xlsx',
      'roi_acme_2026-07_v0.csv',
      'roi_acme_2026-07_v0.parquet',
    ]);
    expect(manifestText(packs[0].manifest)).toBe(manifestText(packs[1].manifest));
    packs[0].files.forEach((file, i) => {
      expect(Buffer.from(file.bytes).equals(Buffer.from(packs[1].files[i].bytes))).toBe(true);
    });
    expect(packs[0].manifest.control_totals.revenue_net).toBe('490.00');
  });

  it('names the periods that there are', async () => {
    await expect(roiTable(results, { period: '2025-01' })).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringMatching(/2026-07/),
    });
  });
});

describe('rows by type of customer, by hand', () => {
  const config = (k: number) => `workspace: acme
reporting: { time_zone: UTC, currency: EUR }
privacy: { k: ${k} }
models: { default: linear, run: [linear], replicates: 0 }
`;
  const SOURCES = {
    search: 'google&utm_medium=cpc',
    email: 'newsletter&utm_medium=email',
    social: 'instagram&utm_medium=social',
  };
  /** `count` persons, each with one visit and one order of that value */
  const people = (source: keyof typeof SOURCES, isFirst: boolean, count: number, value: string) =>
    Array.from({ length: count }, (_, i) => {
      const who = `${source}-${isFirst ? 'n' : 'r'}${i}`;
      return {
        touch: [
          { ...touch(who, '2026-07-05T10:00:00Z', `utm_source=${SOURCES[source]}`), visitor_key: `visitor:${who}` },
        ],
        ...order(who, '2026-07-10T12:00:00Z', value, {
          customer_key: `visitor:${who}`,
          order_name: `#${who}`,
          is_first_order: String(isFirst),
        }),
      };
    });
  // search is split well; of email only two persons return; social has new customers only
  const rows = together(
    ...people('search', true, 6, '100.00'),
    ...people('search', false, 5, '50.00'),
    ...people('email', true, 6, '10.00'),
    ...people('email', false, 2, '20.00'),
    ...people('social', true, 8, '30.00'),
    {
      cost: [
        { kind: 'payment_fee', order_name: '#social-n0', cost_date: '2026-07-10', amount: '1.00', currency: 'EUR' },
        { kind: 'cogs', order_name: '#search-r1', cost_date: '2026-07-10', amount: '9.00', currency: 'EUR' },
        { kind: 'payment_fee', cost_date: '2026-07-11', amount: '3.00', currency: 'EUR' },
      ],
      spend_daily: [
        {
          platform: 'google',
          account_id: 'g',
          level: 'account',
          entity_id: 'g',
          spend_date: '2026-07-05',
          currency: 'EUR',
          spend: '300.00',
        },
      ],
    },
  );
  const refund = {
    shop_id: 's',
    source_order_id: 'search-r0',
    money_event_id: 'search-r0:refund',
    kind: 'refund',
    occurred_at: '2026-07-12T10:00:00Z',
    amount: '-8.00',
    currency: 'EUR',
  };
  const all = { ...rows, money_event: [...(rows.money_event ?? []), refund] };

  async function linesUnder(k: number, more: PlainRows = {}): Promise<RoiLine[]> {
    const workspace = await testWorkspace(config(k));
    let results: Opened | undefined;
    try {
      await ingestPlain(workspace, together(all, more));
      results = await published(workspace);
      return (await roiTable(results, { period: '2026-07' })).lines;
    } finally {
      results?.close();
      workspace.close();
    }
  }
  const shown = (lines: readonly RoiLine[], ...columns: string[]) =>
    lines
      .filter((line) => line.customer_type !== 'all')
      .map((line) => [line.channel, line.customer_type, ...columns.map((id) => line[id])]);

  it('tells new from returning where each is of enough persons, and folds what could be had by subtracting', async () => {
    const lines = await linesUnder(5);
    // the two who return to email go with the smallest other row that anybody returns to
    expect(shown(lines, 'row_type', 'orders', 'revenue_net', 'refunds', 'cogs', 'payment_fees')).toEqual([
      ['Organic Social', 'new', 'channel', '8.000000000', '240.00', '0.00', '0.00', '1.00'],
      ['(suppressed)', 'new', 'suppressed', '12.000000000', '660.00', '0.00', '0.00', '0.00'],
      ['(suppressed)', 'returning', 'suppressed', '7.000000000', '282.00', '-8.00', '9.00', '0.00'],
      ['(total)', 'new', 'total', '20.000000000', '900.00', '0.00', '0.00', '1.00'],
      ['(total)', 'returning', 'total', '7.000000000', '282.00', '-8.00', '9.00', '0.00'],
    ]);
    expect(missing(lines, 2)).toEqual([]);
    // what is paid by day belongs to no order, and to no customer
    expect(totalLine(lines)).toMatchObject({
      revenue_net: '1182.00',
      payment_fees: '4.00',
      new_customers: '20.000000000',
    });
    const row = (channel: string) => lines.find((line) => line.channel === channel && line.customer_type === 'all')!;
    expect(row('Organic Social')).toMatchObject({ new_customers: '8.000000000', returning_customers: '0.000000000' });
    // who is new among the buyers of search would tell of those of email
    expect(row('Paid Search')).toMatchObject({
      revenue_net: '842.00',
      roas: '2.8067',
      new_customers: null,
      returning_customers: null,
      nroas: null,
      ncac: null,
      ltv_90: null,
      health: expect.stringContaining('too few persons to tell new customers from others'),
    });
    // all of new customers is told: 900 / 300; and 300 of media spend for the six that paid search brought
    expect(totalLine(lines)).toMatchObject({ nroas: '3.0000', ncac: '50.0000' });
  });

  it('leaves spend, and what is made of it, on the row of all customers', async () => {
    for (const line of (await linesUnder(5)).filter((one) => one.customer_type !== 'all'))
      expect(line).toMatchObject({
        spend_media: null,
        spend_total: null,
        contribution_after_spend: null,
        roas: null,
        ncac: null,
      });
  });

  it('tells a type of too few persons with the next smallest, as unknown', async () => {
    // two orders of nobody known, so the seven who return go with them
    const lines = await linesUnder(
      5,
      together(order('x1', '2026-07-11T12:00:00Z', '1.00'), order('x2', '2026-07-11T12:00:00Z', '2.00')),
    );
    expect(shown(lines, 'revenue_net').filter(([channel]) => channel === '(total)')).toEqual([
      ['(total)', 'new', '900.00'],
      ['(total)', 'unknown', '285.00'],
    ]);
    expect(totalLine(lines)).toMatchObject({
      new_customers: '20.000000000',
      returning_customers: null,
      nroas: '3.0000',
    });
    expect(missing(lines, 2)).toEqual([]);
  });

  it('tells of nobody where a type of customer is too few in all', async () => {
    const lines = await linesUnder(8);
    expect([...customerTypesOf(lines)]).toEqual(['all']);
    expect(totalLine(lines)).toMatchObject({ revenue_net: '1182.00', new_customers: null, nroas: null, ncac: null });
    expect(missing(lines, 2)).toEqual([]);
  });
});

describe('what new customers brought since, by hand', () => {
  it('counts the days from their first order, and is empty while the youngest are younger', async () => {
    const workspace = await testWorkspace(`workspace: acme
reporting: { time_zone: UTC, currency: EUR }
privacy: { k: 5 }
models: { default: linear, run: [linear], replicates: 0 }
`);
    let results: Opened | undefined;
    try {
      const who = Array.from({ length: 5 }, (_, i) => `p${i}`);
      const of = (one: string) => ({ customer_key: `visitor:${one}` });
      await ingestPlain(
        workspace,
        together(
          // on day 0, 41 and 95 of each
          ...who.map((one) => order(`${one}-a`, '2026-01-10T12:00:00Z', '10.00', of(one))),
          ...who.map((one) => order(`${one}-b`, '2026-02-20T12:00:00Z', '5.00', of(one))),
          ...who.map((one) => order(`${one}-c`, '2026-04-15T12:00:00Z', '7.00', of(one))),
          order('last', '2026-05-10T12:00:00Z', '1.00'),
        ),
      );
      results = await published(workspace);
      const { lines } = await roiTable(results, { period: '2026-01' });
      expect(totalLine(lines)).toMatchObject({
        new_customers: '5.000000000',
        ltv_30: '10.00',
        ltv_60: '15.00',
        ltv_90: '15.00',
        ltv_365: null,
      });
      const april = await roiTable(results, { period: '2026-04' });
      expect(totalLine(april.lines)).toMatchObject({ new_customers: '0.000000000', ltv_30: null });
    } finally {
      results?.close();
      workspace.close();
    }
  });
});

describe('where a rate comes from', () => {
  it('is told of each row, with the way over another currency', async () => {
    const workspace = await testWorkspace(`workspace: acme
reporting: { time_zone: UTC, currency: EUR }
models: { default: linear, run: [linear], replicates: 0 }
`);
    let results: Opened | undefined;
    const spend = (platform: string, currency: string) => ({
      platform,
      account_id: 'a',
      level: 'account',
      entity_id: 'a',
      spend_date: '2026-07-05',
      currency,
      spend: '100.00',
    });
    const rate = (base: string, quote: string, value: string, source: string) => ({
      rate_date: '2026-07-05',
      base,
      quote,
      rate: value,
      source,
    });
    try {
      await ingestPlain(workspace, {
        spend_daily: [spend('google', 'USD'), spend('meta', 'GBP'), spend('tiktok', 'JPY')],
        fx_rate: [
          rate('EUR', 'USD', '1.25', 'ecb'),
          rate('GBP', 'EUR', '1.2', 'bank'),
          rate('GBP', 'JPY', '200', 'desk'),
        ],
      });
      results = await published(workspace);
      const { lines } = await roiTable(results, { period: '2026-07' });
      expect(
        lines
          .filter((line) => line.row_type === 'channel')
          .map((line) => [line.platform, line.spend_media, line.fx_rate, line.fx_source]),
      ).toEqual([
        ['google', '80.00', '0.80000000', 'ecb, inverse'],
        ['meta', '120.00', '1.20000000', 'bank'],
        // 1 / 200 pounds of 1.2 euros
        ['tiktok', '0.60', '0.00600000', 'bank and desk, over GBP'],
      ]);
    } finally {
      results?.close();
      workspace.close();
    }
  });
});

describe('rounding', () => {
  const total = { row_type: 'total', revenue_net: '10.00', orders: '1.000000000' };
  const rows: RoiLine[] = [
    { row_type: 'channel', revenue_net: '3.33', orders: '0.500000000' },
    { row_type: 'channel', revenue_net: '6.66', orders: '0.500000000' },
  ];

  it('is one visible row', () => {
    const lines = withRounding([...rows, total], { currency_exponent: 2 });
    expect(lines.find((line) => line.row_type === 'rounding')).toMatchObject({
      revenue_net: '0.01',
      channel: '(rounding)',
    });
  });

  it('is never more than half a unit a row', () => {
    const wrong = [...rows, { ...total, revenue_net: '10.01' }];
    expect(() => withRounding(wrong, { currency_exponent: 2 })).toThrow(
      expect.objectContaining({ code: 'not_reconciled' }),
    );
  });
});

describe('money is conserved', () => {
  it.each(['EUR', 'USD', 'JPY', 'KWD'])(
    'in %s: the rows of every period are its orders, and all periods are the ledger',
    async (currency) => {
      const workspace = await testWorkspace(`workspace: market
reporting: { time_zone: Europe/Paris, currency: ${currency} }
models: { default: time_decay, run: [time_decay], replicates: 0 }
privacy: { k: 5 }
`);
      try {
        const rates = Array.from({ length: 12 }, (_, i) => ({
          stream: 'fx_rate',
          values: {
            rate_date: `2026-0${1 + Math.floor(i / 4)}-${String(1 + (i % 4) * 7).padStart(2, '0')}`,
            base: 'EUR',
            quote: currency,
            rate: `${1.0937 + i * 7.31}`,
          },
        }));
        const rows = marketRows(11, 30);
        const orders = [
          ...new Set(rows.filter((row) => row.stream === 'orders').map((row) => row.values.source_order_id)),
        ];
        const more = orders.flatMap((id, i) => [
          {
            stream: 'order_line',
            values: {
              shop_id: 's',
              source_order_id: id,
              line_id: '1',
              sku: 'A',
              quantity: String(1 + (i % 3)),
              unit_price: '5',
            },
          },
        ]);
        const costs = [
          {
            stream: 'cost',
            values: { kind: 'cogs', sku: 'A', cost_date: '2026-01-01', amount: '1.37', currency: 'EUR' },
          },
        ];
        await insertRows(workspace, [...rows, ...(currency === 'EUR' ? [] : rates), ...more, ...costs], 'a');
        const results = await published(workspace);
        try {
          const [ledger] = await workspace.warehouse.rows<{ minor: string; conversions: string }>(
            'select sum(revenue_minor) as minor, count(distinct conversion_id) as conversions from staging.revenue_event',
          );
          expect(Number(ledger.conversions)).toBeGreaterThan(5);
          const exponent = results.manifest.currency_exponent;
          for (const basis of ['order_date', 'event_date'] as const) {
            const periods = await results.rows<{ period: string }>('select distinct period from roi order by period');
            let revenue = 0n;
            for (const { period } of periods) {
              const { lines, table } = await roiTable(results, { period, basis });
              const total = totalLine(lines)!;
              revenue += parseDecimal(total.revenue_net!, exponent);
              expect([basis, period, missing(lines, exponent)]).toEqual([basis, period, []]);
              const csv = Buffer.from(await encodeTable(table, 'csv')).toString('utf8');
              if (currency === 'JPY') expect(csv).not.toMatch(/,\d+\.00,/);
            }
            expect(revenue).toBe(BigInt(ledger.minor));
          }
        } finally {
          results.close();
        }
      } finally {
        workspace.close();
      }
    },
  );
});
