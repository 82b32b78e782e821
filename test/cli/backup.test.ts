import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { currentRun } from '../../pipeline/current-run.ts';
import { run } from '../../pipeline/run.ts';
import { openWorkspace, workspacePaths } from '../../pipeline/workspace.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { type TestControl, testControl } from '../pipeline/control/server.ts';
import { ingestRows, MARKET_CONFIG, marketRows } from '../pipeline/market.ts';
import { liftproof, type Shell } from './shell.ts';

// commands and jobs are processes of their own
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let control: TestControl;
let workspace: TestWorkspace;
let folder: string;
let directory: string;
let backupPath: string;

beforeAll(async () => {
  control = await testControl();
  folder = mkdtempSync(join(tmpdir(), 'liftproof-backup-'));
  workspace = await testWorkspace(MARKET_CONFIG);
  await ingestRows(workspace, marketRows(3, 12), 'a');
  await run(workspace, { now: new Date('2026-07-01T00:00:00Z') });
  workspace.warehouse.close();
  directory = workspace.directory;
  rmSync(workspace.paths.lock, { force: true });
  expect((await shell('key', 'create', '--role', 'finance', '--name', 'kept')).code).toBe(0);
  const made = await shell('backup', '--to', join(folder, 'backups'), '--json');
  expect([made.code, made.stderr]).toEqual([0, expect.any(String)]);
  backupPath = JSON.parse(made.stdout).path;
});
afterAll(async () => {
  await control.close();
  rmSync(directory, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

const shell = (...args: string[]): Promise<Shell> =>
  liftproof(['--workspace', directory, ...args], { env: { DATABASE_URL: control.url } });
/** Without the store that was backed up: as on a new machine. */
const elsewhere = (...args: string[]): Promise<Shell> => liftproof(args);

describe('liftproof backup and restore', () => {
  it('bring back files, secrets, served run and control store on another machine', async () => {
    const to = join(folder, 'restored');
    const restored = await elsewhere('restore', backupPath, '--to', to, '--verify', '--json');
    expect(restored.code).toBe(0);
    const { findings } = JSON.parse(restored.stdout) as { findings: { check: string; state: string }[] };
    expect(findings.filter((finding) => finding.state === 'bad')).toEqual([]);
    expect(findings.map((finding) => finding.check)).toEqual(
      expect.arrayContaining(['landing', 'warehouse', 'run hash', 'audit chain']),
    );
    expect(currentRun(workspacePaths(to))).toEqual(currentRun(workspace.paths));
    expect(readFileSync(join(to, 'secret', 'person.key'))).toEqual(readFileSync(workspace.paths.secret));
    const { keys } = JSON.parse((await elsewhere('--workspace', to, 'key', 'list', '--json')).stdout);
    expect(keys).toMatchObject([{ name: 'kept', role: 'finance', state: 'active' }]);
    // the same bytes give the same run again
    const open = await openWorkspace(to);
    const again = await run(open, { now: new Date('2026-07-02T00:00:00Z') });
    open.close();
    expect(again.manifest.run_hash).toBe(currentRun(workspace.paths)?.run_hash);
  });

  it('try a backup in a temporary folder and leave nothing behind', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('liftproof-restore-'));
    const drill = await elsewhere('restore', backupPath, '--verify');
    expect([drill.code, drill.stdout]).toEqual([0, expect.stringContaining('restores whole')]);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('liftproof-restore-'))).toEqual(before);
  });

  it('refuse a backup of which a byte was changed, and a folder that holds something', async () => {
    const full = await elsewhere('restore', backupPath, '--to', directory);
    expect([full.code, full.stderr]).toEqual([9, expect.stringContaining('is not empty')]);
    const inside = await shell('backup', '--to', join(directory, 'backups'));
    expect([inside.code, inside.stderr]).toEqual([2, expect.stringContaining('inside the workspace')]);
    const landed = readdirSync(join(backupPath, 'landing')).find((name) => /^[0-9a-f]{64}$/.test(name))!;
    const bytes = readFileSync(join(backupPath, 'landing', landed));
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(join(backupPath, 'landing', landed), bytes);
    const to = join(folder, 'never');
    const broken = await elsewhere('restore', backupPath, '--to', to);
    expect([broken.code, broken.stderr]).toEqual([8, expect.stringContaining(landed)]);
    expect(existsSync(to)).toBe(false);
  });
});
