import { createHash } from 'node:crypto';
import { closeSync, createReadStream, createWriteStream, fsyncSync, openSync, readSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import type { Recognised } from '../recognise.ts';
import { recordStarts } from '../record-lines.ts';
import { splitJson } from '../split-json.ts';

/** A landed text, and which of its records go. */
export interface RewriteTask {
  /** readable text: UTF-8, expanded */
  path: string;
  name: string;
  recognised: Recognised;
  /** where the rest is written */
  out: string;
  /** for half-made files */
  work: string;
  maxRecordBytes: number;
  /** numbers of records that go, as `raw` counts them */
  numbers: ReadonlySet<number>;
  /** physical lines that could not be read, which `raw` does not count */
  unreadableLines: ReadonlySet<number>;
  /** whether a record names the person itself, whatever became of it */
  names: (record: string) => boolean;
  /** records that went, here or in another file: the same again goes too */
  erased: Set<string>;
}

export interface Rewritten {
  kept: number;
  removed: number;
  /** numbers of the records that went, as far as `raw` counts them */
  removedNumbers: number[];
}

/** Writes what is left of a landed text without the records of a person; JSON as one record a line. */
export async function rewriteFile(task: RewriteTask): Promise<Rewritten> {
  const sink = createWriteStream(task.out, { mode: 0o600 });
  const done = task.recognised.type === 'csv' ? await rewriteCsv(task, sink) : await rewriteJson(task, sink);
  sink.end();
  await finished(sink);
  const handle = openSync(task.out, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return done;
}

type Sink = ReturnType<typeof createWriteStream>;

async function rewriteCsv(task: RewriteTask, sink: Sink): Promise<Rewritten> {
  if (task.recognised.type !== 'csv') throw new RangeError('not a CSV');
  const starts: { line: number; byte: number }[] = [];
  for await (const start of recordStarts(task.path, task.recognised)) starts.push({ ...start });
  const handle = openSync(task.path, 'r');
  const size = statSync(task.path).size;
  const result: Rewritten = { kept: 0, removed: 0, removedNumbers: [] };
  let number = 0;
  try {
    sink.write(readRange(handle, 0, starts[0]?.byte ?? size));
    for (const [i, { line, byte }] of starts.entries()) {
      const bytes = readRange(handle, byte, starts[i + 1]?.byte ?? size);
      const isCounted = !task.unreadableLines.has(line);
      if (isCounted) number++;
      if (goes(task, isCounted ? number : undefined, bytes.toString('utf8'))) {
        result.removed++;
        if (isCounted) result.removedNumbers.push(number);
      } else {
        result.kept++;
        sink.write(bytes);
      }
    }
  } finally {
    closeSync(handle);
  }
  return result;
}

async function rewriteJson(task: RewriteTask, sink: Sink): Promise<Rewritten> {
  const { format } = task.recognised.kind;
  const records = `${task.work}.records`;
  const recordsAt = format.type === 'json' ? (format.recordsAt ?? []) : [];
  await splitJson(task.path, records, recordsAt, task.maxRecordBytes, task.name);
  const result: Rewritten = { kept: 0, removed: 0, removedNumbers: [] };
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(records), crlfDelay: Number.POSITIVE_INFINITY })) {
    const record = line.slice(line.indexOf('\t') + 1);
    if (goes(task, ++number, record)) {
      result.removed++;
      result.removedNumbers.push(number);
    } else {
      result.kept++;
      sink.write(`${record}\n`);
    }
  }
  return result;
}

function goes(task: RewriteTask, number: number | undefined, record: string): boolean {
  const hash = createHash('sha256').update(record.trim()).digest('base64url');
  const isTheirs = (number !== undefined && task.numbers.has(number)) || task.erased.has(hash) || task.names(record);
  if (isTheirs) task.erased.add(hash);
  return isTheirs;
}

function readRange(handle: number, from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe(to - from);
  for (let at = 0; at < bytes.length; ) {
    const read = readSync(handle, bytes, at, bytes.length - at, from + at);
    if (read === 0) return bytes.subarray(0, at);
    at += read;
  }
  return bytes;
}
