import { createReadStream } from 'node:fs';

export interface RecordLayout {
  delimiter: string;
  /** physical lines before the first record, header included */
  skipLines: number;
}

export interface RecordLines {
  /** number of the record -> physical line it starts on */
  records: Map<number, number>;
  /** byte at which an unreadable line starts -> its physical line */
  unreadable: Map<number, number>;
}

/**
 * The physical lines on which records of a CSV start, as a text editor counts: a cell may hold line ends, blank lines are no
 * records, and LF, CRLF and CR each end a line.
 *
 * @param records     wanted records by their number, from 1, unreadable lines not counted
 * @param unreadable  bytes at which the lines start that were no record, as DuckDB tells them: behind a CRLF, one too early
 */
export async function recordLines(
  path: string,
  layout: RecordLayout,
  records: readonly number[],
  unreadable: readonly number[],
): Promise<RecordLines> {
  const out: RecordLines = { records: new Map(), unreadable: new Map() };
  const wanted = new Set(records);
  const bad = new Set(unreadable);
  let record = 0;
  for await (const { line, byte } of recordStarts(path, layout)) {
    const isBad = bad.has(byte) ? byte : bad.has(byte - 1) ? byte - 1 : undefined;
    if (isBad !== undefined) {
      out.unreadable.set(isBad, line);
      continue;
    }
    record++;
    if (wanted.has(record)) out.records.set(record, line);
    if (out.records.size === wanted.size && out.unreadable.size === bad.size) break;
  }
  return out;
}

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/** Physical line and byte at which each record starts, unreadable ones included. */
export async function* recordStarts(
  path: string,
  layout: RecordLayout,
): AsyncGenerator<{ line: number; byte: number }> {
  const delimiter = layout.delimiter.charCodeAt(0);
  let line = 1;
  let start = { line: 1, byte: 0 };
  let at = 0;
  let isBlank = true;
  let isCellStart = true;
  let isQuoted = false;
  /** a quote inside quotes: the end of the cell unless another one follows */
  let sawQuote = false;
  let sawReturn = false;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    for (const byte of chunk as Buffer) {
      at++;
      if (sawReturn) {
        sawReturn = false;
        if (byte === LF) {
          if (isBlank) start.byte = at;
          continue;
        }
      }
      if (sawQuote) {
        sawQuote = false;
        if (byte === QUOTE) continue;
        isQuoted = false;
      }
      if (byte === LF || byte === CR) {
        sawReturn = byte === CR;
        line++;
        if (isQuoted) continue;
        if (!isBlank && start.line > layout.skipLines) yield start;
        start = { line, byte: at };
        isBlank = true;
        isCellStart = true;
      } else if (isQuoted) {
        sawQuote = byte === QUOTE;
      } else {
        isBlank = false;
        // lines above the header are prose: a quote there opens nothing
        if (byte === QUOTE && isCellStart && start.line > layout.skipLines) isQuoted = true;
        isCellStart = byte === delimiter;
      }
    }
  }
  if (!isBlank && start.line > layout.skipLines) yield start;
}
