import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { InputError } from '../models/errors.ts';
import { type BackupReport, backup, checkBackup } from '../pipeline/backup.ts';
import { appendAudit } from '../pipeline/control/audit.ts';
import { homeOf, openControl } from '../pipeline/control/open-control.ts';
import type { DoctorFinding } from '../pipeline/doctor.ts';
import { inPassingFolder } from '../pipeline/passing-folder.ts';
import { restoreControl, restoreFiles, restorePepper, verifyRestored } from '../pipeline/restore.ts';
import { type GlobalOptions, print, printJson, progressLine, say } from './terminal.ts';
import { withWorkspace } from './with-workspace.ts';

export interface BackupCommandOptions extends GlobalOptions {
  home?: string;
  to?: string;
  verify?: boolean;
  dryRun?: boolean;
}

/** Copies the workspace and its part of the control store to a folder. */
export async function backupCommand(options: BackupCommandOptions): Promise<void> {
  if (options.to === undefined) throw new InputError('usage', '--to is missing: the folder that backups are put into');
  const to = resolve(options.to);
  const progress = progressLine(options);
  let report: BackupReport;
  try {
    report = await withWorkspace(options.workspace, async (workspace) => {
      const control = await openControl({ workspace: workspace.directory, home: options.home });
      const now = new Date();
      try {
        const { home } = control;
        const made = await backup(workspace, { to, home, control: control.store, now, progress: progress.tell });
        await appendAudit(control.db, {
          workspace: workspace.config.workspace,
          at: now,
          actor: `shell:${userInfo().username}`,
          action: 'backup.make',
          object: `backup/${made.manifest.made_at}`,
          details: { bytes: made.bytes, files: made.manifest.files.length },
        });
        return made;
      } finally {
        await control.close();
      }
    });
  } finally {
    progress.end();
  }
  const { path, bytes, manifest } = report;
  if (options.json) printJson({ schema_version: 1, path, bytes, files: manifest.files.length, run: manifest.run });
  else
    print(
      `${path}: ${manifest.files.length} files, ${(bytes / 2 ** 20).toFixed(1)} MB, ${manifest.control_rows} rows of the control store`,
    );
  say(options, `It holds the secrets of the workspace. Next: liftproof restore ${path} --verify`);
}

/** Puts a backup back; with --verify and without --to it is a drill in a temporary folder. */
export async function restoreCommand(path: string, options: BackupCommandOptions): Promise<void> {
  const backupPath = resolve(path);
  const progress = progressLine(options);
  if (options.to === undefined && !options.verify)
    throw new InputError('usage', '--to is missing: the new folder; or --verify alone, to try it in a temporary one');
  if (options.dryRun) {
    const manifest = checkBackup(backupPath, progress.tell);
    progress.end();
    print(`${manifest.files.length} files, every hash right; nothing was restored`);
    return;
  }
  const { to } = options;
  let findings: DoctorFinding[];
  try {
    findings =
      to === undefined
        ? // a drill touches no store but its own
          await inPassingFolder('restore', (folder) =>
            restoreTo(
              backupPath,
              join(folder, 'workspace'),
              { home: join(folder, 'home'), url: '' },
              true,
              progress.tell,
            ),
          )
        : await restoreTo(
            backupPath,
            resolve(to),
            { home: options.home, url: process.env.DATABASE_URL },
            options.verify ?? false,
            progress.tell,
          );
  } finally {
    progress.end();
  }
  const isBad = findings.some((finding) => finding.state === 'bad');
  if (options.json) printJson({ schema_version: 1, restored: to === undefined ? null : resolve(to), findings });
  else {
    for (const { check, state, finding } of findings) print(`${state.padEnd(4)}  ${check.padEnd(16)}  ${finding}`);
    print(
      to !== undefined
        ? `Restored to ${resolve(to)}. Next: liftproof --workspace ${resolve(to)} serve`
        : isBad
          ? 'The backup does not restore whole.'
          : 'The backup restores whole; the temporary folder is gone again.',
    );
  }
  if (isBad) process.exitCode = 8;
}

async function restoreTo(
  backupPath: string,
  directory: string,
  control: { home?: string; url?: string },
  isVerified: boolean,
  progress: (message: string) => void,
): Promise<DoctorFinding[]> {
  const manifest = restoreFiles(backupPath, directory, progress);
  const place = { workspace: directory, home: control.home };
  restorePepper(backupPath, homeOf(place));
  const opened = await openControl(place, control.url);
  try {
    await restoreControl(backupPath, manifest, opened.store);
    return isVerified ? await verifyRestored(manifest, directory, opened.store) : [];
  } finally {
    await opened.close();
  }
}
