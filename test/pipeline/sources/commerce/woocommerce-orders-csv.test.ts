import { describe, expect, it } from 'vitest';
import { buildWhole } from '../../../../pipeline/build.ts';
import { testWorkspace } from '../../../helpers.ts';
import { csvVariants, toCsv } from '../variants.ts';
import { addsUp, withRead } from './support.ts';

type Cells = Readonly<Record<string, string>>;

const HEADER = [
  'order_id',
  'order_number',
  'order_date',
  'paid_date',
  'status',
  'shipping_total',
  'shipping_tax_total',
  'fee_total',
  'tax_total',
  'discount_total',
  'order_total',
  'order_subtotal',
  'order_currency',
  'payment_method',
  'customer_ip_address',
  'customer_id',
  'customer_email',
  'billing_first_name',
  'billing_email',
  'billing_country',
  'billing_state',
  'shipping_country',
  'customer_note',
  'coupon_items',
  'refund_items',
  'meta:_wcpay_mode',
  'meta:_wc_order_attribution_source_type',
  'meta:_wc_order_attribution_utm_source',
  'meta:_wc_order_attribution_utm_medium',
  'meta:_wc_order_attribution_utm_campaign',
  'meta:_wc_order_attribution_session_entry',
  'meta:_wc_order_attribution_session_start_time',
  'meta:_wc_order_attribution_referrer',
  'line_item_1',
  'line_item_2',
];
const ORDER: Cells = {
  order_id: '723',
  order_number: '723',
  order_date: '2026-03-21 20:16:00',
  paid_date: '2026-03-21 20:17:00',
  status: 'completed',
  shipping_total: '10.00',
  shipping_tax_total: '2.00',
  fee_total: '2.00',
  tax_total: '7.00',
  discount_total: '2.00',
  order_total: '42.00',
  order_subtotal: '25.00',
  order_currency: 'EUR',
  payment_method: 'stripe',
  customer_ip_address: '192.0.2.7',
  customer_id: '0',
  billing_first_name: 'Ann',
  billing_email: 'ann@example.com',
  billing_country: 'fr',
  billing_state: 'IDF',
  customer_note: 'call me',
  coupon_items: 'code:anna10|amount:2.00',
  'meta:_wc_order_attribution_source_type': 'utm',
  'meta:_wc_order_attribution_utm_source': 'ig',
  'meta:_wc_order_attribution_utm_medium': 'social',
  'meta:_wc_order_attribution_session_entry':
    'https://shop.example/cup?utm_source=ig&utm_medium=social&email=ann@example.com',
  'meta:_wc_order_attribution_session_start_time': '2026-03-21 19:00:00',
  line_item_1: 'name:Cup | blue: large|product_id:9|sku:CUP|quantity:2|total:23.00|sub_total:25.00|tax:5.00|refunded:0',
};
const row = (cells: Cells = {}): string[] => HEADER.map((column) => cells[column] ?? ORDER[column] ?? '');
const file = (...orders: Cells[]): string => toCsv([HEADER, ...orders.map(row)]);
const PARIS = { options: { time_zone: 'Europe/Paris' } };

describe('WooCommerce order export', () => {
  it('reads an order in the time of its site, with its money in parts', async () => {
    await withRead(
      file({}),
      async ({ receipt, rows }) => {
        expect(receipt).toMatchObject({ kind: 'woocommerce_orders_csv', read: 1, accepted: 1, rejected: 0 });
        addsUp(receipt);
        expect(await rows('orders')).toMatchObject([
          {
            shop_id: 'woocommerce',
            source_order_id: '723',
            system: 'woocommerce',
            gross: '27.000000',
            total: '42.00',
            tax: '7.00',
            country: 'FR',
            region: 'IDF',
            financial_status: 'completed',
          },
        ]);
        expect(new Date((await rows('orders'))[0].created_at).toISOString()).toBe('2026-03-21T19:16:00.000Z');
        expect(await rows('money_event')).toMatchObject([
          {
            money_event_id: '723:sale',
            kind: 'sale',
            amount: '42.00',
            tax: '7.00',
            shipping: '10.00',
            discount: '2.00',
          },
        ]);
        expect(await rows('order_line')).toMatchObject([
          {
            line_id: '1',
            sku: 'CUP',
            product_id: '9',
            title: 'Cup | blue: large',
            quantity: '2',
            unit_price: '11.500000',
            discount: '2.000000',
            tax: '5.00',
          },
        ]);
        expect(await rows('order_discount')).toMatchObject([{ code: 'anna10', amount: '2.00', discount_index: '1' }]);
      },
      PARIS,
    );
  });

  it('asks for the zone of the site, since its times have none', async () => {
    await expect(withRead(file({}), async () => undefined)).rejects.toThrow(
      /does not say its time zone; give --time-zone/,
    );
  });

  it('keeps nothing personal', async () => {
    await withRead(
      file({ customer_id: '7' }),
      async ({ rows, receipt }) => {
        const all = await Promise.all(Object.keys(receipt.streams).map((stream) => rows(stream)));
        const text = JSON.stringify(all).toLowerCase();
        for (const secret of ['ann@', '192.0.2.7', 'call me']) expect(text).not.toContain(secret);
        expect(await rows('identity_link')).toMatchObject([{ kind: 'order_email' }]);
      },
      PARIS,
    );
  });

  it('reads order attribution; what the shop did not see is not direct', async () => {
    const bare = Object.fromEntries(
      HEADER.filter((column) => column.startsWith('meta:')).map((column) => [column, '']),
    );
    await withRead(
      file(
        {},
        {
          ...bare,
          order_id: '724',
          'meta:_wc_order_attribution_source_type': 'typein',
          'meta:_wc_order_attribution_utm_source': '(direct)',
        },
        { ...bare, order_id: '725' },
        { order_id: '726', 'meta:_wc_order_attribution_source_type': 'admin' },
      ),
      async ({ rows }) => {
        expect(await rows('touch', 'touch_id')).toMatchObject([
          {
            touch_id: 'order_landing:woocommerce:723',
            touched_at: '2026-03-21T19:00:00Z',
            utm_source_raw: 'ig',
            landing_path: '/cup',
            landing_query: 'utm_source=ig&utm_medium=social',
          },
          { source_order_id: '724', utm_source_raw: '(direct)', utm_medium_raw: '(none)' },
        ]);
      },
      PARIS,
    );
  });

  it('counts paid states as revenue; one that stopped being paid takes its sale back; test mode counts nothing', async () => {
    const unpaid = { paid_date: '' };
    await withRead(
      file(
        { order_id: '1', status: 'wc-processing', ...unpaid },
        { order_id: '2', status: 'pending', ...unpaid },
        { order_id: '3', status: 'cancelled' },
        { order_id: '4', status: 'shipped' },
        { order_id: '5', status: 'shipped', ...unpaid },
        { order_id: '6', 'meta:_wcpay_mode': 'test' },
      ),
      async ({ rows }) => {
        expect(
          (await rows('money_event', 'money_event_id')).map((event) => [
            event.money_event_id,
            event.kind,
            Number(event.amount),
          ]),
        ).toEqual([
          ['1:sale', 'sale', 42],
          ['3:sale', 'cancel', 0],
          ['4:sale', 'sale', 42],
        ]);
      },
      PARIS,
    );
  });

  it('adds up refunds, dated by the newest; a list that cannot be read refuses its order', async () => {
    const refunds =
      'amount:10.00|reason:broken; sorry|date:2026-03-25 10:00:00;amount:9.00|reason:|date:2026-04-02 10:00:00';
    await withRead(
      file({ refund_items: refunds }, { order_id: '724', refund_items: 'ten euros' }),
      async ({ receipt, rows }) => {
        expect(receipt).toMatchObject({ read: 2, accepted: 1, rejected: 1 });
        expect(receipt.rejects).toMatchObject([
          { line: 3, reason: expect.stringContaining('refund_items is not a list') },
        ]);
        const [, refund] = await rows('money_event', 'kind desc');
        expect(refund).toMatchObject({ kind: 'refund_total', money_event_id: '723:refund' });
        expect(Number(refund.amount)).toBe(-19);
        expect(new Date(refund.occurred_at).toISOString()).toBe('2026-04-02T08:00:00.000Z');
      },
      PARIS,
    );
  });

  it('reads the same with columns moved, unknown columns, a byte-order mark and Windows line ends', async () => {
    const text = file(
      { line_item_2: 'name:Pen|product_id:3|sku:|quantity:1|total:0|sub_total:0' },
      { order_id: '724', status: 'failed' },
    );
    const read = async (content: string): Promise<unknown> => {
      let found: unknown;
      await withRead(
        content,
        async ({ rows }) => {
          found = [
            await rows('orders', 'source_order_id'),
            await rows('order_line', 'source_order_id, line_id'),
            await rows('money_event', 'money_event_id'),
            await rows('touch', 'touch_id'),
          ];
        },
        PARIS,
      );
      return found;
    };
    const plain = await read(text);
    for (const variant of csvVariants(text)) expect(await read(variant.text), variant.name).toEqual(plain);
  });

  it('reads what a spreadsheet of another locale made of it, once the source says how', async () => {
    const text = file({ order_date: '21/03/2026 20:16', paid_date: '21/03/2026 20:17', order_total: '1.042,50' });
    await withRead(
      text,
      async ({ receipt, rows }) => {
        expect(receipt).toMatchObject({ accepted: 1 });
        const [order] = await rows('orders');
        expect([order.total, new Date(order.created_at).toISOString()]).toEqual([
          '1042.50',
          '2026-03-21T19:16:00.000Z',
        ]);
      },
      { options: { time_zone: 'Europe/Paris', decimal_mark: ',', date_order: 'dmy' } },
    );
  });

  it('rejects an order without id, a total in words, and a time that is none', async () => {
    await withRead(
      file(
        { order_id: '' },
        { order_id: '2', order_total: 'free' },
        { order_id: '3', order_date: 'soon' },
        { order_id: '4' },
      ),
      async ({ receipt }) => {
        expect(receipt).toMatchObject({ read: 4, accepted: 1, rejected: 3 });
        addsUp(receipt);
      },
      PARIS,
    );
  });

  it('refuses an order of more lines than it reads, instead of leaving some out', async () => {
    const header = [...HEADER, 'line_item_201'];
    const text = toCsv([header, [...row({}), 'name:Cup|product_id:9|sku:|quantity:1|total:1.00|sub_total:1.00']]);
    await withRead(
      text,
      async ({ receipt }) => {
        expect(receipt.rejects).toMatchObject([{ line: 2, reason: expect.stringContaining('more than 200 lines') }]);
      },
      PARIS,
    );
  });

  it('is one order with what the API tells of it: one sale, one refund, the lines of one', async () => {
    const workspace = await testWorkspace();
    const api = {
      id: 723,
      number: '723',
      order_key: 'wc_order_1',
      status: 'completed',
      currency: 'EUR',
      date_created: '2026-03-21T20:16:00',
      date_created_gmt: '2026-03-21T19:16:00',
      date_modified_gmt: '2026-03-25T09:00:00',
      date_paid_gmt: '2026-03-21T19:17:00',
      total: '42.00',
      total_tax: '7.00',
      shipping_total: '10.00',
      discount_total: '2.00',
      customer_id: 0,
      billing: { email: 'ann@example.com' },
      line_items: [{ id: 55, name: 'Cup', quantity: 2, subtotal: '25.00', total: '23.00', price: 11.5 }],
      refunds: [{ id: 800, total: '-10.00' }],
      meta_data: [],
    };
    try {
      const csv = file({ refund_items: 'amount:10.00|reason:|date:2026-03-25 10:00:00' });
      await workspace.ingestText(csv, PARIS);
      expect((await workspace.ingestText(csv, PARIS)).state).toBe('already_loaded');
      await workspace.ingestText(JSON.stringify(api), { exportedAt: '2026-07-02T00:00:00Z' });
      await buildWhole(workspace.warehouse, workspace.config);
      const money = await workspace.warehouse.rows<Record<string, string>>(
        'select money_event_id, kind, amount from staging.money_event order by all',
      );
      expect(money.map((event) => [event.money_event_id, event.kind, Number(event.amount)])).toEqual([
        ['723:sale', 'sale', 42],
        ['800', 'refund', -10],
      ]);
      // the export is of July, the API's last word of March
      expect(await workspace.warehouse.rows('select line_id from staging.order_line')).toEqual([{ line_id: '1' }]);
      expect(await workspace.warehouse.count('select count(*) from staging.orders')).toBe(1);
    } finally {
      workspace.close();
    }
  });
});
