import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { currentRun, currentRunName } from '../../pipeline/current-run.ts';
import { examine, rebuildFromLanding } from '../../pipeline/doctor.ts';
import type { Manifest } from '../../pipeline/publish.ts';
import { makeReport, type ReportOptions } from '../../pipeline/reports.ts';
import { openResults } from '../../pipeline/results.ts';
import { run } from '../../pipeline/run.ts';
import { Warehouse } from '../../pipeline/warehouse.ts';
import { openWorkspace } from '../../pipeline/workspace.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { ingestPlain, order, together } from '../sql/plain.ts';
import { ingestRows, insertRows, MARKET_CONFIG, marketRows } from './market.ts';

const SPEND = {
  spend_daily: [
    {
      platform: 'tiktok',
      level: 'campaign',
      entity_id: 'c1',
      spend_date: '2026-03-01',
      currency: 'EUR',
      spend: '5.00',
    },
  ],
};

const at = (day: number): Date => new Date(Date.UTC(2026, 6, day, 8, 30));

describe('a published run', () => {
  let workspace: TestWorkspace;
  let first: Manifest;
  beforeAll(async () => {
    workspace = await testWorkspace(MARKET_CONFIG);
    await ingestRows(workspace, marketRows(5, 20), 'a');
    first = (await run(workspace, { now: at(1) })).manifest;
  });
  afterAll(() => workspace.close());

  const folder = (): string => join(workspace.paths.results, first.run);

  it('is a folder of Parquet files and a manifest, which results/current points to', () => {
    expect(first.run).toMatch(/^run_20260701T083000_[0-9a-f]{8}$/);
    expect(readlinkSync(workspace.paths.current)).toBe(first.run);
    expect(currentRunName(workspace.paths)).toBe(first.run);
    expect(currentRun(workspace.paths)).toEqual(JSON.parse(JSON.stringify(first)));
    expect(readdirSync(folder()).sort()).toEqual([...first.files.map((file) => file.name), 'manifest.json'].sort());
    expect(readdirSync(workspace.paths.results).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('says of each file its bytes, hash, rows and columns', async () => {
    const reader = await Warehouse.open(':memory:');
    try {
      for (const file of first.files) {
        const bytes = readFileSync(join(folder(), file.name));
        expect(bytes.length).toBe(file.bytes);
        expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256);
        const source = `read_parquet('${join(folder(), file.name)}')`;
        expect(await reader.count(`select count(*) from ${source}`)).toBe(file.rows);
        expect(file.columns.length).toBeGreaterThan(0);
        const held = await reader.rows<{ name: string; type: string }>(
          `select column_name as name, column_type as type from (describe select * from ${source})`,
        );
        expect(held, file.name).toEqual(file.columns);
      }
    } finally {
      reader.close();
    }
  });

  it('holds no person: no key, no id of a person, no e-mail address, no single order', async () => {
    const names = first.files.flatMap((file) => file.columns.map((column) => column.name));
    expect(
      names.filter((name) => /(?:^|_)(?:person|visitor|customer|actor|subject|session)(?:_(?:id|key))?$/.test(name)),
    ).toEqual([]);
    expect(names.filter((name) => /^(?:source_order_id|order_id|conversion_id|touch_id)$/.test(name))).toEqual([]);
    const keys = await workspace.warehouse.rows<{ key: string }>(
      'select person_key as key from staging.person union select cast(person_id as varchar) from staging.person',
    );
    const reader = await Warehouse.open(':memory:');
    try {
      for (const file of first.files) {
        const text = JSON.stringify(await reader.rows(`select * from read_parquet('${join(folder(), file.name)}')`));
        expect(text).not.toContain('@example.com');
        for (const { key } of keys) expect(text.includes(key)).toBe(false);
      }
    } finally {
      reader.close();
    }
  });

  it('sums paths of few persons in one row', async () => {
    const paths = await workspace.warehouse.rows<{
      path: string;
      conversions: string;
      non_conversions: string;
      is_suppressed: boolean;
    }>('select * from report.path');
    const hidden = paths.filter((row) => row.is_suppressed);
    expect(hidden.map((row) => row.path)).toEqual(['(suppressed)']);
    const journeys = await workspace.warehouse.count('select count(*) from journey.journey');
    expect(paths.reduce((sum, row) => sum + Number(row.conversions) + Number(row.non_conversions), 0)).toBe(journeys);
  });

  it('stays when nothing has changed, whatever the hour', async () => {
    const { manifest, built } = await run(workspace, { now: at(2) });
    expect(built.kind).toBe('none');
    expect(manifest.run).toBe(first.run);
    expect(readdirSync(workspace.paths.results).filter((name) => name.startsWith('run_'))).toEqual([first.run]);
  });

  it('stays when a rule of severity error is broken', async () => {
    const { warehouse } = workspace;
    await warehouse.run('create table staging.kept as select * from journey.step');
    try {
      await warehouse.run(`update journey.step set touched_at = timestamptz '2026-12-01 00:00:00+00'`);
      await expect(run(workspace, { now: at(3) })).rejects.toThrow(expect.objectContaining({ code: 'check_failed' }));
      expect(currentRunName(workspace.paths)).toBe(first.run);
    } finally {
      await warehouse.run('create or replace table journey.step as select * from staging.kept');
      await warehouse.run('drop table staging.kept');
    }
  });

  it('is followed by another when there is news, and stays where it was', async () => {
    await ingestPlain(workspace, order('news', '2026-02-01T00:00:00Z', '12.34'));
    const { manifest } = await run(workspace, { now: at(4) });
    expect(manifest.run_hash).not.toBe(first.run_hash);
    expect(currentRunName(workspace.paths)).toBe(manifest.run);
    expect(existsSync(join(folder(), 'manifest.json'))).toBe(true);
    expect(manifest.inputs.length).toBe(first.inputs.length + 2);
  });
});

describe('a link to a run that is gone', () => {
  it('is told as that, by whoever reads and by the doctor, and mended by the next run', async () => {
    const workspace = await testWorkspace();
    try {
      await ingestPlain(workspace, order('1', '2026-03-01T20:00:00Z', '10.00'));
      const { manifest } = await run(workspace, { now: at(1) });
      rmSync(workspace.paths.current);
      symlinkSync('run_gone', workspace.paths.current);
      await expect(openResults(workspace.paths)).rejects.toMatchObject({
        code: 'damaged',
        message: expect.stringMatching(/points to run_gone, which is not there; run "liftproof run"/),
      });
      expect((await examine(workspace.directory)).find(({ check }) => check === 'published run')).toMatchObject({
        state: 'bad',
        finding: 'results/current points to run_gone, which is not there',
      });
      expect((await run(workspace, { now: at(1) })).manifest.run_hash).toBe(manifest.run_hash);
      expect(currentRunName(workspace.paths)).toBe(manifest.run);
    } finally {
      workspace.close();
    }
  });
});

describe('the period of a published run', () => {
  it('holds every day that a report adds up: of orders, of refunds and of spend', async () => {
    const workspace = await testWorkspace();
    try {
      const sold = order('1', '2026-03-10T20:00:00Z', '10.00');
      const refund = { ...sold.money_event[0], money_event_id: '1:refund', kind: 'refund', amount: '-2.00' };
      await ingestPlain(
        workspace,
        together(sold, { money_event: [{ ...refund, occurred_at: '2026-03-20T08:00:00Z' }] }, SPEND),
      );
      const { manifest } = await run(workspace, { now: at(1) });
      expect(manifest.period).toEqual({ from: '2026-03-01', to: '2026-03-20' });
      const results = await openResults(workspace.paths);
      try {
        const totals = async (options: ReportOptions): Promise<unknown> =>
          (await makeReport(results, 'channels', options)).table.totals;
        const { from, to } = manifest.period;
        expect(await totals({ from: from!, to: to! })).toEqual(await totals({}));
      } finally {
        results.close();
      }
    } finally {
      workspace.close();
    }
  });
});

describe('money in a published run', () => {
  it.each([
    ['JPY', '1234', 'DECIMAL(18,0)', '1234'],
    ['KWD', '1234.567', 'DECIMAL(18,3)', '1234.567'],
  ])('in %s has the decimals of the currency', async (currency, amount, type, expected) => {
    const workspace = await testWorkspace(
      `workspace: money\nreporting: { time_zone: Asia/Tokyo, currency: ${currency} }\n`,
    );
    try {
      await ingestPlain(workspace, together(order('1', '2026-03-01T20:00:00Z', amount, { currency })));
      const { manifest } = await run(workspace, { now: at(1) });
      const file = manifest.files.find((one) => one.name === 'attribution.parquet')!;
      expect(file.columns.find((column) => column.name === 'revenue_net')!.type).toBe(type);
      const path = join(workspace.paths.current, file.name);
      expect(
        await workspace.warehouse.rows(
          `select revenue_net, report_date from read_parquet('${path}') where model = 'linear' and basis = 'order_date'`,
        ),
      ).toEqual([{ revenue_net: expected, report_date: '2026-03-02' }]);
    } finally {
      workspace.close();
    }
  });
});

describe('the same landed bytes', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'liftproof-same-'));
    writeFileSync(join(directory, 'liftproof.yaml'), MARKET_CONFIG);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** Fills the workspace with the rows of a market, the later half first. */
  async function fill(seed: number, put: typeof ingestRows): Promise<void> {
    const rows = marketRows(seed, 25);
    const half = Math.floor(rows.length / 2);
    await opened(2, async (workspace) => {
      await put(workspace, rows.slice(half), 'late');
      await put(workspace, rows.slice(0, half), 'early');
    });
  }

  async function opened<T>(threads: number, work: (workspace: TestWorkspace) => Promise<T>): Promise<T> {
    const workspace = await openWorkspace(directory, { threads });
    try {
      return await work(workspace as TestWorkspace);
    } finally {
      workspace.close();
    }
  }

  /** All of it anew, with this number of threads. */
  const publishWith = (threads: number, day: number): Promise<{ manifest: Manifest; bytes: Record<string, string> }> =>
    opened(threads, async (workspace) => {
      rmSync(workspace.paths.results, { recursive: true, force: true });
      await workspace.warehouse.run('drop table if exists staging.built');
      const { manifest, built } = await run(workspace, { now: at(day) });
      expect(built.kind).toBe('whole');
      const hashes = manifest.files.map((file) => [
        file.name,
        createHash('sha256')
          .update(readFileSync(join(workspace.paths.current, file.name)))
          .digest('hex'),
      ]);
      return { manifest, bytes: Object.fromEntries(hashes) };
    });

  function expectSame(base: Awaited<ReturnType<typeof publishWith>>, other: typeof base): void {
    expect(other.bytes).toEqual(base.bytes);
    expect(other.manifest.run_hash).toBe(base.manifest.run_hash);
    // the run and its clock stand outside the hash
    const { run: _, made_at: madeAt, made_by: __, ...content } = other.manifest;
    expect(base.manifest).toMatchObject(content);
    expect(base.manifest.made_at).not.toBe(madeAt);
  }

  it('make the same run with one thread and with two', async () => {
    await fill(1, insertRows);
    expectSame(await publishWith(2, 1), await publishWith(1, 2));
  });

  it('make the same run before and after a rebuild from landing', async () => {
    await fill(2, ingestRows);
    const before = await publishWith(2, 1);
    expect(await rebuildFromLanding(directory)).toBe(before.manifest.inputs.length);
    expectSame(before, await publishWith(2, 2));
  });
});
