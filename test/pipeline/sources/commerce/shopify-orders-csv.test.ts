import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { testWorkspace } from '../../../helpers.ts';
import { csvVariants, toCsv } from '../variants.ts';
import { addsUp, fixtures, hasFixtures, ledger, rowsOf, withRead } from './support.ts';

const HEADER = [
  'Name',
  'Email',
  'Financial Status',
  'Paid at',
  'Currency',
  'Subtotal',
  'Shipping',
  'Taxes',
  'Total',
  'Discount Code',
  'Discount Amount',
  'Created at',
  'Lineitem quantity',
  'Lineitem name',
  'Lineitem price',
  'Lineitem sku',
  'Lineitem requires shipping',
  'Billing Province',
  'Billing Country',
  'Shipping Zip',
  'Shipping Province',
  'Shipping Country',
  'Note Attributes',
  'Cancelled at',
  'Payment Method',
  'Refunded Amount',
  'Outstanding Balance',
  'Id',
  'Source',
];

type Row = Partial<Record<(typeof HEADER)[number], string>>;

function file(rows: Row[], header: readonly string[] = HEADER): string {
  return toCsv([header, ...rows.map((row) => header.map((column) => row[column] ?? ''))]);
}

const first: Row = {
  Name: '#1',
  Email: 'Ann@Example.com',
  'Financial Status': 'paid',
  Currency: 'EUR',
  Subtotal: '30.00',
  Shipping: '5.00',
  Taxes: '5.59',
  Total: '35.00',
  'Discount Code': 'ANNA10',
  'Discount Amount': '3.00',
  'Created at': '2026-03-01 10:00:00 +0100',
  'Lineitem quantity': '1',
  'Lineitem name': 'Cup',
  'Lineitem price': '13.00',
  'Lineitem sku': 'CUP',
  'Shipping Country': 'FR',
  'Shipping Province': 'IDF',
  'Shipping Zip': "'07001",
  Id: '5500000000001',
  Source: 'web',
};
const second: Row = {
  Name: '#1',
  'Created at': '2026-03-01 10:00:00 +0100',
  'Lineitem quantity': '2',
  'Lineitem name': 'Plate',
  'Lineitem price': '10.00',
  'Lineitem sku': 'PLATE',
};

describe('Shopify order export', () => {
  it('takes the money of an order once, whatever the number of its rows', async () => {
    await withRead(file([first, second]), async ({ receipt, rows, workspace }) => {
      expect(receipt).toMatchObject({ kind: 'shopify_orders_csv', read: 2, accepted: 2, rejected: 0 });
      expect(await ledger(workspace)).toEqual({ 'sale EUR': '35.00' });
      expect(await rows('orders')).toMatchObject([
        {
          source_order_id: '5500000000001',
          order_name: '#1',
          created_at: '2026-03-01T09:00:00.000000Z',
          total: '35.00',
          gross: '33.000000',
          discount: '3.00',
          is_tax_included: 'true',
          country: 'FR',
          region: 'IDF',
          sales_channel: 'web',
        },
      ]);
      expect(await rows('order_line')).toMatchObject([
        { source_order_id: '5500000000001', line_id: '1', sku: 'CUP', quantity: '1', unit_price: '13.00' },
        { source_order_id: '5500000000001', line_id: '2', sku: 'PLATE', quantity: '2', unit_price: '10.00' },
      ]);
      expect(await rows('order_discount')).toMatchObject([{ code: 'ANNA10', amount: '3.00', discount_index: '1' }]);
    });
  });

  it('keeps no name, address or e-mail, and gives one person one key', async () => {
    await withRead(
      file([first, { ...first, Name: '#2', Id: '5500000000002', Email: ' ann@example.com ' }]),
      async ({ rows }) => {
        const orders = await rows('orders');
        expect(orders[0].customer_key).toHaveLength(43);
        expect(orders[1].customer_key).toBe(orders[0].customer_key);
        expect(JSON.stringify(orders)).not.toMatch(/ann@|07001/i);
      },
    );
  });

  it('drops exact repeats of a row and counts them', async () => {
    await withRead(file([first, second, first, second]), async ({ receipt, workspace }) => {
      expect(receipt).toMatchObject({ read: 4, accepted: 2, duplicate: 2 });
      expect(await ledger(workspace)).toEqual({ 'sale EUR': '35.00' });
    });
  });

  it('takes the last copy of an order that stands twice with different cells', async () => {
    const later = { ...first, 'Financial Status': 'partially_refunded', 'Refunded Amount': '4.00' };
    await withRead(
      file([first, second, later, { ...second, 'Lineitem quantity': '1' }]),
      async ({ rows, workspace }) => {
        expect(await ledger(workspace)).toEqual({ 'refund_total EUR': '-4.00', 'sale EUR': '35.00' });
        expect(await rows('orders')).toHaveLength(1);
        expect((await rows('order_line')).map((line) => [line.line_id, line.quantity])).toEqual([
          ['1', '1'],
          ['2', '1'],
        ]);
      },
    );
  });

  it('reads rows whose order cells a spreadsheet filled down as one order', async () => {
    const filled = { ...first, ...second };
    await withRead(file([first, filled]), async ({ rows, workspace }) => {
      expect(await ledger(workspace)).toEqual({ 'sale EUR': '35.00' });
      expect(await rows('order_line')).toHaveLength(2);
    });
  });

  it('reads an order without a name by its id, with the unnamed rows under it', async () => {
    await withRead(
      file([
        { ...first, Name: '' },
        { ...second, Name: '' },
      ]),
      async ({ receipt, rows }) => {
        expect(receipt.rejected).toBe(0);
        const orders = await rows('orders');
        expect(orders).toMatchObject([{ source_order_id: '5500000000001' }]);
        expect(orders[0].order_name).toBeUndefined();
        expect((await rows('order_line')).map((line) => line.source_order_id)).toEqual([
          '5500000000001',
          '5500000000001',
        ]);
      },
    );
  });

  it('takes the name for the id where the export has none', async () => {
    const without = HEADER.filter((column) => column !== 'Id');
    await withRead(file([first, second], without), async ({ rows }) => {
      expect(await rows('orders')).toMatchObject([{ source_order_id: '#1', order_name: '#1' }]);
    });
  });

  it('rejects an order that has neither name nor id, and a line whose order is not in the file', async () => {
    await withRead(
      file([
        { ...first, Name: '', Id: '' },
        { ...second, Name: '#9' },
      ]),
      async ({ receipt, workspace }) => {
        expect(receipt).toMatchObject({ read: 2, accepted: 0, rejected: 2 });
        expect(receipt.rejects.map((reject) => [reject.line, reject.column, reject.reason])).toContainEqual([
          3,
          'source_order_id',
          'is missing',
        ]);
        expect(await rowsOf(workspace, 'money_event')).toEqual([]);
      },
    );
  });

  it('rejects an id that a spreadsheet shortened, since the order would be counted again under its name', async () => {
    await withRead(file([{ ...first, Id: '5.5E+12' }]), async ({ receipt }) => {
      expect(receipt.rejects).toContainEqual(expect.objectContaining({ line: 2, column: 'source_order_id' }));
    });
  });

  it('counts only money really taken and kept', async () => {
    const cases: [string, Row, string[]][] = [
      ['pending', {}, []],
      ['authorized', {}, []],
      ['voided', {}, []],
      ['expired', {}, []],
      ['paid', {}, ['35.00']],
      ['partially_paid', { 'Outstanding Balance': '20.00' }, ['15.00']],
      ['refunded', {}, ['-35.00', '35.00']],
      ['refunded', { 'Refunded Amount': '35.00' }, ['-35.00', '35.00']],
      ['partially_refunded', { 'Refunded Amount': '5.00' }, ['-5.00', '35.00']],
      ['paid', { 'Payment Method': 'Bogus Gateway' }, []],
    ];
    const orders = cases.map(([status, cells], i) => ({
      ...first,
      Name: `#${i}`,
      Id: `${i}`,
      'Financial Status': status,
      ...cells,
    }));
    await withRead(file(orders), async ({ rows }) => {
      const events = await rows('money_event', 'source_order_id, kind');
      for (const [i, [status, , amounts]] of cases.entries()) {
        const own = events.filter((event) => event.source_order_id === String(i));
        expect(
          own.map((event) => Number(event.amount).toFixed(2)),
          `${i} ${status}`,
        ).toEqual(amounts);
      }
      expect(await rows('orders')).toHaveLength(cases.length);
    });
  });

  it('rejects a part payment whose rest is not told, instead of guessing it', async () => {
    await withRead(file([{ ...first, 'Financial Status': 'partially_paid' }]), async ({ receipt }) => {
      expect(receipt.rejects).toMatchObject([{ line: 2, column: 'amount' }]);
    });
  });

  it('dates a refund by the export, and one that came with a cancellation by that', async () => {
    const refunded = { ...first, 'Financial Status': 'refunded', 'Refunded Amount': '35.00' };
    await withRead(
      file([refunded, { ...refunded, Name: '#2', Id: '2', 'Cancelled at': '2026-03-02 09:00:00 +0100' }]),
      async ({ rows }) => {
        expect((await rows('refund')).map((refund) => refund.refunded_at)).toEqual([
          '2026-07-01T00:00:00Z',
          '2026-03-02T08:00:00.000000Z',
        ]);
        expect((await rows('money_event')).filter((event) => event.kind === 'refund_total')).toMatchObject([
          { amount: '-35.000000', tax: '-5.590000', shipping: '-5.000000', discount: '-3.000000' },
          { occurred_at: '2026-03-02T08:00:00.000000Z' },
        ]);
      },
    );
  });

  it('keeps gift cards apart: what they cost is money in, not goods sold', async () => {
    const rows: Row[] = [
      { ...first, 'Discount Amount': '', Taxes: '0', 'Lineitem name': 'Gift Card - 25.00', 'Lineitem price': '25.00' },
      { ...second, 'Lineitem quantity': '1', 'Lineitem name': 'Gift card holder', 'Lineitem price': '5.00' },
    ];
    await withRead(file(rows), async ({ rows: read }) => {
      expect(await read('orders')).toMatchObject([{ gross: '5.000000', gift_card: '25.000000' }]);
      expect((await read('order_line')).map((line) => line.is_gift_card)).toEqual(['true', 'false']);
      expect(await read('money_event')).toMatchObject([{ amount: '35.00', gift_card: '25.000000' }]);
    });
  });

  it('tells sales channels apart: till, draft and app orders are not web orders', async () => {
    const sources = ['web', 'pos', 'shopify_draft_order', '580111', 'subscription_contract', ''];
    await withRead(
      file(sources.map((source, i) => ({ ...first, Name: `#${i}`, Id: `${i}`, Source: source }))),
      async ({ rows }) => {
        expect((await rows('orders')).map((order) => order.sales_channel)).toEqual([
          'web',
          'pos',
          'draft',
          'app',
          'subscription',
          'unknown',
        ]);
      },
    );
  });

  it('reads amounts of currencies with no decimals and with three', async () => {
    await withRead(
      file([
        { ...first, Currency: 'JPY', Total: '1250', Subtotal: '1250', Shipping: '0', Taxes: '0' },
        {
          ...first,
          Name: '#2',
          Id: '2',
          Currency: 'KWD',
          Total: '1.250',
          Subtotal: '1.250',
          Shipping: '0.000',
          Taxes: '0.000',
        },
      ]),
      async ({ rows }) => {
        expect((await rows('money_event')).map((event) => [event.amount, event.currency])).toEqual([
          ['1250', 'JPY'],
          ['1.250', 'KWD'],
        ]);
      },
    );
  });

  it('reads note attributes: campaign, visitor id and click id; personal values are not kept', async () => {
    const note = [
      'UTM Source: LinkedIn',
      'utm_medium: paid-social',
      'utm_campaign: ann@example.com',
      '_ga: GA1.2.1111.2222',
      'gclid: CjwKCAjw',
      'Engraving: For Ann: with love',
      'How did you hear about us: a podcast',
    ].join('\n');
    await withRead(file([{ ...first, 'Note Attributes': note }]), async ({ rows, workspace }) => {
      expect(await rows('touch')).toMatchObject([
        {
          touch_id: 'order_landing:shopify:5500000000001',
          kind: 'order_landing',
          touched_at: '2026-03-01T09:00:00.000000Z',
          utm_source_raw: 'LinkedIn',
          utm_medium_raw: 'paid-social',
          utm_campaign_raw: '(removed)',
          click_id_type: 'gclid',
          shop_id: 'shopify',
          source_order_id: '5500000000001',
        },
      ]);
      const attributes = Object.fromEntries(
        (await rows('order_attribute')).map((row) => [row.name, row.value ?? null]),
      );
      expect(attributes).toEqual({
        utm_source: 'LinkedIn',
        utm_medium: 'paid-social',
        utm_campaign: '(removed)',
        ga: null,
        gclid: null,
        engraving: null,
        how_did_you_hear_about_us: 'a podcast',
      });
      const [{ visitor }] = await workspace.warehouse.rows<{ visitor: string }>(
        `select person_key('visitor', '1111.2222') as visitor`,
      );
      const links = await rows('identity_link', 'kind desc');
      expect(links.map((link) => link.kind)).toEqual(['visitor', 'click_id']);
      expect(links[0].key_a).toBe(visitor);
      expect(links[0].key_b).toBe((await rows('orders'))[0].customer_key);
    });
  });

  it('has no touch for an order that does not tell where it came from: unattributed is not direct', async () => {
    await withRead(file([{ ...first, 'Note Attributes': 'colour: green' }]), async ({ rows }) => {
      expect(await rows('touch')).toEqual([]);
    });
  });

  it('grants consent only where the source declares it', async () => {
    const text = file([{ ...first, 'Note Attributes': 'utm_source: x' }]);
    await withRead(text, async ({ rows }) => expect((await rows('touch'))[0].has_analytics_consent).toBeUndefined());
    await withRead(text, async ({ rows }) => expect((await rows('touch'))[0].has_analytics_consent).toBe('true'), {
      options: { consent: 'granted' },
    });
  });

  describe('opened in a spreadsheet', () => {
    it('reads serial days as wall-clock time in the declared zone', async () => {
      await withRead(
        file([{ ...first, 'Created at': '45384.347' }]),
        async ({ rows }) => expect(await rows('orders')).toMatchObject([{ created_at: '2024-04-02T06:19:41.000000Z' }]),
        { options: { time_zone: 'Europe/Paris' } },
      );
    });

    it('rejects a time without an offset when no zone is declared, instead of taking it for UTC', async () => {
      for (const created of ['45384.347', '2026-03-01 10:00']) {
        await withRead(file([{ ...first, 'Created at': created }]), async ({ receipt }) => {
          expect(receipt.rejects).toContainEqual(expect.objectContaining({ line: 2, column: 'created_at' }));
          expect(receipt.rejected).toBe(1);
        });
      }
    });

    it('reads what a European spreadsheet saves: semicolons, decimal commas, day before month', async () => {
      const rows = [first, second, { ...first, Name: '#2', Id: '2', 'Created at': '31.03.2026 23:30' }].map((row) =>
        Object.fromEntries(
          Object.entries(row as Record<string, string>).map(([column, value]) => [
            column,
            /^\d+\.\d\d$/.test(value)
              ? value.replace('.', ',')
              : value.replace('2026-03-01 10:00:00 +0100', '01.03.2026 10:00'),
          ]),
        ),
      );
      await withRead(
        toCsv([HEADER, ...rows.map((row) => HEADER.map((column) => row[column] ?? ''))], ';'),
        async ({ rows: read, workspace }) => {
          expect(await ledger(workspace)).toEqual({ 'sale EUR': '70.00' });
          expect((await read('orders', 'source_order_id desc')).map((order) => order.created_at)).toEqual([
            '2026-03-01T09:00:00.000000Z',
            '2026-03-31T21:30:00.000000Z',
          ]);
        },
        { options: { time_zone: 'Europe/Paris' } },
      );
    });
  });

  it('reads CRLF, LF and a file that mixes both', async () => {
    const text = file([first, second]);
    const lines = text.split('\n');
    for (const variant of [text, lines.join('\r\n'), `${lines[0]}\r\n${lines.slice(1).join('\n')}`]) {
      await withRead(variant, async ({ receipt, workspace }) => {
        expect(receipt).toMatchObject({ read: 2, accepted: 2 });
        expect(await ledger(workspace)).toEqual({ 'sale EUR': '35.00' });
      });
    }
  });

  it('is a no-op for the same bytes, and tells unchanged rows of a later export', async () => {
    const workspace = await testWorkspace();
    try {
      const text = file([first, second]);
      await workspace.ingestText(text);
      const again = await workspace.ingestText(text, { name: 'orders_export (1).csv' });
      expect(again.state).toBe('already_loaded');
      expect(await workspace.warehouse.count('select count(*) from raw.orders')).toBe(1);
      const grown = await workspace.ingestText(file([first, second, { ...first, Name: '#2', Id: '2' }]));
      expect(grown).toMatchObject({ read: 3, accepted: 1, unchanged: 2, duplicate: 0, rejected: 0 });
      expect(addsUp(grown)).toBe(true);
    } finally {
      workspace.close();
    }
  });
});

describe.skipIf(!hasFixtures)('Shopify order export, fixture', () => {
  const fixture = new URL('synthetic_ui_exports/shopify_orders_export.csv', fixtures);

  it('reads five orders in six rows: a till gift card, a cancelled one, Chilean pesos, a summer-time night', async () => {
    await withRead(fixture, async ({ receipt, rows, workspace }) => {
      expect(receipt).toMatchObject({ read: 6, accepted: 6, rejected: 0 });
      expect(await ledger(workspace)).toEqual({
        'refund_total GBP': '-5.00',
        'sale CLP': '194038.00',
        'sale GBP': '97.62',
      });
      const orders = await rows('orders', 'order_name');
      expect(orders.map((order) => [order.order_name, order.created_at, order.sales_channel])).toEqual([
        ['#1001', '2026-03-01T10:02:09.000000Z', 'web'],
        ['#1002', '2026-03-28T23:30:00.000000Z', 'pos'],
        ['#1003', '2026-03-29T01:15:00.000000Z', 'web'],
        ['#1004', '2026-04-01T08:00:00.000000Z', 'web'],
        ['1044', '2025-10-02T20:09:34.000000Z', 'app'],
      ]);
      expect(await rows('order_line')).toHaveLength(6);
      expect(await rows('touch')).toMatchObject([{ utm_source_raw: 'linkedin', source_order_id: '5500000000001' }]);
    });
  });

  it('reads the same rows with columns shuffled, extra columns, a byte-order mark and other line ends', async () => {
    const text = readFileSync(fixture, 'utf8');
    const workspace = await testWorkspace();
    try {
      const read = async (source: string) =>
        workspace.warehouse.rows(
          `select columns(c -> c not in ('source_id', 'batch_id', 'line_no', 'touch_id', 'shop_id')) from raw.money_event
           where source_id = $source order by money_event_id`,
          { source },
        );
      await workspace.ingestFile(fixture, { source: 'plain' });
      const wanted = await read('plain');
      expect(wanted).toHaveLength(5);
      for (const [i, variant] of csvVariants(text).entries()) {
        const receipt = await workspace.ingestText(variant.text, { source: `variant_${i}` });
        expect(receipt, variant.name).toMatchObject({ kind: 'shopify_orders_csv', read: 6, rejected: 0 });
        expect(await read(`variant_${i}`), variant.name).toEqual(wanted);
      }
    } finally {
      workspace.close();
    }
  });
});
