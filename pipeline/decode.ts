import { isUtf8 } from 'node:buffer';
import { closeSync, createReadStream, createWriteStream, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import chardet from 'chardet';
import iconv from 'iconv-lite';
import { InputError } from '../models/errors.ts';

/** A landed file as something DuckDB can read: UTF-8 text, or Parquet, or a workbook's sheets as CSV. */
export interface Decoded {
  /** the landed file itself when it needed no conversion */
  path: string;
  container: 'text' | 'parquet';
  /** what was done, in words, for the receipt */
  notes: string[];
  /** name of the sheet, for a workbook */
  sheet?: string;
}

export interface DecodeLimits {
  maxExpandedBytes: number;
}

const SNIFF_BYTES = 256 * 1024;

/**
 * Turns a landed file into readable text, by its bytes and never by its name: gzip is expanded (bounded), UTF-16 and
 * single-byte encodings become UTF-8, workbooks become one CSV a sheet.
 *
 * @param workPath  where converted text may be written; `.0`, `.1` ... are appended for sheets
 * @returns         one entry, or one a sheet
 * @throws InputError `bad_input` for an empty file or an archive, `too_large` for a file that expands beyond the limit
 */
export async function decode(path: string, workPath: string, limits: DecodeLimits, name: string): Promise<Decoded[]> {
  if (statSync(path).size === 0) throw new InputError('bad_input', `${name}: the file is empty; export it again`);
  const head = readHead(path, SNIFF_BYTES);
  if (head[0] === 0x1f && head[1] === 0x8b) {
    const expanded = `${workPath}.gunzip`;
    await gunzip(path, expanded, limits.maxExpandedBytes, name);
    const inner = await decode(expanded, workPath, limits, name);
    return inner.map((part) => ({ ...part, notes: ['expanded from gzip', ...part.notes] }));
  }
  if (starts(head, 'PAR1')) return [{ path, container: 'parquet', notes: [] }];
  if (isWorkbook(head)) return workbook(path, workPath, name);
  if (starts(head, 'PK\u0003\u0004')) {
    throw new InputError('bad_input', `${name}: is a zip archive; unpack it and give the files inside`);
  }
  if (starts(head, '%PDF'))
    throw new InputError('bad_input', `${name}: is a PDF; export the data as CSV and give that`);
  if (/^\uFEFF?\s*<(?:!doctype\s+html|html)\b/i.test(head.subarray(0, 1000).toString('utf8'))) {
    throw new InputError(
      'bad_input',
      `${name}: is a web page, perhaps the sign-in page of where it was fetched from; download the export again`,
    );
  }
  return [await text(path, head, workPath, name)];
}

export function readHead(path: string, bytes: number): Buffer {
  const handle = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(Math.min(bytes, statSync(path).size));
    const read = readSync(handle, buffer, 0, buffer.length, 0);
    return buffer.subarray(0, read);
  } finally {
    closeSync(handle);
  }
}

async function text(path: string, head: Buffer, workPath: string, name: string): Promise<Decoded> {
  const encoding = await encodingOf(path, head);
  if (encoding === 'utf-8') return { path, container: 'text', notes: [] };
  if (encoding === 'binary') {
    throw new InputError(
      'bad_input',
      `${name}: is not text (it holds NUL bytes); give a CSV, JSON, Parquet, .xls or .xlsx file`,
    );
  }
  const out = `${workPath}.utf8`;
  await pipeline(
    createReadStream(path),
    iconv.decodeStream(encoding),
    iconv.encodeStream('utf-8'),
    createWriteStream(out),
  );
  return { path: out, container: 'text', notes: [`read as ${encoding}`] };
}

async function encodingOf(path: string, head: Buffer): Promise<string> {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  const nul = head.indexOf(0);
  if (nul >= 0) {
    let odd = 0;
    let even = 0;
    for (let i = 0; i < head.length; i++) if (head[i] === 0) i % 2 ? odd++ : even++;
    if (odd > head.length / 4 && even === 0) return 'utf-16le';
    if (even > head.length / 4 && odd === 0) return 'utf-16be';
    return 'binary';
  }
  if (await isUtf8Text(path)) return 'utf-8';
  const guess = chardet.detect(head)?.toLowerCase() ?? 'windows-1252';
  return guess === 'utf-8' || guess === 'ascii' || !iconv.encodingExists(guess) ? 'windows-1252' : guess;
}

async function isUtf8Text(path: string): Promise<boolean> {
  // a character cut by the end of a chunk is told with the next
  let cut: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    const bytes = cut.length === 0 ? chunk : Buffer.concat([cut, chunk]);
    const whole = wholeCharacters(bytes);
    if (!isUtf8(bytes.subarray(0, whole))) return false;
    cut = bytes.subarray(whole);
  }
  return cut.length === 0;
}

/** Bytes before a character of more than one byte that begins among the last three and is not complete. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

async function gunzip(path: string, out: string, maxBytes: number, name: string): Promise<void> {
  let total = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
      total += chunk.length;
      if (total > maxBytes) {
        done(
          new InputError(
            'too_large',
            `${name}: expands to more than ${maxBytes} bytes; raise limits.max_expanded_bytes if the file is really that large`,
          ),
        );
      } else done(null, chunk);
    },
  });
  try {
    await pipeline(createReadStream(path), createGunzip(), limit, createWriteStream(out));
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    if (
      /^Z_|unexpected end of file|incorrect/.test(
        String((cause as NodeJS.ErrnoException).code ?? (cause as Error).message),
      )
    ) {
      throw new InputError('bad_input', `${name}: the gzip data is cut short or damaged; fetch it again`, { cause });
    }
    throw cause;
  }
}

function isWorkbook(head: Buffer): boolean {
  const isCompound = head.subarray(0, 8).equals(Buffer.from('d0cf11e0a1b11ae1', 'hex'));
  return isCompound || (starts(head, 'PK\u0003\u0004') && head.includes('[Content_Types].xml'));
}

async function workbook(path: string, workPath: string, name: string): Promise<Decoded[]> {
  const { read, utils } = await import('@e965/xlsx');
  let book: ReturnType<typeof read>;
  try {
    book = read(readFileSync(path), { raw: true, cellDates: false });
  } catch (cause) {
    throw new InputError('bad_input', `${name}: the workbook cannot be read; save it as CSV and give that`, { cause });
  }
  const parts: Decoded[] = [];
  for (const [i, sheet] of book.SheetNames.entries()) {
    const out = `${workPath}.${i}.csv`;
    await writeFile(out, utils.sheet_to_csv(book.Sheets[sheet], { blankrows: false }));
    parts.push({ path: out, container: 'text', notes: [`sheet "${sheet}"`], sheet });
  }
  return parts;
}

function starts(head: Buffer, text: string): boolean {
  return head.subarray(0, text.length).equals(Buffer.from(text, 'latin1'));
}
