import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** A control store on an embedded PostgreSQL of its own; one per test file, in `beforeAll`. `close()` removes it. */
export async function testControl(): Promise<TestControl> {
  const home = mkdtempSync(join(tmpdir(), 'liftproof-control-'));
  const server = await openEmbeddedPostgres(home, { settings: FAST });
  const store = await openControlStore(server.url);
  return {
    url: server.url,
    store,
    home,
    async close() {
      await store.close();
      await server.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
