import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildWhole } from '../../../../pipeline/build.ts';
import { sqlFile } from '../../../../pipeline/sql-files.ts';
import { type TestWorkspace, testWorkspace } from '../../../helpers.ts';
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

  describe('of refunds', () => {
    const REFUNDS =
      'id,created_at,processed_at,note,restock,user_id,order_id,_fivetran_synced\n900,2026-03-05 10:00:00.000,2026-03-05 11:00:00.000,call Ann,FALSE,77,1,2026-03-06 00:00:00\n';
    const LINES =
      'id,location_id,refund_id,restock_type,quantity,order_line_id,subtotal,total_tax,_fivetran_synced\n1,5,900,return,2,11,20.00,3.20,2026-03-06 00:00:00\n2,5,900,return,1,11,10.00,1.60,2026-03-06 00:00:00\n3,5,900,no_restock,1,12,7.00,1.12,2026-03-06 00:00:00\n';
    const ADJUSTMENTS =
      'id,order_id,refund_id,amount,tax_amount,kind,reason,_fivetran_synced\n8,1,900,-4.90,-0.78,shipping_refund,Shipping refund,2026-03-06 00:00:00\n9,1,900,1.50,0,refund_discrepancy,Refund discrepancy,2026-03-06 00:00:00\n';

    it('say when, and of which order; the note and who wrote it are not kept', async () => {
      await withRead(REFUNDS, async ({ receipt, rows }) => {
        expect(receipt).toMatchObject({ kind: 'shopify_fivetran_refund', read: 1, accepted: 1 });
        expect(receipt.streams).toEqual({ refund: 1 });
        expect(await rows('refund')).toEqual([
          {
            shop_id: 'shopify',
            source_order_id: '1',
            refund_id: '900',
            refunded_at: '2026-03-05T10:00:00.000000Z',
            processed_at: '2026-03-05T11:00:00.000000Z',
          },
        ]);
      });
    });

    it('say which lines came back, those of one line added up, and reject a quantity in words', async () => {
      await withRead(`${LINES}4,5,900,return,two,13,1.00,0,2026-03-06 00:00:00\n`, async ({ receipt, rows }) => {
        expect(receipt).toMatchObject({
          kind: 'shopify_fivetran_order_line_refund',
          read: 4,
          accepted: 3,
          rejected: 1,
        });
        expect(receipt.rejects).toMatchObject([{ line: 5, column: 'quantity' }]);
        expect(
          (await rows('refund_line', 'line_id')).map((row) => [
            row.source_order_id,
            row.line_id,
            Number(row.quantity),
            Number(row.subtotal),
            Number(row.tax),
            row.restock_type,
          ]),
        ).toEqual([
          ['of refund 900', '11', 3, 30, 4.8, 'return'],
          ['of refund 900', '12', 1, 7, 1.12, 'no_restock'],
        ]);
      });
    });

    it('say what was given back beside the lines, positive like them', async () => {
      await withRead(ADJUSTMENTS, async ({ receipt, rows }) => {
        expect(receipt).toMatchObject({ kind: 'shopify_fivetran_order_adjustment', accepted: 2 });
        expect(
          (await rows('refund_line', 'line_id')).map((row) => [
            row.source_order_id,
            row.line_id,
            Number(row.subtotal),
            Number(row.tax),
            row.restock_type,
          ]),
        ).toEqual([
          ['1', 'adjustment 8', 4.9, 0.78, 'shipping_refund'],
          ['1', 'adjustment 9', -1.5, 0, 'refund_discrepancy'],
        ]);
      });
    });

    it.each([
      ['refund', 'refund_id', REFUNDS],
      ['refund_line', 'line_id', LINES],
      ['refund_line', 'line_id', ADJUSTMENTS],
    ])('read %s the same in other columns (%#)', async (stream, key, text) => {
      let plain: unknown;
      await withRead(text, async ({ rows }) => {
        plain = await rows(stream, key);
      });
      for (const variant of csvVariants(text)) {
        await withRead(variant.text, async ({ rows }) => {
          expect(await rows(stream, key), variant.name).toEqual(plain);
        });
      }
    });

    it('meet: the money of one table and the day of another are one refund, and its lines find their order', async () => {
      const workspace = await testWorkspace();
      try {
        const tables = [
          `${HEADER.join(',')}\n${order('1', {}).join(',')}\n`,
          'order_id,id,sku,quantity,price,gift_card\n1,11,CUP,3,10.00,FALSE\n1,12,PEN,1,5.00,FALSE\n',
          'id,order_id,refund_id,kind,status,test,amount,currency,gateway,created_at\n5,1,900,refund,success,FALSE,35.00,EUR,x,2026-03-07 10:00:00\n',
        ];
        for (const text of tables) await workspace.ingestText(text, { exportedAt: '2026-03-01T00:00:00Z' });
        for (const text of [REFUNDS, LINES, ADJUSTMENTS]) await workspace.ingestText(text);
        expect((await workspace.ingestText(REFUNDS)).state).toBe('already_loaded');
        await buildWhole(workspace.warehouse, workspace.config);
        const refunds = await workspace.warehouse.rows(
          `select source_order_id, refund_id, strftime(refunded_at, '%Y-%m-%d %H') as hour, amount, currency from staging.refund`,
        );
        expect(refunds).toEqual([
          { source_order_id: '1', refund_id: '900', hour: '2026-03-05 10', amount: '35.000000', currency: 'EUR' },
        ]);
        const moved = await workspace.warehouse.rows(
          `select line_key, moved_date, quantity from (${sqlFile('finance/sold_line')}) order by line_key`,
          { reporting_time_zone: 'UTC' },
        );
        expect(moved).toEqual([
          { line_key: 'back 900 11', moved_date: '2026-03-05', quantity: '-3.000' },
          { line_key: 'sold 11', moved_date: '2026-03-01', quantity: '3.000' },
          { line_key: 'sold 12', moved_date: '2026-03-01', quantity: '1.000' },
        ]);
      } finally {
        workspace.close();
      }
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

  it('hold refund lines of 2,075.00 with 132.17 tax, and adjustments: shipping of 622.00 and 1.60 tax, a difference of 515.00', async () => {
    await withRead(seed('refund'), async ({ receipt }) => {
      expect(receipt).toMatchObject({ kind: 'shopify_fivetran_refund', accepted: 5, streams: { refund: 5 } });
    });
    const sums = (workspace: TestWorkspace) =>
      workspace.warehouse.rows(
        `select restock_type in ('return', 'no_restock') as is_line, restock_type = 'shipping_refund' as is_shipping, sum(subtotal::decimal(18, 2)) as subtotal, sum(tax::decimal(18, 2)) as tax
         from raw.refund_line group by all order by all`,
      );
    await withRead(seed('order_line_refund'), async ({ receipt, workspace }) => {
      expect(receipt).toMatchObject({ kind: 'shopify_fivetran_order_line_refund', accepted: 5 });
      expect(await sums(workspace)).toEqual([
        { is_line: true, is_shipping: false, subtotal: '2075.00', tax: '132.17' },
      ]);
    });
    await withRead(seed('order_adjustment'), async ({ receipt, workspace }) => {
      expect(receipt).toMatchObject({ kind: 'shopify_fivetran_order_adjustment', accepted: 5 });
      expect(await sums(workspace)).toEqual([
        { is_line: false, is_shipping: false, subtotal: '515.00', tax: '0.00' },
        { is_line: false, is_shipping: true, subtotal: '622.00', tax: '1.60' },
      ]);
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
