import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendAudit, listAudit, verifyAuditChain } from '../../../pipeline/control/audit.ts';
import { exportAudit, verifyAuditFile } from '../../../pipeline/control/export-audit.ts';
import { type TestControl, testControl } from './server.ts';

let control: TestControl;
beforeAll(async () => {
  control = await testControl();
});
afterAll(() => control.close());

const AT = new Date('2026-07-01T10:00:00.123Z');

async function chain(workspace: string, rows: number): Promise<void> {
  for (let i = 1; i <= rows; i++)
    await appendAudit(control.store.db, {
      workspace,
      at: AT,
      actor: 'ana',
      action: 'period.close',
      object: `period/2026-0${i}`,
      details: { reason: 'fin du mois €', nested: { b: 1.5, a: [true, null] }, gone: undefined },
    });
}

/** Changes rows as someone who owns the database could, past the trigger. */
async function tamper(statement: string): Promise<void> {
  await control.store.db.execute(sql.raw('alter table liftproof.audit disable trigger audit_append_only'));
  await control.store.db.execute(sql.raw(statement));
  await control.store.db.execute(sql.raw('alter table liftproof.audit enable trigger audit_append_only'));
}

describe('the audit chain', () => {
  it('holds over every row as it was written', async () => {
    await chain('whole', 5);
    expect(await verifyAuditChain(control.store.db, 'whole')).toEqual({ isIntact: true, rows: 5 });
    const rows = await listAudit(control.store.db, 'whole', { limit: 2 });
    expect(rows.map(({ seq, object }) => [seq, object])).toEqual([
      [5, 'period/2026-05'],
      [4, 'period/2026-04'],
    ]);
    expect((await listAudit(control.store.db, 'whole', { limit: 9, before: 3 })).map(({ seq }) => seq)).toEqual([2, 1]);
  });

  it('is whole for a workspace of which nothing was written', async () => {
    expect(await verifyAuditChain(control.store.db, 'unheard-of')).toEqual({ isIntact: true, rows: 0 });
  });

  it('goes whole to a file that is checked without the database, and shows what was changed in it', async () => {
    await chain('exported', 3);
    const folder = mkdtempSync(join(tmpdir(), 'liftproof-audit-'));
    const path = join(folder, 'audit.ndjson');
    try {
      const { rows, sha256, verdict } = await exportAudit(control.store.db, 'exported', path);
      expect([rows, verdict.isIntact, verifyAuditFile(path)]).toEqual([3, true, { isIntact: true, rows: 3 }]);
      const text = readFileSync(path, 'utf8');
      const lines = text.trimEnd().split('\n');
      expect(JSON.parse(lines[4])).toEqual({ end: { rows: 3, sha256 } });
      expect(JSON.parse(lines[2])).toMatchObject({
        seq: 2,
        actor: 'ana',
        at: AT.toISOString(),
        object: 'period/2026-02',
      });
      const broken: [string, number][] = [
        [text.replace('2026-02', '2026-09'), 2],
        [lines.filter((_, i) => i !== 2).join('\n'), 2],
        [[lines[0], lines[2], lines[1], ...lines.slice(3)].join('\n'), 1],
        // the newest row cut off, with an end that still tells of three
        [[...lines.slice(0, 3), lines[4]].join('\n'), 3],
      ];
      for (const [changed, brokenAt] of broken) {
        writeFileSync(path, changed);
        expect(verifyAuditFile(path)).toMatchObject({ isIntact: false, brokenAt });
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('never forks when many write at once', async () => {
    await Promise.all(Array.from({ length: 12 }, () => chain('busy', 1)));
    expect(await verifyAuditChain(control.store.db, 'busy')).toEqual({ isIntact: true, rows: 12 });
  });

  it('takes no part of a transaction that fails', async () => {
    await chain('undone', 1);
    const failing = control.store.db.transaction(async (transaction) => {
      await appendAudit(transaction, {
        workspace: 'undone',
        at: AT,
        actor: 'ana',
        action: 'period.lock',
        object: 'period/2026-01',
      });
      throw new Error('the lock failed');
    });
    await expect(failing).rejects.toThrow('the lock failed');
    expect(await verifyAuditChain(control.store.db, 'undone')).toEqual({ isIntact: true, rows: 1 });
  });

  it.each([
    ['an edited actor', "update liftproof.audit set actor = 'eve' where workspace = $w and seq = 3", 3],
    [
      'an edited detail',
      `update liftproof.audit set details = '{"reason":"other"}' where workspace = $w and seq = 2`,
      2,
    ],
    [
      'an edited time',
      "update liftproof.audit set at = at + interval '1 millisecond' where workspace = $w and seq = 1",
      1,
    ],
    ['a removed row', 'delete from liftproof.audit where workspace = $w and seq = 2', 2],
    ['the newest row removed', 'delete from liftproof.audit where workspace = $w and seq = 5', 5],
    ['all rows removed', 'delete from liftproof.audit where workspace = $w', 1],
    [
      'two rows that changed places',
      'update liftproof.audit set seq = case seq when 2 then 1003 else 1002 end where workspace = $w and seq in (2, 3);' +
        'update liftproof.audit set seq = seq - 1000 where workspace = $w and seq > 1000',
      2,
    ],
  ])('shows %s', async (what, statement, brokenAt) => {
    const workspace = `tampered ${what}`;
    await chain(workspace, 5);
    await tamper(statement.replaceAll('$w', `'${workspace}'`));
    const verdict = await verifyAuditChain(control.store.db, workspace);
    expect(verdict.isIntact).toBe(false);
    expect(verdict.brokenAt).toBe(brokenAt);
  });

  it.each(['audit', 'roi_ledger', 'restatement'])('lets no row of %s be changed or removed', async (table) => {
    for (const statement of [
      `update liftproof.${table} set workspace = workspace`,
      `delete from liftproof.${table}`,
      `truncate liftproof.${table}`,
    ]) {
      const refused = control.store.pool.query(statement);
      await expect(refused).rejects.toThrow(`rows of liftproof.${table} are never changed or removed`);
    }
  });
});
