import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestWorkspace, testWorkspace } from '../../../helpers.ts';
import { completed, page, reader } from './calls.ts';

const shared = new URL('../../../../../shared/', import.meta.url);
const captures = new URL('fixtures/sdk_captures/captured_requests.json', shared);

let workspace: TestWorkspace;
const { read, key } = reader(() => workspace);
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

describe.skipIf(!existsSync(captures))('bodies captured from the real clients', () => {
  const bodies = (path: string): string[] =>
    JSON.parse(readFileSync(captures, 'utf8'))[path].map((request: { body: object }) => JSON.stringify(request.body));

  it('reads a Segment batch: a sale of 42.50 and a refund of 18.75 EUR', async () => {
    const { receipt, rows } = await read(bodies('/segment/v1/batch')[0], { orders: 'true' });
    expect(receipt).toMatchObject({ kind: 'segment_batch_json', read: 4, accepted: 4, rejected: 0 });
    expect(await rows('money_event', 'money_event_id, kind, amount, tax, shipping, currency, occurred_at')).toEqual([
      {
        money_event_id: '1001:sale',
        kind: 'sale',
        amount: '42.50',
        tax: '3',
        shipping: '2',
        currency: 'EUR',
        occurred_at: '2026-03-01T11:30:00.000Z',
      },
      {
        money_event_id: '1001:refund:m-4',
        kind: 'refund',
        amount: '-18.75',
        tax: null,
        shipping: null,
        currency: 'EUR',
        occurred_at: '2026-03-05T09:00:00.000Z',
      },
    ]);
    expect(await rows('refund', 'source_order_id, refund_id, amount, currency')).toEqual([
      { source_order_id: '1001', refund_id: 'm-4', amount: '18.75', currency: 'EUR' },
    ]);
    expect(await rows('orders', 'shop_id, source_order_id, system, total, gross, currency')).toEqual([
      {
        shop_id: 'shop',
        source_order_id: '1001',
        system: 'segment',
        total: '42.50',
        gross: '37.500000',
        currency: 'EUR',
      },
    ]);
    expect(await rows('order_line', 'line_id, sku, product_id, title, quantity, unit_price')).toEqual([
      { line_id: '1', sku: 'SKU-1', product_id: 'p1', title: 'Mug', quantity: '2', unit_price: '18.75' },
    ]);
    expect(await rows('order_discount', 'code, amount')).toEqual([{ code: 'SPRING10', amount: null }]);
    expect(await rows('touch')).toEqual([
      expect.objectContaining({
        touch_id: 'm-1',
        kind: 'page',
        landing_host: 'shop.example',
        landing_path: '/',
        landing_query: 'utm_source=LinkedIn&utm_medium=Social&utm_campaign=spring_launch',
        utm_source_raw: 'LinkedIn',
        utm_content_raw: 'post-7118649787851124736',
        referrer_host: 'www.linkedin.com',
        click_id_type: 'li_fat_id',
        // the person said no to advertising: the kind of click stays, its id does not
        click_id_key: null,
        is_bot: 'false',
        has_analytics_consent: 'true',
        has_ads_consent: 'false',
      }),
    ]);
    const [visitor, user, order] = [
      await key('visitor', 'anon-1'),
      await key('user', 'cus_1001'),
      await key('order', 'shop:1001'),
    ];
    const email = await workspace.warehouse.value(`select email_key('jane.doe@example.com')`);
    expect(await rows('identity_link', 'key_a, key_b, kind', 'line_no, kind')).toEqual([
      { key_a: user, key_b: email, kind: 'email' },
      { key_a: visitor, key_b: user, kind: 'user_id' },
      { key_a: order, key_b: user, kind: 'order' },
    ]);
  });

  it('reads RudderStack calls: revenue without total, and its own timestamp before the sending times', async () => {
    const [pages, orders] = bodies('/rudder/v1/batch');
    const touches = await (await read(pages)).rows('touch', 'touch_id, touched_at, click_id_type, utm_medium_raw');
    expect(touches).toEqual([
      {
        touch_id: 'r-1',
        touched_at: '2026-03-01T10:00:00.000Z',
        click_id_type: 'ttclid',
        utm_medium_raw: 'paid_social',
      },
    ]);
    const { rows } = await read(orders, { orders: 'true' });
    expect(await rows('orders', 'source_order_id, total, currency')).toEqual([
      { source_order_id: '1002', total: '10.000000', currency: 'USD' },
    ]);
  });
});

describe('the shape of the file', () => {
  it('reads an envelope, an array, one call a line and one envelope a line alike', async () => {
    const calls = [page(), completed()];
    const shapes = [
      JSON.stringify({ sentAt: '2026-03-03T00:00:00Z', batch: calls, writeKey: 'k' }, null, 2),
      JSON.stringify(calls),
      calls.map((call) => JSON.stringify(call)).join('\n'),
      `\uFEFF${calls.map((call) => JSON.stringify({ batch: [call], writeKey: 'k' })).join('\r\n')}`,
    ];
    for (const shape of shapes) {
      const { receipt, rows } = await read(shape);
      expect(receipt).toMatchObject({ kind: 'segment_batch_json', read: 2, accepted: 2 });
      expect(await rows('touch', 'touch_id')).toEqual([{ touch_id: 'p-1' }]);
      expect((await rows('identity_link')).length).toBe(3);
    }
  });

  it('does not mind keys in another order or keys it does not know', async () => {
    const call = page({ integrations: { All: true }, extra: [1, { messageId: 'no' }] });
    const { rows } = await read({ batch: [Object.fromEntries(Object.entries(call).reverse())] });
    expect(await rows('touch', 'touch_id, landing_path')).toEqual([{ touch_id: 'p-1', landing_path: '/sale' }]);
  });

  it('takes the same bytes twice as one, and says so', async () => {
    const text = JSON.stringify([page({ messageId: 'twice' })]);
    const first = await workspace.ingestText(text, { source: 'again' });
    const second = await workspace.ingestText(text, { source: 'again' });
    expect(second).toMatchObject({ state: 'already_loaded', batch_id: first.batch_id, read: 1, accepted: 1 });
  });

  it('counts a call that is sent again in another batch as unchanged, under the same touch id', async () => {
    const one = await workspace.ingestText(JSON.stringify({ batch: [page({ messageId: 'r' })] }), { source: 'retry' });
    const two = await workspace.ingestText(
      JSON.stringify({ batch: [page({ messageId: 'r' }), page({ messageId: 's' })] }),
      { source: 'retry' },
    );
    expect([one.unchanged, two.unchanged, two.accepted]).toEqual([0, 1, 1]);
  });

  it('rejects a line that is cut short and keeps the rest', async () => {
    const { receipt } = await read(`${JSON.stringify(page())}\n{"type":"page","mess\n${JSON.stringify(completed())}`);
    expect(receipt).toMatchObject({ read: 3, accepted: 2, rejected: 1 });
    expect(receipt.rejects[0]).toMatchObject({ line: 2, reason: 'is not a JSON object' });
  });
});

describe('touches', () => {
  it('makes a click of a track call that names a campaign, and nothing of one that does not', async () => {
    const campaign = { source: 'newsletter', medium: 'email', name: 'may' };
    const { rows } = await read([
      {
        type: 'track',
        event: 'Email Link Clicked',
        messageId: 't1',
        userId: 'u',
        timestamp: '2026-03-01T10:00:00Z',
        context: { campaign },
      },
      { type: 'track', event: 'Product Viewed', messageId: 't2', userId: 'u', timestamp: '2026-03-01T10:00:00Z' },
    ]);
    expect(await rows('touch', 'touch_id, kind, utm_source_raw, utm_campaign_raw, visitor_key')).toEqual([
      {
        touch_id: 't1',
        kind: 'click',
        utm_source_raw: 'newsletter',
        utm_campaign_raw: 'may',
        visitor_key: await key('user', 'u'),
      },
    ]);
  });

  it('does not count the campaign of a landing page again for every event on that page', async () => {
    const context = {
      campaign: { source: 'x', medium: 'social' },
      page: { url: 'https://shop.example/?utm_source=x&utm_medium=social' },
    };
    const { rows } = await read([
      page({ context }),
      {
        type: 'track',
        event: 'Product Viewed',
        messageId: 't1',
        anonymousId: 'a-1',
        timestamp: '2026-03-01T10:00:05Z',
        context,
      },
    ]);
    expect(await rows('touch', 'touch_id, kind')).toEqual([{ touch_id: 'p-1', kind: 'page' }]);
  });

  it('ties a campaign on a completed order to the order, not to the time', async () => {
    const campaign = { source: 'creator', medium: 'influencer', name: 'lena' };
    const { rows } = await read([completed({}, { context: { campaign } })]);
    expect(await rows('touch', 'touch_id, kind, shop_id, source_order_id, utm_source_raw, visitor_key')).toEqual([
      {
        touch_id: 'segment:shop:77',
        kind: 'order_journey',
        shop_id: 'shop',
        source_order_id: '77',
        utm_source_raw: 'creator',
        visitor_key: null,
      },
    ]);
  });

  it('keeps neither addresses nor e-mail in URLs and campaign values, nor IP or user agent', async () => {
    const { rows } = await read([
      page({
        properties: {
          url: 'https://shop.example/u/jane@doe.com/x?email=jane@doe.com&utm_source=mail&utm_content=jane%40doe.com',
          title: 'Jane Doe',
        },
        context: {
          ip: '203.0.113.9',
          userAgent: 'Secret/1.0',
          campaign: { source: 'mail', content: 'jane@doe.com', term: '+49 151 2345678' },
        },
      }),
    ]);
    const [touch] = await rows('touch');
    expect(touch).toMatchObject({
      landing_query: 'utm_source=mail&utm_content=(removed)',
      utm_content_raw: '(removed)',
      utm_term_raw: '(removed)',
    });
    expect(JSON.stringify(touch)).not.toMatch(/jane|doe\.com|203\.0|Secret|2345678/i);
  });

  it('keeps every digit of numeric ids', async () => {
    const text =
      '{"type":"page","messageId":"big","anonymousId":9007199254740993,"timestamp":"2026-03-01T10:00:00Z","properties":{}}';
    const { rows } = await read(text);
    expect(await rows('touch', 'visitor_key')).toEqual([{ visitor_key: await key('visitor', '9007199254740993') }]);
  });

  it('names a call without message id by what it says, the same each time', async () => {
    const { messageId: _, ...call } = page();
    const ids = [];
    for (const extra of ['x', 'y']) ids.push(...(await (await read([{ ...call, extra }])).rows('touch', 'touch_id')));
    expect(ids[0].touch_id).toMatch(/^[\w-]{43}$/);
    expect(ids[1]).toEqual(ids[0]);
  });

  it('rejects a call whose time is no time, and one without any', async () => {
    const { timestamp: _, ...timeless } = page({ messageId: 'none' });
    const { receipt } = await read([page({ timestamp: 'yesterday' }), timeless, page({ messageId: 'ok' })]);
    expect(receipt).toMatchObject({ read: 3, accepted: 1, rejected: 2 });
    expect(receipt.rejects.map((reject) => reject.column)).toContain('touched_at');
  });

  it('tells machines from people by the user agent', async () => {
    const machines = [
      'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
      'facebookexternalhit/1.1',
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0',
      'Mozilla/5.0 AppleWebKit/537.36; compatible; GPTBot/1.2',
      'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
      'python-requests/2.31',
    ];
    const people = [
      'Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 Chrome/120.0',
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15',
    ];
    const call = (userAgent: string | undefined) =>
      page({ messageId: userAgent ?? 'no-agent', context: { userAgent } });
    const { rows } = await read([...machines, ...people, undefined].map(call));
    expect(await rows('touch', 'touch_id, is_bot')).toEqual([
      ...machines.map((touch_id) => ({ touch_id, is_bot: 'true' })),
      ...people.map((touch_id) => ({ touch_id, is_bot: 'false' })),
      { touch_id: 'no-agent', is_bot: null },
    ]);
  });

  it('keeps country and region where the call has them, and the session', async () => {
    const { rows } = await read([page({ context: { location: { country: 'DE', region: 'BY' }, sessionId: 99 } })]);
    expect(await rows('touch', 'country, region, session_key')).toEqual([
      { country: 'DE', region: 'BY', session_key: await key('session', '99') },
    ]);
  });
});
