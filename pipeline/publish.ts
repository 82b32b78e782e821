import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { currencyExponent } from '../models/numeric/money.ts';
import { createRelation, sharedK, sqlSettings } from './build.ts';
import type { Config } from './config.ts';
import { currentRun } from './current-run.ts';
import { financeModel } from './finance/finance-model.ts';
import { makeFinance } from './finance/make-finance.ts';
import { fullDisk } from './full-disk.ts';
import { type CheckResult, withoutNames } from './judge.ts';
import { syncFolder } from './land.ts';
import { relationsOf } from './relations.ts';
import { rulesVersion } from './rules.ts';
import { VERSION } from './version.ts';
import { quoteName, quoteText, type Warehouse } from './warehouse.ts';
import type { OpenWorkspace, WorkspacePaths } from './workspace.ts';

export interface PublishedFile {
  name: string;
  sha256: string;
  rows: number;
  bytes: number;
  columns: { name: string; type: string }[];
}

/** What a run was made from and what it holds. Everything but `run`, `made_at` and `made_by` is the same for the same inputs. */
export interface Manifest {
  schema_version: 1;
  run: string;
  made_at: string;
  made_by: { node: string };
  run_hash: string;
  version: string;
  workspace: string;
  currency: string;
  currency_exponent: number;
  time_zone: string;
  rules_version: string;
  models: string[];
  default_model: string;
  windows: Config['windows'];
  settings_hash: string;
  seed: number;
  k: number;
  /** the same for readers outside; absent from runs of before there were share links */
  shared_k?: number;
  /** how finance reports, and the kinds of costs that it was told; absent from runs of before there was finance */
  finance?: { model: string; calendar: 'month' | '4-4-5'; year_starts: string; costs?: string[] };
  period: { from: string | null; to: string | null };
  inputs: { batch_id: string; source: string; kind: string; rows: number }[];
  checks: CheckResult[];
  files: PublishedFile[];
}

/** Builds the report relations anew; small, whatever the number of events. */
export async function buildReports(warehouse: Warehouse, config: Config): Promise<void> {
  const settings = sqlSettings(config);
  await makeFinance(warehouse, config);
  const relations = await relationsOf(warehouse, ['report']);
  // one transaction, so that the disk is waited for once
  await warehouse.transaction(async () => {
    for (const relation of relations) await createRelation(warehouse, relation, settings);
  });
}

/**
 * Writes `results/<run>/`: each report relation as Parquet, totally ordered, and a manifest; then lets `results/current` point to
 * it, by rename. Whoever reads sees the old run or the new one, never a mixture.
 *
 * @param now  time of the run; outside the hash
 */
export async function publish(workspace: OpenWorkspace, checks: readonly CheckResult[], now: Date): Promise<Manifest> {
  const { warehouse, config, paths } = workspace;
  const making = join(paths.results, `.making-${process.pid}`);
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true });
  try {
    const columns = await reportColumns(warehouse, currencyExponent(config.reporting.currency));
    const sealing: Promise<PublishedFile>[] = [];
    for (const { name } of await relationsOf(warehouse, ['report'])) {
      const written = await writeParquet(warehouse, name, columns.get(name)!, making);
      // the disk takes a file while the database writes the next
      const sealed = seal(making, written);
      sealed.catch(() => undefined);
      sealing.push(sealed);
    }
    const files = await Promise.all(sealing);
    files.sort((a, b) => (a.name < b.name ? -1 : 1));
    const manifest = await manifestOf(workspace, files, checks, now);
    const current = currentRun(paths);
    if (current !== undefined && current.run_hash === manifest.run_hash) {
      rmSync(making, { recursive: true, force: true });
      return current;
    }
    writeFileSync(join(making, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
    syncFolder(making);
    const folder = join(paths.results, manifest.run);
    // the same run, written a moment ago by a process that was killed before it could point to it
    rmSync(folder, { recursive: true, force: true });
    renameSync(making, folder);
    pointTo(paths, manifest.run);
    return manifest;
  } catch (cause) {
    rmSync(making, { recursive: true, force: true });
    throw fullDisk(cause, making);
  }
}

interface Column {
  name: string;
  /** of the published file */
  type: string;
  /** what the file holds, as SQL */
  item: string;
}

// what Parquet keeps as it is: a hugeint, say, would come back as a double
const KEPT_TYPES =
  /^(?:VARCHAR|BOOLEAN|DOUBLE|INTEGER|BIGINT|DATE|TIMESTAMP WITH TIME ZONE|DECIMAL\(\d+,\d+\))(?:\[\])*$/;

/** Columns of each report relation, in order. */
async function reportColumns(warehouse: Warehouse, exponent: number): Promise<Map<string, Column[]>> {
  const rows = await warehouse.rows<{ relation: string; name: string; type: string }>(
    `select schema_name || '.' || table_name as relation, column_name as name, data_type as type
     from duckdb_columns()
     where database_name = current_database() and schema_name = 'report'
     order by relation, column_index`,
  );
  const columns = new Map<string, Column[]>();
  for (const { relation, name, type } of rows) {
    if (!KEPT_TYPES.test(type))
      throw new TypeError(`${relation}.${name} is ${type}, which its published file cannot keep`);
    // money is made with three decimals and published with the currency's own; every sum of minor units fits exactly
    const column =
      type === 'DECIMAL(28,3)'
        ? {
            type: `DECIMAL(18,${exponent})`,
            item: `cast(${quoteName(name)} as decimal(18, ${exponent})) as ${quoteName(name)}`,
          }
        : { type, item: quoteName(name) };
    columns.set(relation, [...(columns.get(relation) ?? []), { name, ...column }]);
  }
  return columns;
}

type Written = Pick<PublishedFile, 'name' | 'rows' | 'columns'>;

async function writeParquet(
  warehouse: Warehouse,
  relation: string,
  columns: readonly Column[],
  folder: string,
): Promise<Written> {
  const [schema, table] = relation.split('.');
  const name = `${table}.parquet`;
  const items = columns.map(({ item }) => item).join(', ');
  // a copy answers with the number of its rows
  const rows = await warehouse.count(
    `copy (select ${items} from ${schema}.${quoteName(table)} order by all)
     to '${quoteText(join(folder, name))}' (format parquet, compression zstd, row_group_size 122880)`,
  );
  return { name, rows, columns: columns.map(({ name: column, type }) => ({ name: column, type })) };
}

/** Waits until a written file is on disk for good, and hashes it. */
async function seal(folder: string, written: Written): Promise<PublishedFile> {
  const handle = await open(join(folder, written.name), 'r');
  try {
    const [bytes] = await Promise.all([handle.readFile(), handle.sync()]);
    const { name, rows, columns } = written;
    return { name, sha256: createHash('sha256').update(bytes).digest('hex'), rows, bytes: bytes.length, columns };
  } finally {
    await handle.close();
  }
}

async function manifestOf(
  workspace: OpenWorkspace,
  files: PublishedFile[],
  checks: readonly CheckResult[],
  now: Date,
): Promise<Manifest> {
  const { warehouse, config } = workspace;
  const inputs = await warehouse.rows<{ batch_id: string; source_id: string; kind: string; rows_read: string }>(
    'select batch_id, source_id, kind, rows_read from raw.batch order by batch_id',
  );
  // every day that a report adds up, so that the whole run and its own period are the same sums; none without an order
  const [period] = await warehouse.rows<{ from_date: string | null; to_date: string | null }>(
    `select min(day) as from_date, max(day) as to_date
     from (
       select conversion_date as day from staging.conversion
       union all
       select event_date from staging.revenue_event
       union all
       select spend_date from staging.spend_event where exists (select 1 from staging.conversion)
     )`,
  );
  const costs = await warehouse.rows<{ kind: string }>('select distinct kind from staging.cost order by kind');
  const body = {
    version: VERSION,
    workspace: config.workspace,
    currency: config.reporting.currency,
    currency_exponent: currencyExponent(config.reporting.currency),
    time_zone: config.reporting.time_zone,
    rules_version: rulesVersion(config),
    models: [...config.models.run],
    default_model: config.models.default,
    windows: config.windows,
    settings_hash: createHash('sha256').update(JSON.stringify(config)).digest('hex'),
    seed: config.models.seed,
    k: config.privacy.k,
    shared_k: sharedK(config),
    finance: {
      model: financeModel(config),
      calendar: config.finance.calendar,
      year_starts: config.finance.year_starts,
      costs: costs.map(({ kind }) => kind),
    },
    period: { from: period.from_date, to: period.to_date },
    inputs: inputs.map((row) => ({
      batch_id: row.batch_id,
      source: row.source_id,
      kind: row.kind,
      rows: Number(row.rows_read),
    })),
    checks: withoutNames(checks),
    files,
  };
  const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  const stamp = now.toISOString().replace(/[-:]/g, '').slice(0, 15);
  return {
    schema_version: 1,
    run: `run_${stamp}_${hash.slice(0, 8)}`,
    made_at: now.toISOString(),
    made_by: { node: process.version },
    run_hash: `sha256:${hash}`,
    ...body,
  };
}

function pointTo(paths: WorkspacePaths, run: string): void {
  const temporary = join(paths.results, `.current-${process.pid}`);
  rmSync(temporary, { force: true });
  symlinkSync(run, temporary);
  renameSync(temporary, paths.current);
  syncFolder(paths.results);
}
