import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { addsUp, fixtures, hasFixtures, ledger, withRead } from './support.ts';

const order = {
  id: 5500000000001,
  admin_graphql_api_id: 'gid://shopify/Order/5500000000001',
  name: '#1',
  email: 'Ann@example.com',
  created_at: '2026-03-01T10:00:00+01:00',
  processed_at: '2026-03-01T10:00:02+01:00',
  updated_at: '2026-03-05T08:00:00+01:00',
  cancelled_at: null,
  financial_status: 'paid',
  currency: 'EUR',
  presentment_currency: 'USD',
  total_price: '36.00',
  total_price_set: { shop_money: { amount: '36.00' }, presentment_money: { amount: '40.00' } },
  current_total_price: '36.00',
  total_discounts: '2.00',
  total_tax: '6.00',
  total_tip_received: '1.00',
  taxes_included: true,
  test: false,
  source_name: 'web',
  browser_ip: '203.0.113.7',
  landing_site: '/products/cup?utm_source=IG&utm_medium=social&utm_campaign=spring&email=ann@example.com&fbclid=AbC123',
  referring_site: 'https://l.instagram.com/',
  note_attributes: [{ name: '_ga', value: 'GA1.1.111.222' }],
  discount_codes: [{ code: 'ANNA10', amount: '2.00', type: 'fixed_amount' }],
  customer: { id: 77, email: 'ann@example.com', first_name: 'Ann' },
  shipping_address: { name: 'Ann', country_code: 'FR', province_code: 'IDF', zip: '75001' },
  shipping_lines: [{ price: '6.00', tax_lines: [{ price: '1.00' }] }],
  line_items: [
    { id: 9007199254740993n, sku: 'CUP', product_id: 3, title: 'Cup', quantity: 3, price: '7.00', gift_card: false },
    { id: 12, sku: '', product_id: 4, title: 'Card', quantity: 1, price: '10.00', gift_card: true },
  ],
  refunds: [] as unknown[],
};

/** JSON with big integers as bare numbers, as some APIs write them. */
function json(value: unknown): string {
  return JSON.stringify(value, (_, cell) => (typeof cell === 'bigint' ? `#${cell}#` : cell)).replace(
    /"#(\d+)#"/g,
    '$1',
  );
}

describe('Shopify order JSON', () => {
  it('reads an order: money in parts, country, channel, lines with every digit of their ids', async () => {
    await withRead(json(order), async ({ receipt, rows }) => {
      expect(receipt).toMatchObject({ kind: 'shopify_order_json', read: 1, accepted: 1, rejected: 0 });
      expect(await rows('orders')).toMatchObject([
        {
          shop_id: 'shopify',
          source_order_id: '5500000000001',
          created_at: '2026-03-01T09:00:00.000000Z',
          gross: '21.000000',
          gift_card: '10.000000',
          shipping: '6.000000',
          tax: '6.00',
          total: '36.00',
          is_tax_included: 'true',
          presentment_currency: 'USD',
          presentment_total: '40.00',
          country: 'FR',
          region: 'IDF',
          sales_channel: 'web',
        },
      ]);
      expect(await rows('money_event')).toMatchObject([
        {
          money_event_id: '5500000000001:sale',
          kind: 'sale',
          occurred_at: '2026-03-01T09:00:00.000000Z',
          amount: '36.00',
          discount: '2.00',
          tax: '6.00',
          shipping: '6.000000',
          tip: '1.00',
          gift_card: '10.000000',
        },
      ]);
      expect((await rows('order_line')).map((line) => [line.line_id, line.is_gift_card])).toEqual([
        ['9007199254740993', 'false'],
        ['12', 'true'],
      ]);
      expect(await rows('order_discount')).toMatchObject([{ code: 'ANNA10', type: 'fixed_amount', amount: '2.00' }]);
    });
  });

  it('reads where the order came from, and stores no address, e-mail or click id as it came', async () => {
    await withRead(json(order), async ({ rows }) => {
      const touches = await rows('touch');
      expect(touches).toMatchObject([
        {
          touch_id: 'order_landing:shopify:5500000000001',
          kind: 'order_landing',
          landing_path: '/products/cup',
          landing_query: 'utm_source=IG&utm_medium=social&utm_campaign=spring',
          referrer_host: 'l.instagram.com',
          click_id_type: 'fbclid',
          source_order_id: '5500000000001',
          country: 'FR',
        },
      ]);
      expect((await rows('identity_link', 'kind')).map((link) => link.kind)).toEqual([
        'click_id',
        'order_email',
        'visitor',
      ]);
      for (const stream of ['orders', 'order_attribute', 'touch', 'identity_link'])
        expect(JSON.stringify(await rows(stream))).not.toMatch(/ann@|AbC123|203\.0|75001|111\.222/i);
    });
  });

  it('takes an internal checkout path for no landing page', async () => {
    const wallet = [
      { ...order, id: 1, landing_site: '/12345/checkouts/abc?utm_source=x' },
      { ...order, id: 2, landing_site: 'https://shop.example/cart/c/9?key=1' },
      { ...order, id: 3, landing_site: '/cartography?utm_source=x' },
      { ...order, id: 4, landing_site: null, referring_site: null, note_attributes: [] },
      { ...order, id: 5, source_name: 'pos' },
    ];
    await withRead(json(wallet), async ({ rows }) => {
      expect((await rows('touch')).map((touch) => [touch.source_order_id, touch.landing_path])).toEqual([
        ['1', undefined],
        ['2', undefined],
        ['3', '/cartography'],
      ]);
    });
  });

  it('reads an order bare, in an array, in { orders }, in { order }, and one a line', async () => {
    const one = json({ ...order, id: 1 });
    const two = json({ ...order, id: 2 });
    const shapes = [
      `[${one},\n${two}]`,
      `{"orders":[${one},${two}]}`,
      `{"order":${one}}\n{"order":${two}}\n`,
      `${one}\n${two}\n`,
      `\uFEFF[${one},${two}]`,
    ];
    for (const shape of shapes) {
      await withRead(shape, async ({ receipt, rows }) => {
        expect(receipt).toMatchObject({ kind: 'shopify_order_json', read: 2, accepted: 2 });
        expect((await rows('orders')).map((row) => row.source_order_id)).toEqual(['1', '2']);
        expect(addsUp(receipt)).toBe(true);
      });
    }
  });

  it('counts only money really taken and kept', async () => {
    const transaction = { kind: 'sale', status: 'success', amount: '36.00', currency: 'EUR', test: false };
    const cases: [Record<string, unknown>, string[]][] = [
      [{ financial_status: 'pending' }, []],
      [{ financial_status: 'authorized' }, []],
      [{ financial_status: 'voided', cancelled_at: '2026-03-02T00:00:00Z' }, []],
      [{ test: true }, []],
      [{ financial_status: 'paid' }, ['sale 36.00']],
      [{ financial_status: 'partially_paid', total_outstanding: '30.00' }, ['sale 6.00']],
      // the gateway's word counts more than the order's: this payment was a test
      [{ transactions: [{ ...transaction, test: true }] }, []],
      [{ transactions: [{ ...transaction, kind: 'authorization' }] }, []],
      [
        {
          transactions: [
            { ...transaction, status: 'failure' },
            { ...transaction, amount: '20.00' },
          ],
        },
        ['sale 20.00'],
      ],
      [{ current_total_price: '46.00' }, ['adjustment 10.00', 'sale 36.00']],
      [{ current_total_price: '30.00' }, ['sale 36.00']],
    ];
    await withRead(
      json(cases.map(([fields], i) => ({ ...order, ...fields, id: i + 1 }))),
      async ({ receipt, rows }) => {
        expect(receipt.rejected).toBe(0);
        const events = await rows('money_event', 'kind');
        for (const [i, [fields, expected]] of cases.entries()) {
          const own = events.filter((event) => event.source_order_id === String(i + 1));
          expect(
            own.map((event) => `${event.kind} ${Number(event.amount).toFixed(2)}`),
            json(fields),
          ).toEqual(expected);
        }
      },
    );
  });

  it('rejects a part payment whose rest is not told, and a payment in two currencies', async () => {
    const paid = { kind: 'sale', status: 'success', amount: '1.00' };
    await withRead(
      json([
        { ...order, financial_status: 'partially_paid' },
        {
          ...order,
          transactions: [
            { ...paid, currency: 'EUR' },
            { ...paid, currency: 'USD' },
          ],
        },
      ]),
      async ({ receipt }) => {
        expect(receipt.rejects.map((reject) => reject.column)).toEqual(['amount', 'currency']);
        expect(receipt).toMatchObject({ read: 2, accepted: 0, rejected: 2 });
      },
    );
  });

  it('rejects a time without an offset, unless the zone of the shop is declared', async () => {
    const text = json({ ...order, created_at: '2026-03-01 10:00:00' });
    await withRead(text, async ({ receipt }) => expect(receipt.rejects[0].column).toBe('created_at'));
    await withRead(
      text,
      async ({ rows }) => expect((await rows('orders'))[0].created_at).toBe('2026-03-01T09:00:00.000000Z'),
      { options: { time_zone: 'Europe/Paris' } },
    );
  });
});

describe('Shopify refunds', () => {
  const refund = {
    id: 900,
    order_id: 5500000000001,
    created_at: '2026-03-05T08:00:00+01:00',
    processed_at: '2026-03-05T08:00:01+01:00',
    refund_line_items: [
      { line_item_id: 11, quantity: 1, subtotal: '7.00', total_tax: '1.17', restock_type: 'return' },
      { line_item_id: 11, quantity: 1, subtotal: '7.00', total_tax: '1.16', restock_type: 'no_restock' },
    ],
    order_adjustments: [{ kind: 'shipping_refund', amount: '-5.00', tax_amount: '-1.00' }],
    transactions: [
      { kind: 'refund', status: 'success', amount: '20.00', currency: 'EUR', test: false },
      { kind: 'refund', status: 'failure', amount: '20.00', currency: 'EUR', test: false },
      { kind: 'void', status: 'success', amount: '99.00', currency: 'EUR', test: false },
    ],
  };
  const parts = {
    money_event_id: '900',
    source_order_id: '5500000000001',
    occurred_at: '2026-03-05T07:00:01.000000Z',
    amount: '-20.000000',
    currency: 'EUR',
    tax: '-3.330000',
    shipping: '-5.000000',
  };

  it('takes the money of a refund from its successful transactions, its parts from lines and adjustments', async () => {
    await withRead(json({ ...order, financial_status: 'partially_refunded', refunds: [refund] }), async ({ rows }) => {
      expect((await rows('money_event')).filter((event) => event.kind === 'refund')).toMatchObject([parts]);
      expect(await rows('refund')).toMatchObject([{ refund_id: '900', amount: '20.000000', currency: 'EUR' }]);
      expect(await rows('refund_line')).toMatchObject([{ line_id: '11', quantity: '2.000000', subtotal: '14.000000' }]);
    });
  });

  it('reads the same refund alone, in { refund } and in { refunds }, to the same ids and money', async () => {
    for (const shape of [json(refund), json({ refund }), json({ refunds: [refund] }), json([refund])]) {
      await withRead(shape, async ({ receipt, rows }) => {
        expect(receipt.kind).toBe('shopify_refund_json');
        expect(await rows('money_event')).toMatchObject([parts]);
      });
    }
  });

  it('gives no money back for returned lines without a transaction', async () => {
    const returned = { ...refund, transactions: [] };
    await withRead(json({ ...order, refunds: [returned] }), async ({ rows, workspace }) => {
      expect(await rows('refund')).toMatchObject([{ amount: '0' }]);
      expect(await ledger(workspace)).toEqual({ 'sale EUR': '36.00' });
    });
    await withRead(json(returned), async ({ receipt }) => {
      expect(receipt.rejects).toMatchObject([{ column: 'currency', reason: 'is missing' }]);
    });
    await withRead(
      json(returned),
      async ({ receipt }) => expect(receipt).toMatchObject({ accepted: 1, streams: { refund: 1, money_event: 0 } }),
      { options: { currency: 'EUR' } },
    );
  });

  it('counts money given back without returned lines, and none of a test refund', async () => {
    const only = { ...refund, refund_line_items: [], order_adjustments: [] };
    const test = { ...refund, id: 901, transactions: refund.transactions.map((part) => ({ ...part, test: true })) };
    await withRead(json([only, test]), async ({ workspace }) => {
      expect(await ledger(workspace)).toEqual({ 'refund EUR': '-20.00' });
    });
  });
});

describe.skipIf(!hasFixtures)('Shopify JSON, fixtures', () => {
  const read = (name: string) => readFileSync(new URL(`shopify/rest/${name}`, fixtures), 'utf8');

  it('keeps the sums of an order that does not add up as they are: lines 597.00, subtotal 398.00', async () => {
    await withRead(read('order.json'), async ({ rows, workspace }) => {
      expect(await rows('orders')).toMatchObject([
        {
          source_order_id: '450789469',
          financial_status: 'authorized',
          gross: '597.000000',
          total: '409.94',
          discount: '0.00',
        },
      ]);
      expect(await rows('order_discount')).toMatchObject([{ code: 'TENOFF', amount: '10.00' }]);
      // authorized is not paid
      expect(await ledger(workspace)).toEqual({});
      expect(await rows('touch')).toMatchObject([
        { landing_host: 'www.example.com', referrer_host: 'www.otherexample.com' },
      ]);
    });
  });

  it('finds no revenue in the cancelled test order, whose times are written -00:00', async () => {
    await withRead(read('order_test_cancelled.json'), async ({ rows, workspace }) => {
      expect(await rows('orders')).toMatchObject([{ is_test: 'true', created_at: '2016-05-17T04:14:36.000000Z' }]);
      expect(await ledger(workspace)).toEqual({});
    });
  });

  it('gives back 209.00 for a refund of two lines of 199.00', async () => {
    await withRead(read('refund.json'), async ({ rows, workspace }) => {
      expect(await ledger(workspace)).toEqual({ 'refund USD': '-209.00' });
      expect(await rows('refund_line')).toHaveLength(2);
    });
  });
});
