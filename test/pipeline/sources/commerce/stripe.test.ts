import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { csvVariants, toCsv } from '../variants.ts';
import { addsUp, fixtures, hasFixtures, ledger, withRead } from './support.ts';

const HEADER = [
  'id',
  'created',
  'currency',
  'amount',
  'amount_refunded',
  'status',
  'captured',
  'livemode',
  'customer_id',
  'receipt_email',
  'metadata',
];
const row = (cells: Partial<Record<string, string>>): string[] => {
  const base: Record<string, string> = {
    id: 'ch_1',
    created: '2026-03-01 10:00:00',
    currency: 'usd',
    amount: '4200',
    amount_refunded: '0',
    status: 'succeeded',
    captured: 'TRUE',
    livemode: 'TRUE',
    customer_id: 'cus_1',
  };
  return HEADER.map((column) => cells[column] ?? base[column] ?? '');
};

describe('Stripe charge table', () => {
  it('counts charges that succeeded, were captured and are live; in major units of their currency', async () => {
    const cases: [Partial<Record<string, string>>, string[]][] = [
      [{}, ['42.00 USD']],
      [{ status: 'failed', captured: 'FALSE' }, []],
      [{ status: 'pending' }, []],
      [{ captured: 'FALSE' }, []],
      [{ livemode: 'FALSE' }, []],
      [{ currency: 'jpy' }, ['4200.00 JPY']],
      [{ currency: 'clp' }, ['4200.00 CLP']],
      [{ currency: 'kwd' }, ['4.20 KWD']],
      [{ currency: 'ugx' }, ['42.00 UGX']],
      [{ amount_refunded: '1000' }, ['-10.00 USD', '42.00 USD']],
    ];
    const text = toCsv([HEADER, ...cases.map(([cells], i) => row({ ...cells, id: `ch_${i}` }))]);
    await withRead(text, async ({ receipt, rows }) => {
      expect(receipt).toMatchObject({ kind: 'stripe_charges_csv', read: cases.length, accepted: cases.length });
      const events = await rows('money_event', 'kind');
      for (const [i, [cells, expected]] of cases.entries()) {
        const own = events.filter((event) => event.source_order_id === `ch_${i}`);
        expect(
          own.map((event) => `${Number(event.amount).toFixed(2)} ${event.currency}`),
          JSON.stringify(cells),
        ).toEqual(expected);
      }
      expect((await rows('orders'))[3].financial_status).toBe('authorized');
    });
  });

  it('dates refunds by the export, takes UTC times, and the campaign from metadata', async () => {
    const text = toCsv([
      HEADER,
      row({
        amount_refunded: '4200',
        receipt_email: 'ann@example.com',
        metadata: '{"utm_source":"ig","utm_medium":"social","note":"call 0612345678"}',
      }),
    ]);
    await withRead(text, async ({ rows }) => {
      expect(await rows('orders')).toMatchObject([{ created_at: '2026-03-01T10:00:00.000000Z', system: 'stripe' }]);
      expect((await rows('refund'))[0]).toMatchObject({
        refund_id: 'ch_1:refund',
        refunded_at: '2026-07-01T00:00:00Z',
      });
      expect(await rows('touch')).toMatchObject([
        { utm_source_raw: 'ig', utm_medium_raw: 'social', source_order_id: 'ch_1' },
      ]);
      expect((await rows('order_attribute')).find((attribute) => attribute.name === 'note')?.value).toBeUndefined();
      expect(await rows('identity_link')).toMatchObject([{ kind: 'order_email' }]);
    });
  });
});

const charge = {
  id: 'ch_1',
  object: 'charge',
  amount: 4200,
  amount_captured: 4000,
  amount_refunded: 0,
  captured: true,
  created: 1772359200,
  currency: 'eur',
  customer: { id: 'cus_1', object: 'customer' },
  livemode: true,
  status: 'succeeded',
  metadata: {},
  receipt_email: null,
  billing_details: { email: 'ann@example.com', address: { country: 'FR', state: 'IDF' } },
};
const refund = {
  id: 're_1',
  object: 'refund',
  charge: 'ch_1',
  amount: 1000,
  currency: 'eur',
  created: 1772445600,
  status: 'succeeded',
};
const dispute = {
  id: 'dp_1',
  object: 'dispute',
  charge: 'ch_1',
  amount: 4000,
  currency: 'eur',
  created: 1772532000,
  status: 'lost',
  livemode: true,
};

describe('Stripe objects', () => {
  it('takes what was captured, not what was asked', async () => {
    await withRead(JSON.stringify(charge), async ({ receipt, rows, workspace }) => {
      expect(receipt.kind).toBe('stripe_charge_json');
      expect(await ledger(workspace)).toEqual({ 'sale EUR': '40.00' });
      expect(await rows('orders')).toMatchObject([
        { total: '42.00', created_at: '2026-03-01T10:00:00Z', country: 'FR', region: 'IDF' },
      ]);
      expect(await rows('identity_link')).toMatchObject([{ kind: 'order_email' }]);
    });
  });

  it('reads lists, lines, lone objects and webhook events alike', async () => {
    const objects = [
      charge,
      refund,
      { ...refund, id: 're_2', status: 'failed' },
      dispute,
      { ...dispute, id: 'dp_2', status: 'won' },
    ];
    const event = (object: unknown) => ({ id: 'evt', object: 'event', type: 'x', data: { object } });
    for (const text of [
      JSON.stringify({ object: 'list', data: objects, has_more: false }),
      JSON.stringify(objects),
      objects.map((object) => JSON.stringify(object)).join('\n'),
      objects.map((object) => JSON.stringify(event(object))).join('\n'),
    ]) {
      await withRead(text, async ({ receipt, rows, workspace }) => {
        expect(receipt).toMatchObject({ kind: 'stripe_charge_json', read: 5, accepted: 5 });
        expect(await ledger(workspace)).toEqual({
          'chargeback EUR': '-40.00',
          'refund EUR': '-10.00',
          'sale EUR': '40.00',
        });
        expect((await rows('money_event', 'kind')).map((row) => [row.money_event_id, row.source_order_id])).toEqual([
          ['dp_1', 'ch_1'],
          ['re_1', 'ch_1'],
          ['ch_1:sale', 'ch_1'],
        ]);
      });
    }
  });

  it('takes refunds one by one where the charge lists them, else the sum it states', async () => {
    const listed = { ...charge, amount_refunded: 1000, refunds: { object: 'list', data: [refund] } };
    const summed = { ...charge, id: 'ch_2', amount_refunded: 1000 };
    await withRead(JSON.stringify([listed, summed]), async ({ rows }) => {
      const refunds = (await rows('money_event', 'source_order_id')).filter((event) => event.kind.startsWith('refund'));
      expect(refunds.map((event) => [event.money_event_id, Number(event.amount), event.occurred_at])).toEqual([
        ['re_1', -10, '2026-03-02T10:00:00Z'],
        ['ch_2:refund', -10, '2026-07-01T00:00:00Z'],
      ]);
    });
  });

  it('counts nothing of test mode, its refunds included', async () => {
    const test = { ...charge, livemode: false, refunds: { data: [refund] }, amount_refunded: 1000 };
    await withRead(JSON.stringify([test, refund]), async ({ workspace, rows }) => {
      expect(await ledger(workspace)).toEqual({});
      expect(await rows('orders')).toMatchObject([{ is_test: 'true' }]);
    });
  });
});

describe('Stripe times', () => {
  it('that are none reject their charge alone', async () => {
    const charge = {
      object: 'charge',
      amount: 100,
      currency: 'eur',
      status: 'succeeded',
      captured: true,
      livemode: true,
    };
    const text = [
      { ...charge, id: 'ch_1', created: 'soon' },
      { ...charge, id: 'ch_2', created: 1772359200 },
    ];
    await withRead(text.map((one) => JSON.stringify(one)).join('\n'), async ({ receipt }) => {
      expect(receipt).toMatchObject({ read: 2, accepted: 1, rejected: 1 });
      expect(receipt.rejects[0]).toMatchObject({ line: 1 });
    });
  });
});

describe.skipIf(!hasFixtures)('Stripe, fixtures', () => {
  it('finds captured revenue of 0 in 16 failed charges whose amounts add up to 66,776.96, however the table is written', async () => {
    const text = readFileSync(new URL('stripe/charge_data.csv', fixtures), 'utf8');
    for (const variant of [{ name: 'as it is', text }, ...csvVariants(text)]) {
      await withRead(variant.text, async ({ receipt, workspace }) => {
        expect(receipt, variant.name).toMatchObject({ kind: 'stripe_charges_csv', read: 16, accepted: 16 });
        expect(addsUp(receipt)).toBe(true);
        expect(await ledger(workspace)).toEqual({});
        expect(
          await workspace.warehouse.value('select cast(sum(cast(total as decimal(18, 2))) as varchar) from raw.orders'),
        ).toBe('66776.96');
      });
    }
  });

  it('reads the objects of the API description', async () => {
    const objects = JSON.parse(readFileSync(new URL('stripe/openapi_fixtures_subset.json', fixtures), 'utf8'));
    await withRead(JSON.stringify(objects.charge), async ({ workspace, rows }) => {
      expect(await ledger(workspace)).toEqual({});
      expect(await rows('orders')).toMatchObject([{ financial_status: 'authorized', is_test: 'true', total: '1.00' }]);
    });
    await withRead(JSON.stringify(objects.refund), async ({ workspace }) => {
      expect(await ledger(workspace)).toEqual({ 'refund USD': '-1.00' });
    });
  });
});
