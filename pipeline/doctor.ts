import { existsSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../models/errors.ts';
import { countWords } from './count-words.ts';
import { currentRun, currentRunName } from './current-run.ts';
import { examineMachine } from './examine-machine.ts';
import { examineRun } from './examine-run.ts';
import { hashFile } from './hash-file.ts';
import { ingestLanded } from './ingest.ts';
import { landingPath, readLanding } from './land.ts';
import type { Manifest } from './publish.ts';
import { quoteName } from './warehouse.ts';
import { findWorkspace, type OpenWorkspace, openWorkspace, remakeWarehouse, type Workspace } from './workspace.ts';
import { lockOwner } from './workspace-lock.ts';

export interface DoctorFinding {
  check: string;
  state: 'ok' | 'warn' | 'bad';
  finding: string;
  /** what to do; absent when there is nothing to */
  advice?: string;
}

/** Looks a workspace over without changing it. Opens the warehouse only when nobody else has it. */
export async function examine(directory: string): Promise<DoctorFinding[]> {
  const workspace = findWorkspace(directory);
  const findings: DoctorFinding[] = [nodeVersion(), folders(workspace), diskSpace(workspace), secretMode(workspace)];
  const published = publishedHashes(workspace);
  findings.push(...landingHashes(workspace), ...published);
  findings.push(await warehouseState(workspace, lockOwner(workspace.paths.lock)?.pid));
  // a run that is not there, or not as it was made, has nothing more to tell
  if (published.every(({ state }) => state === 'ok')) findings.push(...(await examineRun(workspace)));
  findings.push(...(await examineMachine(workspace)));
  return findings;
}

/**
 * Makes the warehouse again from landing/, the journal. The old file is deleted only when every landed file was replayed.
 *
 * @returns number of files replayed
 * @throws InputError `locked`; `damaged` when a landed file is missing or was changed, the old warehouse then stands as it was
 */
export async function rebuildFromLanding(directory: string, progress?: (message: string) => void): Promise<number> {
  const { notes } = readLanding(findWorkspace(directory).paths.landing);
  await remakeWarehouse(directory, async (workspace) => {
    for (const note of notes) {
      progress?.(`replaying ${note.file_name}`);
      const path = landingPath(workspace.paths.landing, note.batch_id);
      if (!existsSync(path) || hashFile(path).sha256 !== note.batch_id) {
        throw new InputError(
          'damaged',
          `${path} (${note.file_name}) is missing or was changed; restore it from a backup, then repair again; nothing was done`,
        );
      }
      await ingestLanded(workspace, { batchId: note.batch_id, path, bytes: statSync(path).size, isNew: false }, note);
    }
  });
  return notes.length;
}

function nodeVersion(): DoctorFinding {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const isOld = major < 20 || (major === 20 && minor < 19);
  return {
    check: 'node',
    state: isOld ? 'bad' : 'ok',
    finding: `Node ${process.versions.node}`,
    ...(isOld ? { advice: 'install Node 20.19 or newer' } : {}),
  };
}

function folders(workspace: Workspace): DoctorFinding {
  const missing = (['landing', 'results'] as const).filter((name) => !existsSync(workspace.paths[name]));
  return missing.length === 0
    ? { check: 'folders', state: 'ok', finding: workspace.directory }
    : {
        check: 'folders',
        state: 'warn',
        finding: `missing: ${missing.join(', ')}`,
        advice: 'they are made by the next ingest; if files were there, restore them from a backup',
      };
}

function diskSpace(workspace: Workspace): DoctorFinding {
  const { bavail, bsize } = statfsSync(workspace.directory);
  const free = bavail * bsize;
  const { notes } = readLanding(workspace.paths.landing);
  const largest = Math.max(0, ...notes.map((note) => sizeOf(landingPath(workspace.paths.landing, note.batch_id))));
  const isShort = free < 3 * largest || free < 200 * 2 ** 20;
  return {
    check: 'disk',
    state: isShort ? 'warn' : 'ok',
    finding: `${(free / 2 ** 30).toFixed(1)} GiB free`,
    ...(isShort ? { advice: 'free some space: three times the largest file is needed to load and build' } : {}),
  };
}

function secretMode(workspace: Workspace): DoctorFinding {
  if (workspace.config.privacy.person_key_env !== undefined) {
    const isSet = process.env[workspace.config.privacy.person_key_env] !== undefined;
    return {
      check: 'person key',
      state: isSet ? 'ok' : 'bad',
      finding: `from ${workspace.config.privacy.person_key_env}`,
      ...(isSet ? {} : { advice: 'set it before ingesting' }),
    };
  }
  if (!existsSync(workspace.paths.secret))
    return {
      check: 'person key',
      state: 'warn',
      finding: 'not made yet',
      advice: 'the first ingest makes it; keep a backup of it',
    };
  const mode = statSync(workspace.paths.secret).mode & 0o777;
  return mode === 0o600
    ? { check: 'person key', state: 'ok', finding: 'mode 0600' }
    : {
        check: 'person key',
        state: 'bad',
        finding: `mode 0${mode.toString(8)}: others may read it`,
        advice: `chmod 600 ${workspace.paths.secret}`,
      };
}

function landingHashes(workspace: Workspace): DoctorFinding[] {
  const { notes, orphans } = readLanding(workspace.paths.landing);
  const wrong = notes.filter((note) => {
    const path = landingPath(workspace.paths.landing, note.batch_id);
    return !existsSync(path) || hashFile(path).sha256 !== note.batch_id;
  });
  const findings: DoctorFinding[] = [
    wrong.length === 0
      ? { check: 'landing', state: 'ok', finding: `${countWords(notes.length, 'file')}, every hash right` }
      : {
          check: 'landing',
          state: 'bad',
          finding: `${countWords(wrong.length, 'file is', 'files are')} missing or changed: ${wrong.map((note) => note.file_name).join(', ')}`,
          advice: 'restore them from a backup: a rebuild needs them',
        },
  ];
  if (orphans.length > 0) {
    findings.push({
      check: 'landing orphans',
      state: 'warn',
      finding: `${countWords(orphans.length, 'file')} landed but never loaded (a load was killed)`,
      advice: 'ingest the files again; then these may be deleted',
    });
  }
  return findings;
}

function publishedHashes(workspace: Workspace): DoctorFinding[] {
  let run: Manifest | undefined;
  try {
    run = currentRun(workspace.paths);
  } catch {
    return [
      {
        check: 'published run',
        state: 'bad',
        finding: 'its manifest cannot be read',
        advice: 'run "liftproof run" again',
      },
    ];
  }
  const named = currentRunName(workspace.paths);
  if (run === undefined && named !== undefined)
    return [
      {
        check: 'published run',
        state: 'bad',
        finding: `results/current points to ${named}, which is not there`,
        advice: 'run "liftproof run" again, or restore it from a backup',
      },
    ];
  if (run === undefined)
    return [{ check: 'published run', state: 'warn', finding: 'none yet', advice: 'run "liftproof run"' }];
  const wrong = run.files.filter((file) => {
    const path = join(workspace.paths.current, file.name);
    return !existsSync(path) || hashFile(path).sha256 !== file.sha256;
  });
  return [
    wrong.length === 0
      ? { check: 'published run', state: 'ok', finding: `${run.run}, ${run.files.length} files, every hash right` }
      : {
          check: 'published run',
          state: 'bad',
          finding: `${run.run}: changed files ${wrong.map((file) => file.name).join(', ')}`,
          advice: 'run "liftproof run" again',
        },
  ];
}

async function warehouseState(workspace: Workspace, owner: number | undefined): Promise<DoctorFinding> {
  if (!existsSync(workspace.paths.warehouse)) return { check: 'warehouse', state: 'ok', finding: 'not made yet' };
  if (owner !== undefined)
    return { check: 'warehouse', state: 'ok', finding: `in use by process ${owner}: not opened` };
  try {
    const open = await openWorkspace(workspace.directory);
    try {
      const batches = await open.warehouse.count('select count(*) from raw.batch');
      const { notes } = readLanding(workspace.paths.landing);
      const tables = await readEveryBlock(open);
      return batches === notes.length
        ? {
            check: 'warehouse',
            state: 'ok',
            finding: `opens; ${countWords(batches, 'file')} loaded, as many as landed; every block of ${countWords(tables, 'table')} read`,
          }
        : {
            check: 'warehouse',
            state: 'bad',
            finding: `${countWords(batches, 'file')} loaded, ${notes.length} landed`,
            advice: 'liftproof doctor --repair rebuilds it from landing/',
          };
    } finally {
      open.close();
    }
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    return {
      check: 'warehouse',
      state: 'bad',
      finding: cause.message,
      advice:
        cause.code === 'disk_full'
          ? 'free some space first: nothing says that the warehouse itself is damaged'
          : 'liftproof doctor --repair rebuilds it from landing/',
    };
  }
}

/**
 * Reads every column of every table: DuckDB holds each block against its checksum as it does.
 *
 * @returns number of tables
 * @throws InputError `damaged` naming the table
 */
async function readEveryBlock({ warehouse }: OpenWorkspace): Promise<number> {
  const tables = await warehouse.rows<{ schema_name: string; table_name: string }>(
    `select schema_name, table_name from duckdb_tables() where not temporary order by all`,
  );
  for (const { schema_name: schema, table_name: table } of tables) {
    try {
      await warehouse.value(`select max(hash(one)) from ${quoteName(schema)}.${quoteName(table)} as one`);
    } catch (cause) {
      if (cause instanceof InputError && cause.code === 'disk_full') throw cause;
      throw new InputError('damaged', `${schema}.${table} cannot be read: a block of it is damaged`, { cause });
    }
  }
  return tables.length;
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}
