import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp, MAX_BODY_BYTES, SECURITY_HEADERS } from '../../api/app.ts';
import { ROUTES } from '../../api/routes.ts';
import { InputError } from '../../models/errors.ts';
import { queryableModels } from '../../pipeline/run-facts.ts';
import { type ServedRuns, serveRuns } from '../../pipeline/served-runs.ts';
import { type Schema, schemaErrors } from './json-schema.ts';
import { fillStudies } from './pages/fill-studies.ts';
import { NOW, type Served, served } from './served.ts';

interface Operation {
  security: Record<string, string[]>[];
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
}

/** Those that need no control store; the others are walked by control.test.ts. */
const PLAIN_ROUTES = ROUTES.filter((route) => !route.needsControl);

let market: Served;
let document: Document;

beforeAll(async () => {
  market = await served();
  await fillStudies(market.workspace.paths.current);
  document = (await (await market.app.request('/openapi.json')).json()) as Document;
});
afterAll(() => market?.close());

/** A request that the route answers with 200. */
function sample(path: string, method: string, workspace = 'market'): { path: string; init: RequestInit } {
  const query = { metrics: ['revenue_net', 'spend', 'roas'], dimensions: ['channel'] };
  const address = path
    .replace('{workspace}', workspace)
    .replace('{name}', 'roi')
    .replace('{study}', 'sun_geo')
    .replace('{run}', 'current')
    .replace('{other}', 'current');
  if (method === 'post')
    return {
      path: address,
      init: { method: 'POST', body: JSON.stringify(query), headers: { 'content-type': 'application/json' } },
    };
  const search = path.endsWith('/query') ? `?q=${Buffer.from(JSON.stringify(query)).toString('base64url')}` : '';
  return { path: `${address}${search}`, init: { method: method.toUpperCase() } };
}

async function expectProblem(response: Response, status: number): Promise<Record<string, unknown>> {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const body = (await response.json()) as Record<string, unknown>;
  expect(schemaErrors(body, { $ref: '#/components/schemas/Problem' }, document as never)).toEqual([]);
  expect(body.status).toBe(status);
  expect(body.request_id).toBe(response.headers.get('x-request-id'));
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) expect(response.headers.get(name)).toBe(value);
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
  return body;
}

describe('every route of openapi.json', () => {
  it('is one of ours, and every one of ours is there', () => {
    const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    );
    expect(documented.sort()).toEqual(PLAIN_ROUTES.map((route) => `${route.method} ${route.path}`).sort());
    expect(document.openapi).toBe('3.1.0');
  });

  it('answers 200 with a body that its schema allows, and the headers of every response', async () => {
    // some are for those who close the books
    const finance = market.keys.make(['read:reports', 'read:models', 'read:ops', 'finance:read']);
    const ask = (address: string, init: RequestInit) =>
      market.ask(address, { ...init, headers: { ...(init.headers as object), authorization: `Bearer ${finance}` } });
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const { path: address, init } = sample(path, method);
        const response =
          operation.security.length === 0 ? await market.app.request(address, init) : await ask(address, init);
        expect([path, response.status]).toEqual([path, 200]);
        const schema = operation.responses['200'].content!['application/json'].schema;
        expect(schemaErrors(await response.json(), schema, document as never)).toEqual([]);
        expect(response.headers.get('x-request-id')).toMatch(/^req_[0-9a-f-]{36}$/);
        for (const [name, value] of Object.entries(SECURITY_HEADERS)) expect(response.headers.get(name)).toBe(value);
      }
    }
  });

  it('answers 401 without a key, with a wrong key, a wrong secret, and another scheme', async () => {
    const wrongSecret = `${market.token.slice(0, -4)}${market.token.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
    const headers = [
      undefined,
      'Bearer',
      'Bearer nonsense',
      `Bearer lp_live_AAAAAAAA_${'a'.repeat(43)}`,
      `Bearer ${wrongSecret}`,
      `Basic ${market.token}`,
      `Bearer ${market.token} x`,
    ];
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        if (operation.security.length === 0) continue;
        const { path: address, init } = sample(path, method);
        for (const authorization of headers) {
          const response = await market.app.request(address, {
            ...init,
            headers: { ...(init.headers as object), ...(authorization === undefined ? {} : { authorization }) },
          });
          const body = await expectProblem(response, 401);
          expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm/);
          expect(JSON.stringify(body)).not.toContain(market.token.slice(17));
        }
      }
    }
  });

  it('answers 404 for another workspace, in the words of an address that does not exist', async () => {
    const strip = ({ request_id: _, ...body }: Record<string, unknown>) => body;
    const nowhere = strip(await expectProblem(await market.ask('/v1/w/market/nowhere'), 404));
    for (const [path, operations] of Object.entries(document.paths)) {
      if (!path.includes('{workspace}')) continue;
      for (const method of Object.keys(operations)) {
        for (const other of ['other', 'MARKET', 'market%20', '..', '%2e%2e', 'market%2Fcatalog']) {
          const { path: address, init } = sample(path, method, other);
          const response = await market.app.request(address, {
            ...init,
            headers: { ...(init.headers as object), authorization: `Bearer ${market.token}` },
          });
          if (new URL(address, 'http://x').pathname.startsWith('/v1/'))
            expect(strip(await expectProblem(response, 404))).toEqual(nowhere);
        }
      }
    }
  });

  it('answers 405 with Allow for a method that it does not have', async () => {
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', 'POST']) {
        if (method.toLowerCase() in operations) continue;
        const response = await market
          .ask(`/${sample(path, 'get').path.slice(1)}`, { method })
          .then((first) => (path.startsWith('/v1') ? first : market.app.request(path, { method })));
        await expectProblem(response, 405);
        const allowed = Object.keys(operations).map((one) => one.toUpperCase());
        expect(response.headers.get('allow')).toBe(
          [...allowed, ...(allowed.includes('GET') ? ['HEAD'] : [])].sort().join(', '),
        );
      }
    }
  });

  it('answers HEAD as GET without a body', async () => {
    const get = await market.ask('reports/roi');
    const head = await market.ask('reports/roi', { method: 'HEAD' });
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, get.headers.get('etag'), '']);
  });
});

describe('problems', () => {
  const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    market.ask('query', { method: 'POST', body, headers });

  it('come for addresses that are not there, with and without a key', async () => {
    await expectProblem(await market.app.request('/'), 404);
    await expectProblem(await market.app.request('/v2'), 404);
    await expectProblem(await market.app.request('/v1/w/market/nowhere'), 401);
    await expectProblem(await market.ask('/v1/w/market/catalog/'), 404);
    await expectProblem(await market.ask('/v1/nothing'), 404);
    await expectProblem(await market.ask('/v1/w/%ff%fe/catalog'), 404);
    await expectProblem(await market.ask('runs/run_unknown/manifest'), 404);
    await expectProblem(await market.ask('runs/..%2f..%2fsecret/manifest'), 404);
    const report = await expectProblem(await market.ask('reports/chanels'), 404);
    expect(report.detail).toContain('did you mean channels?');
    await expectProblem(await market.ask('reports/constructor'), 404);
  });

  it('come for bodies that are too large, of another kind, or not JSON', async () => {
    await expectProblem(await post('x'.repeat(MAX_BODY_BYTES + 1)), 413);
    const chunked = new ReadableStream({
      start(stream) {
        stream.enqueue(new Uint8Array(MAX_BODY_BYTES + 1));
        stream.close();
      },
    });
    await expectProblem(
      await market.app.request('/v1/w/market/query', {
        method: 'POST',
        body: chunked,
        duplex: 'half',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${market.token}` },
      } as RequestInit),
      413,
    );
    await expectProblem(await post('a=1', { 'content-type': 'application/x-www-form-urlencoded' }), 415);
    await expectProblem(await post('{}', { 'content-type': 'text/plain' }), 415);
    for (const body of ['', '{', 'null', '[]', '"text"', '1', '{"metrics":}', '\u0000']) {
      const problem = await expectProblem(await post(body), 422);
      expect(problem.code).toBe('invalid_request');
    }
    expect((await post('{"metrics":["spend"]}', { 'content-type': 'application/json; charset=utf-8' })).status).toBe(
      200,
    );
  });

  it('come for formats that there are not', async () => {
    for (const init of [{ headers: { accept: 'image/png' } }, { headers: { accept: 'application/json;q=0' } }])
      await expectProblem(await market.ask('reports/roi', init), 406);
    await expectProblem(await market.ask('reports/roi?format=pdf'), 406);
    await expectProblem(await market.ask('catalog', { headers: { accept: 'text/csv' } }), 406);
    expect((await market.ask('reports/roi?format=csv', { headers: { accept: 'image/png' } })).status).toBe(200);
  });

  it('come for parameters that are unknown, repeated, wrong, or change nothing', async () => {
    const parameters = async (path: string) =>
      ((await expectProblem(await market.ask(path), 422)).errors as { parameter: string }[]).map(
        (one) => one.parameter,
      );
    expect(await parameters('reports/roi?frmat=csv')).toEqual(['frmat']);
    expect(await parameters('reports/roi?limit=1&limit=2')).toEqual(['limit']);
    expect(await parameters('reports/roi?from=2026-02-30')).toEqual(['from']);
    expect(await parameters('reports/roi?from=2026-02-03&to=2026-02-01')).toEqual(['from']);
    expect(await parameters('reports/coverage?model=linear')).toEqual(['model']);
    expect(await parameters('paths?limit=0')).toEqual(['limit']);
    expect(await parameters('catalog?x=1')).toEqual(['x']);
    expect(await parameters('query?q=%7B%7D')).toEqual(['q']);
    expect(await parameters('query')).toEqual(['q']);
    const model = await expectProblem(await market.ask('reports/posts?model=markov'), 422);
    expect(model).toMatchObject({ code: 'not_published', published: queryableModels(market.manifest) });
  });

  it('say nothing of the inside when something breaks', async () => {
    const leaks = ['/srv/secret/place', 'select secret from', 'TypeError'];
    for (const error of [
      new Error(leaks.join(' ')),
      new InputError('damaged', leaks.join(' ')),
      new TypeError(leaks.join(' ')),
      new InputError('timeout', leaks.join(' ')),
    ]) {
      const seen: unknown[] = [];
      const runs: ServedRuns = {
        use: () => Promise.reject(error),
        as: () => runs,
        currentName: () => undefined,
        openNames: () => [],
        list: () => [],
        close: async () => undefined,
      };
      const app = createApp({
        workspace: 'market',
        runs,
        checkKey: market.keys.check,
        now: () => NOW,
        onInternalError: (one) => seen.push(one),
      });
      const response = await app.request('/v1/w/market/catalog', {
        headers: { authorization: `Bearer ${market.token}` },
      });
      const isTimeout = error instanceof InputError && error.code === 'timeout';
      const text = JSON.stringify(await expectProblem(response, isTimeout ? 504 : 500));
      for (const leak of leaks) expect(text).not.toContain(leak);
      expect(seen).toEqual(isTimeout ? [] : [error]);
    }
  });

  it('come before anything was published, and name no folder', async () => {
    const paths = {
      ...market.workspace.paths,
      results: `${market.workspace.paths.results}-none`,
      current: `${market.workspace.paths.results}-none/current`,
    };
    const app = createApp({
      workspace: 'market',
      runs: serveRuns(paths),
      checkKey: market.keys.check,
      now: () => NOW,
    });
    const body = await expectProblem(
      await app.request('/v1/w/market/catalog', { headers: { authorization: `Bearer ${market.token}` } }),
      422,
    );
    expect(body).toMatchObject({ code: 'not_published' });
    expect(JSON.stringify(body)).not.toContain(market.workspace.directory);
    expect((await app.request('/healthz')).status).toBe(200);
  });
});

describe('rights', () => {
  const ask = (token: string, path = '/v1/w/market/catalog') =>
    market.app.request(path, { headers: { authorization: `Bearer ${token}` } });

  it('are closed for a route that declares no scope, whatever the key', async () => {
    const app = createApp({
      workspace: 'market',
      runs: serveRuns(market.workspace.paths),
      checkKey: market.keys.check,
      now: () => NOW,
    });
    app.get('/v1/w/:workspace/undeclared', (c) => c.text('open'));
    app.all('/v1/w/:workspace/anything', (c) => c.text('open'));
    for (const path of ['undeclared', 'anything']) {
      await expectProblem(
        await app.request(`/v1/w/market/${path}`, { headers: { authorization: `Bearer ${market.token}` } }),
        403,
      );
    }
  });

  it('end with the scopes of a key', async () => {
    const none = market.keys.make([]);
    for (const route of PLAIN_ROUTES.filter((one) => one.scope !== 'none')) {
      const { path, init } = sample(route.path, route.method);
      const response = await market.app.request(path, {
        ...init,
        headers: { ...(init.headers as object), authorization: `Bearer ${none}` },
      });
      await expectProblem(response, 403);
    }
  });

  it('end with the day of a key', async () => {
    expect((await ask(market.keys.make(['read:reports']))).status).toBe(200);
    const old = market.keys.make(['read:reports'], { expiresAt: NOW });
    await expectProblem(await ask(old), 401);
  });
});
