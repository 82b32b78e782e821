import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { InputError } from '../models/errors.ts';
import { readHead } from './decode.ts';

/**
 * Splits a JSON document into one record a line, as it stands in the file (numbers keep every digit).
 *
 * Records are: each line of newline-delimited JSON; each element of a root array; each element of the array under one of
 * `recordsAt` in a root object; else the root object itself. The line number a record starts on is written before it,
 * parted by a tab. Works on bytes in one pass, so size is bounded by the largest record, not by the file.
 *
 * @returns number of records written
 * @throws InputError `bad_input` when the document ends inside a record, `too_large` when a record exceeds the limit
 */
export async function splitJson(
  path: string,
  out: string,
  recordsAt: readonly string[],
  maxRecordBytes: number,
  name: string,
): Promise<number> {
  const sink = createWriteStream(out);
  let count = 0;
  const splitter = isLines(readHead(path, 1 << 20), recordsAt)
    ? new LineSplitter(maxRecordBytes, name)
    : new Splitter(recordsAt, maxRecordBytes, name);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    for (const record of splitter.push(chunk as Buffer)) {
      count++;
      if (!sink.write(record)) await once(sink, 'drain');
    }
  }
  for (const record of splitter.end()) {
    count++;
    sink.write(record);
  }
  sink.end();
  await once(sink, 'close');
  return count;
}

/** The first records of a document, parsed, for recognition; an unreadable head gives none. */
export function sampleRecords(
  head: Buffer,
  recordsAt: readonly string[],
  isWhole: boolean,
  most = 20,
): Record<string, unknown>[] {
  const splitter = new Splitter(recordsAt, Number.POSITIVE_INFINITY, 'sample');
  const records: Record<string, unknown>[] = [];
  try {
    for (const record of splitter.push(head)) {
      records.push(JSON.parse(record.slice(record.indexOf('\t') + 1)));
      if (records.length >= most) return records;
    }
    if (isWhole) for (const record of splitter.end()) records.push(JSON.parse(record.slice(record.indexOf('\t') + 1)));
  } catch {}
  return records.filter((record) => record !== null && typeof record === 'object');
}

/** Newline-delimited: the first line is a whole object of its own, and not an envelope of records. */
function isLines(head: Buffer, recordsAt: readonly string[]): boolean {
  const first = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
    .split('\n', 1)[0];
  try {
    const value = JSON.parse(first);
    return (
      value !== null &&
      typeof value === 'object' &&
      !Array.isArray(value) &&
      !recordsAt.some((key) => Array.isArray(value[key]))
    );
  } catch {
    return false;
  }
}

/** One record a line; a broken line stays a record of its own, to be rejected by its number. */
class LineSplitter {
  private readonly maxRecordBytes: number;
  private readonly name: string;
  private line = 0;
  private parts: Buffer[] = [];
  private partBytes = 0;

  constructor(maxRecordBytes: number, name: string) {
    this.maxRecordBytes = maxRecordBytes;
    this.name = name;
  }

  *push(chunk: Buffer): Generator<string> {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      yield* this.take(chunk.subarray(from, at));
      from = at + 1;
    }
    const rest = chunk.subarray(from);
    this.partBytes += rest.length;
    this.check();
    this.parts.push(Buffer.from(rest));
  }

  *end(): Generator<string> {
    yield* this.take(Buffer.alloc(0));
  }

  private *take(last: Buffer): Generator<string> {
    this.line++;
    this.partBytes += last.length;
    this.check();
    const text = Buffer.concat([...this.parts, last])
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .replace(/[\r\t]/g, ' ')
      .trim();
    this.parts = [];
    this.partBytes = 0;
    if (text !== '') yield `${this.line}\t${text}\n`;
  }

  private check(): void {
    if (this.partBytes > this.maxRecordBytes) throw recordTooLarge(this.name, this.line + 1, this.maxRecordBytes);
  }
}

function recordTooLarge(name: string, line: number, limit: number): InputError {
  return new InputError(
    'too_large',
    `${name}:${line}: one record is larger than ${limit} bytes; raise limits.max_record_bytes if it is really that large`,
  );
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const NEWLINE = 0x0a;

class Splitter {
  private readonly recordsAt: ReadonlySet<string>;
  private readonly maxRecordBytes: number;
  private readonly name: string;
  private line = 1;
  private depth = 0;
  private inString = false;
  private escaped = false;
  /** depth at which a `{` opens a record: 1 in a root array, 2 under an envelope key, 0 for a bare object */
  private recordDepth = 0;
  private rootSeen = false;
  private parts: Buffer[] = [];
  private partBytes = 0;
  private recordLine = 0;
  private isRecording = false;
  private key: number[] = [];
  private lastKey = '';
  private envelope: 'unknown' | 'inside' | 'none' = 'unknown';
  private sawEnvelope = false;

  constructor(recordsAt: readonly string[], maxRecordBytes: number, name: string) {
    this.recordsAt = new Set(recordsAt);
    this.maxRecordBytes = maxRecordBytes;
    this.name = name;
  }

  *push(chunk: Buffer): Generator<string> {
    let from = this.isRecording ? 0 : -1;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (byte === NEWLINE) this.line++;
      if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (byte === BACKSLASH) this.escaped = true;
        else if (byte === QUOTE) {
          this.inString = false;
          if (this.depth === 1 && this.envelope !== 'inside') this.lastKey = Buffer.from(this.key).toString('utf8');
        } else if (this.depth === 1 && this.key.length < 200) this.key.push(byte);
        continue;
      }
      switch (byte) {
        case QUOTE:
          this.inString = true;
          this.key = [];
          break;
        case OPEN_BRACE:
          if (this.depth === this.recordDepth && !this.isRecording) {
            this.isRecording = true;
            this.recordLine = this.line;
            from = i;
            this.rootSeen = true;
          }
          this.depth++;
          break;
        case OPEN_BRACKET:
          if (this.depth === 0 && !this.isRecording) {
            this.recordDepth = 1;
            this.rootSeen = true;
          } else if (
            this.depth === 1 &&
            (this.isRecording ? this.recordDepth === 0 : this.sawEnvelope && this.envelope === 'none') &&
            this.recordsAt.has(this.lastKey)
          ) {
            // the root object is an envelope: what was kept of it is dropped, its elements are the records
            this.isRecording = false;
            this.parts = [];
            this.partBytes = 0;
            from = -1;
            this.envelope = 'inside';
            this.sawEnvelope = true;
            this.recordDepth = 2;
          } else if (!this.isRecording && this.envelope === 'unknown' && this.depth === this.recordDepth) {
            // a list inside the list: its elements are records too
            this.recordDepth++;
          }
          this.depth++;
          break;
        case CLOSE_BRACKET:
          this.depth--;
          if (this.envelope === 'inside' && this.depth === 1) {
            this.envelope = 'none';
            this.recordDepth = -1;
          } else if (
            !this.isRecording &&
            this.envelope === 'unknown' &&
            this.depth > 0 &&
            this.depth < this.recordDepth
          ) {
            this.recordDepth--;
          }
          break;
        case CLOSE_BRACE:
          this.depth--;
          if (this.isRecording && this.depth === this.recordDepth) {
            this.keep(chunk.subarray(from, i + 1));
            yield this.take();
            from = -1;
          } else if (this.depth === 0 && this.sawEnvelope) {
            this.recordDepth = 0;
            this.envelope = 'unknown';
            this.lastKey = '';
          }
          break;
      }
    }
    if (this.isRecording && from >= 0) this.keep(chunk.subarray(from));
  }

  end(): readonly string[] {
    if (this.isRecording || this.depth !== 0) {
      throw new InputError(
        'bad_input',
        `${this.name}:${this.isRecording ? this.recordLine : this.line}: the JSON ends inside a record; the file is cut short, export it again`,
      );
    }
    if (!this.rootSeen)
      throw new InputError('bad_input', `${this.name}: holds no JSON object; give an array or lines of objects`);
    return [];
  }

  private keep(bytes: Buffer): void {
    this.partBytes += bytes.length;
    if (this.partBytes > this.maxRecordBytes) {
      throw recordTooLarge(this.name, this.recordLine, this.maxRecordBytes);
    }
    this.parts.push(Buffer.from(bytes));
  }

  private take(): string {
    const text = Buffer.concat(this.parts)
      .toString('utf8')
      .replace(/[\r\n\t]/g, ' ');
    this.parts = [];
    this.partBytes = 0;
    this.isRecording = false;
    return `${this.recordLine}\t${text}\n`;
  }
}
