import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGES } from '../../api/pages/pages.ts';
import { ROUTES } from '../../api/routes.ts';
import { type RunningServer, startServer } from '../../api/server.ts';
import { createKey, EVERY_WORKSPACE } from '../../pipeline/control/keys.ts';
import type { Control } from '../../pipeline/control/open-control.ts';
import { ROLE_NAMES } from '../../pipeline/control/roles.ts';
import { findWorkspace } from '../../pipeline/workspace.ts';
import { type TestControl, testControl } from '../pipeline/control/server.ts';
import { type PublishedFolder, publishedFolder } from '../pipeline/published.ts';

const NAMES = ['alpha', 'beta', 'empty'];
const folders: PublishedFolder[] = [];
let database: TestControl;
let control: Control;
let server: RunningServer;
beforeAll(async () => {
  database = await testControl();
  control = { ...database, db: database.store.db, pepper: Buffer.alloc(32, 1) };
  for (const name of NAMES) {
    const folder = publishedFolder();
    writeFileSync(folder.paths.config, `workspace: ${name}\nreporting: { time_zone: Europe/Paris, currency: EUR }\n`);
    folders.push(folder);
  }
  await folders[0].publish('run_one');
  await folders[1].publish('run_one', [['2026-04-01', 'B', '(none)', 'new', '1', '777.00']]);
  const [workspace, ...others] = folders.map(({ paths }) => findWorkspace(dirname(paths.config)));
  server = await startServer({ workspace, others, control, port: 0, pointsPerMinute: 1e9 });
});
afterAll(async () => {
  await server?.close();
  await database?.close();
  for (const folder of folders) folder.remove();
});

const keyOf = async (workspace: string, role: (typeof ROLE_NAMES)[number] = 'owner'): Promise<string> =>
  (await createKey(control.db, control.pepper, workspace, { name: `test ${role}`, role }, new Date())).token;
const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${server.url}${path}`, { redirect: 'manual', ...init });
const withKey = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
async function signIn(token: string): Promise<string> {
  const response = await ask('/sign-in', {
    method: 'POST',
    body: new URLSearchParams({ key: token, next: '/' }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(response.status).toBe(303);
  return response.headers.get('set-cookie')!.split(';')[0];
}

/** All of an answer that is not of its time alone; the name that was asked for may be said back. */
async function seen(response: Response, name: string): Promise<unknown[]> {
  const headers = [...response.headers].filter(
    ([key]) => !['date', 'x-request-id', 'ratelimit', 'content-length'].includes(key),
  );
  const told = JSON.stringify([headers, await response.text()]);
  return [response.status, told.replaceAll(/req_[\w-]+/g, '').replaceAll(name, '<name>')];
}

const REVENUE = `query?q=${Buffer.from(JSON.stringify({ metrics: ['revenue_gross'] })).toString('base64url')}`;

describe('several workspaces behind one address', () => {
  it('answer each with its own numbers, also those of equal runs and questions that another asked before', async () => {
    const numbers = async (name: string) =>
      ((await (await ask(`/v1/w/${name}/${REVENUE}`, withKey(await keyOf(name)))).json()) as { data: unknown }).data;
    for (let i = 0; i < 2; i++) {
      expect(await numbers('alpha')).toEqual([{ revenue_gross: '161.10' }]);
      expect(await numbers('beta')).toEqual([{ revenue_gross: '777.00' }]);
    }
    const empty = await ask(`/v1/w/empty/${REVENUE}`, withKey(await keyOf('empty')));
    expect(await empty.json()).toMatchObject({ status: 422, code: 'not_published' });
  });

  it('are closed to the keys of another, on every route and for every role, as if they were not there', async () => {
    const outsiders: { who: string; init: RequestInit }[] = [{ who: 'nobody', init: {} }];
    for (const role of ROLE_NAMES) outsiders.push({ who: role, init: withKey(await keyOf('alpha', role)) });
    outsiders.push({ who: 'browser', init: { headers: { cookie: await signIn(await keyOf('alpha')) } } });
    const routes = ROUTES.filter(({ path }) => path.startsWith('/v1/w/'));
    expect(routes.length).toBeGreaterThan(40);
    for (const { method, path } of routes) {
      const at = (name: string) => path.replace('{workspace}', name).replaceAll(/\{\w+\}/g, 'current');
      for (const { who, init } of outsiders) {
        const request = { ...init, method: method.toUpperCase() };
        const other = await seen(await ask(at('beta'), request), 'beta');
        expect([who, method, path, other[0]]).toEqual([
          who,
          method,
          path,
          who === 'nobody' || who === 'browser' ? 401 : 404,
        ]);
        expect([who, path, other]).toEqual([who, path, await seen(await ask(at('nowhere'), request), 'nowhere')]);
      }
    }
  });

  it('show a browser the pages of its own key, and nothing of the others, on every page', async () => {
    const cookie = await signIn(await keyOf('alpha'));
    const paths = PAGES.flatMap(({ id }) => [id, `${id === '' ? 'home' : id}/table.csv`]);
    for (const path of paths) {
      for (const [headers, status] of [
        [{ cookie }, 404],
        [{} as Record<string, string>, 302],
      ] as const) {
        const other = await seen(await ask(`/w/beta/${path}`, { headers }), 'beta');
        expect([path, other[0]]).toEqual([path, status]);
        expect(other).toEqual(await seen(await ask(`/w/nowhere/${path}`, { headers }), 'nowhere'));
      }
    }
    for (const path of ['s', 'join'])
      expect(await seen(await ask(`/${path}/beta/token`), 'beta')).toEqual(
        await seen(await ask(`/${path}/nowhere/token`), 'nowhere'),
      );
    const form = {
      method: 'POST',
      body: 'step=close',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    };
    for (const page of ['finance', 'admin']) expect((await ask(`/w/beta/${page}`, form)).status).toBe(404);
    expect((await ask('/w/alpha/overview', { headers: { cookie } })).status).toBe(200);
  });

  it('do not let a wrong key be tried once for each of them', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const token = `lp_live_AAAAAAAA_${'x'.repeat(43)}`;
        return (await ask(`/v1/w/${NAMES[i % 3]}/catalog`, withKey(token))).status;
      }),
    );
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(31);
    expect(statuses).toContain(429);
  });
});

describe('the first page of several workspaces', () => {
  it('has a line for each client, for a key that opens all of them', async () => {
    const token = await keyOf(EVERY_WORKSPACE, 'client');
    const cookie = await signIn(token);
    const page = await ask('/', { headers: { cookie } });
    const text = await page.text();
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    for (const name of NAMES) expect(text).toContain(`<a href="/w/${name}/">${name}</a>`);
    expect(text).toContain('€777.00');
    expect(text).toContain('3 clients: 3 to look at (alpha, beta and empty).');
    expect(text).toContain('nothing was published yet');
    const csv = await (await ask('/portfolio.csv', { headers: { cookie } })).text();
    expect(csv.split('\r\n').map((line) => line.split(',').slice(0, 5).join(','))).toEqual([
      'client,verdict,grade,currency,revenue_net',
      'alpha,We cannot tell,X,EUR,151.10',
      'beta,We cannot tell,X,EUR,777.00',
      'empty,,,,',
      '',
    ]);
    // and opens each of them, with a way back
    const home = await (await ask('/w/beta/', { headers: { cookie } })).text();
    expect(home).toContain('<a href="/">all clients</a>');
    expect((await ask(`/v1/w/beta/catalog`, withKey(token))).status).toBe(200);
    expect((await ask(`/v1/w/beta/keys`, withKey(token))).status).toBe(403);
    expect((await ask('/w/nowhere/', { headers: { cookie } })).status).toBe(404);
  });

  it('leads whoever has the key of one client to that client, and everybody else to the form, which names none', async () => {
    for (const path of ['/', '/portfolio.csv']) {
      const own = await ask(path, { headers: { cookie: await signIn(await keyOf('beta')) } });
      expect([own.status, own.headers.get('location')]).toEqual([302, '/w/beta/']);
      const nobody = await ask(path);
      expect([nobody.status, nobody.headers.get('location')]).toEqual([302, '/sign-in']);
    }
    const form = await (await ask('/sign-in?next=/w/alpha/trust')).text();
    for (const name of NAMES) expect(form.replace('value="/w/alpha/trust"', '')).not.toContain(name);
    expect(form).toContain('value="/w/alpha/trust"');
    expect(await (await ask('/sign-in?next=//evil.example')).text()).toContain('name="next" value="/"');
  });

  it('is left by signing out', async () => {
    const cookie = await signIn(await keyOf(EVERY_WORKSPACE));
    const [, token] = /name="csrf_token" value="([^"]+)"/.exec(await (await ask('/', { headers: { cookie } })).text())!;
    const out = await ask('/sign-out', {
      method: 'POST',
      body: new URLSearchParams({ csrf_token: token }).toString(),
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(out.status).toBe(303);
    expect((await ask('/', { headers: { cookie } })).headers.get('location')).toBe('/sign-in');
  });

  it('has every asset and health behind the same address, and is not ready before all have published', async () => {
    const text = await (await ask('/', { headers: { cookie: await signIn(await keyOf(EVERY_WORKSPACE)) } })).text();
    for (const [, path] of text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g))
      expect((await ask(path)).status).toBe(200);
    for (const path of ['/healthz', '/openapi.json', '/docs'])
      expect([path, (await ask(path)).status]).toEqual([path, 200]);
    expect(await (await ask('/readyz')).json()).toEqual({ status: 'ok', has_run: false });
  });
});

describe('two workspaces of one name', () => {
  it('are refused', async () => {
    const workspace = findWorkspace(dirname(folders[0].paths.config));
    await expect(startServer({ workspace, others: [workspace], control, port: 0 })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('both called alpha'),
    });
  });
});
