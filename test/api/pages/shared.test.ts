import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shareAddress, sharedId } from '../../../api/links.ts';
import { verifyAuditChain } from '../../../pipeline/control/audit.ts';
import { createKey, keyChecker } from '../../../pipeline/control/keys.ts';
import type { Control } from '../../../pipeline/control/open-control.ts';
import { createShareLink, type SharedReport, type ShareLink } from '../../../pipeline/control/share-links.ts';
import { listRuns } from '../../../pipeline/list-runs.ts';
import { type TestControl, testControl } from '../../pipeline/control/server.ts';
import { NOW, type Served, served } from '../served.ts';
import { fillRun } from './fill-run.ts';
import { fillStudies } from './fill-studies.ts';
import { SHARED_TABLES } from './shared-tables.ts';

const PEPPER = Buffer.alloc(32, 7);
const DAY = 86_400_000;

let database: TestControl;
let control: Control;
let market: Served;
let now = NOW;
let token: string;

beforeAll(async () => {
  database = await testControl();
  control = { ...database, db: database.store.db, pepper: PEPPER };
  market = await served({
    app: {
      control,
      checkKey: keyChecker(control.db, PEPPER),
      pages: { listRuns: () => listRuns(market.workspace.paths) },
      now: () => now,
    },
  });
  await fillStudies(market.workspace.paths.current);
  await fillRun(market.workspace.paths.current, SHARED_TABLES);
  token = (await createKey(control.db, PEPPER, 'market', { name: 'boss', role: 'owner' }, NOW)).token;
});
afterAll(async () => {
  if (market.internal.length) console.log(market.internal);
  await market.close();
  await database.close();
});

async function made(report: SharedReport, days = 30, workspace = 'market'): Promise<ShareLink> {
  return createShareLink(control.db, { workspace, name: `The ${report}`, report, days, createdBy: 'x', now });
}
const open = async (address: string, init?: RequestInit): Promise<Response> => market.app.request(address, init);
const read = async (report: SharedReport): Promise<string> =>
  (await open(shareAddress(PEPPER, await made(report)))).text();

describe('a share link', () => {
  it('opens one page without key or cookie, which may be cached and leads nowhere else', async () => {
    for (const report of ['answer', 'channels', 'campaigns'] as const) {
      const address = shareAddress(PEPPER, await made(report));
      const response = await open(address);
      expect([report, response.status]).toEqual([report, 200]);
      expect(response.headers.get('cache-control')).toBe('public, max-age=60');
      expect(response.headers.get('set-cookie')).toBeNull();
      expect(response.headers.get('x-robots-tag')).toContain('noindex');
      expect(response.headers.get('referrer-policy')).toBe('no-referrer');
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      const html = await response.text();
      expect(html.match(/<script|<style|\sstyle=|\son\w+=|<form/g)).toBeNull();
      const links = [...html.matchAll(/<a [^>]*href="([^"]+)"/g)].map((match) => match[1]);
      expect(links.filter((link) => !link.startsWith(`${address}/`))).toEqual([]);
      for (const link of links) expect((await open(link)).headers.get('content-type')).toContain('text/csv');
      const again = await open(address, { headers: { 'if-none-match': response.headers.get('etag')! } });
      expect([again.status, await again.text()]).toEqual([304, '']);
    }
    expect(market.internal).toEqual([]);
  });

  it('shows credit as it was folded for readers outside, adding up', async () => {
    const html = await read('channels');
    expect(html).toContain('Paid Social is credited with most: €10\u00a0k of €18\u00a0k (57 %) of net revenue.');
    expect(html).toContain('(suppressed) sums 4 rows');
    const { report, ...link } = await made('campaigns');
    const csv = await (await open(`${shareAddress(PEPPER, { ...link })}/${report}.csv`)).text();
    expect(csv.split('\r\n')).toEqual([
      'channel,campaign,conversions,revenue_net,spend,roas',
      'Paid Social,"Spring, all",80.500000000,8000.10,1000.00,8.0001',
      'Email,(none),70.000000000,7000.00,0.00,',
      'Paid Social,(suppressed),60.000000000,2000.00,100.00,20.0000',
      '(suppressed),(suppressed),55.000000000,500.00,50.50,9.9010',
      '',
    ]);
  });

  it('shows the verdict, and keeps back claims about few persons', async () => {
    const html = await read('answer');
    expect(html).toContain('Instagram engagement in June very likely caused');
    expect(html).toContain('One claim is not shown: fewer than 50 persons');
    expect(html).not.toContain('campaign:spring');
    const app = await served({
      app: { control, checkKey: keyChecker(control.db, PEPPER), pages: { listRuns: () => [] }, now: () => now },
    });
    try {
      await fillStudies(app.workspace.paths.current);
      await fillRun(app.workspace.paths.current, { shared_study: `select 'sun_geo' as study_id, false as is_shared` });
      const hidden = await (await app.app.request(shareAddress(PEPPER, await made('answer')))).text();
      expect(hidden).toContain('The answer is about fewer than 50 persons');
      expect(hidden).not.toContain('4.2 k');
    } finally {
      await app.close();
    }
  });

  it('says that there are too few persons, where there are', async () => {
    // a market of 24 persons is published with an empty table
    const small = await served({
      app: { control, checkKey: keyChecker(control.db, PEPPER), pages: { listRuns: () => [] }, now: () => now },
    });
    try {
      const html = await (await small.app.request(shareAddress(PEPPER, await made('channels')))).text();
      expect(html).toContain('Fewer than 50 persons bought anything so far');
      expect(html).not.toContain('<table');
    } finally {
      await small.close();
    }
  });

  it('shows the same nothing when it was guessed, changed, has ended, was revoked, or is of another workspace', async () => {
    const link = await made('answer');
    const other = await made('answer', 30, 'rival');
    const address = shareAddress(PEPPER, link);
    const revoked = await made('answer');
    const path = `/v1/w/market/share-links/${revoked.id}`;
    const key = { authorization: `Bearer ${token}` };
    expect((await open(path, { method: 'DELETE', headers: key })).status).toBe(200);
    const [start, end, signature] = address.split('.');
    const texts = new Set<string>();
    for (const wrong of [
      shareAddress(PEPPER, revoked),
      shareAddress(PEPPER, other),
      shareAddress(PEPPER, { ...other, workspace: 'market' }),
      shareAddress(Buffer.alloc(32, 8), link),
      `${start}.${(Number.parseInt(end, 36) + 1).toString(36)}.${signature}`,
      `${start}.${end}.${signature.slice(0, -1)}`,
      `${start}.${end}`,
      '/s/market/x',
      `/s/market/${'a'.repeat(22)}.zzzzzz.${'a'.repeat(43)}`,
    ]) {
      const response = await open(wrong);
      expect([wrong, response.status, response.headers.get('cache-control')]).toEqual([wrong, 404, 'no-store']);
      texts.add(await response.text());
    }
    now = new Date(NOW.getTime() + 31 * DAY);
    const late = await open(address);
    expect(late.status).toBe(404);
    texts.add(await late.text());
    now = NOW;
    expect(texts.size).toBe(1);
    expect((await open(`${address}/nothing.csv`)).status).toBe(404);
    expect((await open(address)).status).toBe(200);
  });

  it('is signed for its own end, workspace and id', () => {
    const link = { workspace: 'acme', id: 'a'.repeat(22), expiresAt: new Date(NOW.getTime() + DAY) };
    const part = shareAddress(PEPPER, link).split('/').pop()!;
    expect(sharedId(PEPPER, 'acme', part, NOW)).toBe(link.id);
    expect(sharedId(PEPPER, 'other', part, NOW)).toBeUndefined();
    expect(sharedId(PEPPER, 'acme', part.replace('a', 'b'), NOW)).toBeUndefined();
    expect(sharedId(PEPPER, 'acme', part, new Date(NOW.getTime() + DAY + 1000))).toBeUndefined();
  });

  it('is made and ended on the page Admin by a form with its token, and by no other', async () => {
    const signIn = await open('/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: token }),
    });
    const { csrf_token } = (await signIn.json()) as { csrf_token: string };
    const cookie = signIn.headers.get('set-cookie')!.split(';')[0];
    const send = (fields: Record<string, string>) =>
      open('/w/market/share-links', {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields).toString(),
      });
    const fields = { step: 'create', name: 'Board <b>', report: 'answer', days: '7' };
    expect((await send(fields)).status).toBe(403);
    const done = await send({ ...fields, csrf_token });
    expect([done.status, done.headers.get('location')]).toEqual([303, '/w/market/admin#sharing']);
    const admin = await (await open('/w/market/admin', { headers: { cookie } })).text();
    expect(admin).toContain('>Board &lt;b&gt;</a>: Did it sell?, until');
    const id = /\/s\/market\/([\w-]{22})\.[^"]+">Board/.exec(admin)![1];
    expect((await send({ csrf_token, step: 'create', name: 'x', report: 'answer', days: '900' })).status).toBe(422);
    expect((await send({ csrf_token, step: 'create', name: 'x', report: 'paths', days: '9' })).status).toBe(422);
    expect((await send({ csrf_token, step: 'revoke', link: id })).status).toBe(303);
    expect(await (await open('/w/market/admin', { headers: { cookie } })).text()).not.toContain('>Board &lt;b&gt;</a>');
    const { rows } = await control.store.pool.query(
      `select action from liftproof.audit where workspace = 'market' and object = $1 order by seq`,
      [`share-link/${id}`],
    );
    expect(rows.map((row: { action: string }) => row.action)).toEqual(['share_link.create', 'share_link.revoke']);
    expect((await verifyAuditChain(control.db, 'market')).isIntact).toBe(true);
  });

  it('stands nowhere in the store but as its name', async () => {
    const link = await made('answer');
    const signature = shareAddress(PEPPER, link).split('.').pop()!;
    const { rows } = await control.store.pool.query('select to_jsonb(t)::text as row from liftproof.share_link t');
    expect(rows.length).toBeGreaterThan(0);
    for (const { row } of rows as { row: string }[]) expect(row).not.toContain(signature);
  });
});
