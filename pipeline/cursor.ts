import { createHash } from 'node:crypto';
import { InputError } from '../models/errors.ts';

/** Where the next page begins: in which run, of which query, after how many rows. */
export interface Cursor {
  run: string;
  query: string;
  offset: number;
}

export function writeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.run, cursor.query, cursor.offset])).toString('base64url');
}

/** @throws InputError `usage` for a text that no answer gave */
export function readCursor(text: string): Cursor {
  try {
    const [run, query, offset] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (
      typeof run === 'string' &&
      /^run_[A-Za-z0-9_]{1,80}$/.test(run) &&
      typeof query === 'string' &&
      Number.isSafeInteger(offset) &&
      offset >= 0
    )
      return { run, query, offset };
  } catch {}
  const detail = 'not a cursor; take page.next_cursor of the page before as it is';
  throw new InputError('usage', detail, { details: { errors: [{ pointer: '#/page/cursor', detail }] } });
}

/** Names a request by what it asks for: equal values, equal name. Keys are in the order in which the schema gives them. */
export function fingerprint(...parts: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 32);
}
