import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestControl, testControl } from '../pipeline/control/server.ts';
import { liftproof, type Shell } from './shell.ts';

let control: TestControl;
let directory: string;
beforeAll(async () => {
  control = await testControl();
  directory = mkdtempSync(join(tmpdir(), 'liftproof-key-'));
  writeFileSync(join(directory, 'liftproof.yaml'), 'workspace: acme\nreporting: { time_zone: UTC, currency: EUR }\n');
});
afterAll(async () => {
  await control.close();
  rmSync(directory, { recursive: true, force: true });
});

const key = (...args: string[]): Promise<Shell> =>
  liftproof(['--workspace', directory, 'key', ...args], { env: { DATABASE_URL: control.url } });

describe('liftproof key', () => {
  it('makes a key that is shown once, lists, rotates and revokes it', async () => {
    const made = await key('create', '--role', 'analyst', '--name', 'notebook', '--expires', '30d');
    expect(made.code).toBe(0);
    const token = made.stdout.trim();
    expect(token).toMatch(/^lp_live_\w{8}_[\w-]{43}$/);
    const id = token.slice(8, 16);
    const rotated = JSON.parse((await key('rotate', id, '--json')).stdout);
    expect((await key('revoke', id)).code).toBe(0);
    const listed = await key('list', '--json');
    expect(listed.stdout).not.toContain(token.slice(17));
    const { keys } = JSON.parse(listed.stdout);
    expect(keys.map((one: { id: string; state: string }) => [one.id, one.state])).toEqual([
      [rotated.key.id, 'active'],
      [id, 'revoked'],
    ]);
    expect(keys[1]).toMatchObject({ name: 'notebook', role: 'analyst', replaced_by: rotated.key.id });
  });

  it('says what it does not understand', async () => {
    const shells = await Promise.all([
      key('create', '--role', 'king'),
      key('create', '--role', 'client', '--scope', 'admin'),
      key('create', '--expires', 'never'),
      key('revoke', 'nobody'),
    ]);
    expect(shells.map((shell) => shell.code)).toEqual([2, 2, 2, 4]);
    expect(shells[0].stderr).toContain('owner, admin, analyst');
    expect(shells[1].stderr).toContain('client does not have admin');
  });
});
