import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { InputError } from '../models/errors.ts';
import { dumpControl } from './control/dump.ts';
import type { ControlStore } from './control/store.ts';
import { currentRun } from './current-run.ts';
import { fullDisk } from './full-disk.ts';
import { hashFile } from './hash-file.ts';
import { syncFolder } from './land.ts';
import { VERSION } from './version.ts';
import type { OpenWorkspace } from './workspace.ts';

/** What a backup holds. */
export interface BackupManifest {
  schema_version: 1;
  workspace: string;
  made_at: string;
  version: string;
  /** the run that was served */
  run: string | null;
  run_hash: string | null;
  /** rows of the control store */
  control_rows: number;
  files: { path: string; bytes: number; sha256: string }[];
}

export interface BackupReport {
  path: string;
  manifest: BackupManifest;
  bytes: number;
}

export interface BackupOptions {
  /** folder that backups are put into */
  to: string;
  /** folder of the server's own files, for the pepper of the keys */
  home: string;
  control: ControlStore;
  now: Date;
  progress?: (message: string) => void;
}

export const CONTROL_FILE = 'control.ndjson';
const MANIFEST_FILE = 'backup.json';
/** Of the workspace; what can be made again (spill, uploads, exports) is left out. */
const PARTS = ['liftproof.yaml', 'landing', 'results', 'secret'] as const;

/**
 * Copies a workspace, while nobody else can write to it, and its part of the control store into a folder of its own. The folder
 * appears whole, with a manifest of hashes, or not at all. It holds the person key and the pepper: keep it as you keep those.
 *
 * @throws InputError `disk_full`, `usage` for a folder inside the workspace
 */
export async function backup(workspace: OpenWorkspace, options: BackupOptions): Promise<BackupReport> {
  const { directory, paths, config } = workspace;
  if (!relative(directory, options.to).startsWith('..'))
    throw new InputError(
      'usage',
      `${options.to} lies inside the workspace; put backups elsewhere, best on another disk`,
    );
  const stamp = options.now.toISOString().replace(/[-:]/g, '').slice(0, 15);
  const path = join(options.to, `${config.workspace}-${stamp}`);
  const making = `${path}.making-${process.pid}`;
  if (existsSync(path)) throw new InputError('not_allowed', `${path} is there already`);
  try {
    mkdirSync(making, { recursive: true, mode: 0o700 });
    const files: BackupManifest['files'] = [];
    const keep = (from: string, name: string): void => {
      options.progress?.(`backup: ${name}`);
      files.push(copyHashed(from, join(making, name), name));
    };
    for (const part of PARTS) for (const name of filesUnder(directory, part)) keep(join(directory, name), name);
    // everything that was committed is in the main file then
    await workspace.warehouse.run('checkpoint');
    keep(paths.warehouse, 'warehouse.duckdb');
    if (existsSync(join(options.home, 'pepper'))) keep(join(options.home, 'pepper'), 'pepper');
    const rows = await dumpControl(options.control, config.workspace, join(making, CONTROL_FILE));
    files.push(hashed(join(making, CONTROL_FILE), CONTROL_FILE));
    if (existsSync(paths.current)) symlinkSync(readlinkSync(paths.current), join(making, 'results', 'current'));
    const run = currentRun(paths);
    const manifest: BackupManifest = {
      schema_version: 1,
      workspace: config.workspace,
      made_at: options.now.toISOString(),
      version: VERSION,
      run: run?.run ?? null,
      run_hash: run?.run_hash ?? null,
      control_rows: rows,
      files,
    };
    writeFileSync(join(making, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
    syncFolder(making);
    renameSync(making, path);
    syncFolder(options.to);
    return { path, manifest, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
  } catch (cause) {
    rmSync(making, { recursive: true, force: true });
    throw fullDisk(cause, options.to);
  }
}

/**
 * Reads a backup's manifest and checks every file against it.
 *
 * @throws InputError `not_found`, `damaged` naming the files that are missing or changed
 */
export function checkBackup(path: string, progress?: (message: string) => void): BackupManifest {
  let manifest: BackupManifest;
  try {
    manifest = JSON.parse(readFileSync(join(path, MANIFEST_FILE), 'utf8')) as BackupManifest;
  } catch (cause) {
    throw new InputError('not_found', `${path} is not a backup (no readable ${MANIFEST_FILE})`, { cause });
  }
  const wrong = manifest.files.filter((file) => {
    progress?.(`checking ${file.path}`);
    const at = join(path, file.path);
    return !existsSync(at) || statSync(at).size !== file.bytes || hashed(at, file.path).sha256 !== file.sha256;
  });
  if (wrong.length > 0)
    throw new InputError(
      'damaged',
      `${path}: ${wrong.length} files are missing or changed: ${wrong
        .slice(0, 5)
        .map((file) => file.path)
        .join(', ')}; take another backup`,
      { details: { files: wrong.map((file) => file.path) } },
    );
  return manifest;
}

/** Paths of the files below, from the folder; links and half-made files are left out. */
function filesUnder(folder: string, part: string): string[] {
  const path = join(folder, part);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (stat.isFile()) return [part];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.isSymbolicLink() && !entry.name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => filesUnder(folder, join(part, entry.name)));
}

function copyHashed(from: string, to: string, name: string): BackupManifest['files'][number] {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
  const handle = openSync(to, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  // of the copy: what is read back is what a restore will read
  return hashed(to, name);
}

function hashed(path: string, name: string): BackupManifest['files'][number] {
  const { sha256, bytes } = hashFile(path);
  return { path: name, bytes, sha256 };
}
