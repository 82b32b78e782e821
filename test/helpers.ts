import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type IngestOptions, ingest, type Receipt } from '../pipeline/ingest.ts';
import { type OpenWorkspace, openWorkspace } from '../pipeline/workspace.ts';

const DEFAULT_CONFIG = `workspace: acme
reporting: { time_zone: UTC, currency: EUR }
`;

/** A workspace in a temporary folder; `close()` removes it. */
export interface TestWorkspace extends OpenWorkspace {
  /** writes `content` to a file and ingests it; a fixed export time unless told otherwise */
  ingestText(content: string | Uint8Array, options?: IngestOptions): Promise<Receipt>;
  ingestFile(path: string | URL, options?: IngestOptions): Promise<Receipt>;
  /** gives the warehouse free for another who opens it, and keeps the folder until `close()` */
  leave(): void;
}

export async function testWorkspace(config = DEFAULT_CONFIG): Promise<TestWorkspace> {
  const directory = mkdtempSync(join(tmpdir(), 'liftproof-test-'));
  writeFileSync(join(directory, 'liftproof.yaml'), config);
  // one key for all: person keys, and with them the draws of the bootstrap, are the same in every test
  mkdirSync(join(directory, 'secret'), { mode: 0o700 });
  writeFileSync(join(directory, 'secret', 'person.key'), Buffer.alloc(32, 7).toString('base64url'), { mode: 0o600 });
  // test files run side by side already, and a few rows are slower on two threads than on one
  const workspace = await openWorkspace(directory, { threads: 1 });
  // the folder goes with the test
  await workspace.warehouse.run('pragma disable_checkpoint_on_shutdown');
  let files = 0;
  const withTime = (options: IngestOptions = {}): IngestOptions => ({
    exportedAt: '2026-07-01T00:00:00Z',
    onError: 'quarantine',
    ...options,
  });
  return {
    ...workspace,
    async ingestText(content, options) {
      const path = join(directory, `input-${++files}`);
      writeFileSync(path, content);
      return ingest(workspace, path, withTime(options));
    },
    ingestFile: (path, options) => ingest(workspace, path instanceof URL ? path.pathname : path, withTime(options)),
    leave: () => workspace.close(),
    close() {
      workspace.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
