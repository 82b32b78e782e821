import { mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { InputError } from '../models/errors.ts';
import { checkOptions } from './check-options.ts';
import { decode } from './decode.ts';
import { erasedFile } from './erasure/erased-files.ts';
import { fullDisk } from './full-disk.ts';
import { dropLandingNote, keepLandingNote, type Landed, type LandingNote, landBytes, unland } from './land.ts';
import { loadFile } from './load-file.ts';
import { dropInput } from './read-input.ts';
import { type Receipt, receiptOf } from './receipt.ts';
import { recogniseFile, unreadSheets } from './recognise-parts.ts';
import { fileParameters, givenOptions, requireOptions, sourceOf } from './source-options.ts';
import { keptSources } from './sources/kept.ts';
import { kindFor, mappingSources } from './sources/mapping.ts';
import { SOURCE_KINDS } from './sources/registry.ts';
import type { SourceOption } from './sources/source.ts';
import type { OpenWorkspace } from './workspace.ts';

export type { Receipt, Reject } from './receipt.ts';

export interface IngestOptions {
  /** name to show and keep; the path's last part when absent */
  name?: string;
  /** kind of file, when it should not be recognised */
  as?: string;
  /** `sources` entry of the configuration that the file belongs to */
  source?: string;
  /** when the export was made (ISO); the file's modification time when absent */
  exportedAt?: string;
  /** overrides of the source's options: time_zone, currency, account ... */
  options?: Readonly<Partial<Record<SourceOption, string>>>;
  /** load nothing, only say what would happen */
  dryRun?: boolean;
  /** `abort` refuses the file at its first rejected record; the default keeps the good ones up to limits.max_rejected_share */
  onError?: 'quarantine' | 'abort';
  progress?: (message: string) => void;
  /** when aborted, the ingest stops between two of its steps, and nothing is kept */
  signal?: AbortSignal;
}

/**
 * Lands one file and loads it into `raw.*`, exactly once.
 *
 * The bytes are on disk, fsynced, before anything reads them; the rows and the receipt commit together. A file that is
 * refused leaves the workspace as it was.
 *
 * @throws InputError `bad_parameter`, `unknown_source`, `bad_input`, `rejected`, `disk_full`, `too_large`, `not_found`
 */
export async function ingest(
  workspace: OpenWorkspace,
  input: string | Readable,
  options: IngestOptions = {},
): Promise<Receipt> {
  const name = options.name ?? (typeof input === 'string' ? basename(input) : 'standard input');
  checkOptions(options.options ?? {});
  const exportedAt = options.exportedAt ?? (typeof input === 'string' ? fileTime(input) : undefined);
  options.progress?.(`${name}: landing`);
  const landed = await landBytes(workspace.paths.landing, input, options.signal);
  const erased = erasedFile(workspace.paths.landing, landed.batchId);
  if (erased !== undefined) {
    unland(landed);
    throw new InputError(
      'not_allowed',
      `${name}: holds records of somebody who was erased on ${erased.erased_at.slice(0, 10)}; export it again without them`,
    );
  }
  try {
    if (await isLoaded(workspace, landed.batchId))
      return await receiptOf(workspace.warehouse, landed.batchId, name, options.options);
    const receipt = await loadLanded(workspace, landed, { ...options, name, exportedAt });
    if (options.dryRun) unland(landed);
    return receipt;
  } catch (cause) {
    // bytes whose rows are committed stay, whatever failed afterwards; when even that cannot be told, they do no harm
    if (!(await isLoaded(workspace, landed.batchId).catch(() => true))) unland(landed);
    throw fullDisk(cause, `${workspace.paths.spill}, loading ${name}`);
  }
}

async function isLoaded(workspace: OpenWorkspace, batchId: string): Promise<boolean> {
  const sql = 'select count(*) from raw.batch where batch_id = $batch_id';
  return (await workspace.warehouse.count(sql, { batch_id: batchId })) > 0;
}

/** Loads a landed file again from its note: a rebuild. */
export async function ingestLanded(workspace: OpenWorkspace, landed: Landed, note: LandingNote): Promise<Receipt> {
  return loadLanded(workspace, landed, {
    name: note.file_name,
    as: note.kind,
    source: note.source_id,
    exportedAt: note.exported_at ?? undefined,
    options: note.options,
    // what was accepted then is accepted now, however much of it was rejected
    onError: 'quarantine',
  });
}

async function loadLanded(
  workspace: OpenWorkspace,
  landed: Landed,
  options: IngestOptions & { name: string },
): Promise<Receipt> {
  const { warehouse, config, paths } = workspace;
  mkdirSync(paths.spill, { recursive: true });
  const work = join(paths.spill, landed.batchId);
  try {
    const kinds = [...mappingSources(config), ...SOURCE_KINDS, ...keptSources];
    const parts = await decode(landed.path, work, { maxExpandedBytes: config.limits.max_expanded_bytes }, options.name);
    const found = await recogniseFile(warehouse, parts, kinds, options);
    options.signal?.throwIfAborted();
    const { recognised } = found[0];
    const source = sourceOf(config.sources, recognised.kind, options);
    const given = givenOptions(source, options.options);
    for (const { recognised: sheet } of found) requireOptions(sheet.kind, given, options.name);
    const shop =
      given.shop ?? (config.sources.includes(source) || options.source ? source.id : recognised.kind.platform);
    const sheets = found.map(({ part, recognised: sheet }) => ({
      part,
      recognised: { ...sheet, kind: kindFor(sheet.kind, source) },
      parameters: {
        ...fileParameters(sheet, given),
        source_id: source.id,
        platform: source.platform ?? sheet.kind.platform,
        shop,
        exported_at: options.exportedAt ?? null,
        preamble: sheet.type === 'csv' ? sheet.preamble : null,
      },
    }));
    options.progress?.(
      `${options.name}: reading as ${sheets.map((sheet) => sheet.recognised.kind.kind).join(' and ')}`,
    );
    const note: LandingNote = {
      batch_id: landed.batchId,
      kind: recognised.kind.kind,
      source_id: source.id,
      file_name: options.name,
      exported_at: options.exportedAt ?? null,
      // the shop by name: a rebuild is told the source, and would name the shop after it
      options: { ...given, shop },
    };
    const receipt = await loadFile(workspace, { landed, sheets, note, options, work });
    receipt.notes.push(...unreadSheets(parts, found));
    if (!options.dryRun) keepLandingNote(paths.landing, landed.batchId);
    return receipt;
  } catch (cause) {
    dropLandingNote(paths.landing, landed.batchId);
    throw cause;
  } finally {
    for (const suffix of ['', '.gunzip', '.utf8', '.records']) rmSync(`${work}${suffix}`, { force: true });
    for (let i = 0; i < 20; i++) rmSync(`${work}.${i}.csv`, { force: true });
    // what was interrupted may refuse this too: the next file begins with it
    await dropInput(warehouse).catch(() => undefined);
  }
}

function fileTime(path: string): string | undefined {
  try {
    return statSync(path).mtime.toISOString();
  } catch {
    return undefined;
  }
}
