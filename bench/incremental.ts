/**
 * A run after 1 % new data beside a rebuild from landing, process start apart; and whether the two publish the same bytes.
 *
 *     npx tsx bench/incremental.ts [touches] [orders]
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rebuildFromLanding } from '../pipeline/doctor.ts';
import { ingest } from '../pipeline/ingest.ts';
import { run } from '../pipeline/run.ts';
import { Warehouse } from '../pipeline/warehouse.ts';
import { openWorkspace } from '../pipeline/workspace.ts';
import { peakMemory, printTable, timed } from './harness.ts';

const touches = Number(process.argv[2] ?? 2_000_000);
const orders = Number(process.argv[3] ?? 100_000);
const directory = mkdtempSync(join(tmpdir(), 'liftproof-bench-'));
const inputs = join(directory, 'inputs');
writeFileSync(join(directory, 'liftproof.yaml'), 'workspace: bench\nreporting: { time_zone: UTC, currency: EUR }\n');
const now = new Date('2026-07-01T00:00:00Z');
try {
  await writeInputs();
  await load(['old_touch.csv', 'old_orders.csv', 'old_money_event.csv']);
  await publish();
  // both sides begin with the new files unread: what a person waits for
  const incremental = await timed(async () => {
    await load(['new_touch.csv', 'new_orders.csv', 'new_money_event.csv']);
    return publish();
  });
  const whole = await timed(async () => {
    await rebuildFromLanding(directory);
    return publish();
  });
  console.log(
    `${touches} touches, ${orders} orders, then 1 % more; ${incremental.result.conversions} conversions made anew; peak memory ${(peakMemory() / 2 ** 30).toFixed(2)} GiB`,
  );
  printTable(
    ['work', 'seconds', 'of the rebuild'],
    [
      ['rebuild from landing', whole.seconds.toFixed(2), '100 %'],
      [
        'after 1 % new data',
        incremental.seconds.toFixed(2),
        `${((100 * incremental.seconds) / whole.seconds).toFixed(1)} %`,
      ],
    ],
  );
  console.log(
    incremental.result.hash === whole.result.hash
      ? 'same bytes'
      : `DIFFERENT BYTES: ${incremental.result.hash} ${whole.result.hash}`,
  );
  if (incremental.result.hash !== whole.result.hash) process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function load(files: readonly string[]): Promise<void> {
  const workspace = await openWorkspace(directory, { threads: 2 });
  try {
    for (const file of files) await ingest(workspace, join(inputs, file), { exportedAt: '2026-07-01T00:00:00Z' });
  } finally {
    workspace.close();
  }
}

async function publish(): Promise<{ hash: string; conversions: number }> {
  const workspace = await openWorkspace(directory, { threads: 2 });
  try {
    const { manifest, built } = await run(workspace, { now });
    return { hash: manifest.run_hash, conversions: built.conversions };
  } finally {
    workspace.close();
  }
}

async function writeInputs(): Promise<void> {
  const warehouse = await Warehouse.open(':memory:', { threads: 2 });
  await warehouse.run(`set preserve_insertion_order = true`);
  const { mkdirSync } = await import('node:fs');
  mkdirSync(inputs);
  const persons = Math.max(1, Math.floor(touches / 5));
  for (const [part, from, to] of [
    ['old', 0, 1],
    ['new', 1, 1.01],
  ] as const) {
    const slice = (count: number): string => `range(${Math.round(count * from)}, ${Math.round(count * to)}) as t(i)`;
    await warehouse.run(`
      copy (
        select 't' || i as touch_id,
          strftime(timestamp '2026-01-01' + to_seconds(cast(hash(i, 1) % 15552000 as bigint)), '%Y-%m-%dT%H:%M:%SZ') as touched_at,
          'page' as kind,
          'visitor:' || (hash(i, 2) % ${persons}) as visitor_key,
          'shop.example' as landing_host,
          'utm_source=' || ['ig', 'facebook', 'tiktok', 'newsletter'][1 + cast(hash(i, 5) % 4 as integer)] || '&utm_medium=social&utm_campaign=campaign_' || (hash(i, 6) % 50) as landing_query,
          'true' as has_analytics_consent
        from ${slice(touches)}) to '${join(inputs, `${part}_touch.csv`)}' (header)`);
    await warehouse.run(`
      copy (
        select 's' as shop_id, i as source_order_id, 'bench' as system,
          strftime(timestamp '2026-01-15' + to_seconds(cast(hash(i, 11) % 14000000 as bigint)), '%Y-%m-%dT%H:%M:%SZ') as created_at,
          'EUR' as currency, '42.00' as total, 'visitor:' || (hash(i, 12) % ${persons}) as customer_key, 'true' as has_analytics_consent
        from ${slice(orders)}) to '${join(inputs, `${part}_orders.csv`)}' (header)`);
    await warehouse.run(`
      copy (
        select 's' as shop_id, i || ':sale' as money_event_id, i as source_order_id, 'sale' as kind,
          strftime(timestamp '2026-01-15' + to_seconds(cast(hash(i, 11) % 14000000 as bigint)), '%Y-%m-%dT%H:%M:%SZ') as occurred_at, '42.00' as amount, 'EUR' as currency
        from ${slice(orders)}) to '${join(inputs, `${part}_money_event.csv`)}' (header)`);
  }
  warehouse.close();
  if (readdirSync(inputs).length !== 6) throw new Error('inputs were not written');
}
