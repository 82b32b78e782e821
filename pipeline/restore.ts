import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { InputError } from '../models/errors.ts';
import { type BackupManifest, CONTROL_FILE, checkBackup } from './backup.ts';
import { verifyAuditChain } from './control/audit.ts';
import { loadControl } from './control/dump.ts';
import type { ControlStore } from './control/store.ts';
import { currentRun } from './current-run.ts';
import { type DoctorFinding, examine } from './doctor.ts';
import { syncFolder } from './land.ts';
import { workspacePaths } from './workspace.ts';

/**
 * Puts the files of a backup into a folder that is not there yet; it appears whole or not at all.
 *
 * @throws InputError `not_found`, `damaged` for a backup whose files changed, `not_allowed` when the folder holds something
 */
export function restoreFiles(backup: string, directory: string, progress?: (message: string) => void): BackupManifest {
  const manifest = checkBackup(backup, progress);
  const to = resolve(directory);
  if (existsSync(to) && readdirSync(to).length > 0)
    throw new InputError('not_allowed', `${to} is not empty; restore into a new folder`);
  const making = `${to}.restoring-${process.pid}`;
  try {
    for (const file of manifest.files) {
      if (file.path === CONTROL_FILE || file.path === 'pepper') continue;
      progress?.(`restoring ${file.path}`);
      copy(join(backup, file.path), join(making, file.path));
    }
    mkdirSync(join(making, 'results'), { recursive: true });
    if (manifest.run !== null) symlinkSync(manifest.run, join(making, 'results', 'current'));
    if (existsSync(join(making, 'secret'))) chmodSync(join(making, 'secret'), 0o700);
    rmSync(to, { recursive: true, force: true });
    renameSync(making, to);
    syncFolder(dirname(to));
  } catch (cause) {
    rmSync(making, { recursive: true, force: true });
    throw cause;
  }
  return manifest;
}

/**
 * Puts the pepper of a backup into the home folder of a server that has none yet, so that its keys hold there.
 *
 * @throws InputError `not_allowed` when there is another pepper: keys of two peppers cannot live in one store
 */
export function restorePepper(backup: string, home: string): void {
  const [from, to] = [join(backup, 'pepper'), join(home, 'pepper')];
  if (!existsSync(from) || process.env.LIFTPROOF_PEPPER) return;
  if (existsSync(to))
    throw new InputError('not_allowed', `${to} is there already; restore with another --home, or make keys anew`);
  copy(from, to);
  chmodSync(to, 0o600);
}

/** @throws InputError `not_allowed` when the store knows the workspace already */
export function restoreControl(backup: string, manifest: BackupManifest, store: ControlStore): Promise<number> {
  return loadControl(store, manifest.workspace, join(backup, CONTROL_FILE));
}

/**
 * Whether what was restored is what was backed up: the run of that time is served with that hash, every landed and published file
 * has its hash, the warehouse opens and holds as many files as landed, and the audit chain holds.
 */
export async function verifyRestored(
  manifest: BackupManifest,
  directory: string,
  store: ControlStore,
): Promise<DoctorFinding[]> {
  const findings = await examine(directory);
  const run = currentRun(workspacePaths(resolve(directory)));
  const isSame = (run?.run ?? null) === manifest.run && (run?.run_hash ?? null) === manifest.run_hash;
  const chain = await verifyAuditChain(store.db, manifest.workspace);
  return [
    ...findings,
    {
      check: 'run hash',
      state: isSame ? 'ok' : 'bad',
      finding: isSame
        ? `${manifest.run ?? 'nothing was published'}, as it was backed up`
        : `${run?.run} is not ${manifest.run}`,
    },
    {
      check: 'audit chain',
      state: chain.isIntact ? 'ok' : 'bad',
      finding: chain.isIntact ? `${chain.rows} rows, every link holds` : `broken: ${chain.reason}`,
    },
  ];
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
}
