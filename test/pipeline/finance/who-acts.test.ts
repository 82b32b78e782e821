import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey, revokeKey } from '../../../pipeline/control/keys.ts';
import { inviteMember, joinWorkspace, removeMember } from '../../../pipeline/control/members.ts';
import { checkReopener, shellTrace } from '../../../pipeline/finance/who-acts.ts';
import { type TestControl, testControl } from '../control/server.ts';

const PEPPER = Buffer.alloc(32, 5);
const NOW = new Date('2026-09-01T00:00:00Z');

let database: TestControl;
let control: { db: TestControl['store']['db']; pepper: Buffer };
beforeAll(async () => {
  database = await testControl();
  control = { db: database.store.db, pepper: PEPPER };
});
afterAll(() => database.close());

async function joined(workspace: string, email: string, role: 'finance' | 'client' = 'finance') {
  const settings = { workspace, email, name: 'x', role, invitedBy: 'x', now: NOW };
  const { token } = await inviteMember(control.db, PEPPER, settings);
  const { member, key } = (await joinWorkspace(control.db, PEPPER, workspace, token, NOW))!;
  return { member, token: key.token, id: key.key.id };
}
const trace = (workspace: string, claim: { by?: string; key?: string }) =>
  shellTrace(control, workspace, { user: 'root', ...claim }, NOW);

describe('who acts on the books from a shell', () => {
  it('is the user, or whom --by names, while the workspace has no members', async () => {
    expect((await trace('small', {})).actor).toBe('shell:root');
    expect((await trace('small', { by: 'ana' })).actor).toBe('ana');
    await expect(trace('small', { by: 'member:ana@example.com' })).rejects.toMatchObject({ code: 'usage' });
    await expect(checkReopener(control.db, await trace('small', { by: 'ana' }))).resolves.toBeUndefined();
  });

  it('is whose key is in LIFTPROOF_KEY, and nobody else by name, once somebody joined', async () => {
    const ana = await joined('team', 'ana@example.com');
    expect(await trace('team', { key: ana.token })).toMatchObject({
      actor: 'member:ana@example.com',
      memberId: ana.member.id,
      keyId: ana.id,
    });
    expect((await trace('team', { key: ana.token, by: 'Ana@example.com' })).actor).toBe('member:ana@example.com');
    await expect(trace('team', { key: ana.token, by: 'ben@example.com' })).rejects.toThrow(
      /holds the key of member:ana/,
    );
    await expect(trace('team', { by: 'ana@example.com' })).rejects.toThrow(/is not taken at its word/);
    expect((await trace('team', {})).actor).toBe('shell:root');
  });

  it('is refused with a key that does not hold, is of another workspace, or may not close the books', async () => {
    const gone = await joined('team', 'gone@example.com');
    await removeMember(control.db, 'team', gone.member.id, NOW);
    const plain = await createKey(control.db, PEPPER, 'team', { name: 'old', role: 'finance' }, NOW);
    await revokeKey(control.db, 'team', plain.key.id, NOW);
    const other = await createKey(control.db, PEPPER, 'rival', { name: 'r', role: 'owner' }, NOW);
    const client = await joined('team', 'client@example.com', 'client');
    for (const key of [gone.token, plain.token, other.token, 'lp_live_wrong'])
      await expect(trace('team', { key })).rejects.toThrow(/holds no key that is valid for team/);
    await expect(trace('team', { key: client.token })).rejects.toThrow(/lacks the scope finance:close/);
  });

  it('reopens as a member only, in a workspace with members', async () => {
    const ben = await joined('team', 'ben@example.com');
    const plain = await createKey(control.db, PEPPER, 'team', { name: 'books', role: 'finance' }, NOW);
    await expect(checkReopener(control.db, await trace('team', { key: ben.token }))).resolves.toBeUndefined();
    for (const claim of [{ key: plain.token }, {}])
      await expect(checkReopener(control.db, await trace('team', claim))).rejects.toMatchObject({
        code: 'not_allowed',
      });
  });
});
