import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../models/errors.ts';
import { currentRunName } from './current-run.ts';
import type { Manifest } from './publish.ts';
import { quoteName, quoteText, type SqlParameters, Warehouse, type WarehouseOptions } from './warehouse.ts';
import type { WorkspacePaths } from './workspace.ts';

/** A published run that can be asked: no warehouse, no person keys, nothing outside its folder. Close it. */
export interface Results {
  manifest: Manifest;
  folder: string;
  rows<T = Record<string, unknown>>(sql: string, parameters?: SqlParameters): Promise<T[]>;
  close(): void;
}

/** A run that this process opened itself. */
export interface OpenResults extends Results {
  warehouse: Warehouse;
}

/**
 * The folder of a run and what it holds.
 *
 * @param run  name under `results/`; the current one when absent
 * @throws InputError `not_published` when there is none, `damaged` when the current one is gone, `not_found` for an unknown run
 */
export function findRun(paths: Pick<WorkspacePaths, 'results'>, run?: string): { folder: string; manifest: Manifest } {
  const folder = join(paths.results, run ?? 'current');
  if (run !== undefined && !/^run_[A-Za-z0-9_]+$/.test(run))
    throw new InputError('not_found', `${run}: not the name of a run; see "liftproof report runs"`);
  if (!existsSync(join(folder, 'manifest.json'))) {
    if (run !== undefined) throw new InputError('not_found', `${run}: no such run; see "liftproof report runs"`);
    const named = currentRunName(paths);
    throw named === undefined
      ? new InputError('not_published', `nothing was published in ${paths.results} yet; run "liftproof run"`)
      : new InputError(
          'damaged',
          `${folder} points to ${named}, which is not there; run "liftproof run", or restore it from a backup`,
        );
  }
  // the folder itself, not the link: a publish in between does not mix two runs
  const pinned = realpathSync(folder);
  return { folder: pinned, manifest: JSON.parse(readFileSync(join(pinned, 'manifest.json'), 'utf8')) as Manifest };
}

/**
 * Opens a run in a locked-down DuckDB that can read this folder and nothing else.
 *
 * @throws InputError as `findRun`
 */
export async function openResults(
  paths: Pick<WorkspacePaths, 'results'>,
  run?: string,
  options: WarehouseOptions = {},
): Promise<OpenResults> {
  const { folder: pinned, manifest } = findRun(paths, run);
  const warehouse = await Warehouse.open(':memory:', options);
  try {
    await warehouse.run(`set allowed_directories = ['${quoteText(pinned)}']`);
    await warehouse.run('set enable_external_access = false');
    await warehouse.run('set allow_community_extensions = false');
    for (const file of manifest.files) {
      const table = file.name.replace(/\.parquet$/, '');
      // the small sums that most questions are answered from are read once; the large tables stay files
      const kind = table.endsWith('_day') ? 'table' : 'view';
      await warehouse.run(
        `create ${kind} ${quoteName(table)} as select * from read_parquet('${quoteText(join(pinned, file.name))}')`,
      );
    }
    await warehouse.run('set lock_configuration = true');
  } catch (cause) {
    warehouse.close();
    throw cause;
  }
  return {
    manifest,
    folder: pinned,
    warehouse,
    rows: (sql, parameters) => warehouse.rows(sql, parameters),
    close: () => warehouse.close(),
  };
}
