import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError } from '../../models/errors.ts';
import { openEmbeddedPostgres } from './embedded-postgres.ts';
import { secretFile, secretOf } from './private-file.ts';
import { type ControlStore, openControlStore } from './store.ts';

/** The control store, and what its secrets are sealed with. Close it. */
export interface Control {
  store: ControlStore;
  db: ControlStore['db'];
  /** folder of the server: the embedded PostgreSQL, the pepper, files of exports and uploads */
  home: string;
  pepper: Buffer;
  close(): Promise<void>;
}

export interface ControlPlace {
  /** directory of the workspace; its `server` folder is the home when nothing else is said */
  workspace: string;
  home?: string;
  /** makes nothing: no secret, no folder, no table, no database */
  isReadOnly?: boolean;
}

/** Where the server keeps its own files: `--home`, else `LIFTPROOF_HOME`, else `server/` of the workspace. */
export function homeOf(place: ControlPlace): string {
  return resolve(place.home ?? (process.env.LIFTPROOF_HOME || join(place.workspace, 'server')));
}

/**
 * Opens the control store at `DATABASE_URL`, or on a PostgreSQL of our own under the home folder.
 *
 * Servers that share one database share the pepper too: `LIFTPROOF_PEPPER`, 32 bytes as base64url.
 *
 * For reading alone everything must be there: the tables of this version, the pepper, the database.
 *
 * @param url  of the PostgreSQL; none for one of our own
 * @throws InputError `not_found`, `not_allowed`, `damaged`
 */
export async function openControl(
  place: ControlPlace,
  url: string | undefined = process.env.DATABASE_URL,
): Promise<Control> {
  const home = homeOf(place);
  if (place.isReadOnly) mustBeThere(home, url);
  else mkdirSync(home, { recursive: true, mode: 0o700 });
  const given = process.env.LIFTPROOF_PEPPER;
  const pepper = given ? secretOf(given, 'LIFTPROOF_PEPPER') : secretFile(join(home, 'pepper'));
  const server = url ? undefined : await openEmbeddedPostgres(home);
  try {
    const store = await openControlStore(url || server!.url, { migrate: !place.isReadOnly });
    return {
      store,
      db: store.db,
      home,
      pepper,
      async close() {
        await store.close();
        await server?.close();
      },
    };
  } catch (cause) {
    await server?.close();
    throw cause;
  }
}

/** @throws InputError `not_found` */
function mustBeThere(home: string, url: string | undefined): void {
  if (!process.env.LIFTPROOF_PEPPER && !existsSync(join(home, 'pepper')))
    throw new InputError(
      'not_found',
      `${join(home, 'pepper')} is missing, and a server that only reads makes none; set LIFTPROOF_PEPPER to that of the other servers, or name their folder with --home`,
    );
  if (!url && !existsSync(join(home, 'postgres', 'data', 'ready')))
    throw new InputError(
      'not_found',
      `${home} holds no control store, and a server that only reads makes none; set DATABASE_URL, or start "liftproof serve" without --read-only first`,
    );
}
