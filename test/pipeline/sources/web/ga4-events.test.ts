import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestWorkspace, testWorkspace } from '../../../helpers.ts';
import { csvVariants } from '../variants.ts';

const fixture = new URL('../../../../../shared/fixtures/ga4/event_data.csv', import.meta.url);

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

let source = 0;
async function read(text: string, options: Record<string, string> = {}) {
  const receipt = await workspace.ingestText(text, { source: `ga${++source}`, options: { shop: 'shop', ...options } });
  const rows = (stream: string, columns = '*') =>
    workspace.warehouse.rows<Record<string, string | null>>(
      `select ${columns} from raw.${stream} where batch_id = $batch order by line_no`,
      { batch: receipt.batch_id },
    );
  return { receipt, rows };
}

const key = (kind: string, value: string) =>
  workspace.warehouse.value<string>('select person_key($kind, $value)', { kind, value });

// 2026-03-01T10:00:00.123456Z
const MICROSECONDS = '1772359200123456';

const event = (fields: object = {}, parameters: Record<string, string> = {}) => ({
  event_date: '20260301',
  event_timestamp: MICROSECONDS,
  event_name: 'page_view',
  user_pseudo_id: '1234.5678',
  stream_id: '99',
  event_bundle_sequence_id: '7',
  event_params: [
    { key: 'ga_session_id', value: { int_value: '1772359200' } },
    { key: 'page_location', value: { string_value: 'https://shop.example/a?utm_source=x&gclid=CaSe' } },
    { key: 'page_referrer', value: { string_value: 'https://www.google.com/' } },
    ...Object.entries(parameters).map(([name, string_value]) => ({ key: name, value: { string_value } })),
  ],
  privacy_info: { analytics_storage: 'Yes', ads_storage: 'Yes', uses_transient_token: 'No' },
  traffic_source: { source: 'first-touch-of-the-user', medium: 'first', name: 'first' },
  geo: { country: 'Germany', region: 'Bavaria', city: 'Munich' },
  ...fields,
});
const lines = (...events: object[]) => events.map((each) => JSON.stringify(each)).join('\n');

describe.skipIf(!existsSync(fixture))("Fivetran's seed of GA4 events", () => {
  it('holds one purchase of 29.99: the 49.99 stand on an event checkout, and a header that stands twice is no trouble', async () => {
    const { receipt, rows } = await read(readFileSync(fixture, 'utf8'), { orders: 'true' });
    expect(receipt).toMatchObject({ kind: 'ga4_events_csv', read: 6, accepted: 6, rejected: 0 });
    expect(await rows('orders', 'source_order_id, system, total, currency, created_at')).toEqual([
      {
        source_order_id: 'txn_123',
        system: 'ga4',
        total: '29.99',
        currency: 'USD',
        created_at: '2024-09-10T12:35:00.000000Z',
      },
    ]);
    expect(await rows('money_event', 'money_event_id, kind, amount')).toEqual([
      { money_event_id: 'txn_123:sale', kind: 'sale', amount: '29.99' },
    ]);
  });

  it('takes the source of the event, never the first touch of the user', async () => {
    const { rows } = await read(readFileSync(fixture, 'utf8'));
    const touches = await rows('touch', 'line_no, kind, utm_source_raw, utm_medium_raw, click_id_type');
    expect(touches).toEqual([
      // the purchase of line 1 is the conversion, not a touch
      { line_no: '2', kind: 'click', utm_source_raw: 'source1', utm_medium_raw: 'paid_search', click_id_type: null },
      { line_no: '3', kind: 'click', utm_source_raw: 'source2', utm_medium_raw: 'social', click_id_type: 'gclid' },
      // a click on an ad passes for organic in GA4: the click id stands alone
      { line_no: '4', kind: 'click', utm_source_raw: null, utm_medium_raw: null, click_id_type: 'gclid' },
      { line_no: '5', kind: 'click', utm_source_raw: null, utm_medium_raw: 'email', click_id_type: 'gclid' },
      { line_no: '6', kind: 'click', utm_source_raw: 'source1', utm_medium_raw: 'paid_search', click_id_type: null },
    ]);
    expect(JSON.stringify(touches)).not.toContain('newsletter');
  });

  it('makes no money by default and ties the visitor and the user to the order of the shop', async () => {
    const { receipt, rows } = await read(
      // other bytes: the same would not be read again
      readFileSync(fixture, 'utf8').replace('hostname2', 'hostname3'),
    );
    expect(receipt.streams).toMatchObject({ orders: 0, money_event: 0, refund: 0 });
    const order = await key('order', 'shop:txn_123');
    const links = (await rows('identity_link', 'key_a, key_b, kind')).filter((link) => link.kind === 'order');
    expect(links).toEqual([
      { key_a: order, key_b: await key('visitor', 'pseudo_123'), kind: 'order' },
      { key_a: order, key_b: await key('user', 'user_123'), kind: 'order' },
    ]);
  });

  it('keys the session by user and session id', async () => {
    const { rows } = await read(readFileSync(fixture, 'utf8'));
    expect((await rows('touch', 'session_key'))[0].session_key).toBe(await key('session', 'pseudo_456:session_456'));
  });

  it('reads it the same with columns shuffled, more columns, another byte-order mark or line end', async () => {
    for (const { name, text } of csvVariants(readFileSync(fixture, 'utf8'))) {
      const { receipt, rows } = await read(text, { orders: 'true' });
      expect([name, receipt.kind, receipt.accepted, await rows('orders', 'total')]).toEqual([
        name,
        'ga4_events_csv',
        6,
        [{ total: '29.99' }],
      ]);
    }
  });
});

describe('events of the BigQuery export', () => {
  it('reads a page view: source of the event, microseconds, click id as a key, no first touch', async () => {
    const { receipt, rows } = await read(
      lines(
        event({ collected_traffic_source: { manual_source: 'x', manual_medium: 'social', manual_campaign_id: '55' } }),
      ),
      {},
    );
    expect(receipt).toMatchObject({ kind: 'ga4_events_json', read: 1, accepted: 1 });
    const [touch] = await rows('touch');
    expect(touch).toMatchObject({
      kind: 'page',
      touched_at: '2026-03-01T10:00:00.123456Z',
      visitor_key: await key('visitor', '1234.5678'),
      session_key: await key('session', '1234.5678:1772359200'),
      landing_host: 'shop.example',
      landing_path: '/a',
      landing_query: 'utm_source=x',
      referrer_host: 'www.google.com',
      utm_source_raw: 'x',
      utm_medium_raw: 'social',
      utm_id: '55',
      click_id_type: 'gclid',
      click_id_key: await key('click_id', 'CaSe'),
      country: 'Germany',
      region: 'Bavaria',
      has_analytics_consent: 'true',
      has_ads_consent: 'true',
    });
    expect(JSON.stringify(touch)).not.toContain('first');
  });

  it('reads an array as well as lines', async () => {
    const { receipt } = await read(JSON.stringify([event(), event({ event_name: 'scroll' })], null, 1));
    expect(receipt).toMatchObject({ kind: 'ga4_events_json', read: 2, accepted: 2 });
  });

  it('leaves out starts of sessions and first visits, which lack the source of the page they belong to', async () => {
    const { rows } = await read(
      lines(
        event({ event_name: 'session_start' }, { source: 'x' }),
        event({ event_name: 'first_visit' }, { source: 'x' }),
        event({ event_name: 'scroll', event_params: [] }),
        event(),
      ),
    );
    expect(await rows('touch', 'line_no')).toEqual([{ line_no: '4' }]);
  });

  it('gives the event of an intraday table and of the daily table one id', async () => {
    const intraday = await (await read(lines(event({ is_active_user: false })))).rows('touch', 'touch_id');
    const daily = await (await read(lines(event({ is_active_user: true })))).rows('touch', 'touch_id');
    expect(daily).toEqual(intraday);
  });

  it('keeps no key where analytics was refused, nor where GA4 leaves the user id out', async () => {
    const { rows } = await read(
      lines(
        event({ privacy_info: { analytics_storage: 'No', ads_storage: 'No' } }),
        event({ user_pseudo_id: null, privacy_info: null, event_name: 'page_view' }),
      ),
      { consent: 'granted' },
    );
    expect(
      await rows('touch', 'visitor_key, session_key, click_id_key, landing_path, landing_host, has_analytics_consent'),
    ).toEqual(
      Array.from({ length: 2 }, () => ({
        visitor_key: null,
        session_key: null,
        click_id_key: null,
        landing_path: null,
        landing_host: 'shop.example',
        has_analytics_consent: 'false',
      })),
    );
    expect(await rows('identity_link')).toEqual([]);
  });

  it('reads purchases in their own currency, their items, and refunds as negative money', async () => {
    const purchase = event(
      {
        event_name: 'purchase',
        user_id: 'u-1',
        ecommerce: { transaction_id: 'T1', purchase_revenue: 100.5, purchase_revenue_in_usd: 110 },
        items: [{ item_id: 'SKU-1', item_name: 'Mug', price: 50.25, quantity: '2' }],
      },
      { currency: 'eur' },
    );
    const refund = event(
      {
        event_name: 'refund',
        event_timestamp: '1772445600000000',
        ecommerce: { transaction_id: 'T1', refund_value_in_usd: 10 },
      },
      { currency: 'eur' },
    );
    const { rows } = await read(lines(purchase, refund), { orders: 'true' });
    expect(await rows('orders', 'source_order_id, total, currency, customer_key')).toEqual([
      { source_order_id: 'T1', total: '100.5', currency: 'EUR', customer_key: await key('user', 'u-1') },
    ]);
    expect(await rows('order_line', 'line_id, sku, title, quantity, unit_price')).toEqual([
      { line_id: '1', sku: 'SKU-1', title: 'Mug', quantity: '2', unit_price: '50.25' },
    ]);
    expect(await rows('money_event', 'money_event_id, amount, currency')).toEqual([
      { money_event_id: 'T1:sale', amount: '100.5', currency: 'EUR' },
      { money_event_id: 'T1:refund:2026-03-02T10:00:00.000000Z', amount: '-10', currency: 'USD' },
    ]);
  });

  it('makes no order of a purchase without transaction id', async () => {
    const { rows } = await read(
      lines(event({ event_name: 'purchase', ecommerce: { transaction_id: '(not set)', purchase_revenue_in_usd: 5 } })),
      { orders: 'true' },
    );
    expect(await rows('orders')).toEqual([]);
  });

  it('rejects a time that is none, by line and column', async () => {
    const { receipt } = await read(lines(event(), event({ event_timestamp: 'noon' })));
    expect(receipt).toMatchObject({ read: 2, accepted: 1, rejected: 1 });
    expect(receipt.rejects).toContainEqual(expect.objectContaining({ line: 2, column: 'touched_at' }));
  });
});
