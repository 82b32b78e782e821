import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedPostgres } from '../../../pipeline/control/embedded-postgres.ts';
import { openControlStore } from '../../../pipeline/control/store.ts';
import { packedProgram } from '../../packed.ts';
import { FAST } from './server.ts';

let root: string;
let home: string;
const settings = FAST;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'liftproof-embedded-'));
  // closed to everyone but us, as the home of root is
  chmodSync(root, 0o700);
  home = join(root, 'home');
  mkdirSync(home);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function ask(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

const note = () => join(home, 'postgres', 'data', 'postmaster.pid');
const pidOfServer = () => Number(readFileSync(note(), 'utf8').split('\n')[0]);

describe('the embedded PostgreSQL', () => {
  it('starts in a folder that only its maker may pass, keeps what it was told, and stops with its last user', async () => {
    const first = await openEmbeddedPostgres(home, { settings });
    const second = await openEmbeddedPostgres(home, { settings });
    expect(second.url).toBe(first.url);
    await ask(first.url, 'create table kept as select 42 as answer');
    if (process.getuid?.() === 0) expect(statSync(join(home, 'postgres', 'data')).uid).not.toBe(0);
    await first.close();
    expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await second.close();
    expect(existsSync(note())).toBe(false);

    const again = await openEmbeddedPostgres(home, { settings });
    expect(await ask(again.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await again.close();
  });

  it('lets nobody in without the password, and keeps the password to its owner', async () => {
    const server = await openEmbeddedPostgres(home, { settings });
    await expect(ask(server.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow(
      'password authentication failed',
    );
    expect(statSync(join(home, 'postgres', 'password')).mode & 0o077).toBe(0);
    await server.close();
  });

  it('uses a server again that a killed process left running, and then stops it', async () => {
    const { moduleAt } = await packedProgram();
    const script = `
      import { openEmbeddedPostgres } from ${JSON.stringify(moduleAt('pipeline/control/embedded-postgres.ts'))};
      const server = await openEmbeddedPostgres(${JSON.stringify(home)}, { settings: ${JSON.stringify(settings)} });
      console.log(server.url);
      setInterval(() => {}, 1000);
    `;
    const path = join(root, 'holder.mjs');
    writeFileSync(path, script);
    const holder = spawn(process.execPath, [path], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: new URL('../../..', import.meta.url),
    });
    const url = String(await new Promise((resolve) => holder.stdout.once('data', resolve))).trim();
    const gone = new Promise((resolve) => holder.once('exit', resolve));
    holder.kill('SIGKILL');
    await gone;
    expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }]);

    const server = await openEmbeddedPostgres(home, { settings });
    expect(server.url).toBe(url);
    await server.close();
    expect(existsSync(note())).toBe(false);
  });

  it('starts anew after the server itself was killed', async () => {
    const first = await openEmbeddedPostgres(home, { settings });
    process.kill(pidOfServer(), 'SIGKILL');
    const second = await openEmbeddedPostgres(home, { settings });
    expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await first.close();
    await second.close();
  });

  it('is not held up by the note of a server that is gone, whose process id another process has now', async () => {
    writeFileSync(note(), `${process.pid}\n/elsewhere\n1\n5432\n\n127.0.0.1\n\nready\n`);
    const server = await openEmbeddedPostgres(home, { settings });
    expect(pidOfServer()).not.toBe(process.pid);
    expect(await ask(server.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await server.close();
  });

  it('makes the cluster anew when the first start was interrupted before it held anything', async () => {
    const other = join(root, 'interrupted');
    mkdirSync(join(other, 'postgres', 'data'), { recursive: true });
    writeFileSync(join(other, 'postgres', 'data', 'PG_VERSION'), '18\n');
    const server = await openEmbeddedPostgres(other, { settings });
    expect(await ask(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.close();
  });
});

describe('opening the control store', () => {
  it('brings the tables up to date once, however many open it at the same time', async () => {
    const server = await openEmbeddedPostgres(home, { settings });
    const stores = await Promise.all([1, 2, 3].map(() => openControlStore(server.url)));
    const tables = await ask(server.url, "select count(*)::int as n from pg_tables where schemaname = 'liftproof'");
    expect((tables as { n: number }[])[0].n).toBeGreaterThan(12);
    for (const store of stores) await store.close();
    await server.close();
  });

  it('says in words that no server answers, or that it refuses the user', async () => {
    await expect(openControlStore('postgres://u:p@127.0.0.1:1/x')).rejects.toMatchObject({ code: 'not_found' });
    const server = await openEmbeddedPostgres(home, { settings });
    await expect(openControlStore(server.url.replace(/:[^:@]+@/, ':wrong@'))).rejects.toMatchObject({
      code: 'not_allowed',
    });
    await server.close();
  });
});
