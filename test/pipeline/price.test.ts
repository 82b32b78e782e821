import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeRates, priceRows } from '../../pipeline/price.ts';
import { Warehouse } from '../../pipeline/warehouse.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { buildUnder, ingestPlain, order, together } from '../sql/plain.ts';

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await Warehouse.open(':memory:');
  await warehouse.run('create schema staging');
});
afterAll(() => warehouse.close());

async function rates(
  reporting: string,
  given: readonly [day: string, base: string, quote: string, rate: string][],
): Promise<void> {
  await warehouse.run(
    'create or replace table staging.fx_rate (rate_date date, base varchar, quote varchar, rate decimal(18, 10))',
  );
  for (const [day, base, quote, rate] of given)
    await warehouse.run(`insert into staging.fx_rate values ('${day}', '${base}', '${quote}', ${rate})`);
  await makeRates(warehouse, reporting);
}

/** Amounts of one day in minor units of the reporting currency; null where there is no rate. */
async function price(
  reporting: string,
  rows: readonly [currency: string, amount: string, day: string][],
): Promise<(number | null)[]> {
  await warehouse.run(
    'create or replace temporary table to_price (row_key bigint, currency varchar, amount decimal(18, 6), priced_on date)',
  );
  for (const [i, [currency, amount, day]] of rows.entries())
    await warehouse.run(`insert into temp.to_price values (${i}, '${currency}', ${amount}, '${day}')`);
  await priceRows(warehouse, 'temp.to_price', 'priced', reporting);
  const priced = await warehouse.rows<{ row_key: string; minor: string }>('select row_key, minor from temp.priced');
  const found = new Map(priced.map((row) => [Number(row.row_key), Number(row.minor)]));
  return rows.map((_, i) => found.get(i) ?? null);
}

const rateOf = (currency: string): Promise<{ rate: string; via: string }[]> =>
  warehouse.rows('select rate, via from staging.rate where currency = $currency order by from_date', { currency });

describe('a rate', () => {
  it('is the one given', async () => {
    await rates('EUR', [['2026-03-02', 'USD', 'EUR', '0.9']]);
    expect(await rateOf('USD')).toEqual([{ rate: '0.9000000000', via: 'direct' }]);
  });

  it('is the inverse where only that was given, half to even at ten decimals', async () => {
    await rates('EUR', [['2026-03-02', 'EUR', 'USD', '1.08']]);
    // 1 / 1.08 = 0.92592592592...
    expect(await rateOf('USD')).toEqual([{ rate: '0.9259259259', via: 'inverse' }]);
  });

  it('goes over a third currency where neither was given', async () => {
    await rates('GBP', [
      ['2026-03-02', 'EUR', 'USD', '1.25'],
      ['2026-03-02', 'EUR', 'GBP', '0.85'],
    ]);
    // USD -> EUR 0.8, EUR -> GBP 0.85
    expect(await rateOf('USD')).toEqual([{ rate: '0.6800000000', via: 'EUR' }]);
  });

  it('is the one given even when the inverse was given too', async () => {
    await rates('EUR', [
      ['2026-03-02', 'EUR', 'USD', '1.5'],
      ['2026-03-02', 'USD', 'EUR', '0.7'],
    ]);
    expect(await rateOf('USD')).toEqual([{ rate: '0.7000000000', via: 'direct' }]);
  });

  it('of the reporting currency itself is never made, and a rate of nothing has no inverse', async () => {
    await rates('EUR', [
      ['2026-03-02', 'EUR', 'USD', '0'],
      ['2026-03-02', 'EUR', 'EUR', '1'],
    ]);
    expect(await warehouse.count('select count(*) from staging.rate')).toBe(0);
  });

  it('holds until the next one, over a weekend and at most seven days', async () => {
    await rates('EUR', [
      ['2026-03-06', 'USD', 'EUR', '0.9'],
      ['2026-03-09', 'USD', 'EUR', '0.8'],
    ]);
    const of = (day: string): [string, string, string] => ['USD', '100', day];
    expect(
      await price(
        'EUR',
        ['2026-03-05', '2026-03-06', '2026-03-07', '2026-03-08', '2026-03-09', '2026-03-15', '2026-03-16'].map(of),
      ),
    ).toEqual([null, 9000, 9000, 9000, 8000, 8000, null]);
  });
});

describe('a price', () => {
  beforeEach(() => rates('EUR', [['2026-03-02', 'USD', 'EUR', '0.9']]));

  it('is in minor units, half to even', async () => {
    // 0.90 x 0.05 = 0.045, 0.9 x 0.15 = 0.135, 0.9 x -0.05 = -0.045
    expect(
      await price('EUR', [
        ['USD', '0.05', '2026-03-02'],
        ['USD', '0.15', '2026-03-02'],
        ['USD', '-0.05', '2026-03-02'],
      ]),
    ).toEqual([4, 14, -4]);
  });

  it('in the reporting currency needs no rate, and is rounded only when it has finer parts', async () => {
    expect(
      await price('EUR', [
        ['EUR', '19.99', '1999-01-01'],
        ['EUR', '0.125', '2026-03-02'],
        ['EUR', '0.135', '2026-03-02'],
      ]),
    ).toEqual([1999, 12, 14]);
  });

  it('of a currency without a rate is left out, never counted as it stands', async () => {
    expect(await price('EUR', [['CHF', '100', '2026-03-02']])).toEqual([null]);
  });

  it('has the decimals of the reporting currency: none in yen, three in dinars', async () => {
    await rates('JPY', [['2026-03-02', 'USD', 'JPY', '150.5']]);
    // 1.01 x 150.5 = 152.005; 0.01 x 150.5 = 1.505; 1 x 150.5 = 150.5, to even
    expect(
      await price('JPY', [
        ['USD', '1.01', '2026-03-02'],
        ['USD', '0.01', '2026-03-02'],
        ['USD', '1', '2026-03-02'],
        ['JPY', '980', '2026-03-02'],
      ]),
    ).toEqual([152, 2, 150, 980]);
    await rates('KWD', [['2026-03-02', 'USD', 'KWD', '0.3075']]);
    // 0.3075 is 307.5 fils, to even
    expect(
      await price('KWD', [
        ['USD', '1', '2026-03-02'],
        ['KWD', '1.234', '2026-03-02'],
      ]),
    ).toEqual([308, 1234]);
  });

  it('of a very large amount is exact', async () => {
    expect(await price('EUR', [['USD', '10000000000.01', '2026-03-02']])).toEqual([900_000_000_001]);
  });

  it('does not depend on how many threads work', async () => {
    const rows = Array.from({ length: 40 }, (_, i): [string, string, string] => [
      'USD',
      `${(i * 37) % 11}.${10 + i}`,
      '2026-03-02',
    ]);
    const one = await price('EUR', rows);
    await warehouse.run('set threads = 4');
    expect(await price('EUR', rows)).toEqual(one);
  });
});

describe('orders in foreign currency', () => {
  const config = 'workspace: fx\nreporting: { time_zone: UTC, currency: EUR }\n';
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await testWorkspace(config);
    const back = {
      shop_id: 's',
      source_order_id: 'usd',
      money_event_id: 'usd:r',
      kind: 'refund',
      occurred_at: '2026-03-20T00:00:00Z',
      amount: '-33.35',
      currency: 'USD',
    };
    await ingestPlain(
      workspace,
      together(
        order('usd', '2026-03-02T00:00:00Z', '33.35', { currency: 'USD' }),
        { money_event: [back] },
        order('chf', '2026-03-02T00:00:00Z', '10.00', { currency: 'CHF' }),
        order('eur', '2026-03-02T00:00:00Z', '10.00'),
        // a refund in another currency than its sale
        order('mixed', '2026-03-02T00:00:00Z', '10.00', { currency: 'CHF' }),
        {
          money_event: [
            { ...back, source_order_id: 'mixed', money_event_id: 'mixed:r', amount: '-1.00', currency: 'EUR' },
          ],
        },
        {
          fx_rate: [
            { rate_date: '2026-03-02', base: 'USD', quote: 'EUR', rate: '0.9' },
            { rate_date: '2026-03-20', base: 'USD', quote: 'EUR', rate: '0.5' },
          ],
        },
      ),
    );
    await buildUnder(workspace, config);
  });
  afterAll(() => workspace.close());

  it('a refund is priced by the day of its order, so that a refund in full brings the order to nothing', async () => {
    expect(
      await workspace.warehouse.rows(
        'select money_event_id, revenue_minor, rate_date from staging.revenue_event where conversion_id = $id order by money_event_id desc',
        { id: 's:usd' },
      ),
    ).toEqual([
      { money_event_id: 'usd:sale', revenue_minor: '3002', rate_date: '2026-03-02' },
      { money_event_id: 'usd:r', revenue_minor: '-3002', rate_date: '2026-03-02' },
    ]);
  });

  it('an order without a rate is set aside by name and counts in no total', async () => {
    expect(
      await workspace.warehouse.rows('select conversion_id, currency from staging.unpriced_event order by 1'),
    ).toEqual([
      { conversion_id: 's:chf', currency: 'CHF' },
      { conversion_id: 's:mixed', currency: 'CHF' },
    ]);
    expect(
      await workspace.warehouse.count(`select count(*) from staging.revenue_event where conversion_id = 's:mixed'`),
    ).toBe(0);
    expect(
      await workspace.warehouse.rows(
        `select sum(conversions) as conversions, sum(revenue_gross) as gross from report.attribution where model = 'linear' and basis = 'order_date'`,
      ),
    ).toEqual([{ conversions: '2.000000000', gross: '40.020' }]);
  });
});
