import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey, keyChecker, listKeys, revokeKey, rotateKey } from '../../../pipeline/control/keys.ts';
import { ROLES, SCOPES } from '../../../pipeline/control/roles.ts';
import { findSession, isCsrfToken, openSession } from '../../../pipeline/control/sessions.ts';
import { type TestControl, testControl } from './server.ts';

const NOW = new Date('2026-07-01T00:00:00Z');
const PEPPER = Buffer.alloc(32, 3);
const later = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);

let control: TestControl;
beforeAll(async () => {
  control = await testControl();
});
afterAll(() => control.close());

const make = (settings: Partial<Parameters<typeof createKey>[3]> = {}, workspace = 'acme') =>
  createKey(control.store.db, PEPPER, workspace, { name: 'one', role: 'client', ...settings }, NOW);
const fresh = () => keyChecker(control.store.db, PEPPER);

describe('a key', () => {
  it('is known by its token and by nothing else', async () => {
    const { token, key } = await make();
    expect(token).toMatch(/^lp_live_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{43}$/);
    expect(await fresh()(token, NOW)).toMatchObject({ id: key.id, workspace: 'acme', scopes: ['read:reports'] });
    const last = token.endsWith('A') ? 'B' : 'A';
    for (const wrong of [
      `${token.slice(0, -1)}${last}`,
      `${token}A`,
      token.slice(0, -1),
      token.toUpperCase(),
      '',
      'x'.repeat(9999),
    ])
      expect(await fresh()(wrong, NOW)).toBeUndefined();
    expect(await keyChecker(control.store.db, Buffer.alloc(32, 4))(token, NOW)).toBeUndefined();
  });

  it('leaves no secret in the store', async () => {
    const { token } = await make({ name: 'secretive' });
    const { rows } = await control.store.pool.query('select api_key::text as row from liftproof.api_key');
    const text = JSON.stringify(rows);
    expect(text).toContain(token.slice(8, 16));
    expect(text).not.toContain(token.slice(17));
    expect(text).not.toContain(Buffer.from(token).toString('hex'));
  });

  it('ends with its day, a write key sooner', async () => {
    const read = await make();
    const write = await make({ role: 'ingest' });
    expect(read.key.expiresAt).toEqual(later(365 * 24));
    expect(write.key.expiresAt).toEqual(later(90 * 24));
    expect(await fresh()(write.token, later(90 * 24 - 1))).toBeDefined();
    expect(await fresh()(write.token, later(90 * 24))).toBeUndefined();
  });

  it('has the scopes of its role or fewer, never more', async () => {
    expect((await make({ role: 'owner' })).key.scopes).toEqual([...SCOPES]);
    expect((await make({ role: 'analyst', scopes: ['read:ops'] })).key.scopes).toEqual(['read:ops']);
    await expect(make({ role: 'client', scopes: ['admin'] })).rejects.toMatchObject({ code: 'bad_parameter' });
    for (const scopes of Object.values(ROLES)) expect(new Set(scopes).size).toBe(scopes.length);
  });

  it('may be held to addresses and ranges', async () => {
    const { token } = await make({ allowedIps: ['192.0.2.0/24', '2001:db8::1'] });
    for (const ip of ['192.0.2.7', '::ffff:192.0.2.7', '2001:db8::1'])
      expect(await fresh()(token, NOW, ip)).toBeDefined();
    for (const ip of ['192.0.3.7', '2001:db8::2', '', 'nonsense', undefined])
      expect(await fresh()(token, NOW, ip)).toBeUndefined();
    for (const bad of ['192.0.2.0/33', 'example.com', '1.2.3.4/8/8', '1.2.3.4/', ''])
      await expect(make({ allowedIps: [bad] })).rejects.toMatchObject({ code: 'bad_parameter' });
  });

  it('that is revoked is refused at once where it was revoked, and elsewhere within a second', async () => {
    const { token, key } = await make();
    const check = fresh();
    expect(await check(token, NOW)).toBeDefined();
    await revokeKey(control.store.db, 'acme', key.id, NOW);
    expect(await check(token, NOW)).toBeDefined();
    check.forget(key.id);
    expect(await check(token, NOW)).toBeUndefined();
  });

  it('cannot be revoked, rotated or seen from another workspace', async () => {
    const { key } = await make();
    await make({}, 'rival');
    const { db } = control.store;
    await expect(revokeKey(db, 'rival', key.id, NOW)).rejects.toMatchObject({ code: 'not_found' });
    await expect(rotateKey(db, PEPPER, 'rival', key.id, NOW)).rejects.toMatchObject({ code: 'not_found' });
    expect((await listKeys(db, 'rival')).some((one) => one.id === key.id)).toBe(false);
  });

  it('that is rotated holds for 24 hours beside the new one, which has the same rights', async () => {
    const old = await make({
      role: 'analyst',
      scopes: ['read:reports', 'read:ops'],
      days: 10,
      allowedIps: ['192.0.2.1'],
    });
    const now = later(24);
    const made = await rotateKey(control.store.db, PEPPER, 'acme', old.key.id, now);
    const { role, scopes, allowedIps } = made.key;
    expect({ role, scopes, allowedIps }).toEqual({
      role: 'analyst',
      scopes: ['read:reports', 'read:ops'],
      allowedIps: ['192.0.2.1'],
    });
    expect(made.key.expiresAt).toEqual(later(24 + 240));
    const check = (token: string, at: Date) => fresh()(token, at, '192.0.2.1');
    expect(await check(old.token, later(47))).toBeDefined();
    expect(await check(made.token, later(47))).toBeDefined();
    expect(await check(old.token, later(48))).toBeUndefined();
    await expect(rotateKey(control.store.db, PEPPER, 'acme', old.key.id, now)).rejects.toMatchObject({
      code: 'not_allowed',
    });
  });

  it('says when it was last used', async () => {
    const { token, key } = await make();
    await fresh()(token, later(1));
    await expect
      .poll(async () => (await listKeys(control.store.db, 'acme')).find((one) => one.id === key.id)?.lastUsedAt)
      .toEqual(later(1));
  });
});

describe('a session', () => {
  it('is found by its cookie until it or its key ends', async () => {
    const { db } = control.store;
    const { key } = await make({ days: 1 });
    const session = await openSession(db, key, later(6));
    expect(await findSession(db, session.cookie, later(7))).toMatchObject({
      key: { id: key.id },
      csrfToken: session.csrfToken,
    });
    expect(await findSession(db, session.cookie, later(18))).toBeUndefined();
    expect(await findSession(db, 'x'.repeat(43), later(7))).toBeUndefined();
    const { rows } = await control.store.pool.query('select session::text as row from liftproof.session');
    expect(JSON.stringify(rows)).not.toContain(session.cookie);
    await revokeKey(db, 'acme', key.id, later(7));
    expect(await findSession(db, session.cookie, later(7))).toBeUndefined();
  });

  it('tells its own token from any other', async () => {
    const { key } = await make();
    const session = await openSession(control.store.db, key, NOW);
    expect(isCsrfToken(session, session.csrfToken)).toBe(true);
    for (const other of ['', undefined, session.cookie, `${session.csrfToken}x`])
      expect(isCsrfToken(session, other)).toBe(false);
  });
});
