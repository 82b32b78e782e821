import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../api/app.ts';
import { createKey, keyChecker } from '../../pipeline/control/keys.ts';
import { type ServedRuns, serveRuns } from '../../pipeline/served-runs.ts';
import { type TestControl, testControl } from '../pipeline/control/server.ts';
import { type PublishedFolder, publishedFolder } from '../pipeline/published.ts';
import { NOW } from './served.ts';

const PEPPER = Buffer.alloc(32, 5);
let database: TestControl;
let folder: PublishedFolder;
let runs: ServedRuns;
let app: ReturnType<typeof createApp>;
let token: string;

beforeAll(async () => {
  database = await testControl();
  folder = publishedFolder();
  await folder.publish('run_one');
  runs = serveRuns(folder.paths);
  const { db } = database.store;
  const control = { ...database, db, pepper: PEPPER };
  app = createApp({ workspace: 'hand', runs, control, checkKey: keyChecker(db, PEPPER), now: () => NOW });
  token = (await createKey(db, PEPPER, 'hand', { name: 'browser', role: 'owner' }, NOW)).token;
});
afterAll(async () => {
  await runs.close();
  await database.close();
  folder.remove();
});

const form = (fields: Record<string, string>, headers: Record<string, string> = {}) => ({
  method: 'POST',
  body: new URLSearchParams(fields).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded', host: 'localhost', ...headers },
});
const signIn = (fields: Record<string, string>, headers?: Record<string, string>) =>
  app.request('http://localhost/sign-in', form(fields, headers));
const cookieOf = (response: Response) => response.headers.get('set-cookie')!.split(';')[0];

describe('signing in', () => {
  it('with a key gives a cookie that scripts cannot read and other sites do not send', async () => {
    const response = await signIn({ key: token, next: '/channels?from=2026-01-01' });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/channels?from=2026-01-01']);
    const cookie = response.headers.get('set-cookie')!;
    expect(cookie).toMatch(/^liftproof_session=[\w-]{43};/);
    for (const part of ['HttpOnly', 'SameSite=Lax', 'Path=/']) expect(cookie).toContain(part);
    expect(cookie).not.toContain('Secure');
    const behindTls = await signIn({ key: token }, { 'x-forwarded-proto': 'https' });
    expect(behindTls.headers.get('set-cookie')).toContain('Secure');
    expect(cookie).not.toContain(token);
    const read = await app.request('/v1/w/hand/catalog', { headers: { cookie: cookieOf(response) } });
    expect(read.status).toBe(200);
  });

  it('with a wrong key gives none, and says so without the key', async () => {
    const response = await signIn({ key: `${token}x`, next: '/' });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/sign-in?problem=invalid_key']);
    expect(response.headers.get('set-cookie')).toBeNull();
    const json = await app.request('/sign-in', {
      method: 'POST',
      body: JSON.stringify({ key: 'nonsense' }),
      headers: { 'content-type': 'application/json' },
    });
    expect(json.status).toBe(401);
  });

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', '\\\\evil', '/a\nb', ''])(
    'goes to no other site: %s',
    async (next) => {
      expect((await signIn({ key: token, next })).headers.get('location')).toBe('/');
    },
  );

  it('is refused to a form of another site', async () => {
    const foreign: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ];
    for (const headers of foreign) expect((await signIn({ key: token }, headers)).status).toBe(403);
    expect((await signIn({ key: token }, { origin: 'http://localhost', 'sec-fetch-site': 'same-origin' })).status).toBe(
      303,
    );
  });

  it('ends a guesser after a while', async () => {
    const { db } = database.store;
    const checkKey = keyChecker(db, PEPPER);
    const guarded = createApp({ workspace: 'hand', runs, checkKey, now: () => NOW, failuresPerMinute: 5 });
    const statuses: number[] = [];
    for (let i = 0; i < 8; i++)
      statuses.push(
        (await guarded.request('/v1/w/hand/catalog', { headers: { authorization: `Bearer guess${i}` } })).status,
      );
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  });
});

describe('a session', () => {
  it('changes something only with its token, and ends at sign-out', async () => {
    const signedIn = await app.request('/sign-in', {
      method: 'POST',
      body: JSON.stringify({ key: token }),
      headers: { 'content-type': 'application/json' },
    });
    const cookie = cookieOf(signedIn);
    const { csrf_token } = (await signedIn.json()) as { csrf_token: string };
    const query = { method: 'POST', body: JSON.stringify({ metrics: ['revenue_net'] }) };
    const post = (headers: Record<string, string>) =>
      app.request('/v1/w/hand/query', { ...query, headers: { 'content-type': 'application/json', ...headers } });
    expect((await post({ cookie })).status).toBe(403);
    expect((await post({ cookie, 'x-csrf-token': 'other' })).status).toBe(403);
    expect((await post({ cookie, 'x-csrf-token': csrf_token })).status).toBe(200);
    expect((await app.request('/sign-out', form({ csrf_token: 'other' }, { cookie }))).status).toBe(403);
    const out = await app.request('/sign-out', form({ csrf_token }, { cookie }));
    expect([out.status, out.headers.get('location')]).toEqual([303, '/sign-in']);
    expect((await app.request('/v1/w/hand/catalog', { headers: { cookie } })).status).toBe(401);
  });
});
