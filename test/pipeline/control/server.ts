import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openEmbeddedPostgres } from '../../../pipeline/control/embedded-postgres.ts';
import { type ControlStore, openControlStore } from '../../../pipeline/control/store.ts';

export interface TestControl {
  /** as in DATABASE_URL */
  url: string;
  store: ControlStore;
  home: string;
  close(): Promise<void>;
}

/** Nothing in a test outlives the machine. */
export const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** A database with the tables of a control store, of which the others are copies. */
const TEMPLATE = 'control_template';

let server: Promise<string> | undefined;
let databases = 0;

/**
 * A control store in a database of its own, on a folder of its own; one per test file, in `beforeAll`. `close()` removes both.
 *
 * The server is one per worker: making a cluster takes longer than most tests of it.
 */
export async function testControl(): Promise<TestControl> {
  server ??= startServer();
  const url = await server;
  const name = `control_${++databases}`;
  await administer(url, `create database ${name} template ${TEMPLATE}`);
  const home = mkdtempSync(join(tmpdir(), 'liftproof-control-'));
  const store = await openControlStore(databaseOf(url, name));
  return {
    url: databaseOf(url, name),
    store,
    home,
    async close() {
      await store.close();
      await administer(url, `drop database ${name} with (force)`);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function startServer(): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'liftproof-postgres-'));
  const { url } = await openEmbeddedPostgres(home, { settings: FAST });
  endWithWorker(Number(readFileSync(join(home, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0]), home);
  await administer(url, `create database ${TEMPLATE}`);
  const template = await openControlStore(databaseOf(url, TEMPLATE));
  await template.close();
  return url;
}

/** However the worker ends: its end of the pipe closes with it, and then the one who waits there stops the server. */
function endWithWorker(pid: number, home: string): void {
  const script = 'cat > /dev/null; kill -QUIT "$1"; while kill -0 "$1" 2> /dev/null; do sleep 0.1; done; rm -rf "$2"';
  const watch = spawn('sh', ['-c', script, 'sh', String(pid), home], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watch.unref();
  // a pipe to a child is a socket, which would keep the worker waiting
  (watch.stdin as unknown as { unref(): void }).unref();
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseOf(url, 'postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

const databaseOf = (url: string, name: string): string => url.replace(/\/[^/]*$/, `/${name}`);
