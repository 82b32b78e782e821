/**
 * Exports of a published table of a million rows, each format in a process of its own so that its memory is its own.
 *
 *     npx tsx bench/export.ts [rows]
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXPORT_FORMATS, type ExportFormat, exportTable } from '../pipeline/export-table.ts';
import type { Manifest } from '../pipeline/publish.ts';
import { openResults } from '../pipeline/results.ts';
import { quoteText, Warehouse } from '../pipeline/warehouse.ts';
import { peakMemory, printTable, timed } from './harness.ts';

const BARS: Readonly<Record<ExportFormat, number>> = { parquet: 2, csv: 4, arrow: 8 };
const MEMORY_BAR = 500;

interface Measured {
  seconds: number;
  megabytes: number;
  fileMegabytes: number;
}

const [argument, folder] = process.argv.slice(2);
const format = EXPORT_FORMATS.find((one) => one === argument);
if (format !== undefined) {
  process.stdout.write(JSON.stringify(await measure(folder, format)));
} else {
  const rows = Number(argument ?? 1_000_000);
  const root = mkdtempSync(join(tmpdir(), 'liftproof-bench-'));
  try {
    await publish(root, rows);
    const lines = EXPORT_FORMATS.map((one): string[] => {
      const child = spawnSync(process.execPath, ['--import', 'tsx', import.meta.filename, one, root], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const { seconds, megabytes, fileMegabytes } = JSON.parse(child.stdout) as Measured;
      const isMet = seconds <= BARS[one] && megabytes <= MEMORY_BAR;
      return [
        one,
        seconds.toFixed(2),
        String(BARS[one]),
        megabytes.toFixed(0),
        fileMegabytes.toFixed(1),
        isMet ? 'met' : 'short',
      ];
    });
    console.log(`${rows} rows of 6 columns; memory at most ${MEMORY_BAR} MB`);
    printTable(['format', 'seconds', 'bar', 'peak MB', 'file MB', ''], lines);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function measure(root: string, one: ExportFormat): Promise<Measured> {
  const results = await openResults({ results: root }, 'run_bench');
  try {
    const { seconds, result } = await timed(() => exportTable(results, 'day', one, join(root, 'out')));
    return {
      seconds,
      megabytes: peakMemory() / 1e6,
      fileMegabytes: statSync(join(root, 'out', result.name)).size / 1e6,
    };
  } finally {
    results.close();
  }
}

async function publish(root: string, rows: number): Promise<void> {
  const run = join(root, 'run_bench');
  mkdirSync(run);
  const path = join(run, 'day.parquet');
  const warehouse = await Warehouse.open(':memory:');
  await warehouse.run(`
    copy (
      select date '2020-01-01' + cast(i % 2000 as integer) as report_date,
        ['Organic Social', 'Paid Social', 'Email', 'Paid Search'][1 + cast(hash(i, 1) % 4 as integer)] as channel,
        'campaign_' || (hash(i, 2) % 500) as campaign_id,
        ['meta', 'tiktok', 'google', '(none)'][1 + cast(hash(i, 3) % 4 as integer)] as platform,
        cast(cast(hash(i, 4) % 1000000 as integer) * 0.01 as decimal(18, 2)) as revenue_net,
        cast(cast(hash(i, 5) % 3000000 as integer) * 0.000001 as decimal(28, 9)) as conversions
      from range(${rows}) as t(i)
    ) to '${quoteText(path)}' (format parquet)`);
  const columns = await warehouse.rows<{ column_name: string; column_type: string }>(
    `describe select * from read_parquet('${quoteText(path)}')`,
  );
  warehouse.close();
  const file = {
    name: 'day.parquet',
    sha256: '',
    rows,
    bytes: statSync(path).size,
    columns: columns.map((column) => ({ name: column.column_name, type: column.column_type })),
  };
  const manifest: Partial<Manifest> = { run: 'run_bench', files: [file] };
  writeFileSync(join(run, 'manifest.json'), JSON.stringify(manifest));
}
