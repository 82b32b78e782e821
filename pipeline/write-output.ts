import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError } from '../models/errors.ts';

/**
 * Writes what a command was asked for to the place that its user named, and makes the folder where that is missing.
 *
 * @returns bytes written
 * @throws InputError `disk_full` or `not_allowed`
 */
export function writeOutput(path: string, content: string | Uint8Array): number {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  } catch (cause) {
    const isFull = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
    throw new InputError(
      isFull ? 'disk_full' : 'not_allowed',
      `${path}: could not be written (${(cause as Error).message}); free some space or choose another --out`,
      { cause },
    );
  }
  return bytes.length;
}
