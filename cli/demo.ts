import { basename, resolve } from 'node:path';
import { ingest } from '../pipeline/ingest.ts';
import { openBrowser } from '../pipeline/open-browser.ts';
import { inPassingFolder } from '../pipeline/passing-folder.ts';
import { makeReport } from '../pipeline/reports.ts';
import { openResults, type Results } from '../pipeline/results.ts';
import { run } from '../pipeline/run.ts';
import {
  keptBrand,
  makeSampleWorkspace,
  type SampleBrand,
  type SampleTruth,
  simulatedBrand,
} from '../pipeline/samples.ts';
import type { TableColumn } from '../pipeline/table.ts';
import { findWorkspace } from '../pipeline/workspace.ts';
import { demoVerdict, demoVerdictText } from './demo-verdict.ts';
import { wholeNumberFlag } from './flags.ts';
import { runText } from './run.ts';
import { type GlobalOptions, print, printJson, progressLine, say, textTable } from './terminal.ts';
import { withWorkspace } from './with-workspace.ts';
import { wrap } from './wrap.ts';

/** When the sample exports were made, so that the demo says the same on every machine. */
const EXPORTED_AT = '2026-07-01T06:00:00.000Z';

/** Files that fit more than one source of the sample. */
const SOURCE_OF: Readonly<Record<string, string>> = {
  'shopify_orders_export.csv': 'shop',
  'shopify_orders.ndjson': 'shop',
  'shopify_us_orders_export.csv': 'shop_us',
  'shopify_us_orders.ndjson': 'shop_us',
};

interface DemoOptions extends GlobalOptions {
  dir?: string;
  seed?: string;
  open?: boolean;
}

/** The whole path on the sample brand: exports in, attributed sales and the verdict out, and beside both what is true. */
export async function demoCommand(options: DemoOptions): Promise<void> {
  const seed = options.seed === undefined ? undefined : wholeNumberFlag('--seed', options.seed, 0);
  if (seed === undefined) return demoOf(keptBrand(), options);
  await inPassingFolder('world', (folder) => {
    say(options, `Simulating the brand with seed ${seed} …`);
    return demoOf(simulatedBrand(folder, seed), options);
  });
}

async function demoOf(brand: SampleBrand, options: DemoOptions): Promise<void> {
  if (options.dir === undefined) {
    await inPassingFolder('demo', async (directory) => {
      await demoIn(directory, brand, options);
      if (options.open) await showInBrowser(directory, options);
    });
    say(
      options,
      'Next: keep the workspace with "liftproof demo --dir nordlys", then look around: liftproof answer -w nordlys, liftproof report campaigns -w nordlys',
    );
    return;
  }
  const directory = resolve(options.dir);
  await demoIn(directory, brand, options);
  say(
    options,
    `The workspace stands in ${directory}. Next: liftproof answer -w ${options.dir}, liftproof report campaigns -w ${options.dir}`,
  );
  if (options.open) await showInBrowser(directory, options);
}

/** The dashboard of the demo, until Ctrl-C. */
async function showInBrowser(directory: string, options: DemoOptions): Promise<void> {
  const { serveCommand } = await import('./serve.ts');
  await serveCommand({ ...options, workspace: directory, port: '0', whenReady: openBrowser });
}

async function demoIn(directory: string, brand: SampleBrand, options: GlobalOptions): Promise<void> {
  makeSampleWorkspace(directory, brand);
  await fill(directory, brand.exports, options);
  const results = await openResults(findWorkspace(directory).paths);
  try {
    await show(results, brand.truth, options);
  } finally {
    results.close();
  }
}

async function fill(directory: string, files: readonly string[], options: GlobalOptions): Promise<void> {
  const progress = progressLine(options);
  await withWorkspace(directory, async (workspace, signal) => {
    let records = 0;
    for (const file of files) {
      const receipt = await ingest(workspace, file, {
        source: SOURCE_OF[basename(file)],
        exportedAt: EXPORTED_AT,
        progress: progress.tell,
        signal,
      });
      records += receipt.read;
    }
    progress.end();
    say(
      options,
      `Read ${records} records of ${files.length} exports (Shopify, Segment, Meta, TikTok, Google, LinkedIn, X, YouTube, Mastodon, finance).`,
    );
    const report = await run(workspace, { now: new Date(), progress: progress.tell, signal });
    progress.end();
    say(options, `${runText(report)}\n`);
  });
}

async function show(results: Results, truth: SampleTruth, options: GlobalOptions): Promise<void> {
  const report = await makeReport(results, 'channels', {});
  const caused = new Map<string, number>();
  for (const channel of truth.channels)
    caused.set(channel.group, (caused.get(channel.group) ?? 0) + channel.incremental_orders);
  const verdict = await demoVerdict(results, truth);
  if (options.json) {
    printJson({
      schema_version: 1,
      run: results.manifest.run,
      channels: report.table,
      caused: Object.fromEntries(caused),
      ...verdict,
    });
    return;
  }
  const { from, to } = results.manifest.period;
  print(
    `What each channel is credited with, and what it really caused\nNordlys, ${from} to ${to} · model ${results.manifest.default_model} · ${results.manifest.currency}, refunds taken off\n`,
  );
  print(textTable(besideTruth(report.table, caused)));
  print(
    '\nCredit says who was there before the sale. "Caused" is what would not have been sold without the channel: the sample is simulated, so it is\nknown here, and only here. The two differ, in both directions: people who were going to buy anyway click, and people who were won over do not.',
  );
  for (const note of report.notes.slice(1)) print(`\n${note}`);
  print(`\n\n${demoVerdictText(verdict)}\n`);
  print(
    `${wrap('There is no marketing mix here: thirteen weeks would only repeat what the model was told beforehand (docs/mix.md). "liftproof simulate --days 728 --out market" writes two years of a brand, with panels/weekly.csv and panels/mix.yaml for "liftproof model mix".')}\n`,
  );
}

function besideTruth(
  table: Awaited<ReturnType<typeof makeReport>>['table'],
  caused: ReadonlyMap<string, number>,
): Parameters<typeof textTable>[0] {
  const wanted = ['channel', 'conversions', 'revenue_net', 'spend', 'roas'];
  const at = wanted.map((id) => table.columns.findIndex((column) => column.id === id));
  const columns: TableColumn[] = [
    ...at.map((i) => table.columns[i]),
    { id: 'caused', label: 'Caused (truth)', type: 'decimal', scale: 0, unit: 'count' },
  ];
  const rows = table.rows.map((row) => [
    ...at.map((i) => row[i]),
    caused.has(row[0]!) ? String(caused.get(row[0]!)) : null,
  ]);
  return {
    columns,
    rows,
    totals:
      table.totals === null
        ? null
        : [...at.map((i) => table.totals![i]), String([...caused.values()].reduce((sum, value) => sum + value, 0))],
  };
}
