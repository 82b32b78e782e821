import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../api/app.ts';
import { ROUTES } from '../../api/routes.ts';
import { FRESH_MS } from '../../api/step-up.ts';
import type { JobQueue } from '../../pipeline/control/job-queue.ts';
import { createKey, keyChecker } from '../../pipeline/control/keys.ts';
import { type ServedRuns, serveRuns } from '../../pipeline/served-runs.ts';
import { type TestControl, testControl } from '../pipeline/control/server.ts';
import { type PublishedFolder, publishedFolder } from '../pipeline/published.ts';
import { NOW, UNLIMITED } from './served.ts';

const PEPPER = Buffer.alloc(32, 9);
let database: TestControl;
let folder: PublishedFolder;
let runs: ServedRuns;
let app: ReturnType<typeof createApp>;
let token: string;
let now = NOW;

beforeAll(async () => {
  database = await testControl();
  folder = publishedFolder();
  await folder.publish('run_one');
  runs = serveRuns(folder.paths);
  const { db } = database.store;
  const control = { ...database, db, pepper: PEPPER };
  const checkKey = keyChecker(db, PEPPER);
  app = createApp({ workspace: 'hand', runs, control, jobs: {} as JobQueue, checkKey, now: () => now, ...UNLIMITED });
  token = (await createKey(db, PEPPER, 'hand', { name: 'browser', role: 'owner' }, NOW)).token;
});
afterAll(async () => {
  await runs.close();
  await database.close();
  folder.remove();
});

const SENSITIVE = ROUTES.filter((route) => route.isSensitive);

async function session(): Promise<Record<string, string>> {
  const response = await app.request('/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key: token }),
  });
  const { csrf_token } = (await response.json()) as { csrf_token: string };
  return { cookie: response.headers.get('set-cookie')!.split(';')[0], 'x-csrf-token': csrf_token };
}

/** @returns status and words; the body is none that the route takes, so whoever may passes on to 422 */
async function ask(path: string, headers: Record<string, string>): Promise<[number, string]> {
  const address = path.replace('{workspace}', 'hand').replace('{period}', '2026-07');
  const response = await app.request(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), ...headers },
    body: '{"nothing": "of this"}',
  });
  return [response.status, ((await response.json()) as { detail: string }).detail];
}

describe('what takes data out, away, or back into the books', () => {
  it('is said by its route: exports, erasure, reopening', () => {
    expect(SENSITIVE.map((route) => `${route.method} ${route.path}`)).toEqual([
      'post /v1/w/{workspace}/exports',
      'post /v1/w/{workspace}/periods/{period}/reopen',
      'post /v1/w/{workspace}/privacy/erase',
    ]);
  });

  it.each(SENSITIVE.map((route) => route.path))('asks an older session for its key again: %s', async (path) => {
    const headers = await session();
    expect((await ask(path, headers))[0]).toBe(422);
    now = new Date(NOW.getTime() + FRESH_MS);
    expect((await ask(path, headers))[0]).toBe(422);
    now = new Date(NOW.getTime() + FRESH_MS + 1000);
    const [status, detail] = await ask(path, headers);
    expect([status, detail]).toEqual([403, expect.stringContaining('asks for your key again')]);
    // a key is shown with every request, and a new session began with one
    expect((await ask(path, { authorization: `Bearer ${token}` }))[0]).toBe(422);
    expect((await ask(path, await session()))[0]).toBe(422);
    now = NOW;
  });

  it('leaves the rest to the session', async () => {
    const headers = await session();
    now = new Date(NOW.getTime() + 3_600_000);
    expect((await app.request('/v1/w/hand/catalog', { headers })).status).toBe(200);
    expect((await ask('/v1/w/{workspace}/query', headers))[0]).toBe(422);
    now = NOW;
  });
});
