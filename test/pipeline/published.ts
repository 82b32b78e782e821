import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../../pipeline/publish.ts';
import { Warehouse } from '../../pipeline/warehouse.ts';
import { type WorkspacePaths, workspacePaths } from '../../pipeline/workspace.ts';

/** Rows of `attribution` of a hand-written run, basis apart: day, channel, campaign, customer, orders, gross, refunds, day of the refund. */
export type CreditRow = [
  day: string,
  channel: string,
  campaign: string,
  customer: 'new' | 'returning',
  orders: string,
  gross: string,
  refund?: string,
  refundDay?: string,
];
export type SpendRow = [
  day: string,
  platform: string,
  channel: string,
  campaign: string,
  spend: string,
  impressions: number,
  clicks: number,
];

export const CREDIT: readonly CreditRow[] = [
  ['2026-03-30', 'Organic Social', 'spring', 'new', '1.5', '100.00', '-10.00', '2026-04-06'],
  ['2026-03-31', 'Paid Social', 'spring', 'returning', '0.5', '33.33'],
  ['2026-04-01', '(unattributed)', '(none)', 'new', '1', '20.00'],
  ['2026-04-07', 'Organic Social', '(none)', 'returning', '1', '7.77'],
];

export const SPEND: readonly SpendRow[] = [
  ['2026-03-30', 'meta', 'Paid Social', 'spring', '10.00', 1000, 30],
  ['2026-04-05', 'google', 'Paid Search', '(untagged)', '5.00', 500, 7],
];

/** A folder with published runs, without a warehouse. */
export interface PublishedFolder {
  paths: WorkspacePaths;
  /** writes a run and lets `results/current` point to it */
  publish(run: string, credit?: readonly CreditRow[], spend?: readonly SpendRow[]): Promise<Manifest>;
  remove(): void;
}

export function publishedFolder(): PublishedFolder {
  const directory = mkdtempSync(join(tmpdir(), 'liftproof-published-'));
  const paths = workspacePaths(directory);
  writeFileSync(paths.config, 'workspace: hand\nreporting: { time_zone: Europe/Paris, currency: EUR }\n');
  mkdirSync(paths.results);
  return {
    paths,
    async publish(run, credit = CREDIT, spend = SPEND) {
      const folder = join(paths.results, run);
      mkdirSync(folder);
      const manifest = await writeRun(folder, run, credit, spend);
      const link = join(paths.results, '.link');
      symlinkSync(run, link);
      renameSync(link, paths.current);
      return manifest;
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

async function writeRun(
  folder: string,
  run: string,
  credit: readonly CreditRow[],
  spend: readonly SpendRow[],
): Promise<Manifest> {
  const tables: Record<string, string> = {
    attribution: `select model, basis, cast(report_date as date) as report_date, 'order' as conversion_kind, channel, 'Unassigned' as channel_ga4, campaign_id,
        '(none)' as platform, customer_type, 'person' as matched_by, cast(conversions as decimal(28, 9)) as conversions,
        cast(gross as decimal(18, 2)) as revenue_gross, cast(refund as decimal(18, 2)) as refunds, cast(gross + refund as decimal(18, 2)) as revenue_net
      from (values ${creditValues(credit)}) as t (model, basis, report_date, channel, campaign_id, customer_type, conversions, gross, refund)`,
    spend: `select cast(report_date as date) as report_date, platform, channel, campaign_id, cast(spend as decimal(18, 2)) as spend, impressions, clicks, 0 as conversions_platform
      from (values ${spend.map((row) => `('${row.slice(0, 5).join("', '")}', ${row[5]}::bigint, ${row[6]}::bigint)`).join(', ')}) as t (report_date, platform, channel, campaign_id, spend, impressions, clicks)`,
    freshness: `select 'orders' as source_id, 'plain_orders' as kind, 1 as files, 4 as rows_read, 0 as rows_duplicate, 0 as rows_rejected, timestamptz '2026-04-08 04:10:00+00' as last_exported_at`,
  };
  const warehouse = await Warehouse.open(':memory:', { threads: 1 });
  try {
    for (const [name, sql] of Object.entries(tables))
      await warehouse.run(`copy (${sql}) to '${join(folder, `${name}.parquet`)}' (format parquet)`);
  } finally {
    warehouse.close();
  }
  const manifest: Manifest = {
    schema_version: 1,
    run,
    made_at: '2026-04-08T05:00:00.000Z',
    made_by: { node: 'v20' },
    run_hash: `sha256:${createHash('sha256')
      .update(JSON.stringify([credit, spend]))
      .digest('hex')}`,
    version: '0.0.0',
    workspace: 'hand',
    currency: 'EUR',
    currency_exponent: 2,
    time_zone: 'Europe/Paris',
    rules_version: 'r',
    models: ['last_touch', 'linear'],
    default_model: 'linear',
    windows: { click_days: 30, view_days: 0, engagement_days: 7, campaign_days: 7 },
    settings_hash: 's',
    seed: 1,
    k: 10,
    period: { from: '2026-03-30', to: '2026-04-07' },
    inputs: [],
    checks: [
      {
        check: 'clock_skew',
        severity: 'warn',
        rule: 'Touches after their landing',
        broken: 2,
        examples: [{ order: 'private' }],
      },
    ],
    files: Object.keys(tables).map((name) => ({ name: `${name}.parquet`, sha256: '', rows: 0, bytes: 0, columns: [] })),
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  return manifest;
}

/** Each order under both models, and under both bases: a refund with its order, or on its own day. */
function creditValues(credit: readonly CreditRow[]): string {
  const rows = credit.flatMap(([day, channel, campaign, customer, orders, gross, refund = '0', refundDay = day]) => {
    const about = `'${channel}', '${campaign}', '${customer}'`;
    return ['last_touch', 'linear'].flatMap((model) => [
      `('${model}', 'order_date', '${day}', ${about}, ${orders}, ${gross}, ${refund})`,
      `('${model}', 'event_date', '${day}', ${about}, ${orders}, ${gross}, 0)`,
      ...(refund === '0' ? [] : [`('${model}', 'event_date', '${refundDay}', ${about}, 0, 0, ${refund})`]),
    ]);
  });
  return rows.join(', ');
}
