import { describe, expect, it } from 'vitest';
import { ledger, withRead } from './support.ts';

const money = (amount: string) => ({ shopMoney: { amount, currencyCode: 'EUR' } });
const visit = (id: number, fields: Record<string, unknown>) => ({
  id: `gid://shopify/CustomerVisit/${id}`,
  occurredAt: `2026-02-2${id}T10:00:00Z`,
  landingPage: 'https://shop.example/cups?utm_source=ig&email=ann@example.com',
  referrerUrl: null,
  source: 'direct',
  sourceType: null,
  utmParameters: null,
  ...fields,
});
const order = {
  id: 'gid://shopify/Order/1',
  name: '#1',
  email: 'ann@example.com',
  createdAt: '2026-03-01T09:00:00Z',
  updatedAt: '2026-03-05T09:00:00Z',
  displayFinancialStatus: 'PARTIALLY_REFUNDED',
  test: false,
  taxesIncluded: false,
  sourceName: 'web',
  totalPriceSet: money('40.0'),
  totalDiscountsSet: money('2.0'),
  totalTaxSet: money('6.0'),
  totalShippingPriceSet: money('5.0'),
  customer: { id: 'gid://shopify/Customer/7' },
  shippingAddress: { countryCodeV2: 'FR', provinceCode: 'IDF' },
  customAttributes: [{ key: 'utm_source', value: 'plugin' }],
  discountCodes: ['ANNA10'],
  refunds: [{ id: 'gid://shopify/Refund/9', createdAt: '2026-03-05T09:00:00Z', totalRefundedSet: money('5.0') }],
  customerJourneySummary: {
    ready: true,
    firstVisit: visit(1, {
      source: 'Instagram',
      sourceType: 'social',
      utmParameters: { source: 'ig', medium: 'story' },
    }),
    lastVisit: visit(2, {}),
    moments: { nodes: [visit(1, { utmParameters: { source: 'ig', medium: 'story' } }), visit(2, {})] },
  },
};
const line = {
  id: 'gid://shopify/LineItem/11',
  sku: 'CUP',
  title: 'Cup',
  quantity: 2,
  originalUnitPriceSet: money('15.5'),
  isGiftCard: false,
};

describe('Shopify GraphQL orders', () => {
  it('are read from an answer by nodes or edges, from lone orders, and from a bulk file with its child rows', async () => {
    const whole = { ...order, lineItems: { nodes: [line] } };
    for (const text of [
      JSON.stringify({ data: { orders: { nodes: [whole] } } }, null, 2),
      JSON.stringify({ data: { orders: { edges: [{ node: { ...order, lineItems: { edges: [{ node: line }] } } }] } } }),
      JSON.stringify({ data: { order: whole } }),
      `${JSON.stringify(order)}\n${JSON.stringify({ ...line, __parentId: order.id })}\n`,
    ]) {
      await withRead(text, async ({ receipt, rows, workspace }) => {
        expect(receipt).toMatchObject({ kind: 'shopify_order_graphql', rejected: 0 });
        expect(await ledger(workspace)).toEqual({ 'refund EUR': '-5.00', 'sale EUR': '40.00' });
        expect(await rows('orders')).toMatchObject([
          {
            shop_id: 'shopify',
            source_order_id: '1',
            order_name: '#1',
            gross: '31.000000',
            total: '40.0',
            country: 'FR',
            region: 'IDF',
          },
        ]);
        expect(await rows('order_line')).toMatchObject([
          { source_order_id: '1', line_id: '11', sku: 'CUP', quantity: '2' },
        ]);
        expect(await rows('order_discount')).toMatchObject([{ code: 'ANNA10', discount_index: '1' }]);
      });
    }
  });

  it('carry the visits of their customer journey, each once, in their own words before those of Shopify', async () => {
    await withRead(JSON.stringify(order), async ({ rows }) => {
      const touches = await rows('touch', 'touch_id');
      expect(touches).toMatchObject([
        {
          touch_id: 'order_journey:shopify:1:1',
          kind: 'order_journey',
          touched_at: '2026-02-21T10:00:00.000000Z',
          utm_source_raw: 'ig',
          utm_medium_raw: 'story',
        },
        {
          touch_id: 'order_journey:shopify:1:2',
          utm_source_raw: '(direct)',
          utm_medium_raw: '(none)',
          landing_path: '/cups',
        },
      ]);
      expect(JSON.stringify(touches)).not.toMatch(/ann@/);
    });
  });

  it('fall back on their attributes while the journey is not ready, or where there is none', async () => {
    const pending = { ...order, customerJourneySummary: { ...order.customerJourneySummary, ready: false } };
    for (const text of [JSON.stringify(pending), JSON.stringify({ ...order, customerJourneySummary: null })]) {
      await withRead(text, async ({ rows }) => {
        expect(await rows('touch')).toMatchObject([
          { kind: 'order_landing', utm_source_raw: 'plugin', source_order_id: '1' },
        ]);
      });
    }
  });

  it('count what was received, and nothing of test, pending and voided orders', async () => {
    const cases: [Record<string, unknown>, string[]][] = [
      [{ displayFinancialStatus: 'PAID' }, ['sale 40.00']],
      [{ displayFinancialStatus: 'PARTIALLY_PAID', totalReceivedSet: money('10.0') }, ['sale 10.00']],
      [{ displayFinancialStatus: 'PARTIALLY_PAID', totalOutstandingSet: money('15.0') }, ['sale 25.00']],
      [{ displayFinancialStatus: 'PENDING' }, []],
      [{ displayFinancialStatus: 'VOIDED' }, []],
      [{ displayFinancialStatus: 'PAID', test: true }, []],
    ];
    const orders = cases.map(([fields], i) => ({ ...order, refunds: [], ...fields, id: `gid://shopify/Order/${i}` }));
    await withRead(JSON.stringify(orders), async ({ rows }) => {
      const events = await rows('money_event', 'kind');
      for (const [i, [fields, expected]] of cases.entries()) {
        const own = events.filter((event) => event.source_order_id === String(i));
        expect(
          own.map((event) => `${event.kind} ${Number(event.amount).toFixed(2)}`),
          JSON.stringify(fields),
        ).toEqual(expected);
      }
    });
  });
});
