import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestWorkspace, testWorkspace } from '../../../helpers.ts';
import { completed, page, reader } from './calls.ts';

let workspace: TestWorkspace;
const { read, key } = reader(() => workspace);
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

describe('consent', () => {
  const consented = (categoryPreferences: object) => ({ context: { consent: { categoryPreferences } } });

  it('keeps no key of a visitor who said no to analytics: no visitor, click id, path, session, link or buyer', async () => {
    const no = consented({ Analytics: false, Advertising: true });
    const { rows } = await read(
      [
        page({
          ...no,
          properties: { url: 'https://shop.example/private?utm_source=x&gclid=CaseKept' },
        }),
        completed({}, no),
        {
          type: 'identify',
          messageId: 'i',
          anonymousId: 'a',
          userId: 'u',
          timestamp: '2026-03-01T10:00:00Z',
          traits: { email: 'j@d.com' },
          ...no,
        },
      ],
      { orders: 'true', consent: 'granted' },
    );
    expect(await rows('touch')).toEqual([
      expect.objectContaining({
        visitor_key: null,
        session_key: null,
        click_id_key: null,
        click_id_type: 'gclid',
        landing_host: 'shop.example',
        landing_path: null,
        landing_query: 'utm_source=x',
        has_analytics_consent: 'false',
        has_ads_consent: 'true',
      }),
    ]);
    expect(await rows('identity_link')).toEqual([]);
    expect(await rows('orders', 'customer_key, has_analytics_consent, total')).toEqual([
      { customer_key: null, has_analytics_consent: 'false', total: '120.00' },
    ]);
  });

  it('reads the categories of the usual consent tools; of several that are about one purpose, a no outweighs', async () => {
    const cases: [object, string | null, string | null][] = [
      [{ Analytics: true, Marketing: false }, 'true', 'false'],
      [{ 'Statistics cookies': 'false', advertising: 'true' }, 'false', 'true'],
      [{ 'Web analytics': true, 'Product analytics': false }, 'false', null],
      [{ C0002: true, C0004: true }, 'true', 'true'],
      [{ Functional: true }, null, null],
    ];
    const { rows } = await read(
      cases.map(([preferences], i) => page({ messageId: `c${i}`, ...consented(preferences) })),
    );
    expect(await rows('touch', 'has_analytics_consent, has_ads_consent')).toEqual(
      cases.map(([, has_analytics_consent, has_ads_consent]) => ({ has_analytics_consent, has_ads_consent })),
    );
  });

  it('reads allowed and denied lists, where a denial outweighs', async () => {
    const consentManagement = { allowedConsentIds: ['Analytics', 'Marketing'], deniedConsentIds: ['Marketing'] };
    const { rows } = await read([page({ context: { consentManagement } })]);
    expect(await rows('touch', 'has_analytics_consent, has_ads_consent')).toEqual([
      { has_analytics_consent: 'true', has_ads_consent: 'false' },
    ]);
  });

  it('takes what the source declares where a call is silent; unknown stays unknown', async () => {
    const granted = await read([page()], { consent: 'granted' });
    expect(await granted.rows('touch', 'has_analytics_consent')).toEqual([{ has_analytics_consent: 'true' }]);
    const unknown = await read([page({ messageId: 'q' })], { consent: 'unknown' });
    expect(await unknown.rows('touch', 'has_analytics_consent')).toEqual([{ has_analytics_consent: null }]);
  });
});

describe('orders', () => {
  it('makes no money of purchases by default, and still says who bought the order of the shop', async () => {
    const { receipt, rows } = await read([completed()]);
    for (const stream of ['orders', 'order_line', 'order_discount', 'refund', 'money_event'])
      expect(receipt.streams[stream]).toBe(0);
    const order = await key('order', 'shop:77');
    expect(await rows('identity_link', 'key_a, key_b', 'kind, key_b')).toHaveLength(3);
    expect((await rows('identity_link', 'key_a, kind')).filter((link) => link.key_a === order)).toHaveLength(2);
  });

  it('adds up: gross - discount + tax + shipping is the total', async () => {
    const { rows } = await read([completed({ coupon: 'LENA15' })], { orders: 'true' });
    expect(await rows('orders', 'gross, discount, tax, shipping, total, currency, customer_key')).toEqual([
      {
        gross: '105.000000',
        discount: '10',
        tax: '20',
        shipping: '5',
        total: '120.00',
        currency: 'EUR',
        customer_key: await key('user', 'u-1'),
      },
    ]);
    expect(await rows('order_discount', 'code, amount')).toEqual([{ code: 'LENA15', amount: '10' }]);
  });

  it('signs every part of a refund, however the shop signs it', async () => {
    const refund = (total: unknown, messageId: string) =>
      completed({ total, tax: 2, shipping: undefined, discount: undefined }, { event: 'Order Refunded', messageId });
    const { rows } = await read([refund(18.75, 'r1'), refund('-6.25', 'r2')], { orders: 'true' });
    expect(await rows('money_event', 'money_event_id, amount, tax')).toEqual([
      { money_event_id: '77:refund:r1', amount: '-18.75', tax: '-2' },
      { money_event_id: '77:refund:r2', amount: '-6.25', tax: '-2' },
    ]);
    expect(await rows('refund', 'amount')).toEqual([{ amount: '18.75' }, { amount: '6.25' }]);
  });

  it('takes a cancelled order back', async () => {
    const { rows } = await read([completed(), completed({}, { event: 'Order Cancelled', messageId: 'c' })], {
      orders: 'true',
    });
    expect(await rows('money_event', 'kind, amount')).toEqual([
      { kind: 'sale', amount: '120.00' },
      { kind: 'cancel', amount: '-120.00' },
    ]);
  });

  it('rejects what it cannot count: an ambiguous amount, no currency, no amount', async () => {
    const { receipt } = await read(
      [
        completed({ total: '1.234' }),
        completed({ currency: undefined }, { messageId: 'o-2' }),
        completed({ total: undefined, currency: 'EUR' }, { messageId: 'o-3' }),
        completed({ total: 1.234 }, { messageId: 'o-4' }),
      ],
      { orders: 'true' },
    );
    expect(receipt).toMatchObject({ read: 4, accepted: 1, rejected: 3 });
    expect(receipt.rejects).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ column: 'total', reason: expect.stringContaining('decimal_mark') }),
        expect.objectContaining({ column: 'currency', reason: 'is missing' }),
        expect.objectContaining({ column: 'total', reason: 'is missing' }),
      ]),
    );
  });

  it('reads an amount with a decimal comma when told so', async () => {
    const { rows } = await read([completed({ total: '1.234,50' })], { orders: 'true', decimal_mark: ',' });
    expect(await rows('orders', 'total')).toEqual([{ total: '1234.50' }]);
  });

  it('links an alias both ways, as it does not say what the earlier id was', async () => {
    const { rows } = await read([
      { type: 'alias', messageId: 'al', userId: 'u', previousId: 'before', timestamp: '2026-03-01T10:00:00Z' },
    ]);
    const links = await rows('identity_link', 'key_a, key_b');
    const user = await key('user', 'u');
    expect(links.map((link) => link.key_a)).toEqual([user, user]);
    expect(new Set(links.map((link) => link.key_b))).toEqual(
      new Set([await key('visitor', 'before'), await key('user', 'before')]),
    );
  });
});
