import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixtures, hasFixtures, ledger, withRead } from './support.ts';

const order = {
  id: 723,
  order_key: 'wc_order_1',
  number: '723',
  status: 'completed',
  currency: 'EUR',
  created_via: 'checkout',
  date_created: '2026-03-21T16:16:00',
  date_created_gmt: '2026-03-21T19:16:00',
  date_modified_gmt: '2026-03-22T10:00:00',
  date_paid_gmt: '2026-03-21T19:16:05',
  discount_total: '2.00',
  shipping_total: '5.00',
  total: '33.00',
  total_tax: '5.00',
  prices_include_tax: true,
  customer_id: 0,
  billing: { first_name: 'Ann', email: 'ann@example.com', country: 'FR', state: 'IDF' },
  shipping: { country: '', state: '' },
  line_items: [
    {
      id: 1,
      name: 'Cup',
      product_id: 9,
      sku: 'CUP',
      quantity: 2,
      subtotal: '25.00',
      total: '23.00',
      total_tax: '4.00',
      price: 11.5,
    },
  ],
  fee_lines: [{ total: '2.00' }],
  coupon_lines: [{ code: 'anna10', discount: '2.00', discount_type: 'fixed_cart' }],
  refunds: [] as unknown[],
  meta_data: [] as unknown[],
};

const attribution = (values: Record<string, string>) =>
  Object.entries(values).map(([key, value], i) => ({ id: i, key: `_wc_order_attribution_${key}`, value }));

describe('WooCommerce order JSON', () => {
  it('reads GMT times as UTC, amounts without tax, and the buyer as a key', async () => {
    await withRead(JSON.stringify(order), async ({ receipt, rows }) => {
      expect(receipt).toMatchObject({ kind: 'woocommerce_order_json', read: 1, accepted: 1 });
      expect(await rows('orders')).toMatchObject([
        {
          shop_id: 'woocommerce',
          source_order_id: '723',
          created_at: '2026-03-21T19:16:00Z',
          gross: '27.000000',
          is_tax_included: 'false',
          country: 'FR',
          region: 'IDF',
          sales_channel: 'web',
        },
      ]);
      expect(await rows('money_event')).toMatchObject([
        { money_event_id: '723:sale', amount: '33.00', discount: '2.00', tax: '5.00', shipping: '5.00' },
      ]);
      expect(await rows('order_discount')).toMatchObject([{ code: 'anna10', amount: '2.00' }]);
      expect(JSON.stringify(await rows('orders'))).not.toMatch(/ann@/i);
      // a guest is customer 0: linked to nobody
      expect(await rows('identity_link')).toEqual([]);
    });
  });

  it('counts paid states as revenue; one that stopped being paid takes its sale back', async () => {
    const cases: [Record<string, unknown>, string[]][] = [
      [{ status: 'processing' }, ['sale 33.00']],
      [{ status: 'completed', date_paid_gmt: null }, ['sale 33.00']],
      [{ status: 'refunded', refunds: [{ id: 1, total: '-33.00' }] }, ['refund -33.00', 'sale 33.00']],
      [{ status: 'wc-shipped' }, ['sale 33.00']],
      [{ status: 'quote', date_paid_gmt: null }, []],
      [{ status: 'pending', date_paid_gmt: null }, []],
      [{ status: 'on-hold', date_paid_gmt: null }, []],
      [{ status: 'failed', date_paid_gmt: null }, []],
      [{ status: 'cancelled' }, ['cancel 0.00']],
      [{ meta_data: [{ id: 1, key: '_wcpay_mode', value: 'test' }] }, []],
    ];
    const orders = cases.map(([fields], i) => ({ ...order, ...fields, id: i + 1 }));
    await withRead(JSON.stringify(orders), async ({ rows }) => {
      const events = await rows('money_event', 'kind');
      for (const [i, [fields, expected]] of cases.entries()) {
        const own = events.filter((event) => event.source_order_id === String(i + 1));
        expect(
          own.map((event) => `${event.kind} ${Number(event.amount).toFixed(2)}`),
          JSON.stringify(fields),
        ).toEqual(expected);
      }
    });
  });

  it('reads order attribution; an e-mail in the entry page is not kept, a missing one is not direct', async () => {
    const orders = [
      {
        meta_data: [
          { id: 7, key: 'utm_source', value: 'a plugin' },
          ...attribution({
            source_type: 'utm',
            utm_source: 'Instagram',
            utm_medium: 'social',
            utm_campaign: 'spring',
            referrer: 'https://l.instagram.com/?u=1',
            session_entry: 'https://shop.example/cups?email=ann@example.com&utm_source=Instagram&gclid=Xy1',
            session_start_time: '2026-03-21 18:00:00',
            user_agent: 'Mozilla/5.0',
          }),
        ],
      },
      { meta_data: attribution({ source_type: 'typein', utm_source: '(direct)', session_start_time: 'yesterday' }) },
      { meta_data: attribution({ source_type: 'admin', utm_source: 'admin' }) },
      { meta_data: [{ id: 1, key: '_bag', value: { any: ['thing'] } }] },
    ].map((fields, i) => ({ ...order, ...fields, id: i + 1 }));
    await withRead(JSON.stringify(orders), async ({ receipt, rows }) => {
      expect(receipt.rejected).toBe(0);
      const touches = await rows('touch');
      expect(touches).toMatchObject([
        {
          source_order_id: '1',
          touched_at: '2026-03-21T18:00:00Z',
          utm_source_raw: 'Instagram',
          utm_medium_raw: 'social',
          utm_campaign_raw: 'spring',
          referrer_host: 'l.instagram.com',
          landing_host: 'shop.example',
          landing_path: '/cups',
          landing_query: 'utm_source=Instagram',
          click_id_type: 'gclid',
        },
        {
          source_order_id: '2',
          touched_at: '2026-03-21T19:16:00Z',
          utm_source_raw: '(direct)',
          utm_medium_raw: '(none)',
        },
      ]);
      expect(touches).toHaveLength(2);
      expect(JSON.stringify([touches, await rows('order_attribute')])).not.toMatch(/ann@|Mozilla|Xy1/);
    });
  });

  it('keys customers by shop, since every shop counts from 1', async () => {
    const text = JSON.stringify({ ...order, customer_id: 5, billing: { ...order.billing, email: '' } });
    const keys: string[] = [];
    for (const shop of ['one', 'two'])
      await withRead(text, async ({ rows }) => void keys.push((await rows('orders'))[0].customer_key), {
        options: { shop },
      });
    expect(keys[0]).not.toBe(keys[1]);
  });

  it('needs the zone of the site only where GMT times are missing', async () => {
    const { date_created_gmt: _, ...local } = order;
    await withRead(JSON.stringify(local), async ({ receipt }) => expect(receipt.rejects[0].column).toBe('created_at'));
    await withRead(
      JSON.stringify(local),
      async ({ rows }) => expect((await rows('orders'))[0].created_at).toBe('2026-03-21T19:16:00.000000Z'),
      { options: { time_zone: 'America/Sao_Paulo' } },
    );
  });
});

describe.skipIf(!hasFixtures)('WooCommerce order JSON, fixture', () => {
  const bodies = hasFixtures
    ? (JSON.parse(readFileSync(new URL('woocommerce/orders_docs_examples.json', fixtures), 'utf8')) as unknown[])
    : [];

  it('reads order 723: 39.00, refunds of 10.00 and 9.00, 16:16 local is 19:16 GMT', async () => {
    await withRead(JSON.stringify(bodies[2]), async ({ receipt, rows, workspace }) => {
      expect(receipt).toMatchObject({ kind: 'woocommerce_order_json', read: 2, accepted: 2 });
      expect(
        (await rows('money_event', 'amount'))
          .filter((event) => event.source_order_id === '723')
          .map((event) => event.amount),
      ).toEqual(['-10.00', '-9.00', '39.00']);
      expect((await rows('orders', 'source_order_id'))[0].created_at).toBe('2017-03-21T19:16:00Z');
      expect(await ledger(workspace)).toEqual({ 'refund USD': '-19.00', 'sale USD': '68.35' });
    });
  });

  it('reads single orders and the reply to a batch, without the orders that it deleted', async () => {
    await withRead(JSON.stringify(bodies[0]), async ({ rows }) => expect(await rows('orders')).toHaveLength(1));
    await withRead(JSON.stringify(bodies[5]), async ({ receipt, rows }) => {
      expect(receipt.read).toBe(3);
      expect(
        (await rows('orders', 'source_order_id')).map((row) => [row.source_order_id, row.financial_status]),
      ).toEqual([
        ['727', 'completed'],
        ['728', 'pending'],
        ['729', 'processing'],
      ]);
    });
  });

  it('reads the whole collection, lists inside the list included', async () => {
    await withRead(new URL('woocommerce/orders_docs_examples.json', fixtures), async ({ receipt }) => {
      expect(receipt).toMatchObject({ read: 7, accepted: 5, duplicate: 2, rejected: 0 });
    });
  });
});
