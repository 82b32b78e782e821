/**
 * Landing a CSV of touches into raw, and on through typed staging, beside DuckDB's own read_csv into a table of text.
 *
 *     npx tsx bench/ingest.ts [rows]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRelation, sqlSettings } from '../pipeline/build.ts';
import { identify } from '../pipeline/identify.ts';
import { ingest } from '../pipeline/ingest.ts';
import { loadRules } from '../pipeline/rules.ts';
import { sqlFile } from '../pipeline/sql-files.ts';
import { Warehouse } from '../pipeline/warehouse.ts';
import { openWorkspace } from '../pipeline/workspace.ts';
import { peakMemory, printTable, timed } from './harness.ts';

const rows = Number(process.argv[2] ?? 2_000_000);
const directory = mkdtempSync(join(tmpdir(), 'liftproof-bench-'));
writeFileSync(join(directory, 'liftproof.yaml'), 'workspace: bench\nreporting: { time_zone: UTC, currency: EUR }\n');
const csv = join(directory, 'touches.csv');
try {
  await writeTouches(csv);
  const floor = await readIntoText(csv);
  const workspace = await openWorkspace(directory, { threads: 2 });
  try {
    const landing = await timed(() => ingest(workspace, csv, { exportedAt: '2026-07-01T00:00:00Z' }));
    const staging = await timed(async () => {
      const settings = { ...sqlSettings(workspace.config), has_order_links: false };
      await loadRules(workspace.warehouse, workspace.config);
      for (const name of ['orders', 'identity_link']) await relation(workspace.warehouse, `staging/${name}`, settings);
      await identify(workspace.warehouse);
      for (const name of ['ad_entity', 'campaign_match', 'post', 'post_key', 'referrer', 'traffic', 'touch']) {
        await relation(workspace.warehouse, `staging/${name}`, settings);
      }
    });
    const line = (work: string, seconds: number): string[] => [
      work,
      seconds.toFixed(2),
      Math.round(rows / seconds).toString(),
      `${((100 * floor) / seconds).toFixed(0)} %`,
    ];
    console.log(`${rows} touches, 2 threads, peak memory ${(peakMemory() / 2 ** 30).toFixed(2)} GiB`);
    printTable(
      ['work', 'seconds', 'rows/s', 'of the floor'],
      [
        line('read_csv into a table of text (floor)', floor),
        line('landed, hashed, fingerprinted, in raw', landing.seconds),
        line('and through typed staging', landing.seconds + staging.seconds),
      ],
    );
  } finally {
    workspace.close();
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function relation(
  warehouse: Warehouse,
  path: string,
  settings: Parameters<typeof createRelation>[2],
): Promise<void> {
  await createRelation(warehouse, { name: path.replace('/', '.'), sql: sqlFile(path), reads: [] }, settings);
}

async function writeTouches(path: string): Promise<void> {
  const warehouse = await Warehouse.open(':memory:', { threads: 2 });
  await warehouse.run(`
    copy (
      select
        't' || i as touch_id,
        strftime(timestamp '2026-01-01' + to_seconds(cast(hash(i, 1) % 15552000 as bigint)), '%Y-%m-%dT%H:%M:%SZ') as touched_at,
        'page' as kind,
        'visitor:' || (hash(i, 2) % ${Math.max(1, Math.floor(rows / 5))}) as visitor_key,
        'shop.example' as landing_host,
        '/products/' || (hash(i, 3) % 500) as landing_path,
        case when hash(i, 4) % 3 = 0 then null else 'utm_source=' || ['ig', 'facebook', 'tiktok', 'newsletter'][1 + cast(hash(i, 5) % 4 as integer)]
          || '&utm_medium=social&utm_campaign=campaign_' || (hash(i, 6) % 50) end as landing_query,
        case when hash(i, 4) % 3 = 0 then ['www.google.com', 'l.facebook.com', 'shop.example', 'blog.example'][1 + cast(hash(i, 7) % 4 as integer)] end as referrer_host,
        'FR' as country,
        'true' as has_analytics_consent
      from range(${rows}) as t(i)
    ) to '${path}' (header)`);
  warehouse.close();
}

async function readIntoText(path: string): Promise<number> {
  const warehouse = await Warehouse.open(join(directory, 'floor.duckdb'), { threads: 2 });
  try {
    const read = await timed(() =>
      warehouse.run(
        `create table floor as select * from read_csv('${path}', all_varchar = true, header = true, delim = ',', quote = '"')`,
      ),
    );
    return read.seconds;
  } finally {
    warehouse.close();
  }
}
