/**
 * Fifty hostile queries at once beside normal load: how long the others wait, when the hostile ones end, how large the server grows.
 * A typed query cannot be so bad, so they are put to the readers directly, in the name of one caller.
 *
 *     tsx bench/storm.ts [seconds of load before the storm, 10]
 *
 * Bars: p99 of the others < 2 x that without the storm; each hostile one ended after 12 s; the server's own memory stays.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runQuery } from '../pipeline/query.ts';
import { readerPool } from '../pipeline/readers/reader-pool.ts';
import { serveRuns } from '../pipeline/served-runs.ts';
import { Warehouse } from '../pipeline/warehouse.ts';
import { workspacePaths } from '../pipeline/workspace.ts';
import { printTable } from './harness.ts';

const HOSTILE = [
  'select count(*) as n from range(20000000) as a (i), range(20000000) as b (j) where (i * j) % 7 = 1',
  `select levenshtein(repeat('ab', 90000), repeat('ba', 90000) || i) as n from range(20) as t (i)`,
  'select len(range(4000000000)) as n',
  `select repeat('x', 4000000000) as n`,
  'select list(i) as n from range(4000000000) as t (i)',
];
const PAUSE_MS = 20;

const directory = mkdtempSync(join(tmpdir(), 'liftproof-bench-storm-'));
const paths = workspacePaths(directory);
await publish(paths.results);
const readers = readerPool();
const runs = serveRuns(paths, { readers });
readers.warm();
try {
  const seconds = Number(process.argv[2] ?? 10);
  await load(after(2));
  const calm = await load(after(seconds));
  const memory = process.memoryUsage.rss();
  const from = performance.now();
  const hostile = Array.from({ length: 50 }, async (_, i) => {
    const how = await runs
      .as('hostile')
      .use(undefined, (results) => results.rows(HOSTILE[i % HOSTILE.length]))
      .then(
        () => 'answered',
        (error) => String(error.code ?? error),
      );
    return { how, ms: performance.now() - from };
  });
  let isOver = false;
  const storm = Promise.all(hostile).finally(() => {
    isOver = true;
  });
  const stormy = await load(() => isOver);
  const ends = await storm;
  const bar = stormy.p99 < 2 * calm.p99;
  printTable(
    ['other queries, made anew', 'answers', 'p50 ms', 'p99 ms', 'bar', 'met'],
    [
      ['without the storm', String(calm.count), calm.p50.toFixed(1), calm.p99.toFixed(1), '', ''],
      ['in the storm', String(stormy.count), stormy.p50.toFixed(1), stormy.p99.toFixed(1), '< 2 x', bar ? 'yes' : 'NO'],
    ],
  );
  const last = Math.max(...ends.map(({ ms }) => ms));
  const kinds = [...new Set(ends.map(({ how }) => how))].map(
    (how) => `${ends.filter((one) => one.how === how).length} ${how}`,
  );
  console.log(
    `hostile: ${kinds.join(', ')}; the last ended after ${(last / 1000).toFixed(1)} s (bar 12); readers killed: ${readers.counts().killed}`,
  );
  console.log(`server: ${((process.memoryUsage.rss() - memory) / 2 ** 20).toFixed(0)} MB more than before`);
} finally {
  await readers.close();
  await runs.close();
  rmSync(directory, { recursive: true, force: true });
}

function after(seconds: number): () => boolean {
  const end = performance.now() + seconds * 1000;
  return () => performance.now() > end;
}

/** One after the other, as a person's pages ask. */
async function load(isOver: () => boolean): Promise<{ count: number; p50: number; p99: number }> {
  const times: number[] = [];
  while (!isOver()) {
    const started = performance.now();
    await runs
      .as('normal')
      .use(undefined, (results) =>
        runQuery(results, { metrics: ['conversions', 'revenue_net'], dimensions: ['time:day', 'channel'] }),
      );
    times.push(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(share * times.length))];
  return { count: times.length, p50: at(0.5), p99: at(0.99) };
}

/** A run of 200,000 rows of credit, without the sums by day that would make asking too easy. */
async function publish(root: string): Promise<void> {
  const folder = join(root, 'run_storm');
  mkdirSync(folder, { recursive: true });
  const tables: Record<string, string> = {
    attribution: `select 'linear' as model, 'order_date' as basis, date '2026-01-01' + cast(i % 365 as integer) as report_date, 'order' as conversion_kind,
        'channel ' || hash(i) % 12 as channel, 'Unassigned' as channel_ga4, 'campaign ' || hash(i + 7) % 40 as campaign_id, '(none)' as platform,
        'new' as customer_type, 'person' as matched_by, cast(1 as decimal(28, 9)) as conversions, cast(hash(i + 2) % 10000 / 100.0 as decimal(18, 2)) as revenue_gross,
        cast(0 as decimal(18, 2)) as refunds, cast(hash(i + 2) % 10000 / 100.0 as decimal(18, 2)) as revenue_net
      from range(200000) as t (i)`,
    freshness: `select 'orders' as source_id, 'plain_orders' as kind, timestamptz '2026-12-31 00:00:00+00' as last_exported_at`,
  };
  const warehouse = await Warehouse.open(':memory:');
  for (const [name, sql] of Object.entries(tables))
    await warehouse.run(`copy (${sql}) to '${join(folder, `${name}.parquet`)}' (format parquet, compression zstd)`);
  warehouse.close();
  const manifest = {
    ...{
      run: 'run_storm',
      run_hash: 'sha256:storm',
      workspace: 'storm',
      currency: 'EUR',
      currency_exponent: 2,
      time_zone: 'UTC',
    },
    ...{ models: ['linear'], default_model: 'linear', period: { from: '2026-01-01', to: '2026-12-31' }, checks: [] },
    windows: { click_days: 30, view_days: 0, engagement_days: 7, campaign_days: 7 },
    files: Object.keys(tables).map((name) => ({ name: `${name}.parquet` })),
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  symlinkSync('run_storm', join(root, 'current'));
}
