import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../models/errors.ts';
import { decode, readHead } from '../decode.ts';
import { rebuildFromLanding } from '../doctor.ts';
import { type LandingNote, landingPath, readLanding, syncFolder, writeLandingNote } from '../land.ts';
import { recognise } from '../recognise.ts';
import { run } from '../run.ts';
import { keptSources } from '../sources/kept.ts';
import { mappingSources } from '../sources/mapping.ts';
import { SOURCE_KINDS } from '../sources/registry.ts';
import { type OpenWorkspace, openWorkspace } from '../workspace.ts';
import { type ErasedFile, noteErasedFiles } from './erased-files.ts';
import { type FoundPerson, findPerson } from './find-person.ts';
import { type KeptFile, keepMoney } from './keep-money.ts';
import { rewriteFile } from './rewrite-file.ts';

/** What became of an erasure; never who it was. */
export interface ErasureReceipt {
  schema_version: 1;
  /** keys under which the person stood in the warehouse */
  keys: number;
  records_removed: number;
  files_rewritten: number;
  /** files of which nothing was left */
  files_removed: number;
  /** orders whose money stays, without the person */
  orders_kept: number;
  /** rows of money that stay: orders, their lines, refunds, costs and entries of the books */
  rows_kept: number;
  /** files that hold the person and cannot be rewritten (workbooks, Parquet): remove or replace them by hand */
  files_left: { batch_id: string; file: string; records: number }[];
  /** the run that was published without the person; null when nothing was found, or nothing was published before */
  run: string | null;
  is_dry_run: boolean;
}

export interface EraseOptions {
  now: Date;
  dryRun?: boolean;
  progress?: (message: string) => void;
}

interface Change {
  note: LandingNote;
  /** null when nothing is left */
  made: { path: string; batchId: string } | null;
  removed: number;
  removedNumbers: number[];
}

/**
 * Takes a person out of a workspace: every record that names the person, or stands under one of the person's keys, leaves the landed
 * files, the warehouse is made anew from what is left, and a run is published from that. Records go whole; the money that the warehouse
 * had read from them stays, in files of its own and without the person, because the books have to hold it: such an order is credited to
 * nobody's journey.
 *
 * Killed in between it may be begun again: a record that was taken out of one file is taken out of all.
 *
 * @param identifiers  e-mail addresses and ids of one person, as the sources write them
 * @throws InputError `usage` without an identifier, `locked`
 */
export async function erase(
  directory: string,
  identifiers: readonly string[],
  options: EraseOptions,
): Promise<ErasureReceipt> {
  const wanted = [...new Set(identifiers.map((text) => text.trim()).filter((text) => text !== ''))];
  if (wanted.length === 0) throw new InputError('usage', 'no identifier was given');
  const short = wanted.find((text) => text.length < 3);
  if (short !== undefined) throw new InputError('usage', 'an identifier has at least 3 characters');
  const workspace = await openWorkspace(directory);
  const work = join(workspace.paths.spill, 'erasure');
  const changes: Change[] = [];
  const left: ErasureReceipt['files_left'] = [];
  const kept: KeptFile[] = [];
  let found: FoundPerson;
  let hasRun = false;
  try {
    mkdirSync(work, { recursive: true, mode: 0o700 });
    found = await findPerson(workspace.warehouse, wanted);
    await rewriteAll(workspace, found, wanted, work, changes, left, options);
    for (const { note, removedNumbers } of changes)
      kept.push(...(await keepMoney(workspace.warehouse, note, removedNumbers, namesPerson(wanted), work)));
    hasRun = statSync(workspace.paths.current, { throwIfNoEntry: false }) !== undefined;
    if (!options.dryRun && changes.length > 0) await replaceFiles(workspace, changes, kept, options.now);
  } finally {
    rmSync(work, { recursive: true, force: true });
    workspace.close();
  }
  const receipt: ErasureReceipt = {
    schema_version: 1,
    keys: found.keys,
    records_removed: changes.reduce((sum, change) => sum + change.removed, 0),
    files_rewritten: changes.filter((change) => change.made !== null).length,
    files_removed: changes.filter((change) => change.made === null).length,
    orders_kept: new Set(kept.flatMap((file) => file.orders)).size,
    rows_kept: kept.reduce((sum, file) => sum + file.rows, 0),
    files_left: left,
    run: null,
    is_dry_run: options.dryRun ?? false,
  };
  if (options.dryRun || changes.length === 0) return receipt;
  await rebuildFromLanding(directory, options.progress);
  if (!hasRun) return receipt;
  const again = await openWorkspace(directory);
  try {
    const { manifest } = await run(again, { now: options.now, progress: options.progress });
    return { ...receipt, run: manifest.run };
  } finally {
    again.close();
  }
}

/** Writes what is left of each landed file that holds the person beside it, twice over: a record may be known by a later file. */
async function rewriteAll(
  workspace: OpenWorkspace,
  found: FoundPerson,
  identifiers: readonly string[],
  work: string,
  changes: Change[],
  left: ErasureReceipt['files_left'],
  options: EraseOptions,
): Promise<void> {
  const { warehouse, paths, config } = workspace;
  const kinds = [...mappingSources(config), ...SOURCE_KINDS, ...keptSources];
  const names = namesPerson(identifiers);
  const erased = new Set<string>();
  const { notes } = readLanding(paths.landing);
  for (const round of [1, 2]) {
    const known = erased.size;
    changes.length = 0;
    left.length = 0;
    for (const [i, note] of notes.entries()) {
      options.progress?.(`looking through ${note.file_name}`);
      const landed = landingPath(paths.landing, note.batch_id);
      const numbers = found.records.get(note.batch_id) ?? new Set<number>();
      const parts = await decode(
        landed,
        join(work, 'text'),
        { maxExpandedBytes: config.limits.max_expanded_bytes },
        note.file_name,
      );
      const [part] = parts;
      if (parts.length > 1 || part.container !== 'text' || part.sheet !== undefined) {
        if (numbers.size > 0) left.push({ batch_id: note.batch_id, file: note.file_name, records: numbers.size });
        continue;
      }
      const head = readHead(part.path, 256 * 1024);
      const isWhole = statSync(part.path).size <= head.length;
      const unreadable = await warehouse.rows<{ line_no: string }>(
        `select line_no from raw.reject where batch_id = $batch_id and column_name = '(line)'`,
        { batch_id: note.batch_id },
      );
      const out = join(work, `rest-${i}`);
      const { kept, removed, removedNumbers } = await rewriteFile({
        path: part.path,
        name: note.file_name,
        recognised: recognise(head, isWhole, kinds, note.file_name, note.kind),
        out,
        work: join(work, 'text'),
        maxRecordBytes: config.limits.max_record_bytes,
        numbers,
        unreadableLines: new Set(unreadable.map((row) => Number(row.line_no))),
        names,
        erased,
      });
      if (removed > 0)
        changes.push({
          note,
          removed,
          removedNumbers,
          made: kept === 0 ? null : { path: out, batchId: await hashOf(out) },
        });
    }
    // what was found in a later file may stand in an earlier one, in the same words
    if (round === 1 && erased.size === known) return;
  }
}

/** New bytes and their notes first, then the mapping, then the old ones go: nothing is lost whenever it is killed. */
async function replaceFiles(
  { paths }: OpenWorkspace,
  changes: readonly Change[],
  kept: readonly KeptFile[],
  now: Date,
): Promise<void> {
  const { landing } = paths;
  for (const { path, note } of kept) {
    const batchId = await hashOf(path);
    renameSync(path, landingPath(landing, batchId));
    writeLandingNote(landing, { batch_id: batchId, ...note });
  }
  for (const { note, made } of changes) {
    if (made === null) continue;
    renameSync(made.path, landingPath(landing, made.batchId));
    writeLandingNote(landing, { ...note, batch_id: made.batchId });
  }
  syncFolder(landing);
  const erased: ErasedFile[] = changes.map(({ note, made, removed }) => ({
    from: note.batch_id,
    to: made?.batchId ?? null,
    erased_at: now.toISOString(),
    records: removed,
  }));
  noteErasedFiles(landing, erased);
  for (const { note } of changes) {
    rmSync(`${landingPath(landing, note.batch_id)}.json`, { force: true });
    rmSync(landingPath(landing, note.batch_id), { force: true });
  }
  syncFolder(landing);
}

/** An id of fewer characters could be an amount or the number of something else. */
const TELLING_LENGTH = 12;

/**
 * Whether a text holds an identifier as a word of its own, in any case: `ana@x.de`, not the end of `joana@x.de`. Only e-mail addresses
 * and long ids are looked for in this way; short ones are found by their keys.
 */
function namesPerson(identifiers: readonly string[]): (record: string) => boolean {
  const words = identifiers
    .map((text) => text.replace(/^(?:email|visitor|user|customer|actor|click_id):/, ''))
    .filter((word) => word.includes('@') || word.length >= TELLING_LENGTH);
  if (words.length === 0) return () => false;
  const escaped = words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}._%+-])(?:${escaped.join('|')})(?![\\p{L}\\p{N}_%+-]|\\.[\\p{L}\\p{N}])`,
    'iu',
  );
  return (record) => pattern.test(record);
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
