import { mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { InputError } from '../models/errors.ts';
import type { SourceConfig } from './config.ts';
import { type Decoded, decode, readHead } from './decode.ts';
import { fullDisk } from './full-disk.ts';
import { inferMarks } from './infer-marks.ts';
import {
  dropLandingNote,
  keepLandingNote,
  type Landed,
  type LandingNote,
  landBytes,
  prepareLandingNote,
  unland,
} from './land.ts';
import {
  dropInput,
  insertStream,
  type LoadedInput,
  loadInput,
  makeSteps,
  rejectUntypable,
  stashInput,
  takeInput,
} from './load.ts';
import { recogniseParquet } from './read-parquet.ts';
import { type Recognised, recognise } from './recognise.ts';
import { isMapping, mappingKind, mappingSources } from './sources/mapping.ts';
import { SOURCE_KINDS } from './sources/registry.ts';
import type { SourceKind, SourceOption } from './sources/source.ts';
import type { OpenWorkspace } from './workspace.ts';

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

export interface Reject {
  line: number;
  column: string;
  /** letters as a, digits as 9: rejects may hold personal data */
  shape: string | null;
  reason: string;
}

/** What became of a file; `read = accepted + duplicate + unchanged + rejected`, always. */
export interface Receipt {
  schema_version: 1;
  batch_id: string;
  file: string;
  kind: string;
  source: string;
  because: string;
  /** `loaded`, `already_loaded` (the same bytes came before: nothing changed) or `dry_run` */
  state: 'loaded' | 'already_loaded' | 'dry_run';
  read: number;
  accepted: number;
  /** the same record again in this file */
  duplicate: number;
  /** the same record as in an earlier file of this source */
  unchanged: number;
  rejected: number;
  /** rows per canonical stream */
  streams: Record<string, number>;
  /** the first 20; all are in `liftproof check` */
  rejects: Reject[];
  notes: string[];
}

/**
 * Lands one file and loads it into `raw.*`, exactly once.
 *
 * The bytes are on disk, fsynced, before anything reads them; the rows and the receipt commit together. A file that is
 * refused leaves the workspace as it was.
 *
 * @throws InputError `unknown_source`, `bad_input`, `rejected`, `disk_full`, `too_large`, `not_found`
 */
export async function ingest(
  workspace: OpenWorkspace,
  input: string | Readable,
  options: IngestOptions = {},
): Promise<Receipt> {
  const name = options.name ?? (typeof input === 'string' ? basename(input) : 'standard input');
  const exportedAt = options.exportedAt ?? (typeof input === 'string' ? fileTime(input) : undefined);
  options.progress?.(`${name}: landing`);
  const landed = await landBytes(workspace.paths.landing, input, options.signal);
  try {
    if (await isLoaded(workspace, landed.batchId))
      return await receiptOf(workspace, landed.batchId, name, 'already_loaded');
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
    const kinds = [...mappingSources(config), ...SOURCE_KINDS];
    const parts = await decode(landed.path, work, { maxExpandedBytes: config.limits.max_expanded_bytes }, options.name);
    const found =
      parts[0].container === 'parquet'
        ? [
            {
              part: parts[0],
              recognised: await recogniseParquet(warehouse, parts[0].path, kinds, options.name, options.as),
            },
          ]
        : recogniseParts(parts, kinds, options);
    options.signal?.throwIfAborted();
    const { recognised } = found[0];
    const source = sourceOf(config.sources, recognised.kind, options);
    const given = givenOptions(source, options);
    for (const { recognised: sheet } of found) requireOptions(sheet.kind, given, options.name);
    const shop =
      given.shop ?? (config.sources.includes(source) || options.source ? source.id : recognised.kind.platform);
    const sheets = found.map((sheet) => ({
      ...sheet,
      parameters: {
        ...NO_OPTIONS,
        ...inferMarks(sheet.recognised),
        ...headerCaptures(sheet.recognised),
        ...given,
        source_id: source.id,
        platform: source.platform ?? sheet.recognised.kind.platform,
        shop,
        exported_at: options.exportedAt ?? null,
        preamble: sheet.recognised.type === 'csv' ? sheet.recognised.preamble : null,
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
    const receipt = await loadInTransaction(workspace, { landed, sheets, note, options, work });
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

/** A file, or one sheet of a workbook, and how it is read. */
interface Sheet {
  part: Decoded;
  recognised: Recognised;
  parameters: Record<string, string | null>;
}

interface LoadTask {
  landed: Landed;
  /** one, but for a workbook whose sheets belong together */
  sheets: readonly Sheet[];
  note: LandingNote;
  options: IngestOptions & { name: string };
  work: string;
}

async function loadInTransaction(workspace: OpenWorkspace, task: LoadTask): Promise<Receipt> {
  const { warehouse, config } = workspace;
  const { note, options, sheets } = task;
  // the temporary input stands outside the transaction: row ids count from the first record only in a committed table
  const inputs: LoadedInput[] = [];
  for (const [i, { part, recognised, parameters }] of sheets.entries()) {
    const input = await loadInput(warehouse, part, recognised, {
      work: task.work,
      maxRecordBytes: config.limits.max_record_bytes,
      name: options.name,
      keepStash: i > 0,
      decimalMark: parameters.decimal_mark,
    });
    inputs.push({ ...input, after: inputs.reduce((sum, earlier) => sum + earlier.read, 0) });
    if (sheets.length > 1) await stashInput(warehouse, i);
  }
  await warehouse.run('begin transaction');
  try {
    const rows: Record<string, number> = {};
    const counts = { read: 0, accepted: 0, duplicate: 0, unchanged: 0, rejected: 0 };
    let rejects: Reject[] = [];
    for (const [i, { part, recognised, parameters }] of sheets.entries()) {
      if (sheets.length > 1) await takeInput(warehouse, i, inputs[i].after);
      await makeSteps(warehouse, recognised.kind, parameters);
      const present = recognised.type === 'csv' ? new Set(Object.keys(recognised.positions)) : undefined;
      for (const stream of recognised.kind.streams) {
        rows[stream] = await insertStream(warehouse, recognised.kind, stream, note, parameters, present);
      }
      const rejected = await rejectUntypable(warehouse, part, recognised, note, inputs[i]);
      rejects = rejected.first;
      const sheetCounts = countsOf(inputs[i], rejected.lines);
      for (const key of Object.keys(counts) as (keyof typeof counts)[]) counts[key] += sheetCounts[key];
    }
    for (const stream of Object.keys(rows)) {
      rows[stream] = await warehouse.count(`select count(*) from raw.${stream} where batch_id = $batch_id`, {
        batch_id: note.batch_id,
      });
    }
    checkRejected(counts, rejects, config.limits.max_rejected_share, options);
    await insertBatch(warehouse, task, counts);
    options.signal?.throwIfAborted();
    if (!options.dryRun) prepareLandingNote(workspace.paths.landing, note);
    await warehouse.run(options.dryRun ? 'rollback' : 'commit');
    return {
      schema_version: 1,
      batch_id: note.batch_id,
      file: options.name,
      kind: note.kind,
      source: note.source_id,
      because: sheets.map((sheet) => sheet.recognised.because).join('; '),
      state: options.dryRun ? 'dry_run' : 'loaded',
      ...counts,
      streams: rows,
      rejects,
      notes: [
        ...new Set(
          sheets.flatMap(({ part, recognised, parameters }, i) => [
            ...part.notes,
            ...inputs[i].notes,
            ...assumptions(recognised.kind, parameters),
          ]),
        ),
      ],
    };
  } catch (cause) {
    await warehouse.run('rollback').catch(() => undefined);
    throw cause;
  }
}

function countsOf(
  input: LoadedInput,
  rejectedLines: number,
): Pick<Receipt, 'read' | 'accepted' | 'duplicate' | 'unchanged' | 'rejected'> {
  const rejected = input.unreadable + rejectedLines;
  return {
    read: input.read,
    accepted: input.read - input.duplicate - input.unchanged - rejected,
    duplicate: input.duplicate,
    unchanged: input.unchanged,
    rejected,
  };
}

function checkRejected(
  counts: { read: number; rejected: number },
  first: readonly Reject[],
  share: number,
  options: IngestOptions & { name: string },
): void {
  if (counts.rejected === 0) return;
  const isTooMany = counts.rejected > share * counts.read;
  if (options.onError !== 'abort' && (!isTooMany || options.onError === 'quarantine')) return;
  const example = first[0];
  const where = example ? `; the first: line ${example.line}, ${example.column}: ${example.reason}` : '';
  throw new InputError(
    'rejected',
    `${options.name}: ${counts.rejected} of ${counts.read} records were rejected, nothing was loaded${where}; mend the file, or say --on-error quarantine to load the rest`,
    { details: { rejects: first } },
  );
}

async function insertBatch(
  warehouse: OpenWorkspace['warehouse'],
  task: LoadTask,
  counts: ReturnType<typeof countsOf>,
): Promise<void> {
  const { note, landed } = task;
  await warehouse.run(
    `insert into raw.batch values ($batch_id, $source_id, $kind, $file_name, $bytes, $exported_at, $options, $read, $accepted, $duplicate, $unchanged, $rejected)`,
    {
      batch_id: note.batch_id,
      source_id: note.source_id,
      kind: note.kind,
      file_name: note.file_name,
      bytes: landed.bytes,
      exported_at: note.exported_at,
      options: JSON.stringify(note.options),
      ...counts,
    },
  );
}

async function receiptOf(
  workspace: OpenWorkspace,
  batchId: string,
  name: string,
  state: Receipt['state'],
): Promise<Receipt> {
  const [row] = await workspace.warehouse.rows<Record<string, string>>(
    'select * from raw.batch where batch_id = $batch_id',
    { batch_id: batchId },
  );
  return {
    schema_version: 1,
    batch_id: batchId,
    file: name,
    kind: row.kind,
    source: row.source_id,
    because: `the same bytes were loaded before${row.file_name === name ? '' : ` as ${row.file_name}`}`,
    state,
    read: Number(row.rows_read),
    accepted: Number(row.rows_accepted),
    duplicate: Number(row.rows_duplicate),
    unchanged: Number(row.rows_unchanged),
    rejected: Number(row.rows_rejected),
    streams: {},
    rejects: [],
    notes: [],
  };
}

/**
 * A workbook may hold several sheets: the first that is recognised is read, and with it those that belong to it (`companions`),
 * the one that names its companions first.
 */
function recogniseParts(
  parts: readonly Decoded[],
  kinds: readonly SourceKind[],
  options: IngestOptions & { name: string },
): { part: Decoded; recognised: Recognised }[] {
  const found: { part: Decoded; recognised: Recognised }[] = [];
  let first: unknown;
  for (const part of parts) {
    try {
      found.push({ part, recognised: recognisePart(part, kinds, options.name, options.as) });
    } catch (cause) {
      first ??= cause;
    }
  }
  if (found.length === 0) throw first;
  const main =
    found.find(({ recognised }) => recognised.kind.companions?.includes(found[0].recognised.kind)) ?? found[0];
  return [main, ...companionsOf(main, parts, options.name)];
}

function companionsOf(
  main: { part: Decoded; recognised: Recognised },
  parts: readonly Decoded[],
  name: string,
): { part: Decoded; recognised: Recognised }[] {
  const companions = main.recognised.kind.companions ?? [];
  if (companions.length === 0) return [];
  return parts
    .filter((part) => part !== main.part)
    .flatMap((part) => {
      try {
        const recognised = recognisePart(part, companions, name);
        const isEmpty = recognised.type === 'csv' && recognised.sample.length === 0;
        return isEmpty ? [] : [{ part, recognised }];
      } catch (cause) {
        if (cause instanceof InputError && cause.code === 'unknown_source') return [];
        throw cause;
      }
    });
}

function recognisePart(part: Decoded, kinds: readonly SourceKind[], name: string, as?: string): Recognised {
  const head = readHead(part.path, 1 << 20);
  return recognise(head, statSync(part.path).size <= head.length, kinds, name, as);
}

/** Sheets that hold something else, in words, for the receipt. */
function unreadSheets(parts: readonly Decoded[], read: readonly { part: Decoded }[]): string[] {
  return parts
    .filter((part) => part.sheet !== undefined && !read.some((sheet) => sheet.part === part))
    .map((part) => `sheet "${part.sheet}" was not read`);
}

/** The configured source that the file belongs to: the one named, the only one of its kind, or one named as the kind. */
function sourceOf(
  sources: readonly SourceConfig[],
  kind: SourceKind,
  options: IngestOptions & { name: string },
): SourceConfig {
  if (options.source !== undefined) {
    const named = sources.find((source) => source.id === options.source);
    return named ?? { id: options.source };
  }
  const exact = sources.filter((source) => {
    // a mapping is a source of its own, and of no other kind of file
    if (source.columns !== undefined || isMapping(kind)) return kind.kind === mappingKind(source);
    return source.kind === kind.kind || source.id === kind.kind;
  });
  // a source that names only its platform takes the kinds that no other source claims
  const fitting =
    exact.length > 0 || isMapping(kind)
      ? exact
      : sources.filter(
          (source) => source.columns === undefined && source.kind === undefined && source.platform === kind.platform,
        );
  if (fitting.length > 1) {
    throw new InputError(
      'bad_input',
      `${options.name}: ${fitting.map((source) => source.id).join(' and ')} could both have sent it; say which with --source`,
    );
  }
  return fitting[0] ?? { id: kind.kind };
}

const OPTION_KEYS = [
  'time_zone',
  'currency',
  'account',
  'date_order',
  'decimal_mark',
  'shop',
  'year',
  'consent',
  'orders',
  'action_type',
  'period',
] as const satisfies readonly SourceOption[];
const NO_OPTIONS: Readonly<Record<SourceOption, null>> = {
  time_zone: null,
  currency: null,
  account: null,
  date_order: null,
  decimal_mark: null,
  shop: null,
  year: null,
  consent: null,
  orders: null,
  action_type: null,
  period: null,
};

function givenOptions(source: SourceConfig, options: IngestOptions): Record<string, string> {
  const out: Record<string, string> = {};
  for (const key of OPTION_KEYS) {
    const value = options.options?.[key] ?? source[key];
    if (value !== undefined) out[key] = String(value);
  }
  return out;
}

/** What headers say, as `$<column>_header`: `Amount spent (GBP)` says GBP. Null where the file's header says nothing. */
function headerCaptures(recognised: Recognised): Record<string, string | null> {
  if (recognised.type !== 'csv' || recognised.kind.format.type !== 'csv') return {};
  return Object.fromEntries(
    Object.entries(recognised.kind.format.columns)
      .filter(([, headers]) => headers.some((header) => header instanceof RegExp))
      .map(([column]) => [`${column}_header`, recognised.captures[column] ?? null]),
  );
}

/** What was assumed for want of an option, in words, for the receipt. */
function assumptions(kind: SourceKind, parameters: Readonly<Record<string, string | null>>): string[] {
  return Object.entries(kind.assumes ?? {})
    .filter(([option]) => parameters[option] === null)
    .map(([option, assumed]) => `${option.replace('_', ' ')} not given: ${assumed}`);
}

function requireOptions(kind: SourceKind, given: Readonly<Record<string, string>>, name: string): void {
  const missing = (kind.needs ?? []).filter((option) => !(option in given));
  if (missing.length === 0) return;
  throw new InputError(
    'bad_input',
    `${name}: a ${kind.title} does not say its ${missing.join(' and ')}; give ${missing.map((option) => `--${option.replace('_', '-')}`).join(' ')} or set it for a source of kind ${kind.kind} in liftproof.yaml`,
    { details: { missing } },
  );
}

function fileTime(path: string): string | undefined {
  try {
    return statSync(path).mtime.toISOString();
  } catch {
    return undefined;
  }
}
