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
  let line = 1;
  let length = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    const end = chunk.includes(LF) ? LF : CR;
    let from = 0;
    for (let at = chunk.indexOf(end); at >= 0; at = chunk.indexOf(end, from)) {
      check(length + at - from, line);
      line++;
      length = 0;
      from = at + 1;
    }
    length += chunk.length - from;
    check(length, line);
  }

  function check(bytes: number, at: number): void {
    if (bytes <= maxBytes) return;
    throw new InputError(
      'too_large',
      `${name}:${at}: one line is longer than ${maxBytes} bytes; raise limits.max_record_bytes if it is really that long`,
      { details: { line: at } },
    );
  }
}
