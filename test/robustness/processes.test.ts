import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentRun } from '../../pipeline/current-run.ts';
import { ingest } from '../../pipeline/ingest.ts';
import { run } from '../../pipeline/run.ts';
import { openWorkspace, workspacePaths } from '../../pipeline/workspace.ts';
import { EXPORTS, liftproof, liftproofProcess, type Shell, temporaryFolder } from '../cli/shell.ts';
import { HEADER, orderLines } from './files.ts';
import { killStudy } from './kill-study.ts';
import { filesOf, rawRows, until } from './snapshot.ts';

const { folder, remove } = temporaryFolder('processes');
afterAll(remove);

/** A workspace with the sample brand's orders in it, loaded and not yet built. */
const loaded = join(folder, 'loaded');
const EXPORTED_AT = '2026-07-01T00:00:00Z';
const big = join(folder, 'big.csv');

beforeAll(async () => {
  mkdirSync(loaded);
  writeFileSync(
    join(loaded, 'liftproof.yaml'),
    `workspace: acme
reporting: { time_zone: Europe/Paris, currency: EUR }
sources:
  - { id: shop, kind: shopify_orders_csv, shop: nordlys, consent: granted, legal_basis: contract }
models: { run: [first_touch, last_touch, position_based], replicates: 0 }
`,
  );
  const workspace = await openWorkspace(loaded);
  await ingest(workspace, join(EXPORTS, 'shopify_orders_export.csv'), { exportedAt: EXPORTED_AT });
  workspace.close();
  writeFileSync(big, HEADER + orderLines(120_000));
});

function copyOf(workspace: string, name: string): string {
  const directory = join(folder, name);
  cpSync(workspace, directory, { recursive: true, verbatimSymlinks: true });
  return directory;
}

async function rowsOf(directory: string): Promise<Record<string, number>> {
  const workspace = await openWorkspace(directory);
  try {
    return await rawRows(workspace.warehouse);
  } finally {
    workspace.close();
  }
}

describe('a second process', () => {
  it('is told who has the workspace, and exits 5', async () => {
    const workspace = await openWorkspace(loaded);
    try {
      const result = await liftproofProcess(['ingest', join(EXPORTS, 'fx_rates.csv'), '-w', loaded]);
      expect(result.code).toBe(5);
      expect(result.stderr).toMatch(new RegExp(`in use by process ${process.pid}\\b.*wait for it or stop it`));
      expect(existsSync(workspace.paths.lock)).toBe(true);
    } finally {
      workspace.close();
    }
  });

  it('may read what is published meanwhile, and the doctor says who has the rest', async () => {
    const workspace = await openWorkspace(loaded);
    try {
      const result = await liftproofProcess(['doctor', '-w', loaded, '--json']);
      expect(result.code).toBe(0);
      const { findings } = JSON.parse(result.stdout);
      expect(findings.find(({ check }: { check: string }) => check === 'warehouse').finding).toContain(
        String(process.pid),
      );
    } finally {
      workspace.close();
    }
  });

  it.each([
    ['an empty lock', ''],
    ['the lock of a process that is gone', '{"pid":999999999}'],
    ['the lock of a process whose id now belongs to another', `{"pid":${process.ppid},"start":"1"}`],
    ['the lock of an earlier process of this very id', `{"pid":${process.pid},"start":"1"}`],
  ])('%s is taken over', async (_, lock) => {
    const { lock: path } = workspacePaths(loaded);
    writeFileSync(path, lock);
    (await openWorkspace(loaded)).close();
    expect(existsSync(path)).toBe(false);
  });
});

describe('Ctrl-C', () => {
  async function interrupted(args: string[], when: () => Promise<void>, input?: string): Promise<Shell> {
    let sent: Promise<void> = Promise.resolve();
    const result = await liftproofProcess(args, {
      input,
      staysOpen: input !== undefined,
      started: (child) => {
        sent = when().finally(() => child.kill('SIGINT'));
      },
    });
    await sent;
    return result;
  }

  it('while a file lands leaves the workspace as it was', async () => {
    const directory = copyOf(loaded, 'interrupted-landing');
    const before = filesOf(directory);
    const landing = join(directory, 'landing');
    // half of the file, and then nothing more: the process waits for the rest
    const result = await interrupted(
      ['ingest', '-', '-w', directory],
      () => until(() => readdirSync(landing).some((name) => name.startsWith('.incoming-')), 'the file begins to land'),
      HEADER + orderLines(1000),
    );
    expect(result).toMatchObject({ code: 130, stdout: '' });
    expect(result.stderr).toMatch(/interrupted; nothing was kept half/);
    expect(filesOf(directory)).toEqual(before);
  });

  it('while a file loads leaves the workspace as it was, and the same command then works', async () => {
    const directory = copyOf(loaded, 'interrupted-loading');
    const before = filesOf(directory);
    const rows = await rowsOf(directory);
    const spill = join(directory, 'spill');
    const result = await interrupted(['ingest', big, '-w', directory], () =>
      until(() => existsSync(spill), 'the file begins to load'),
    );
    expect(result).toMatchObject({ code: 130, stdout: '' });
    expect(filesOf(directory)).toEqual(before);
    expect(await rowsOf(directory)).toEqual(rows);
    const again = await liftproof(['ingest', big, '-w', directory, '--json']);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout).receipts[0]).toMatchObject({ state: 'loaded', accepted: 120_000 });
  });

  it('during a run publishes nothing, and the next run makes the same result as one that was never stopped', async () => {
    const clean = copyOf(loaded, 'clean-run');
    const workspace = await openWorkspace(clean);
    const { manifest } = await run(workspace, { now: new Date() });
    workspace.close();

    const directory = copyOf(loaded, 'interrupted-run');
    const before = filesOf(directory);
    const { lock } = workspacePaths(directory);
    const result = await interrupted(['run', '-w', directory], async () => {
      await until(() => existsSync(lock), 'the run begins');
      await new Promise((resolve) => setTimeout(resolve, 400));
    });
    expect(result).toMatchObject({ code: 130, stdout: '' });
    expect(filesOf(directory)).toEqual(before);
    const again = await liftproof(['run', '-w', directory, '--json']);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout).manifest.run_hash).toBe(manifest.run_hash);
  });
});

describe('SIGKILL at random moments of loading', () => {
  it('loses, doubles and halves nothing, and never keeps the next command out', async () => {
    const place = join(folder, 'kills');
    mkdirSync(place);
    const { killedWhile, acknowledged, ...rest } = await killStudy(place, 12, 1);
    expect(rest).toEqual({ kills: 12, lost: 0, partial: 0, duplicated: 0, refused: 0, leftovers: 0 });
    expect(killedWhile.opening + killedWhile.loading).toBe(12);
    expect(acknowledged).toBeGreaterThan(12);
  }, 240_000);
});

describe('a damaged warehouse', () => {
  let published: string;
  let rows: Record<string, number>;
  /** as a killed process leaves it: the last commits stand in the write-ahead log */
  const withLog = join(folder, 'with-log');
  beforeAll(async () => {
    const directory = copyOf(loaded, 'log-source');
    const { warehouse } = workspacePaths(directory);
    const workspace = await openWorkspace(directory);
    await run(workspace, { now: new Date() });
    await workspace.warehouse.run('checkpoint');
    for (const file of ['instagram_posts.csv', 'fx_rates.csv'])
      await ingest(workspace, join(EXPORTS, file), { exportedAt: EXPORTED_AT });
    // the files as they are on disk this instant
    cpSync(directory, withLog, { recursive: true, verbatimSymlinks: true });
    rmSync(workspacePaths(withLog).lock);
    expect(readFileSync(`${warehouse}.wal`).length).toBeGreaterThan(1000);
    rows = await rawRows(workspace.warehouse);
    published = (await run(workspace, { now: new Date() })).manifest.run_hash;
    workspace.close();
  });

  const DAMAGE: [string, (log: Buffer) => Buffer][] = [
    [
      'a flipped bit in the middle of its log',
      (log) => log.map((byte, i) => (i === log.length >> 1 ? byte ^ 1 : byte)) as Buffer,
    ],
    ['a log that was cut short', (log) => log.subarray(0, log.length >> 1)],
  ];

  it.each(DAMAGE)('%s is repaired from the landed files, with the same result', async (name, damage) => {
    const directory = copyOf(withLog, `damaged-${DAMAGE.findIndex(([known]) => known === name)}`);
    const log = `${workspacePaths(directory).warehouse}.wal`;
    writeFileSync(log, damage(readFileSync(log)));
    const refused = await liftproof(['run', '-w', directory]);
    expect(refused.code).toBe(8);
    expect(refused.stderr).toContain('liftproof doctor --repair');
    const repaired = await liftproof(['doctor', '--repair', '-w', directory, '--json']);
    expect(repaired.code, repaired.stderr).toBe(0);
    expect(await rowsOf(directory)).toEqual(rows);
    if (name !== DAMAGE[0][0]) return;
    const workspace = await openWorkspace(directory);
    await run(workspace, { now: new Date() });
    workspace.close();
    expect(currentRun(workspace.paths)?.run_hash).toBe(published);
  });

  it('that was cut in half is refused with the way out', async () => {
    const directory = copyOf(loaded, 'damaged-half');
    const { warehouse } = workspacePaths(directory);
    truncateSync(warehouse, statSync(warehouse).size >> 1);
    const refused = await liftproof(['run', '-w', directory]);
    expect(refused).toMatchObject({ code: 8, stderr: expect.stringContaining('liftproof doctor --repair') });
  });

  it('garbage behind its log is left out, and nothing is lost', async () => {
    const directory = copyOf(withLog, 'damaged-tail');
    const log = `${workspacePaths(directory).warehouse}.wal`;
    writeFileSync(log, Buffer.concat([readFileSync(log), Buffer.alloc(500, 0xa5)]));
    expect(await rowsOf(directory).catch((cause) => cause.code)).toEqual(rows);
  });

  it('a repair that cannot finish leaves the warehouse as it was', async () => {
    const directory = copyOf(loaded, 'half-repair');
    const [landed] = readdirSync(join(directory, 'landing')).filter((name) => name.length === 64);
    copyFileSync(join(EXPORTS, 'fx_rates.csv'), join(directory, 'landing', landed));
    const before = await rowsOf(directory);
    const result = await liftproof(['doctor', '--repair', '-w', directory]);
    expect(result.code).toBe(8);
    expect(result.stderr).toMatch(/missing or was changed; restore it from a backup/);
    expect(await rowsOf(directory)).toEqual(before);
  });
});
