import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../api/app.ts';
import { createClient } from '../../api/client.ts';
import { verifyAuditChain } from '../../pipeline/control/audit.ts';
import { createKey, keyChecker } from '../../pipeline/control/keys.ts';
import type { Control } from '../../pipeline/control/open-control.ts';
import { ROLES } from '../../pipeline/control/roles.ts';
import { type ServedRuns, serveRuns } from '../../pipeline/served-runs.ts';
import { type TestControl, testControl } from '../pipeline/control/server.ts';
import { type PublishedFolder, publishedFolder } from '../pipeline/published.ts';
import { NOW, UNLIMITED } from './served.ts';

const PEPPER = Buffer.alloc(32, 3);
const DAY = 86_400_000;

let database: TestControl;
let control: Control;
let folder: PublishedFolder;
let runs: ServedRuns;
let app: ReturnType<typeof createApp>;
let now = NOW;
let owner: string;

beforeAll(async () => {
  database = await testControl();
  control = { ...database, db: database.store.db, pepper: PEPPER };
  folder = publishedFolder();
  await folder.publish('run_one');
  runs = serveRuns(folder.paths);
  const checkKey = keyChecker(control.db, PEPPER);
  app = createApp({
    workspace: 'hand',
    runs,
    control,
    checkKey,
    forgetKey: checkKey.forget,
    pages: { listRuns: () => [] },
    now: () => now,
    ...UNLIMITED,
  });
  owner = await key('owner');
});
afterAll(async () => {
  await runs.close();
  await database.close();
  folder.remove();
});

interface Member {
  id: string;
  email: string;
  role: string;
  state: string;
  invited_by: string;
}
interface Invited {
  member: Member;
  invitation: { address: string; expires_at: string };
}

async function key(role: 'owner' | 'admin'): Promise<string> {
  return (await createKey(control.db, PEPPER, 'hand', { name: role, role }, NOW)).token;
}
async function ask(method: string, path: string, token: string, body?: unknown): Promise<Response> {
  return app.request(`/v1/w/hand/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}
async function invite(email: string, role = 'marketer', token = owner): Promise<Invited> {
  const response = await ask('POST', 'members', token, { email, name: 'Somebody', role });
  expect(response.status).toBe(201);
  return (await response.json()) as Invited;
}
const keyIn = (html: string): string => /lp_live_[A-Za-z0-9]{8}_[\w-]{43}/.exec(html)![0];
/** Takes an invitation up as a browser does. @returns the key */
async function join({ invitation }: Invited): Promise<string> {
  const response = await app.request(invitation.address, { method: 'POST' });
  expect(response.status).toBe(200);
  return keyIn(await response.text());
}
const statusOf = async (token: string, path = 'reports/roi'): Promise<number> => (await ask('GET', path, token)).status;

describe('a member', () => {
  it('is invited, looks, joins with a key of his own, and acts under his name', async () => {
    const invited = await invite('Ana@Example.com', 'admin');
    expect(invited.member).toMatchObject({ email: 'ana@example.com', state: 'invited', invited_by: 'key:owner' });
    const seen = await app.request(invited.invitation.address);
    expect([seen.status, seen.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(await seen.text()).toContain('you are invited as <b>admin</b>');
    // looking at it changed nothing
    const token = await join(invited);
    expect((await (await ask('GET', `members/${invited.member.id}`, owner)).json()) as Member).toMatchObject({
      state: 'active',
    });
    const made = (await (await ask('POST', 'keys', token, { name: 'notebooks', role: 'client' })).json()) as {
      key: { id: string; member: string | null };
    };
    expect(made.key.member).toBeNull();
    const { data } = (await (await ask('GET', 'audit?limit=2', token)).json()) as {
      data: { actor: string; action: string }[];
    };
    expect(data.map((row) => [row.actor, row.action])).toEqual([
      ['member:ana@example.com', 'key.create'],
      ['member:ana@example.com', 'member.join'],
    ]);
  });

  it('joins once: the invitation is gone after it, of many at a time one gets a key, and an old one does not hold', async () => {
    const invited = await invite('once@example.com');
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => app.request(invited.invitation.address, { method: 'POST' })),
    );
    expect(answers.map((one) => one.status).sort()).toEqual([200, 404, 404, 404, 404, 404]);
    expect((await app.request(invited.invitation.address)).status).toBe(404);
    const late = await invite('late@example.com');
    const again = await invite('late@example.com');
    expect(again.member.id).toBe(late.member.id);
    expect((await app.request(late.invitation.address)).status).toBe(404);
    now = new Date(NOW.getTime() + 7 * DAY + 1000);
    expect((await app.request(again.invitation.address, { method: 'POST' })).status).toBe(404);
    now = NOW;
    const text = async (address: string): Promise<string> => (await app.request(address)).text();
    expect(await text('/join/hand/lp_join_wrong')).toBe(await text(late.invitation.address));
    expect((await app.request(again.invitation.address.replace('/hand/', '/rival/'))).status).toBe(404);
  });

  it('has the rights of a new role at once, in every key and session', async () => {
    const invited = await invite('role@example.com', 'finance');
    const token = await join(invited);
    const signedIn = await app.request('/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: token }),
    });
    const cookie = signedIn.headers.get('set-cookie')!.split(';')[0];
    const withCookie = async (path: string): Promise<number> =>
      (await app.request(`/v1/w/hand/${path}`, { headers: { cookie } })).status;
    expect([await statusOf(token, 'jobs'), await withCookie('jobs')]).toEqual([403, 403]);
    const changed = await ask('PUT', `members/${invited.member.id}`, owner, { role: 'analyst' });
    expect([changed.status, ((await changed.json()) as Member).role]).toEqual([200, 'analyst']);
    expect([await statusOf(token, 'jobs'), await withCookie('jobs')]).toEqual([200, 200]);
    await ask('PUT', `members/${invited.member.id}`, owner, { role: 'client' });
    expect([await statusOf(token, 'jobs'), await withCookie('jobs'), await statusOf(token)]).toEqual([403, 403, 200]);
    const { rows } = await control.store.pool.query(`select scopes from liftproof.api_key where member_id = $1`, [
      invited.member.id,
    ]);
    expect(rows).toEqual([{ scopes: [...ROLES.client] }]);
  });

  it('is out at once when he is removed, and the same member when he comes back', async () => {
    const invited = await invite('gone@example.com');
    const token = await join(invited);
    expect(await statusOf(token)).toBe(200);
    const removed = await ask('DELETE', `members/${invited.member.id}`, owner);
    expect(((await removed.json()) as Member).state).toBe('removed');
    expect(await statusOf(token)).toBe(401);
    expect((await ask('PUT', `members/${invited.member.id}`, owner, { role: 'client' })).status).toBe(409);
    expect((await ask('POST', `members/${invited.member.id}/invite`, owner)).status).toBe(409);
    const back = await invite('gone@example.com');
    expect([back.member.id, back.member.state]).toEqual([invited.member.id, 'invited']);
    expect(await statusOf(token)).toBe(401);
    expect(await statusOf(await join(back))).toBe(200);
  });

  it('who lost his key joins again, and the lost one ends then', async () => {
    const invited = await invite('lost@example.com');
    const lost = await join(invited);
    const again = (await (await ask('POST', `members/${invited.member.id}/invite`, owner)).json()) as Invited;
    expect(await statusOf(lost)).toBe(200);
    const found = await join(again);
    expect([await statusOf(lost), await statusOf(found)]).toEqual([401, 200]);
    expect((await ask('POST', 'members', owner, { email: 'lost@example.com', name: 'x', role: 'client' })).status).toBe(
      409,
    );
  });

  it('keeps his key to himself: nobody else rotates it', async () => {
    const invited = await invite('own@example.com', 'admin');
    const token = await join(invited);
    const id = token.slice(8, 16);
    expect((await ask('POST', `keys/${id}/rotate`, owner)).status).toBe(403);
    const rotated = (await (await ask('POST', `keys/${id}/rotate`, token)).json()) as {
      key: { member: string; name: string };
    };
    expect(rotated.key).toMatchObject({ member: invited.member.id, name: 'own@example.com' });
  });

  it('is neither made, changed nor removed by who may do less', async () => {
    const admin = await key('admin');
    expect((await ask('POST', 'members', admin, { email: 'x@example.com', name: 'x', role: 'finance' })).status).toBe(
      403,
    );
    const boss = await invite('boss@example.com', 'owner');
    const path = `members/${boss.member.id}`;
    expect((await ask('PUT', path, admin, { role: 'client' })).status).toBe(403);
    expect((await ask('DELETE', path, admin)).status).toBe(403);
    expect((await ask('POST', `${path}/invite`, admin)).status).toBe(403);
    const client = await invite('small@example.com', 'client');
    expect((await ask('PUT', `members/${client.member.id}`, admin, { role: 'owner' })).status).toBe(403);
    expect((await ask('PUT', `members/${client.member.id}`, admin, { role: 'admin' })).status).toBe(200);
  });

  it('who is the last owner stays owner, also when two would remove each other', async () => {
    const [one, two] = [await invite('first@example.com', 'owner'), await invite('second@example.com', 'owner')];
    await join(one);
    await join(two);
    const done = await Promise.all([one, two].map(({ member }) => ask('DELETE', `members/${member.id}`, owner)));
    expect(done.map((response) => response.status).sort()).toEqual([200, 409]);
    const { data } = (await (await ask('GET', 'members', owner)).json()) as { data: Member[] };
    const left = data.find((member) => member.role === 'owner' && member.state === 'active')!;
    expect((await ask('PUT', `members/${left.id}`, owner, { role: 'admin' })).status).toBe(409);
    expect((await ask('PUT', `members/${left.id}`, owner, { name: 'The last' })).status).toBe(200);
  });

  it('has an address and a name', async () => {
    for (const body of [
      { email: 'no address', name: 'x', role: 'client' },
      { email: 'a@b', name: '', role: 'client' },
      { email: 'a@b', name: 'x\ny', role: 'client' },
      { email: 'a@b', name: 'x', role: 'king' },
      { email: 'a@b', name: 'x', role: 'client', scopes: [] },
    ])
      expect([body, (await ask('POST', 'members', owner, body)).status]).toEqual([body, 422]);
    expect((await ask('PUT', 'members/x', owner, {})).status).toBe(422);
  });

  it('is invited on the page Admin, by a form with its token', async () => {
    const signedIn = await app.request('/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: await key('admin') }),
    });
    const { csrf_token } = (await signedIn.json()) as { csrf_token: string };
    const cookie = signedIn.headers.get('set-cookie')!.split(';')[0];
    const send = (fields: Record<string, string>) =>
      app.request('/w/hand/members', {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields).toString(),
      });
    const fields = { step: 'invite', email: 'page@example.com', name: 'Pa <b>ge', role: 'analyst' };
    expect((await send(fields)).status).toBe(403);
    const done = await send({ ...fields, csrf_token });
    expect([done.status, done.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const html = await done.text();
    expect(html).toContain('Invitation for Pa &lt;b&gt;ge');
    const address = new URL(/http:\/\/localhost\/join\/hand\/lp_join_[\w-]+/.exec(html)![0]).pathname;
    const token = keyIn(await (await app.request(address, { method: 'POST' })).text());
    expect(await statusOf(token)).toBe(200);
    const { data } = (await (await ask('GET', 'members', owner)).json()) as { data: Member[] };
    const member = data.find((one) => one.email === 'page@example.com')!;
    expect((await send({ csrf_token, step: 'change', member: member.id, role: 'owner' })).status).toBe(403);
    expect((await send({ csrf_token, step: 'change', member: member.id, role: 'king' })).status).toBe(422);
    expect((await send({ csrf_token, step: 'change', member: member.id, role: 'client' })).status).toBe(303);
    expect((await send({ csrf_token, step: 'remove', member: member.id })).status).toBe(303);
    expect(await statusOf(token)).toBe(401);
    expect((await send({ csrf_token, step: 'nothing' })).status).toBe(422);
    // keys of programs, on the same page
    const sendKey = (asked: Record<string, string>) =>
      app.request('/w/hand/keys', {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(asked).toString(),
      });
    const wanted = { csrf_token, step: 'create', name: 'notebook', role: 'client', days: '7' };
    expect((await sendKey({ ...wanted, csrf_token: 'x' })).status).toBe(403);
    expect((await sendKey({ ...wanted, role: 'finance' })).status).toBe(403);
    expect((await sendKey({ ...wanted, days: '0' })).status).toBe(422);
    const made = keyIn(await (await sendKey(wanted)).text());
    expect(await statusOf(made)).toBe(200);
    expect((await sendKey({ csrf_token, step: 'revoke', key: made.slice(8, 16) })).status).toBe(303);
    expect(await statusOf(made)).toBe(401);
  });

  it('and share links are kept by the typed client too', async () => {
    const client = createClient({
      url: 'http://localhost',
      workspace: 'hand',
      key: owner,
      fetch: async (input, init) => app.request(String(input), init),
    });
    const { member, invitation } = await client.invite({ email: 'typed@example.com', name: 'T', role: 'client' });
    expect(invitation.address).toMatch(/^\/join\/hand\/lp_join_/);
    expect((await client.changeMember(member.id, { role: 'marketer' })).role).toBe('marketer');
    expect((await client.removeMember(member.id)).state).toBe('removed');
    expect((await client.members()).map((one) => one.email)).toContain('typed@example.com');
    const link = await client.share({ name: 'Board', report: 'answer' });
    expect(link.address).toMatch(/^\/s\/hand\//);
    expect((await client.unshare(link.id)).address).toBeNull();
    expect((await client.shareLinks()).map((one) => one.id)).toEqual([link.id]);
  });

  it('is in the audit chain, which holds, and his invitation stands nowhere', async () => {
    const invited = await invite('quiet@example.com');
    const token = invited.invitation.address.split('/').pop()!;
    for (const table of ['member', 'audit', 'api_key']) {
      const { rows } = await control.store.pool.query(`select to_jsonb(t)::text as row from liftproof.${table} t`);
      for (const { row } of rows as { row: string }[]) expect(row).not.toContain(token.slice(8));
    }
    expect((await verifyAuditChain(control.db, 'hand')).isIntact).toBe(true);
  });
});
