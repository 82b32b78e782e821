import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../../pipeline/ingest.ts';
import { run } from '../../pipeline/run.ts';
import { makeSampleWorkspace } from '../../pipeline/samples.ts';
import { openWorkspace } from '../../pipeline/workspace.ts';
import { type TestControl, testControl } from '../pipeline/control/server.ts';
import { EXPORTS, liftproof, temporaryFolder } from './shell.ts';

const { folder, remove } = temporaryFolder('finance');
const nordlys = join(folder, 'nordlys');
let control: TestControl | undefined;
const inNordlys = (...args: string[]) =>
  liftproof([...args, '-w', nordlys], {
    cwd: folder,
    env: control === undefined ? {} : { DATABASE_URL: control.url },
  });

const SOURCES: Record<string, string> = {
  'shopify_orders_export.csv': 'shop',
  'shopify_orders.ndjson': 'shop',
  'shopify_us_orders_export.csv': 'shop_us',
  'shopify_us_orders.ndjson': 'shop_us',
};
const FILES = [
  ...Object.keys(SOURCES),
  ...['meta_ads.csv', 'meta_ads_manager_us.csv', 'tiktok_ads.csv', 'google_ads.csv', 'linkedin_ads.csv'],
  ...['fx_rates.csv', 'costs.csv', 'ledger.csv'],
];

/** Ingests in this process, and runs: what the commands print is tested, loading is tested elsewhere. */
async function load(paths: readonly string[], exportedAt: string): Promise<void> {
  const workspace = await openWorkspace(nordlys);
  try {
    for (const path of paths) await ingest(workspace, path, { source: SOURCES[basename(path)], exportedAt });
    await run(workspace, { now: new Date(exportedAt), models: ['position_based'] });
  } finally {
    workspace.close();
  }
}

beforeAll(async () => {
  makeSampleWorkspace(nordlys);
  await load(
    FILES.map((name) => join(EXPORTS, name)),
    '2026-07-01T06:00:00.000Z',
  );
}, 120_000);
afterAll(async () => {
  await control?.close();
  remove();
});

const filesOf = (path: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(path)
      .sort()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(path, name)))
          .digest('hex'),
      ]),
  );

describe('the books of the sample brand', () => {
  it('reconcile to 0.00, revenue and spend, in every month', async () => {
    const checked = await inNordlys('check', '--ledger', '--json');
    expect(checked.code, checked.stderr).toBe(0);
    const { is_reconciled, steps } = JSON.parse(checked.stdout) as {
      is_reconciled: boolean;
      steps: { side: string; period: string; step: string; amount: string }[];
    };
    expect(is_reconciled).toBe(true);
    const amount = (side: string, period: string, step: string): number =>
      Number(steps.find((one) => one.side === side && one.period === period && one.step === step)!.amount);
    expect(amount('revenue', '2026-05', 'ledger')).toBeGreaterThan(20_000);
    expect(amount('revenue', '2026-05', 'out_of_scope')).toBeLessThan(0);
    expect(amount('revenue', '2026-05', 'missing_in_ledger')).toBeGreaterThan(0);
    expect(amount('spend', '2026-05', 'base')).toBeGreaterThan(1000);
    for (const one of steps.filter(({ step }) => step === 'unexplained')) expect(Number(one.amount)).toBe(0);
  });

  it('are in the finance pack, whose files are those of its manifest, twice the same', async () => {
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    for (const out of [a, b]) {
      const exported = await inNordlys('export', 'roi', '--period', '2026-05', '--out', out);
      expect(exported.code, exported.stderr).toBe(0);
    }
    expect(filesOf(a)).toEqual(filesOf(b));
    const manifest = JSON.parse(readFileSync(join(a, 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({
      kind: 'roi_export',
      period: '2026-05',
      state: 'open',
      version: 0,
      prior_version: null,
    });
    expect(manifest.reconciliation.revenue.unexplained).toBe('0.00');
    for (const file of manifest.files) expect(filesOf(a)[file.name]).toBe(file.sha256);
    expect(manifest.files).toHaveLength(3);
  });

  it('are locked, and stay so when a run comes after', async () => {
    // the control store of a team; a lone shell would start one of its own each time
    control = await testControl();
    const as = (who: string, ...args: string[]) => inNordlys('period', ...args, '--by', who);
    expect((await as('ana', 'close', '2026-05')).code).toBe(0);
    const locked = await as('ana', 'lock', '2026-05', '--json');
    expect(locked.code, locked.stderr).toBe(0);
    expect(JSON.parse(locked.stdout).period).toMatchObject({ state: 'locked', version: 1, lockedBy: 'ana' });
    const audit = await inNordlys('export', 'audit', '--out', join(folder, 'audit'), '--json');
    expect(audit.code, audit.stderr).toBe(0);
    expect(JSON.parse(audit.stdout)).toMatchObject({ file: 'audit_nordlys.ndjson', rows: 2, is_intact: true });
    expect(readFileSync(join(folder, 'audit', 'audit_nordlys.ndjson'), 'utf8')).toContain('"action":"period.lock"');
    const out = join(folder, 'locked');
    expect((await inNordlys('export', 'roi', '--period', '2026-05', '--out', out)).code).toBe(0);
    // a cent too much in one entry: nothing but the books changed
    const ledger = readFileSync(join(EXPORTS, 'ledger.csv'), 'utf8');
    const line = /^(GL-\d+,2026-05-\d\d,goods,)(\d+\.\d\d)(,EUR,#\d+)$/m.exec(ledger)!;
    const cents = Math.round(Number(line[2]) * 100) + 1;
    const wrong = ledger.replace(line[0], `${line[1]}${(cents / 100).toFixed(2)}${line[3]}`);
    const path = join(folder, 'ledger.csv');
    writeFileSync(path, wrong);
    await load([path], '2026-07-02T06:00:00.000Z');

    const checked = await inNordlys('check', '--ledger');
    expect(checked.code).toBe(7);
    expect(checked.stdout).toContain('-0.01');
    expect(checked.stdout).toContain(line[1].split(',')[0]);
    expect(checked.stderr).toMatch(/the books do not reconcile: 1 entries or orders do not fit/);
    const printed = await inNordlys('report', 'reconciliation');
    expect([printed.code, /It does NOT close: revenue of 2026-05/.test(printed.stdout)]).toEqual([7, true]);
    const again = join(folder, 'again');
    expect((await inNordlys('export', 'roi', '--period', '2026-05', '--out', again)).code).toBe(0);
    expect(filesOf(again)).toEqual(filesOf(out));
    expect((await as('ana', 'reopen', '2026-05')).code).toBe(2);
    expect((await as('ana', 'lock', '2026-05')).code).toBe(5);
  }, 180_000);
});
