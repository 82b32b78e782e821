import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { InputError } from '../models/errors.ts';
import { fullDisk } from './full-disk.ts';

/** Bytes that are on disk for good, under their own hash. */
export interface Landed {
  /** SHA-256 of the bytes, hexadecimal: the batch id */
  batchId: string;
  path: string;
  bytes: number;
  /** false when the same bytes were there before */
  isNew: boolean;
}

/** What was said about a landed file, kept beside it: with the bytes, all that a rebuild needs. */
export interface LandingNote {
  batch_id: string;
  kind: string;
  source_id: string;
  file_name: string;
  /** ISO instant of the export, as declared, else the file's own time; decides which of two observations is newer */
  exported_at: string | null;
  options: Readonly<Record<string, string>>;
}

/**
 * Copies a file, or a stream, into the landing folder: written, fsynced, then renamed to its hash. Nothing reads the bytes
 * before they are there.
 *
 * @param signal  when aborted, the landing stops
 * @throws InputError `disk_full` when there is no room, `not_found`, `not_allowed`; the half-written copy is removed
 */
export async function landBytes(landing: string, input: string | Readable, signal?: AbortSignal): Promise<Landed> {
  const temporary = join(landing, `.incoming-${process.pid}-${randomBytes(8).toString('hex')}`);
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = typeof input === 'string' ? createReadStream(input, { highWaterMark: 1 << 20 }) : input;
  // a stream may have nothing to say for a long time
  if (signal !== undefined) addAbortSignal(signal, stream);
  try {
    const handle = await open(temporary, 'wx');
    try {
      for await (const chunk of stream) {
        // hashed while the disk takes it
        const written = handle.writeFile(chunk as Buffer);
        hash.update(chunk as Buffer);
        bytes += (chunk as Buffer).length;
        await written;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    const batchId = hash.digest('hex');
    const path = landingPath(landing, batchId);
    const isNew = !existsSync(path);
    if (isNew) {
      renameSync(temporary, path);
      syncFolder(landing);
    } else rmSync(temporary);
    return { batchId, path, bytes, isNew };
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw diskError(cause, landing, typeof input === 'string' ? input : 'standard input');
  }
}

export function landingPath(landing: string, batchId: string): string {
  return join(landing, batchId);
}

/** Writes the note beside the bytes, all or nothing. */
export function writeLandingNote(landing: string, note: LandingNote): void {
  prepareLandingNote(landing, note);
  keepLandingNote(landing, note.batch_id);
}

/** Puts the note on disk under a name that nothing reads yet, so that a full disk is met before the rows are committed. */
export function prepareLandingNote(landing: string, note: LandingNote): void {
  const temporary = preparedNote(landing, note.batch_id);
  try {
    writeFileSync(temporary, `${JSON.stringify(note, null, 2)}\n`, { flush: true });
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw diskError(cause, landing, note.file_name);
  }
}

export function keepLandingNote(landing: string, batchId: string): void {
  renameSync(preparedNote(landing, batchId), landingNotePath(landing, batchId));
  syncFolder(landing);
}

export function dropLandingNote(landing: string, batchId: string): void {
  rmSync(preparedNote(landing, batchId), { force: true });
}

function landingNotePath(landing: string, batchId: string): string {
  return join(landing, `${batchId}.json`);
}

function preparedNote(landing: string, batchId: string): string {
  return `${landingNotePath(landing, batchId)}.tmp`;
}

/** Every landed file with its note, in order of batch id. Bytes without a note were landed but never loaded. */
export function readLanding(landing: string): { notes: LandingNote[]; orphans: string[] } {
  const files = existsSync(landing) ? readdirSync(landing).sort() : [];
  const notes = files
    .filter((file) => /^[0-9a-f]{64}\.json$/.test(file))
    .map((file) => JSON.parse(readFileSync(join(landing, file), 'utf8')) as LandingNote);
  const known = new Set(notes.map((note) => note.batch_id));
  return { notes, orphans: files.filter((file) => /^[0-9a-f]{64}$/.test(file) && !known.has(file)) };
}

/** Takes back what a refused file left: its bytes, unless they were there before. */
export function unland(landed: Landed): void {
  if (landed.isNew) rmSync(landed.path, { force: true });
}

/** Makes what was created or renamed in a folder last, as `fsync` does for a file's bytes. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function diskError(cause: unknown, landing: string, name: string): unknown {
  const code = (cause as NodeJS.ErrnoException)?.code;
  if (code === 'ENOENT') return new InputError('not_found', `${name}: no such file`, { cause });
  if (code === 'EISDIR') return new InputError('bad_input', `${name}: is a folder; give the files in it`, { cause });
  if (code === 'EACCES')
    return new InputError('not_allowed', `${name}: may not be read; check its permissions`, { cause });
  return fullDisk(cause, `${landing}, landing ${name}`);
}
