import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendAudit } from '../../../pipeline/control/audit.ts';
import { examineControl } from '../../../pipeline/control/examine-control.ts';
import { createKey } from '../../../pipeline/control/keys.ts';
import { type TestControl, testControl } from './server.ts';

const NOW = new Date('2026-07-01T00:00:00Z');
let control: TestControl;
let workspace: string;
beforeAll(async () => {
  control = await testControl();
  workspace = mkdtempSync(join(tmpdir(), 'liftproof-doctor-'));
  writeFileSync(join(workspace, 'liftproof.yaml'), 'workspace: acme\nreporting: { time_zone: UTC, currency: EUR }\n');
});
afterAll(async () => {
  delete process.env.DATABASE_URL;
  await control.close();
  rmSync(workspace, { recursive: true, force: true });
});

describe('the doctor', () => {
  it('starts no control store where there is none', async () => {
    expect(await examineControl({ workspace }, NOW)).toEqual([
      { check: 'control store', state: 'ok', finding: expect.stringContaining('none yet') },
    ]);
  });

  it('says whether the audit chain holds, and which keys end soon', async () => {
    process.env.DATABASE_URL = control.url;
    const { db } = control.store;
    const { key } = await createKey(db, Buffer.alloc(32), 'acme', { name: 'x', role: 'client', days: 3 }, NOW);
    for (const object of ['a', 'b'])
      await appendAudit(db, { workspace: 'acme', at: NOW, actor: 'x', action: 'y', object });
    const states = async () => (await examineControl({ workspace }, NOW)).map(({ check, state }) => [check, state]);
    expect(await states()).toEqual([
      ['control store', 'ok'],
      ['audit chain', 'ok'],
      ['keys', 'warn'],
    ]);
    const { finding } = (await examineControl({ workspace }, NOW))[2];
    expect(finding).toContain(key.id);
    await control.store.pool.query('alter table liftproof.audit disable trigger audit_append_only');
    await control.store.pool.query("update liftproof.audit set actor = 'z' where seq = 1");
    expect((await states())[1]).toEqual(['audit chain', 'bad']);
  });
});
