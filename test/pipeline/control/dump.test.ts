import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendAudit, verifyAuditChain } from '../../../pipeline/control/audit.ts';
import { dumpControl, loadControl } from '../../../pipeline/control/dump.ts';
import { createKey, keyChecker } from '../../../pipeline/control/keys.ts';
import { inviteMember, joinWorkspace, listMembers } from '../../../pipeline/control/members.ts';
import { createShareLink, listShareLinks } from '../../../pipeline/control/share-links.ts';
import { type TestControl, testControl } from './server.ts';

const PEPPER = Buffer.alloc(32, 4);
const NOW = new Date('2026-07-01T00:00:00Z');
/** what ends by itself, and is not kept */
const PASSING = ['session', 'webhook_delivery', 'idempotency', 'export'];

let from: TestControl;
let to: TestControl;
let folder: string;
beforeAll(async () => {
  [from, to] = await Promise.all([testControl(), testControl()]);
  folder = mkdtempSync(join(tmpdir(), 'liftproof-dump-'));
});
afterAll(async () => {
  await Promise.all([from.close(), to.close()]);
  rmSync(folder, { recursive: true, force: true });
});

describe('a dump of the control store', () => {
  it('holds every table of a workspace but what ends by itself', async () => {
    const { rows } = await from.store.pool.query(
      `select table_name from information_schema.columns where table_schema = 'liftproof' and (column_name = 'workspace' or table_name = 'workspace')
       group by table_name order by table_name`,
    );
    const source = readFileSync(new URL('../../../pipeline/control/dump.ts', import.meta.url), 'utf8');
    const dumped = [...source.matchAll(/table: '(\w+)'/g)].map((match) => match[1]);
    expect([...dumped, ...PASSING].sort()).toEqual(rows.map((row: { table_name: string }) => row.table_name));
  });

  it('gives members, their keys, links and the audit chain back as they were, and nothing of others', async () => {
    const { db } = from.store;
    for (const workspace of ['acme', 'rival']) {
      const invited = {
        workspace,
        email: 'ana@example.com',
        name: 'Ana',
        role: 'finance',
        invitedBy: 'x',
        now: NOW,
      } as const;
      await inviteMember(db, PEPPER, { ...invited, email: 'ben@example.com' });
      await createShareLink(db, { workspace, name: 'Board', report: 'answer', days: 30, createdBy: 'x', now: NOW });
      await appendAudit(db, { workspace, at: NOW, actor: 'x', action: 'a', object: 'b' });
    }
    const invitation = {
      workspace: 'acme',
      email: 'eva@example.com',
      name: 'Eva',
      role: 'owner',
      invitedBy: 'x',
      now: NOW,
    } as const;
    const { token } = await inviteMember(db, PEPPER, invitation);
    const eva = (await joinWorkspace(db, PEPPER, 'acme', token, NOW))!;
    await createKey(db, PEPPER, 'acme', { name: 'program', role: 'ingest' }, NOW);
    const path = join(folder, 'dump');
    const rows = await dumpControl(from.store, 'acme', path);
    expect(await loadControl(to.store, 'acme', path)).toBe(rows);
    expect(await listMembers(to.store.db, 'acme')).toEqual(await listMembers(db, 'acme'));
    expect(await listShareLinks(to.store.db, 'acme')).toEqual(await listShareLinks(db, 'acme'));
    expect(await listMembers(to.store.db, 'rival')).toEqual([]);
    expect((await verifyAuditChain(to.store.db, 'acme')).isIntact).toBe(true);
    // a key that held holds, and is its member's
    expect((await keyChecker(to.store.db, PEPPER)(eva.key.token, NOW))?.memberId).toBe(eva.member.id);
    await expect(loadControl(to.store, 'acme', path)).rejects.toMatchObject({ code: 'not_allowed' });
  });
});
