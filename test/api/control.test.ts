import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp, SECURITY_HEADERS } from '../../api/app.ts';
import { signedLink } from '../../api/links.ts';
import type { Route } from '../../api/route.ts';
import { ROUTES } from '../../api/routes.ts';
import { verifyAuditChain } from '../../pipeline/control/audit.ts';
import { findExport, insertExport } from '../../pipeline/control/exports.ts';
import type { JobQueue } from '../../pipeline/control/job-queue.ts';
import { findJob, insertJob, updateJob } from '../../pipeline/control/jobs.ts';
import { createKey, keyChecker } from '../../pipeline/control/keys.ts';
import { inviteMember } from '../../pipeline/control/members.ts';
import type { Control } from '../../pipeline/control/open-control.ts';
import { ROLE_NAMES, ROLES, type Role } from '../../pipeline/control/roles.ts';
import { putReport } from '../../pipeline/control/saved-reports.ts';
import { createShareLink } from '../../pipeline/control/share-links.ts';
import { createWebhook } from '../../pipeline/control/webhooks.ts';
import { type ServedRuns, serveRuns } from '../../pipeline/served-runs.ts';
import { type TestControl, testControl } from '../pipeline/control/server.ts';
import { type PublishedFolder, publishedFolder } from '../pipeline/published.ts';
import { type Schema, schemaErrors } from './json-schema.ts';
import { NOW, UNLIMITED } from './served.ts';

const PEPPER = Buffer.alloc(32, 6);
const QUERY = { metrics: ['revenue_net'], dimensions: ['channel'] };

interface Document {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: Schema }> }> }>
  >;
}

let database: TestControl;
let control: Control;
let folder: PublishedFolder;
let runs: ServedRuns;
let app: ReturnType<typeof createApp>;
let document: Document;
const tokens = new Map<Role, string>();
let rivalToken: string;

beforeAll(async () => {
  database = await testControl();
  const { db } = database.store;
  control = { ...database, db, pepper: PEPPER };
  folder = publishedFolder();
  await folder.publish('run_one');
  runs = serveRuns(folder.paths);
  const checkKey = keyChecker(db, PEPPER);
  app = createApp({ workspace: 'hand', runs, control, jobs: quietJobs(), checkKey, now: () => NOW, ...UNLIMITED });
  document = (await (await app.request('/openapi.json')).json()) as Document;
  for (const role of ROLE_NAMES)
    tokens.set(role, (await createKey(db, PEPPER, 'hand', { name: role, role }, NOW)).token);
  rivalToken = (await createKey(db, PEPPER, 'rival', { name: 'rival', role: 'owner' }, NOW)).token;
});
afterAll(async () => {
  await runs.close();
  await database.close();
  folder.remove();
});

/** Notes jobs and never does them. */
function quietJobs(): JobQueue {
  const schedules = new Map<string, string>();
  return {
    async submit(kind, input, { actor, id = randomUUID() }) {
      await insertJob(control.db, { id, workspace: 'hand', kind, input, actor, now: NOW });
      const job = await findJob(control.db, 'hand', id);
      // a waiting run would keep the next one out
      await updateJob(control.db, id, { state: 'cancelled', endedAt: NOW });
      return job;
    },
    async cancel(id) {
      await updateJob(control.db, id, { state: 'cancelled', endedAt: NOW });
      return findJob(control.db, 'hand', id);
    },
    schedules: async () => [...schedules].map(([kind, cron]) => ({ kind: kind as 'run', cron, timeZone: 'UTC' })),
    async setSchedule(kind, cron) {
      if (cron === undefined) schedules.delete(kind);
      else schedules.set(kind, cron);
    },
    close: async () => undefined,
  };
}

/** Something of a workspace that an address can name; made anew each time, since some addresses end what they name. */
const OWNED: Record<string, (workspace: string) => Promise<string>> = {
  key: async (workspace) => (await createKey(control.db, PEPPER, workspace, { name: 'x', role: 'client' }, NOW)).key.id,
  job: async (workspace) => {
    const id = randomUUID();
    await insertJob(control.db, { id, workspace, kind: 'export', input: {}, actor: 'x', now: NOW });
    return id;
  },
  erasure: async (workspace) => {
    const id = randomUUID();
    await insertJob(control.db, { id, workspace, kind: 'erase', input: {}, actor: 'x', now: NOW });
    return id;
  },
  export: async (workspace) => {
    const id = await OWNED.job(workspace);
    const row = { id, workspace, jobId: id, format: 'csv', query: {}, runId: null, createdBy: 'x' };
    await insertExport(control.db, row, NOW);
    return id;
  },
  batch: async (workspace) => {
    const [id, batch_id] = [randomUUID(), randomUUID()];
    const input = { batch_id, bytes: 1, stream: 'orders', options: {}, path: '/nowhere' };
    await insertJob(control.db, { id, workspace, kind: 'ingest', input, actor: 'x', now: NOW });
    return batch_id;
  },
  member: async (workspace) => {
    const email = `${randomUUID()}@example.com`;
    const settings = { workspace, email, name: 'x', role: 'client', invitedBy: 'x', now: NOW } as const;
    return (await inviteMember(control.db, PEPPER, settings)).member.id;
  },
  link: async (workspace) => {
    const settings = { workspace, name: 'x', report: 'answer', days: 30, createdBy: 'x', now: NOW } as const;
    const { id } = await createShareLink(control.db, settings);
    await control.store.pool.query('delete from liftproof.share_link where workspace = $1 and id <> $2', [
      workspace,
      id,
    ]);
    return id;
  },
  webhook: async (workspace) => {
    const settings = { workspace, url: 'https://8.8.8.8/', events: ['run.failed'] as const, createdBy: 'x', now: NOW };
    const { webhook } = await createWebhook(control.db, PEPPER, settings);
    await control.store.pool.query('delete from liftproof.webhook where workspace = $1 and id <> $2', [
      workspace,
      webhook.id,
    ]);
    return webhook.id;
  },
  name: async (workspace) => {
    const name = `saved-${randomUUID().slice(0, 8)}`;
    await putReport(control.db, { workspace, name, query: QUERY, createdBy: 'x', now: NOW });
    return name;
  },
};
/** What addresses name that belongs to the server, or to the published run. */
const FIXED: Record<string, string> = {
  run: 'run_one',
  other: 'current',
  kind: 'run',
  stream: 'orders',
  period: '2026-07',
  study: 'sun_geo',
};

const BODIES: Record<string, unknown> = {
  'post /v1/w/{workspace}/query': QUERY,
  'put /v1/w/{workspace}/reports/{name}': { query: QUERY },
  'post /v1/w/{workspace}/exports': { query: QUERY, format: 'csv' },
  'post /v1/w/{workspace}/runs': { models: ['linear'] },
  'post /v1/w/{workspace}/backups': {},
  'post /v1/w/{workspace}/plans': { design: 'users', mean: 10, sd: 20, lift: 0.05 },
  'post /v1/w/{workspace}/privacy/erase': { identifiers: ['ana@example.com'] },
  'post /v1/w/{workspace}/periods/{period}/close': {},
  'post /v1/w/{workspace}/periods/{period}/lock': {},
  'post /v1/w/{workspace}/periods/{period}/reopen': { reason: 'late data' },
  'put /v1/w/{workspace}/schedules/{kind}': { cron: '0 5 * * *' },
  'post /v1/w/{workspace}/keys': { name: 'made', role: 'client' },
  'post /v1/w/{workspace}/members': { email: 'ana@example.com', name: 'Ana', role: 'client' },
  'put /v1/w/{workspace}/members/{member}': { role: 'client' },
  'post /v1/w/{workspace}/share-links': { name: 'Board', report: 'channels' },
  'post /v1/w/{workspace}/webhooks': { url: 'https://8.8.8.8/hook', events: ['run.published'] },
};

/** The job of an erasure is of its own kind. */
const makerOf = (route: Route, name: string) => (route.path.includes('/erase/') ? OWNED.erasure : OWNED[name]);

/** A request that an owner's key gets a success for; ids are of `owner`. */
async function sample(route: Route, workspace = 'hand', owner = 'hand'): Promise<{ path: string; init: RequestInit }> {
  let path = route.path.replace('{workspace}', workspace);
  for (const [, name] of route.path.matchAll(/\{(\w+)\}/g)) {
    if (name === 'workspace') continue;
    const make = OWNED[name] && makerOf(route, name);
    // a built-in report is read by name like a saved one
    path = path.replace(`{${name}}`, make === undefined ? FIXED[name] : await make(owner));
  }
  if (route.path.endsWith('/query') && route.method === 'get')
    path += `?q=${Buffer.from(JSON.stringify(QUERY)).toString('base64url')}`;
  const headers: Record<string, string> = { 'idempotency-key': randomUUID() };
  const init: RequestInit = { method: route.method.toUpperCase(), headers };
  const body = BODIES[`${route.method} ${route.path}`];
  if (route.accepts !== undefined) {
    headers['content-type'] = 'text/csv';
    init.body = 'a,b\n1,2\n';
  } else if (body !== undefined) {
    headers['content-type'] = 'application/json';
    init.body = JSON.stringify(body);
  }
  return { path, init };
}

async function ask(path: string, init: RequestInit, token?: string): Promise<Response> {
  const headers = { ...(init.headers as Record<string, string>) };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  return app.request(path, { ...init, headers });
}

const GUARDED = ROUTES.filter((route) => route.scope !== 'none');
const strip = async (response: Response) => {
  const { request_id: _, ...body } = (await response.json()) as Record<string, unknown>;
  return body;
};
const successOf = (route: Route) => String(route.status ?? 200);

describe('every route', () => {
  it('is documented, and has a sample body if it takes one', () => {
    const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    );
    expect(documented.sort()).toEqual(ROUTES.map((route) => `${route.method} ${route.path}`).sort());
    for (const route of ROUTES)
      if (route.body !== undefined) expect(BODIES).toHaveProperty([`${route.method} ${route.path}`]);
  });

  it.each(GUARDED.map((route) => [`${route.method} ${route.path}`, route] as const))(
    'does for each role what its scope says, and nothing without a key: %s',
    async (_name, route) => {
      const anonymous = await sample(route);
      expect((await ask(anonymous.path, anonymous.init)).status).toBe(401);
      for (const role of ROLE_NAMES) {
        const may = (ROLES[role] as readonly string[]).includes(route.scope);
        const { path, init } = await sample(route);
        const response = await ask(path, init, tokens.get(role));
        for (const [name, value] of Object.entries(SECURITY_HEADERS)) expect(response.headers.get(name)).toBe(value);
        expect(response.headers.get('access-control-allow-origin')).toBeNull();
        // a job that is cancelled, a key that is rotated: the role may need more than the scope of the route
        const allowed = may && !((await beyond(role, route)) && response.status === 403);
        if (!allowed) {
          expect([role, response.status]).toEqual([role, 403]);
          expect(await strip(response)).toMatchObject({ code: 'forbidden' });
          continue;
        }
        // the hand-written run has no paths, no studies and no ROI table; routes.test.ts and routes/finance.test.ts ask for them
        if (route.path.endsWith('/paths') || route.tag === 'finance' || route.tag === 'studies') continue;
        expect([role, String(response.status), response.ok ? '' : await response.clone().text()]).toEqual([
          role,
          successOf(route),
          '',
        ]);
        const schema =
          document.paths[route.path][route.method].responses[successOf(route)].content?.['application/json']?.schema;
        if (schema !== undefined) expect(schemaErrors(await response.json(), schema, document as never)).toEqual([]);
      }
    },
  );

  it.each(GUARDED.map((route) => [`${route.method} ${route.path}`, route] as const))(
    'shows nothing of another workspace: %s',
    async (_name, route) => {
      const owner = tokens.get('owner');
      const nowhere = await strip(await ask('/v1/w/hand/nowhere', {}, owner));
      // another workspace in the address, and the key of another workspace
      const other = await sample(route, 'rival', 'rival');
      expect(await strip(await ask(other.path, other.init, owner))).toEqual(nowhere);
      const own = await sample(route);
      expect(await strip(await ask(own.path, own.init, rivalToken))).toEqual(nowhere);
      // ids of another workspace under one's own address are those of nothing
      const named = [...route.path.matchAll(/\{(\w+)\}/g)].filter(([, name]) => OWNED[name] !== undefined);
      if (named.length === 0 || (route.method === 'put' && route.path.endsWith('/reports/{name}'))) return;
      const theirs = await sample(route, 'hand', 'rival');
      const answer = await ask(theirs.path, theirs.init, owner);
      const unknown = named
        .reduce((path, [part]) => path.replace(part, 'unknown1'), route.path)
        .replace('{workspace}', 'hand');
      expect([answer.status, (await strip(answer)).code]).toEqual([404, 'not_found']);
      expect((await ask(unknown, theirs.init, owner)).status).toBe(404);
    },
  );

  it('that changed something is in the audit chain, which holds', async () => {
    const { rows, isIntact } = await verifyAuditChain(control.db, 'hand');
    expect(isIntact).toBe(true);
    expect(rows).toBeGreaterThan(20);
  });
});

/** Rights that a route asks for beyond its scope. */
async function beyond(role: Role, route: Route): Promise<boolean> {
  if (route.path.endsWith('/cancel')) return !(ROLES[role] as readonly string[]).includes('read:reports');
  return false;
}

describe('a key', () => {
  it('cannot make one that may do more than itself', async () => {
    const { path, init } = await sample(ROUTES.find((one) => one.path.endsWith('/keys') && one.method === 'post')!);
    const body = JSON.stringify({ name: 'more', role: 'owner' });
    expect((await ask(path, { ...init, body }, tokens.get('admin'))).status).toBe(403);
    expect((await ask(path, { ...init, body }, tokens.get('owner'))).status).toBe(201);
  });
});

describe('Idempotency-Key', () => {
  const post = (key: string | undefined, body: unknown) =>
    ask(
      '/v1/w/hand/runs',
      {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
      },
      tokens.get('owner'),
    );

  it('makes a request take effect once and gives the first answer again', async () => {
    const key = randomUUID();
    const first = await post(key, {});
    const again = await post(key, {});
    expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([202, 202, 'true']);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(await again.text()).toBe(await first.text());
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    const other = await post(key, { models: ['linear'] });
    expect([other.status, (await strip(other)).code]).toEqual([422, 'idempotency_mismatch']);
  });

  it('takes one effect of many requests at once', async () => {
    const key = randomUUID();
    const before = await control.store.pool.query("select count(*)::int as n from liftproof.job where kind = 'run'");
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(key, {})));
    for (const answer of answers) expect([202, 409]).toContain(answer.status);
    const after = await control.store.pool.query("select count(*)::int as n from liftproof.job where kind = 'run'");
    expect(after.rows[0].n - before.rows[0].n).toBe(1);
  });

  it('is asked for where it must be there, and forgets what failed', async () => {
    expect((await post(undefined, {})).status).toBe(422);
    const key = randomUUID();
    expect((await post(key, { models: ['nonsense'] })).status).toBe(422);
    expect((await post(key, { models: ['nonsense'] })).headers.get('idempotency-replayed')).toBeNull();
    expect((await post('with space', {})).status).toBe(422);
  });
});

describe('points', () => {
  it('are spent by what an answer costs, and the answer says what is left', async () => {
    const { db } = control;
    const poor = createApp({
      workspace: 'hand',
      runs,
      control,
      checkKey: keyChecker(db, PEPPER),
      now: () => NOW,
      pointsPerMinute: 12,
    });
    const asked = async (limit: number) =>
      poor.request('/v1/w/hand/query', {
        method: 'POST',
        body: JSON.stringify({ ...QUERY, page: { limit } }),
        headers: { authorization: `Bearer ${tokens.get('client')}`, 'content-type': 'application/json' },
      });
    const answers = [await asked(1), await asked(1), await asked(2), await asked(3)];
    // made anew 5, from memory 1, made anew 5; one point is left, and takes the request that then cannot be answered
    expect(answers.map((one) => one.status)).toEqual([200, 200, 200, 429]);
    expect(answers.map((one) => one.headers.get('ratelimit')?.replace(/;t=.*/, ''))).toEqual([
      '"key";r=7',
      '"key";r=6',
      '"key";r=1',
      '"key";r=0',
    ]);
    expect(answers[3].headers.get('retry-after')).toMatch(/^\d+$/);
    expect(answers[0].headers.get('ratelimit-policy')).toBe('"key";q=12;w=60');
    expect(await strip(answers[3])).toMatchObject({ code: 'rate_limited', retryable: true });
  });
});

describe('a link to a file', () => {
  it('is refused when it was changed or has ended', async () => {
    const id = await OWNED.export('hand');
    expect((await findExport(control.db, 'hand', id)).id).toBe(id);
    const link = signedLink(PEPPER, `/exports/${id}`, NOW);
    // signed and in time, but the file was never made
    expect((await app.request(link)).status).toBe(404);
    const other = await OWNED.export('hand');
    for (const changed of [
      link.replace(id, other),
      link.replace(/expires=\d+/, 'expires=9999999999'),
      link.slice(0, -1),
      signedLink(Buffer.alloc(32, 1), `/exports/${id}`, NOW),
      signedLink(PEPPER, `/exports/${id}`, new Date(NOW.getTime() - 901_000)),
    ])
      expect((await app.request(changed)).status).toBe(403);
  });
});
