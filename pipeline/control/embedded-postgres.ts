import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { InputError } from '../../models/errors.ts';
import { isAlive } from '../living-process.ts';
import { countMarks, holdingFile, leaveMark } from './hold-file.ts';
import { type PostgresOwner, postgresOwner, postgresProgram } from './postgres-program.ts';

/** The embedded server as one process uses it. */
export interface EmbeddedPostgres {
  url: string;
  /** the last of the processes that use it stops it */
  close(): Promise<void>;
}

export interface EmbeddedOptions {
  /** further lines of postgresql.conf; tests turn fsync off */
  settings?: Readonly<Record<string, string>>;
}

const START_MS = 30_000;
const STOP_MS = 20_000;
const USER = 'liftproof';

interface Folders {
  data: string;
  password: string;
  log: string;
  users: string;
  lock: string;
}

/**
 * A PostgreSQL of one's own under `home`: made at the first use, started unless it runs already, stopped by the last process
 * that closes it. One that a killed process left running is used again; the leftovers of one that was killed itself are cleared.
 *
 * It listens on 127.0.0.1 only, on a free port, with a password that stands in a file of `home`.
 *
 * @throws InputError `not_found` or `not_allowed` where it cannot run at all, `damaged` when it does not start
 */
export async function openEmbeddedPostgres(home: string, options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  const folders = foldersOf(home);
  return holdingFile(folders.lock, START_MS + STOP_MS, async () => {
    const owner = postgresOwner();
    const running = await runningServer(folders);
    const url = running ?? (await startServer(folders, owner, options));
    const takeBack = leaveMark(folders.users);
    return {
      url,
      close: () =>
        holdingFile(folders.lock, START_MS + STOP_MS, async () => {
          takeBack();
          if (countMarks(folders.users) === 0) await stopServer(folders);
        }),
    };
  });
}

function foldersOf(home: string): Folders {
  const folder = join(home, 'postgres');
  const users = join(folder, 'users');
  mkdirSync(users, { recursive: true });
  return {
    data: join(folder, 'data'),
    password: join(folder, 'password'),
    log: join(folder, 'server.log'),
    users,
    lock: join(folder, 'lock'),
  };
}

/** Address of the server of this data folder when it answers. Clears away the note of one that is gone. */
async function runningServer(folders: Folders): Promise<string | undefined> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const note = readNote(folders.data);
    if (note === undefined) return undefined;
    if (!isServerOf(note.pid, folders.data)) {
      // its process id may since have been given to another, for which PostgreSQL would refuse to start
      rmSync(join(folders.data, 'postmaster.pid'), { force: true });
      return undefined;
    }
    const url = addressOf(folders, note.port);
    if (await answers(url)) return url;
    if (Date.now() > deadline)
      throw new InputError(
        'damaged',
        `PostgreSQL runs as process ${note.pid} but does not answer; stop it, and see ${folders.log}`,
      );
    await sleep(50);
  }
}

/** Lines of postmaster.pid: process id, data folder, start, port. */
function readNote(data: string): { pid: number; port: number } | undefined {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Math.abs(Number(lines[0])), port: Number(lines[3]) };
  } catch {
    return undefined;
  }
}

/** Whether a process is the server of this folder: such a server works inside it. */
function isServerOf(pid: number, data: string): boolean {
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data);
  } catch {
    return false;
  }
}

async function startServer(
  folders: Folders,
  owner: PostgresOwner | undefined,
  options: EmbeddedOptions,
): Promise<string> {
  const program = postgresProgram(owner);
  const spawned = { cwd: folders.data, ...owner, env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } };
  // a folder above may be closed to the owner; what he works in he reaches all the same
  const data = owner !== undefined && process.platform === 'linux' ? '/proc/self/cwd' : folders.data;
  await makeCluster(folders, owner, program.initdb, data, spawned);
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '60',
    shared_buffers: '32MB',
    log_checkpoints: 'off',
    ...options.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const deadline = Date.now() + START_MS;
  for (;;) {
    const port = await freePort();
    const log = openSync(folders.log, 'a', 0o600);
    // a group of its own: Ctrl-C in the shell is for us, and we stop the server when we are done
    const server = spawn(program.postgres, ['-D', data, '-p', String(port), ...flags], {
      ...spawned,
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    server.unref();
    const url = addressOf(folders, port);
    if (await becomesReady(server, url, deadline)) {
      await makeDatabase(url);
      return url;
    }
    // the port was taken meanwhile, or helpers of a killed server are still leaving
    if (Date.now() > deadline)
      throw new InputError('damaged', `PostgreSQL does not start; ${folders.log} ends: ${tailOf(folders.log)}`);
    await sleep(200);
  }
}

async function makeCluster(
  folders: Folders,
  owner: PostgresOwner | undefined,
  initdb: string,
  data: string,
  spawned: object,
): Promise<void> {
  if (existsSync(join(folders.data, 'PG_VERSION')) && existsSync(join(folders.data, 'ready'))) return;
  // what an interrupted first start left behind holds nothing yet
  rmSync(folders.data, { recursive: true, force: true });
  mkdirSync(folders.data, { mode: 0o700 });
  const password = randomBytes(24).toString('base64url');
  writeFileSync(folders.password, password, { mode: 0o600 });
  chmodSync(folders.password, 0o600);
  // initdb reads the password from a file of its own user; it finds it by descriptor where it may not pass the folders above
  const given = `${folders.password}.initdb`;
  rmSync(given, { force: true });
  writeFileSync(given, `${password}\n`, { mode: 0o600 });
  if (owner !== undefined) for (const path of [folders.data, given]) chownSync(path, owner.uid, owner.gid);
  const descriptor = openSync(given, 'r');
  const file = owner !== undefined && process.platform === 'linux' ? '/proc/self/fd/3' : given;
  const args = ['--auth=scram-sha-256', `--username=${USER}`, '--encoding=UTF8', '--locale=C', `--pwfile=${file}`];
  const said: Buffer[] = [];
  let code: number | null;
  try {
    const child = spawn(initdb, [`--pgdata=${data}`, ...args], {
      ...spawned,
      stdio: ['ignore', 'pipe', 'pipe', descriptor],
    });
    child.stdout?.on('data', (chunk: Buffer) => said.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
    code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  } finally {
    closeSync(descriptor);
    rmSync(given, { force: true });
  }
  if (code !== 0) {
    rmSync(folders.data, { recursive: true, force: true });
    throw new InputError(
      'damaged',
      `initdb of the embedded PostgreSQL failed: ${Buffer.concat(said).toString('utf8').trim().slice(-500)}`,
    );
  }
  writeFileSync(join(folders.data, 'ready'), '');
}

/** Waits until the server answers. @returns false when it ended before */
async function becomesReady(server: ChildProcess, url: string, deadline: number): Promise<boolean> {
  let hasEnded = false;
  server.on('error', () => {
    hasEnded = true;
  });
  server.on('exit', () => {
    hasEnded = true;
  });
  while (!hasEnded && Date.now() < deadline) {
    if (await answers(url)) return true;
    await sleep(25);
  }
  return false;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: adminUrl(url), connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function makeDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl(url) });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [USER]);
    if (rowCount === 0) await client.query(`create database ${USER}`);
  } finally {
    await client.end();
  }
}

/** Asks the server to end its connections and go; a second time with force when it does not. */
async function stopServer(folders: Folders): Promise<void> {
  const note = readNote(folders.data);
  if (note === undefined || !isServerOf(note.pid, folders.data)) return;
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    try {
      process.kill(note.pid, signal);
    } catch {
      return;
    }
    const deadline = Date.now() + STOP_MS / 2;
    // a server removes its note as the last thing it does
    while (Date.now() < deadline) {
      if (readNote(folders.data) === undefined) return;
      await sleep(20);
    }
  }
}

function addressOf(folders: Folders, port: number): string {
  return `postgres://${USER}:${readFileSync(folders.password, 'utf8')}@127.0.0.1:${port}/${USER}`;
}

/** The database that is always there. */
function adminUrl(url: string): string {
  return url.replace(/\/[^/]*$/, '/postgres');
}

function tailOf(path: string): string {
  return readFileSync(path, 'utf8').trim().slice(-500);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
