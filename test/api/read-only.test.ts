import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGES } from '../../api/pages/pages.ts';
import { isForReading } from '../../api/route.ts';
import { ROUTES } from '../../api/routes.ts';
import { type RunningServer, startServer } from '../../api/server.ts';
import { createKey } from '../../pipeline/control/keys.ts';
import { type Control, openControl } from '../../pipeline/control/open-control.ts';
import { openControlStore } from '../../pipeline/control/store.ts';
import { findWorkspace } from '../../pipeline/workspace.ts';
import { type TestControl, testControl } from '../pipeline/control/server.ts';
import { type Served, served } from './served.ts';

let market: Served;
let replica: string;
let database: TestControl;
let control: Control;
let server: RunningServer;
let token: string;
beforeAll(async () => {
  database = await testControl();
  control = { ...database, db: database.store.db, pepper: Buffer.alloc(32, 1) };
  market = await served();
  // all that a replica needs of a workspace: its settings and its results
  replica = mkdtempSync(join(tmpdir(), 'liftproof-replica-'));
  const { config, results } = market.workspace.paths;
  for (const path of [config, results])
    cpSync(path, join(replica, basename(path)), { recursive: true, verbatimSymlinks: true });
  server = await startServer({
    workspace: findWorkspace(replica),
    control,
    isReadOnly: true,
    port: 0,
    pointsPerMinute: 1e9,
  });
  token = (await createKey(control.db, control.pepper, 'market', { name: 'test', role: 'owner' }, new Date())).token;
});
afterAll(async () => {
  await server?.close();
  await database?.close();
  await market?.close();
  rmSync(replica, { recursive: true, force: true });
});

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${server.url}${path}`, {
    redirect: 'manual',
    ...init,
    headers: { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) },
  });

/** How many rows each table of the store has. */
async function rowCounts(): Promise<Record<string, string>> {
  const { rows } = await database.store.pool.query(
    `select table_name from information_schema.tables where table_schema = 'liftproof' and table_type = 'BASE TABLE' order by 1`,
  );
  const counts: Record<string, string> = {};
  for (const { table_name: name } of rows)
    counts[name] = (await database.store.pool.query(`select count(*) as n from liftproof.${name}`)).rows[0].n;
  return counts;
}

const QUERY = { metrics: ['revenue_net'], dimensions: ['channel'] };

describe('a server that only reads', () => {
  it('answers questions, by link and by body, from settings and results alone', async () => {
    const link = `/v1/w/market/query?q=${Buffer.from(JSON.stringify(QUERY)).toString('base64url')}`;
    const posted = await ask('/v1/w/market/query', {
      method: 'POST',
      body: JSON.stringify(QUERY),
      headers: { 'content-type': 'application/json' },
    });
    for (const response of [await ask(link), posted])
      expect([response.status, ((await response.json()) as { data: unknown[] }).data.length > 0]).toEqual([200, true]);
    expect(readdirSync(replica).sort()).toEqual(['liftproof.yaml', 'results']);
  });

  it('refuses on every route whatever would change something, breaks on none, and leaves the store as it was', async () => {
    const before = await rowCounts();
    for (const route of ROUTES) {
      const path = route.path.replace('{workspace}', 'market').replaceAll(/\{\w+\}/g, 'current');
      const isUpload = route.accepts !== undefined;
      const response = await ask(path, {
        method: route.method.toUpperCase(),
        ...(route.body === undefined && !isUpload
          ? {}
          : {
              body: '{}',
              headers: { 'content-type': route.accepts?.[0] ?? 'application/json', 'idempotency-key': 'one' },
            }),
      });
      const text = await response.text();
      const about = [route.method, path, response.status, text.slice(0, 200)];
      if (isForReading(route)) expect([...about, response.status < 500]).toEqual([...about, true]);
      else expect(JSON.parse(text)).toMatchObject({ status: 403, code: 'read_only' });
      for (const name of ['content-security-policy', 'x-content-type-options', 'referrer-policy', 'x-request-id'])
        expect([...about, name, response.headers.has(name)]).toEqual([...about, name, true]);
      expect(response.headers.has('access-control-allow-origin')).toBe(false);
    }
    expect(await rowCounts()).toEqual(before);
  });

  it('signs browsers in, shows every page without a form that changes something, and takes none', async () => {
    const signedIn = await ask('/sign-in', {
      method: 'POST',
      body: new URLSearchParams({ key: token }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    const cookie = signedIn.headers.get('set-cookie')!.split(';')[0];
    for (const { id } of PAGES) {
      const page = await fetch(`${server.url}/w/market/${id}`, { headers: { cookie } });
      const forms = [...(await page.text()).matchAll(/<form method="post" action="([^"]*)"/g)].map(([, to]) => to);
      expect([id, page.status < 500, forms.filter((to) => to !== '/sign-out')]).toEqual([id, true, []]);
    }
    const taken = await fetch(`${server.url}/w/market/finance`, {
      method: 'POST',
      body: 'step=close',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect([taken.status, ((await taken.json()) as { code: string }).code]).toEqual([403, 'read_only']);
  });

  it('says to browsers that come through TLS that they shall always do so', async () => {
    const through = await ask('/v1/w/market/catalog', { headers: { 'x-forwarded-proto': 'https' } });
    expect(through.headers.get('strict-transport-security')).toBe('max-age=31536000');
    const again = await ask('/v1/w/market/catalog', { headers: { 'x-forwarded-proto': 'https' } });
    expect(again.headers.get('strict-transport-security')).toBe('max-age=31536000');
    expect((await ask('/v1/w/market/catalog')).headers.has('strict-transport-security')).toBe(false);
  });
});

describe('the control store of a server that only reads', () => {
  it('is not made: without pepper, database or tables it says which is missing', async () => {
    const place = { workspace: replica, isReadOnly: true };
    await expect(openControl(place, database.url)).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('LIFTPROOF_PEPPER'),
    });
    process.env.LIFTPROOF_PEPPER = control.pepper.toString('base64url');
    try {
      await expect(openControl(place, '')).rejects.toMatchObject({
        code: 'not_found',
        message: expect.stringContaining('DATABASE_URL'),
      });
      const empty = database.url.replace(/\/[^/]*$/, '/postgres');
      await expect(openControl(place, empty)).rejects.toMatchObject({
        code: 'not_found',
        message: expect.stringContaining('without --read-only'),
      });
      const opened = await openControl(place, database.url);
      expect(opened.pepper).toEqual(control.pepper);
      await opened.close();
    } finally {
      delete process.env.LIFTPROOF_PEPPER;
    }
    expect(readdirSync(replica)).not.toContain('server');
    await expect(
      openControlStore(database.url, { migrate: false }).then((store) => store.close()),
    ).resolves.toBeUndefined();
  });
});
