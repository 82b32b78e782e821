import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../cli/exit-codes.ts';
import { ingest } from '../../pipeline/ingest.ts';
import { run } from '../../pipeline/run.ts';
import { openWorkspace } from '../../pipeline/workspace.ts';
import { temporaryFolder } from '../cli/shell.ts';
import { HEADER, orderLines } from './files.ts';
import { filesOf, rawRows } from './snapshot.ts';

const { folder, remove } = temporaryFolder('disk');
// a file system that is small: only an administrator may make one
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder]).status === 0;
afterAll(() => {
  // lazily: a test that failed may have left a file open
  if (mounted) spawnSync('umount', ['-l', folder]);
  remove();
});

const EXPORTED_AT = '2026-07-01T00:00:00Z';

/** Leaves so many KiB free; returns how to free the rest. */
function fill(kibibytes: number): () => void {
  const path = join(folder, 'filling');
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(path, Buffer.alloc(Math.max(0, bavail * bsize - kibibytes * 1024), 1));
  return () => {
    truncateSync(path, 0);
    rmSync(path);
  };
}

describe.skipIf(!mounted)(mounted ? 'a full disk' : 'a full disk (only an administrator may mount a small one)', () => {
  // where the disk fills: while the bytes land, while they are taken apart, while their rows are committed
  it.each([20, 400, 1400])(
    'with %i KiB left refuses the file, keeps what was there, and takes it when there is room',
    async (left) => {
      const directory = join(folder, 'acme');
      mkdirSync(directory, { recursive: true });
      writeFileSync(
        join(directory, 'liftproof.yaml'),
        'workspace: acme\nreporting: { time_zone: UTC, currency: EUR }\n',
      );
      const inputs = join(folder, '..', `${left}-inputs.csv`);
      const small = join(folder, 'small.csv');
      writeFileSync(inputs, HEADER + orderLines(15_000));
      writeFileSync(small, HEADER + orderLines(10, 90_000));
      try {
        let workspace = await openWorkspace(directory);
        await ingest(workspace, small, { exportedAt: EXPORTED_AT });
        const rows = await rawRows(workspace.warehouse);
        const files = filesOf(directory);
        const free = fill(left);
        const refusal = await ingest(workspace, inputs, { exportedAt: EXPORTED_AT }).catch((cause) => cause);
        expect(refusal.message).toMatch(/no space left|disk it is on is full/);
        expect(refusal.message).toMatch(/free some space and run the same command again/);
        expect(exitCodeOf(refusal)).toBe(8);
        workspace.close();
        free();

        workspace = await openWorkspace(directory);
        expect(await rawRows(workspace.warehouse)).toEqual(rows);
        // bytes that landed and were never loaded do no harm; nothing else is new
        const added = Object.keys(filesOf(directory)).filter((name) => !(name in files));
        expect(added.filter((name) => !/^landing\/[0-9a-f]{64}$/.test(name))).toEqual([]);
        const receipt = await ingest(workspace, inputs, { exportedAt: EXPORTED_AT });
        expect(receipt).toMatchObject({ state: 'loaded', accepted: 15_000 });
        workspace.close();
      } finally {
        rmSync(inputs, { force: true });
        rmSync(directory, { recursive: true, force: true });
        rmSync(small, { force: true });
      }
    },
  );

  it('stops a run, and the next one with room publishes', async () => {
    const directory = join(folder, 'run');
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(directory, 'liftproof.yaml'),
      'workspace: acme\nreporting: { time_zone: UTC, currency: EUR }\nmodels: { run: [position_based] }\n',
    );
    const inputs = join(folder, 'orders.csv');
    writeFileSync(inputs, HEADER + orderLines(3000));
    let workspace = await openWorkspace(directory);
    await ingest(workspace, inputs, { exportedAt: EXPORTED_AT });
    await workspace.warehouse.run('checkpoint');
    const free = fill(100);
    const refusal = await run(workspace, { now: new Date() }).catch((cause) => cause);
    expect(exitCodeOf(refusal), refusal.stack).toBe(8);
    workspace.close();
    free();
    workspace = await openWorkspace(directory);
    const { manifest } = await run(workspace, { now: new Date() });
    expect(manifest.run).toMatch(/^run_/);
    workspace.close();
  });
});
