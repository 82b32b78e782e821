import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
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
 * @param url  of the PostgreSQL; none for one of our own
 * @throws InputError `not_found`, `not_allowed`, `damaged`
 */
export async function openControl(
  place: ControlPlace,
  url: string | undefined = process.env.DATABASE_URL,
): Promise<Control> {
  const home = homeOf(place);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const given = process.env.LIFTPROOF_PEPPER;
  const pepper = given ? secretOf(given, 'LIFTPROOF_PEPPER') : secretFile(join(home, 'pepper'));
  const server = url ? undefined : await openEmbeddedPostgres(home);
  try {
    const store = await openControlStore(url || server!.url);
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
