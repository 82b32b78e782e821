import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { csvVariants, toCsv } from '../variants.ts';
import { fixtures, hasFixtures, ledger, withRead } from './support.ts';

describe("Fivetran's tables of Shopify", () => {
  const HEADER = [
    'id',
    'created_at',
    'updated_at',
    'financial_status',
    'currency',
    'total_price',
    'subtotal_price',
    'test',
    'customer_id',
    'email',
    'shipping_address_country_code',
    'landing_site_base_url',
  ];
  const order = (id: string, cells: Record<string, string>): string[] => {
    const base: Record<string, string> = {
      id,
      created_at: '2026-03-01 10:00:00.000',
      updated_at: '2026-03-02 10:00:00.000',
      financial_status: 'paid',
      currency: 'EUR',
      total_price: '35.00',
      subtotal_price: '30.00',
      test: 'FALSE',
      customer_id: '7',
    };
    return HEADER.map((column) => cells[column] ?? base[column] ?? '');
  };

  it('read times as UTC and count what was paid; a hashed address is nobody, not one person for all', async () => {
    const empty = 'd41d8cd98f00b204e9800998ecf8427e';
    const text = toCsv([
      HEADER,
      order('1', { email: empty, customer_id: '', landing_site_base_url: '/?utm_source=ig' }),
      order('2', { email: empty, customer_id: '', shipping_address_country_code: empty }),
      order('3', { test: 'TRUE' }),
      order('4', { financial_status: 'voided' }),
      order('5', { financial_status: 'refunded', email: 'ann@example.com', shipping_address_country_code: 'fr' }),
    ]);
    await withRead(text, async ({ receipt, rows, workspace }) => {
      expect(receipt).toMatchObject({ kind: 'shopify_fivetran_order', accepted: 5, rejected: 0 });
      expect(await ledger(workspace)).toEqual({ 'sale EUR': '105.00' });
      const orders = await rows('orders', 'source_order_id');
      expect(orders[0].created_at).toBe('2026-03-01T10:00:00.000000Z');
      expect(orders.map((row) => row.customer_key !== undefined)).toEqual([false, false, true, true, true]);
      expect(orders.map((row) => row.country)).toEqual([undefined, undefined, undefined, undefined, 'FR']);
      expect(await rows('touch')).toMatchObject([{ source_order_id: '1', landing_query: 'utm_source=ig' }]);
      expect(await rows('identity_link')).toMatchObject([{ kind: 'order_email' }]);
    });
  });

  it('add up the successful parts of a refund; sales, failures and tests of the transaction table give nothing back', async () => {
    const header = [
      'id',
      'order_id',
      'refund_id',
      'kind',
      'status',
      'test',
      'amount',
      'currency',
      'gateway',
      'created_at',
    ];
    const part = (id: string, kind: string, status: string, test: string, amount: string, refund = '900'): string[] => [
      id,
      '1',
      refund,
      kind,
      status,
      test,
      amount,
      'EUR',
      'x',
      '2026-03-05 10:00:00',
    ];
    const text = toCsv([
      header,
      part('1', 'sale', 'success', 'FALSE', '35.00', ''),
      part('2', 'refund', 'success', 'FALSE', '5.00'),
      part('3', 'refund', 'success', 'FALSE', '2.50'),
      part('4', 'refund', 'failure', 'FALSE', '9.00'),
      part('5', 'refund', 'success', 'TRUE', '9.00'),
      part('6', 'refund', 'success', 'FALSE', '1.00', ''),
    ]);
    await withRead(text, async ({ receipt, rows }) => {
      expect(receipt).toMatchObject({ kind: 'shopify_fivetran_transaction', read: 6, accepted: 6 });
      expect(
        (await rows('money_event', 'money_event_id')).map((event) => [event.money_event_id, Number(event.amount)]),
      ).toEqual([
        ['6', -1],
        ['900', -7.5],
      ]);
    });
  });

  it("take the visit's own words before Shopify's reading of it", async () => {
    const text = toCsv([
      [
        'id',
        'order_id',
        'occurred_at',
        'landing_page',
        'referrer_url',
        'source',
        'source_type',
        'utm_parameters_source',
        'utm_parameters_medium',
      ],
      [
        '1',
        '9',
        '2026-03-01 10:00:00',
        'https://shop.example/a?utm_source=ig',
        'https://l.instagram.com/',
        'Instagram',
        'social',
        'ig',
        'story',
      ],
      ['2', '9', '2026-03-02 10:00:00', 'https://shop.example/', '', 'direct', 'direct', '', ''],
      ['3', '9', '2026-03-03 10:00:00', 'https://shop.example/', '', 'Google', 'search', '', ''],
    ]);
    await withRead(text, async ({ receipt, rows }) => {
      expect(receipt.kind).toBe('shopify_fivetran_customer_visit');
      expect(
        (await rows('touch', 'touch_id')).map((touch) => [
          touch.kind,
          touch.source_order_id,
          touch.utm_source_raw,
          touch.utm_medium_raw,
        ]),
      ).toEqual([
        ['order_journey', '9', 'ig', 'story'],
        ['order_journey', '9', '(direct)', '(none)'],
        ['order_journey', '9', 'google', 'organic'],
      ]);
    });
  });
});

describe.skipIf(!hasFixtures)("Fivetran's tables of Shopify, fixtures", () => {
  const seed = (name: string) => new URL(`shopify/dbt_seeds/shopify_${name}_data.csv`, fixtures);

  it('hold 8 orders, with a byte-order mark and without, in any order of columns', async () => {
    const text = readFileSync(seed('order'), 'utf8');
    for (const variant of [{ name: 'as it is', text }, ...csvVariants(text)]) {
      await withRead(variant.text, async ({ receipt, workspace }) => {
        expect(receipt, variant.name).toMatchObject({
          kind: 'shopify_fivetran_order',
          read: 8,
          accepted: 8,
          rejected: 0,
        });
        expect(await ledger(workspace)).toEqual({ 'sale GBP': '11.98', 'sale USD': '615.03' });
      });
    }
  });

  it('hold order lines, codes, visits and attributes, and no successful refund', async () => {
    await withRead(seed('order_line'), async ({ receipt }) => {
      expect(receipt).toMatchObject({ kind: 'shopify_fivetran_order_line', accepted: 3 });
    });
    await withRead(seed('order_discount_code'), async ({ receipt, rows }) => {
      expect(receipt).toMatchObject({ kind: 'shopify_fivetran_discount_code', accepted: 10 });
      expect((await rows('order_discount'))[1]).toMatchObject({
        code: 'SHIPPING2022',
        type: 'shipping',
        discount_index: '2',
      });
    });
    await withRead(seed('gql_customer_visit'), async ({ receipt }) => {
      expect(receipt).toMatchObject({ kind: 'shopify_fivetran_customer_visit', accepted: 10, streams: { touch: 10 } });
    });
    await withRead(seed('transaction'), async ({ receipt, workspace }) => {
      expect(receipt).toMatchObject({ kind: 'shopify_fivetran_transaction', accepted: 5 });
      expect(await ledger(workspace)).toEqual({});
    });
  });

  it('hide a Google Analytics id under "last_name": it is found by its shape, and nothing of it is kept', async () => {
    await withRead(seed('order_note_attribute'), async ({ receipt, rows, workspace }) => {
      expect(receipt).toMatchObject({ kind: 'shopify_fivetran_order_attribute', accepted: 5 });
      const visitor = await workspace.warehouse.value<string>(`select person_key('visitor', '1418143823.1643992155')`);
      expect((await rows('identity_link')).map((link) => link.key_a)).toContain(visitor);
      expect((await rows('order_attribute')).every((attribute) => attribute.value === undefined)).toBe(true);
    });
    await withRead(seed('order_url_tag'), async ({ rows }) => {
      expect(await rows('order_attribute')).toMatchObject([
        { name: 'image' },
        { name: 'utm_medium', value: 'email' },
        { name: 'prop_channel' },
      ]);
    });
  });
});
