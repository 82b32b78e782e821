import type { Decoded } from './decode.ts';
import type { IngestOptions } from './ingest.ts';
import { insertStream, keepOrder, makeSteps } from './insert-stream.ts';
import { type Landed, type LandingNote, prepareLandingNote } from './land.ts';
import { type LoadedInput, loadInput, stashInput, takeInput } from './read-input.ts';
import { type Counts, checkRejected, type Receipt, type Reject } from './receipt.ts';
import type { Recognised } from './recognise.ts';
import { rejectUntypable } from './reject-rows.ts';
import { assumptions } from './source-options.ts';
import type { StreamName } from './streams.ts';
import { toldTwice } from './told-twice.ts';
import type { OpenWorkspace } from './workspace.ts';

/** A file, or one sheet of a workbook, and how it is read. */
export interface Sheet {
  part: Decoded;
  recognised: Recognised;
  parameters: Record<string, string | null>;
}

export interface LoadTask {
  landed: Landed;
  /** one, but for a workbook whose sheets belong together */
  sheets: readonly Sheet[];
  note: LandingNote;
  options: IngestOptions & { name: string };
  work: string;
}

/**
 * Loads a landed file into `raw.*`: its rows, its rejects and its line of the ledger commit together, or not at all.
 *
 * @throws InputError `rejected`, `too_large`, `bad_input`
 */
export async function loadFile(workspace: OpenWorkspace, task: LoadTask): Promise<Receipt> {
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
  await warehouse.begin();
  try {
    const rows: Record<string, number> = {};
    const counts = { read: 0, accepted: 0, duplicate: 0, unchanged: 0, rejected: 0 };
    let rejects: Reject[] = [];
    for (const [i, { part, recognised, parameters }] of sheets.entries()) {
      if (sheets.length > 1) await takeInput(warehouse, i, inputs[i].after);
      await makeSteps(warehouse, recognised.kind, parameters);
      const present = recognised.type === 'csv' ? new Set(Object.keys(recognised.positions)) : undefined;
      const inserted: Partial<Record<StreamName, number>> = {};
      for (const stream of recognised.kind.streams)
        inserted[stream] = await insertStream(warehouse, recognised.kind, stream, note, parameters, present);
      const rejected = await rejectUntypable(warehouse, part, recognised, note, inputs[i], inserted);
      if (recognised.type !== 'json')
        inputs[i].notes.push(...(await toldTwice(warehouse, filled(inserted), note.batch_id)));
      for (const [stream, count] of Object.entries(inserted)) rows[stream] = (rows[stream] ?? 0) + count;
      rejects = rejected.first;
      const sheetCounts = countsOf(inputs[i], rejected.lines);
      for (const key of Object.keys(counts) as (keyof typeof counts)[]) counts[key] += sheetCounts[key];
    }
    checkRejected(counts, rejects, config.limits.max_rejected_share, options);
    await insertBatch(warehouse, task, counts);
    options.signal?.throwIfAborted();
    if (!options.dryRun) prepareLandingNote(workspace.paths.landing, note);
    await (options.dryRun ? warehouse.rollback() : warehouse.commit());
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
    await warehouse.rollback().catch(() => undefined);
    await keepOrder(warehouse).catch(() => undefined);
    throw cause;
  }
}

function filled(rows: Readonly<Partial<Record<StreamName, number>>>): StreamName[] {
  return (Object.keys(rows) as StreamName[]).filter((stream) => rows[stream] !== 0);
}

function countsOf(input: LoadedInput, rejectedLines: number): Counts {
  const rejected = input.unreadable + rejectedLines;
  return {
    read: input.read,
    accepted: input.read - input.duplicate - input.unchanged - rejected,
    duplicate: input.duplicate,
    unchanged: input.unchanged,
    rejected,
  };
}

async function insertBatch(warehouse: OpenWorkspace['warehouse'], task: LoadTask, counts: Counts): Promise<void> {
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
