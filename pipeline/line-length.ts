import { createReadStream, statSync } from 'node:fs';
import { InputError } from '../models/errors.ts';

const LF = 0x0a;
const CR = 0x0d;

/**
 * Refuses a text file one of whose lines is longer than a record may be. DuckDB drops a line that is longer than its buffer
 * without a word, so this looks first. Costs one pass over files larger than the limit.
 *
 * @throws InputError `too_large` naming the line
 */
export async function checkLineLength(path: string, maxBytes: number, name: string): Promise<void> {
  if (statSync(path).size <= maxBytes) return;
  // only a line that spans chunks can be too long: what ends inside one chunk is shorter than it
  const chunkBytes = Math.min(1 << 20, maxBytes);
  let length = 0;
  let before = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes }) as AsyncIterable<Buffer>) {
    const end = chunk.includes(LF) ? LF : CR;
    const first = chunk.indexOf(end);
    length += first < 0 ? chunk.length : first;
    if (length > maxBytes) {
      const line = (await countLineEnds(path, before)) + 1;
      throw new InputError(
        'too_large',
        `${name}:${line}: one line is longer than ${maxBytes} bytes; raise limits.max_record_bytes if it is really that long`,
        { details: { line } },
      );
    }
    if (first >= 0) length = chunk.length - chunk.lastIndexOf(end) - 1;
    before += chunk.length;
  }
}

/** Line ends among the first bytes of a file. */
async function countLineEnds(path: string, bytes: number): Promise<number> {
  let lines = 0;
  if (bytes === 0) return lines;
  for await (const chunk of createReadStream(path, {
    end: bytes - 1,
    highWaterMark: 1 << 20,
  }) as AsyncIterable<Buffer>) {
    const end = chunk.includes(LF) ? LF : CR;
    for (let at = chunk.indexOf(end); at >= 0; at = chunk.indexOf(end, at + 1)) lines++;
  }
  return lines;
}
