import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestWorkspace, testWorkspace } from '../../../helpers.ts';
import { csvVariants } from '../variants.ts';

const fixture = new URL('../../../../../shared/fixtures/segment/example_segment_pages.csv', import.meta.url);

const OWN = `id,anonymous_id,user_id,received_at,sent_at,timestamp,url,path,title,search,referrer,context_campaign_source,context_campaign_medium,context_campaign_name,context_campaign_term,context_campaign_content,context_ip,context_user_agent
m1,a1,,2026-03-01 10:00:01,2026-03-01 10:00:01,2026-03-01 10:00:00,https://shop.example/?utm_source=x&ttclid=AbC,/,Home,?utm_source=x&ttclid=AbC,https://t.co/,x,,,,,10.0.0.1,"Mozilla/5.0 (X11, Linux)"
m2,a1,u1,2026-03-01 10:01:01,2026-03-01 10:01:01,2026-03-01 10:01:00,https://shop.example/cart,/cart,Cart,,https://shop.example/,,,,,,10.0.0.1,Googlebot/2.1
`;

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace();
});
afterAll(() => workspace.close());

const columns =
  'touch_id, touched_at, kind, landing_path, landing_query, referrer_host, utm_source_raw, click_id_type, is_bot';
const touches = (batch: string, what = columns) =>
  workspace.warehouse.rows<Record<string, string | null>>(
    `select ${what} from raw.touch where batch_id = $batch order by line_no`,
    { batch },
  );

describe.skipIf(!existsSync(fixture))('the published seed', () => {
  it('reads the page with its campaign, in UTC, and drops address, title and user agent', async () => {
    const receipt = await workspace.ingestFile(fixture);
    expect(receipt).toMatchObject({ kind: 'segment_pages_csv', read: 1, accepted: 1 });
    const [touch] = await touches(receipt.batch_id, '*');
    expect(touch).toMatchObject({
      touch_id: 'ajs-9527e97fc714abe02a23b3d24cf09a36',
      touched_at: '2015-02-23T22:28:55.000000Z',
      landing_host: 'www.getdbt.com',
      landing_path: '/product',
      referrer_host: 'www.google.com',
      utm_source_raw: 'facebook',
      utm_medium_raw: 'social',
      utm_campaign_raw: 'autumn_collection_2015',
      utm_term_raw: 'foo',
      utm_content_raw: 'bar',
      is_bot: 'false',
    });
    expect(JSON.stringify(touch)).not.toMatch(/8\.8\.8\.8|Mozilla|ferret|507f191e/);
    expect(receipt.streams.identity_link).toBe(1);
  });

  it('reads it the same with columns shuffled, more columns, another byte-order mark or line end', async () => {
    for (const { name, text } of csvVariants(readFileSync(fixture, 'utf8'))) {
      const receipt = await workspace.ingestText(text, { source: name.replaceAll(' ', '-') });
      expect([name, receipt.kind, await touches(receipt.batch_id, 'touch_id, landing_path')]).toEqual([
        name,
        'segment_pages_csv',
        [{ touch_id: 'ajs-9527e97fc714abe02a23b3d24cf09a36', landing_path: '/product' }],
      ]);
    }
  });
});

describe('a table of our own', () => {
  it('reads visits and links visitor to user', async () => {
    const receipt = await workspace.ingestText(OWN, { source: 'own', options: { consent: 'granted' } });
    expect(await touches(receipt.batch_id)).toEqual([
      {
        touch_id: 'm1',
        touched_at: '2026-03-01T10:00:00.000000Z',
        kind: 'page',
        landing_path: '/',
        landing_query: 'utm_source=x',
        referrer_host: 't.co',
        utm_source_raw: 'x',
        click_id_type: 'ttclid',
        is_bot: 'false',
      },
      {
        touch_id: 'm2',
        touched_at: '2026-03-01T10:01:00.000000Z',
        kind: 'page',
        landing_path: '/cart',
        landing_query: null,
        referrer_host: 'shop.example',
        utm_source_raw: null,
        click_id_type: null,
        is_bot: 'true',
      },
    ]);
    expect(receipt.streams.identity_link).toBe(1);
  });

  it('takes headers in capitals, as some warehouses write them', async () => {
    const [header, ...rest] = OWN.split('\n');
    const receipt = await workspace.ingestText([header.toUpperCase(), ...rest].join('\n'), { source: 'capitals' });
    expect(receipt).toMatchObject({ kind: 'segment_pages_csv', accepted: 2 });
  });

  it('rejects a row without id or with a time that is none, and counts all', async () => {
    const receipt = await workspace.ingestText(OWN.replace('m1,', ',').replace('2026-03-01 10:01:00,', 'soon,'), {
      source: 'bad',
    });
    expect(receipt).toMatchObject({ read: 2, accepted: 0, rejected: 2 });
    expect(receipt.rejects.map(({ line, column }) => [line, column])).toEqual(
      expect.arrayContaining([
        [2, 'touch_id'],
        [3, 'touched_at'],
      ]),
    );
  });
});
