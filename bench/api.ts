/**
 * The API over a published run of 2 M rows: answers from memory, answers made anew, and whole files. The load comes from a process of
 * its own on the same machine and shares its cores.
 *
 *     tsx bench/api.ts [seconds per line, 5]
 *
 * Bars: from memory >= 5 000 requests/s, p99 < 25 ms; made anew p99 < 400 ms.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { startServer } from '../api/server.ts';
import { createKey } from '../pipeline/control/keys.ts';
import { openControl } from '../pipeline/control/open-control.ts';
import type { Manifest } from '../pipeline/publish.ts';
import { sqlFile } from '../pipeline/sql-files.ts';
import { Warehouse } from '../pipeline/warehouse.ts';
import { findWorkspace } from '../pipeline/workspace.ts';
import { peakMemory, printTable, timed } from './harness.ts';

const ROWS = 2_000_000;

interface Load {
  requests: number;
  /** requests before the clock started */
  warmup: number;
  failed: number;
  p50: number;
  p99: number;
  seconds: number;
}

/** Processor time of this process, the server, while a load ran. */
interface Served extends Load {
  cpuSeconds: number;
}

if (process.argv[2] === 'load') {
  const [, , , url, token, connections, seconds, mode] = process.argv;
  console.log(JSON.stringify(await load(url, token, Number(connections), Number(seconds), mode as 'same' | 'new')));
} else {
  await main(Number(process.argv[2] ?? 5));
}

async function main(seconds: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'liftproof-bench-api-'));
  try {
    const made = await timed(() => publishRows(directory));
    console.log(`${ROWS} rows of credit published in ${made.seconds.toFixed(1)} s`);
    const workspace = findWorkspace(directory);
    const control = await openControl({ workspace: workspace.directory });
    const server = await startServer({ workspace, control, port: 0, pointsPerMinute: 1e12 });
    const name = workspace.config.workspace;
    const { token } = await createKey(control.db, control.pepper, name, { name: 'bench', role: 'client' }, new Date());
    try {
      const cached = await measured(() => loaded(server.url, token, 50, seconds, 'same'));
      const live = await measured(() => loaded(server.url, token, 16, seconds, 'new'));
      printTable(
        ['API', 'connections', 'requests/s', 'p50 ms', 'p99 ms', 'server CPU ms', 'failed', 'bar', 'met'],
        [
          row(
            'from memory',
            50,
            cached,
            '>= 5000/s, p99 < 25',
            cached.requests / cached.seconds >= 5000 && cached.p99 < 25,
          ),
          row('made anew, 2 M rows', 16, live, 'p99 < 400', live.p99 < 400),
        ],
      );
      await files(server.url, token);
      console.log(`peak memory ${(peakMemory() / 2 ** 20).toFixed(0)} MB`);
      if (cached.failed + live.failed > 0) process.exitCode = 1;
    } finally {
      await server.close();
      await control.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measured(work: () => Promise<Load>): Promise<Served> {
  const { cpuSeconds, result } = await timed(work);
  return { ...result, cpuSeconds };
}

function row(name: string, connections: number, load: Served, bar: string, isMet: boolean): string[] {
  const { requests, warmup, seconds, p50, p99, failed, cpuSeconds } = load;
  const cpu = (1000 * cpuSeconds) / (requests + warmup);
  return [
    name,
    String(connections),
    (requests / seconds).toFixed(0),
    p50.toFixed(1),
    p99.toFixed(1),
    cpu.toFixed(2),
    String(failed),
    bar,
    isMet ? 'yes' : 'NO',
  ];
}

/** One large answer in each format: by day, channel, campaign and customer. */
async function files(url: string, token: string): Promise<void> {
  const query = {
    metrics: ['conversions', 'revenue_net'],
    dimensions: ['time:day', 'channel', 'campaign', 'customer_type'],
  };
  const lines: string[][] = [];
  for (const format of ['csv', 'arrow', 'parquet']) {
    const { seconds, result } = await timed(async () => {
      const response = await fetch(`${url}/v1/w/bench/query?format=${format}`, {
        method: 'POST',
        body: JSON.stringify({ ...query, page: { limit: 100_000 } }),
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      });
      if (!response.ok) throw new Error(await response.text());
      return { bytes: (await response.arrayBuffer()).byteLength, rows: response.headers.get('x-total-rows') ?? '' };
    });
    lines.push([format, result.rows, result.bytes.toLocaleString('en'), seconds.toFixed(2)]);
  }
  printTable(['whole answer', 'rows', 'bytes', 'seconds'], lines);
}

function loaded(url: string, token: string, connections: number, seconds: number, mode: string): Promise<Load> {
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      new URL(import.meta.url).pathname,
      'load',
      url,
      token,
      String(connections),
      String(seconds),
      mode,
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  return new Promise((resolve, reject) =>
    child.on('exit', (code) => (code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`load ended with ${code}`)))),
  );
}

/** Each connection asks, waits for the whole answer, and asks again. `new` changes the question every time. */
async function load(
  url: string,
  token: string,
  connections: number,
  seconds: number,
  mode: 'same' | 'new',
): Promise<Load> {
  let asked = 0;
  const path = (): string => {
    const end =
      mode === 'same'
        ? '2026-12-31'
        : new Date(Date.UTC(2026, 11, 31) - (asked % 180) * 86_400_000).toISOString().slice(0, 10);
    const query = {
      metrics: ['conversions', 'revenue_net', 'spend', 'roas'],
      dimensions: ['channel'],
      date_range: [
        mode === 'same' ? '2026-01-01' : `2026-01-${String((Math.floor(asked / 180) % 28) + 1).padStart(2, '0')}`,
        end,
      ],
    };
    asked++;
    return `/v1/w/bench/query?q=${Buffer.from(JSON.stringify(query)).toString('base64url')}`;
  };
  const request =
    mode === 'same' ? { path: path() } : { setupRequest: (one: autocannon.Request) => ({ ...one, path: path() }) };
  const options = { url, connections, headers: { authorization: `Bearer ${token}` }, requests: [request] };
  const warmup = await autocannon({ ...options, duration: 1 });
  const { requests, latency, non2xx, errors, duration } = await autocannon({ ...options, duration: seconds });
  return {
    requests: requests.total,
    warmup: warmup.requests.total,
    failed: non2xx + errors,
    p50: latency.p50,
    p99: latency.p99,
    seconds: duration,
  };
}

/** A run with 2 M rows of credit, as `publish` would write it: 2 models, 2 bases, 365 days, 12 channels, 40 campaigns, ordered. */
async function publishRows(directory: string): Promise<void> {
  const folder = join(directory, 'results', 'run_bench');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(directory, 'liftproof.yaml'), 'workspace: bench\nreporting: { time_zone: UTC, currency: EUR }\n');
  const tables: Record<string, string> = {
    attribution: `select case when i % 2 = 0 then 'linear' else 'last_touch' end as model, case when i // 2 % 2 = 0 then 'order_date' else 'event_date' end as basis,
        date '2026-01-01' + cast(i // 4 % 365 as integer) as report_date, 'order' as conversion_kind,
        case when hash(i) % 12 = 0 then '(unattributed)' else 'channel ' || hash(i) % 12 end as channel, 'Unassigned' as channel_ga4,
        'campaign ' || hash(i + 7) % 40 as campaign_id, 'platform ' || hash(i + 9) % 5 as platform, case when hash(i + 3) % 3 = 0 then 'new' else 'returning' end as customer_type,
        'person' as matched_by, cast(hash(i + 1) % 1000 / 1000.0 as decimal(28, 9)) as conversions, cast(hash(i + 2) % 10000 / 100.0 as decimal(18, 2)) as revenue_gross,
        cast(0 as decimal(18, 2)) as refunds, cast(hash(i + 2) % 10000 / 100.0 as decimal(18, 2)) as revenue_net
      from range(${ROWS}) as t (i)`,
    spend: `select date '2026-01-01' + cast(i % 365 as integer) as report_date, 'platform ' || i % 5 as platform, 'channel ' || (1 + i % 11) as channel, 'campaign ' || i % 40 as campaign_id,
        cast(i % 1000 / 10.0 as decimal(18, 2)) as spend, i as impressions, i % 100 as clicks, 0 as conversions_platform from range(50000) as t (i)`,
    freshness: `select 'orders' as source_id, 'plain_orders' as kind, timestamptz '2026-12-31 00:00:00+00' as last_exported_at`,
  };
  const warehouse = await Warehouse.open(':memory:');
  try {
    await warehouse.run('create schema report');
    for (const name of ['attribution', 'spend']) await warehouse.run(`create table report.${name} as ${tables[name]}`);
    for (const name of ['attribution_day', 'spend_day']) tables[name] = sqlFile(`report/${name}`);
    for (const [name, sql] of Object.entries(tables)) {
      await warehouse.run(
        `copy (select * from (${sql}) order by all) to '${join(folder, `${name}.parquet`)}' (format parquet, compression zstd, row_group_size 122880)`,
      );
    }
  } finally {
    warehouse.close();
  }
  const manifest = {
    run: 'run_bench',
    run_hash: 'sha256:bench',
    workspace: 'bench',
    currency: 'EUR',
    currency_exponent: 2,
    time_zone: 'UTC',
    models: ['linear', 'last_touch'],
    default_model: 'linear',
    windows: { click_days: 30, view_days: 0, engagement_days: 7, campaign_days: 7 },
    period: { from: '2026-01-01', to: '2026-12-31' },
    checks: [],
    files: Object.keys(tables).map((name) => ({ name: `${name}.parquet` })),
  } as unknown as Manifest;
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  symlinkSync('run_bench', join(directory, 'results', 'current'));
}
