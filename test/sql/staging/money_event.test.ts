import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestWorkspace, testWorkspace } from '../../helpers.ts';
import { buildUnder, ingestPlain, order, type PlainRows, together } from '../plain.ts';

const CONFIG = 'workspace: ledger\nreporting: { time_zone: UTC, currency: EUR }\n';

function event(
  of: string,
  id: string,
  kind: string,
  amount: string,
  at: string,
  more: Readonly<Record<string, string>> = {},
): PlainRows {
  return {
    money_event: [
      {
        shop_id: 's',
        source_order_id: of,
        money_event_id: `${of}:${id}`,
        kind,
        occurred_at: at,
        amount,
        currency: 'EUR',
        ...more,
      },
    ],
  };
}

const sold = (id: string, total = '100.00'): PlainRows => order(id, '2026-03-01T00:00:00Z', total);

const taxed = (id: string): PlainRows => ({
  ...sold(id, '120.00'),
  ...event(id, 'sale', 'sale', '120.00', '2026-03-01T00:00:00Z', { tax: '20.00', shipping: '10.00' }),
});

describe('the ledger of an order', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await testWorkspace(CONFIG);
    await ingestPlain(
      workspace,
      together(
        // an export that only states how much was refunded so far
        sold('total'),
        event('total', 'refunded', 'refund_total', '-30.00', '2026-04-01T00:00:00Z', { tax: '-5.00' }),
        // the same money, told by a dated refund too
        sold('told twice'),
        event('told twice', 'refunded', 'refund_total', '-30.00', '2026-04-01T00:00:00Z'),
        event('told twice', 'r1', 'refund', '-30.00', '2026-03-10T00:00:00Z'),
        // the total knows of more than the dated refunds
        sold('partly dated'),
        event('partly dated', 'refunded', 'refund_total', '-30.00', '2026-04-01T00:00:00Z'),
        event('partly dated', 'r1', 'refund', '-20.00', '2026-03-10T00:00:00Z'),
        // the dated refunds know of more than an older total
        sold('older total'),
        event('older total', 'refunded', 'refund_total', '-20.00', '2026-03-05T00:00:00Z'),
        event('older total', 'r1', 'refund', '-30.00', '2026-03-10T00:00:00Z'),
        // what is not goods is not revenue
        order('parts', '2026-03-01T00:00:00Z', '131.90', { tax: '19.00' }),
      ),
    );
    await ingestPlain(
      workspace,
      together(
        // 120 of which 20 tax and 10 shipping; refunds that say nothing of it
        taxed('bare'),
        event('bare', 'r1', 'refund', '-60.00', '2026-03-10T00:00:00Z'),
        taxed('bare thirds'),
        ...['-40.00', '-40.00', '-40.00'].map((amount, i) =>
          event('bare thirds', `r${i}`, 'refund', amount, `2026-03-1${i}T00:00:00Z`),
        ),
        // the first says that it was goods alone, so the second holds all of the shipping
        taxed('half said'),
        event('half said', 'r1', 'refund', '-60.00', '2026-03-10T00:00:00Z', { tax: '-10.00', shipping: '0' }),
        event('half said', 'r2', 'refund', '-60.00', '2026-03-11T00:00:00Z'),
        taxed('undone'),
        event('undone', 'dispute', 'chargeback', '-120.00', '2026-03-10T00:00:00Z'),
        event('undone', 'won', 'chargeback_reversal', '120.00', '2026-03-20T00:00:00Z'),
        taxed('elsewhere'),
        event('elsewhere', 'r1', 'refund', '-60.00', '2026-03-10T00:00:00Z', { currency: 'USD' }),
      ),
    );
    // the next export states the total again: its money was there from the first one on
    await ingestPlain(
      workspace,
      event('total', 'refunded', 'refund_total', '-30.00', '2026-05-01T00:00:00Z', {
        tax: '-5.00',
        observed_at: '2026-07-02T00:00:00Z',
      }),
    );
    await ingestPlain(
      workspace,
      event('parts', 'sale', 'sale', '131.90', '2026-03-01T00:00:00Z', {
        tax: '19.00',
        shipping: '4.90',
        tip: '3.00',
        gift_card: '5.00',
        discount: '10.00',
        observed_at: '2026-07-02T00:00:00Z',
      }),
    );
    await buildUnder(workspace, CONFIG);
  });
  afterAll(() => workspace.close());

  function refunds(of: string): Promise<unknown[]> {
    return workspace.warehouse.rows(
      `select money_event_id, event_date, revenue_minor from staging.revenue_event where conversion_id = $id and kind <> 'sale' order by money_event_id`,
      { id: `s:${of}` },
    );
  }

  it('a stated total is one refund, dated by the first export that stated it, its tax apart', async () => {
    expect(await refunds('total')).toEqual([
      { money_event_id: 'total:refunded', event_date: '2026-04-01', revenue_minor: '-2500' },
    ]);
  });
  it('one refund told twice is one refund', async () => {
    expect(await refunds('told twice')).toEqual([
      { money_event_id: 'told twice:r1', event_date: '2026-03-10', revenue_minor: '-3000' },
    ]);
  });
  it('a total counts for what exceeds the dated refunds', async () => {
    expect(await refunds('partly dated')).toEqual([
      { money_event_id: 'partly dated:r1', event_date: '2026-03-10', revenue_minor: '-2000' },
      { money_event_id: 'partly dated:refunded', event_date: '2026-04-01', revenue_minor: '-1000' },
    ]);
  });
  it('a total that is behind the dated refunds adds nothing', async () => {
    expect(await refunds('older total')).toEqual([
      { money_event_id: 'older total:r1', event_date: '2026-03-10', revenue_minor: '-3000' },
    ]);
  });
  it('revenue is goods less discounts: tax, shipping, tips and gift cards stand apart', async () => {
    expect(
      await workspace.warehouse.rows(`select revenue_minor from staging.revenue_event where conversion_id = 's:parts'`),
    ).toEqual([{ revenue_minor: '10000' }]);
  });

  it('a refund that does not say what it was for gives back every part of its sale alike', async () => {
    expect(
      await workspace.warehouse.rows(
        `select tax, shipping, tip from staging.money_event where source_order_id = 'bare' and kind = 'refund'`,
      ),
    ).toEqual([{ tax: '-10.000000', shipping: '-5.000000', tip: null }]);
    expect(await refunds('bare')).toMatchObject([{ revenue_minor: '-4500' }]);
  });
  it('three such refunds of a third each leave nothing, to the cent', async () => {
    const rows = await workspace.warehouse.rows<{ tax: string; shipping: string }>(
      `select tax, shipping from staging.money_event where source_order_id = 'bare thirds' and kind = 'refund' order by money_event_id`,
    );
    expect(rows.map(({ tax, shipping }) => [Number(tax), Number(shipping)])).toEqual([
      [-6.67, -3.33],
      [-6.66, -3.34],
      [-6.67, -3.33],
    ]);
    expect((await refunds('bare thirds')).map((row) => (row as { revenue_minor: string }).revenue_minor)).toEqual([
      '-3000',
      '-3000',
      '-3000',
    ]);
  });
  it('after a refund that says what it was for, the rest is what that one left', async () => {
    expect(await refunds('half said')).toMatchObject([{ revenue_minor: '-5000' }, { revenue_minor: '-4000' }]);
  });
  it('a dispute that is won brings back what it took', async () => {
    expect(await refunds('undone')).toMatchObject([{ revenue_minor: '-9000' }, { revenue_minor: '9000' }]);
  });
  it('a refund in another currency is not set against the parts of the sale', async () => {
    expect(
      await workspace.warehouse.rows(
        `select tax from staging.money_event where source_order_id = 'elsewhere' and kind = 'refund'`,
      ),
    ).toEqual([{ tax: null }]);
  });
});
