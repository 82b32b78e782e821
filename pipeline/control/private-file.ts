import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError } from '../../models/errors.ts';

/**
 * The secret of 32 bytes in a file that only its owner can read; made at first use.
 *
 * @throws InputError `not_allowed` when others of this machine may read it, `damaged` when it is something else
 */
export function secretFile(path: string): Buffer {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    try {
      writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true });
      chmodSync(path, 0o600);
    } catch (cause) {
      // two processes started at once: the first one's secret holds
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    }
  }
  return secretOf(readPrivateText(path), path);
}

/** @throws InputError `not_allowed` for a file that others of this machine may read, `not_found` */
export function readPrivateText(path: string): string {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined) throw new InputError('not_found', `${path}: no such file`);
  if ((mode & 0o077) !== 0)
    throw new InputError(
      'not_allowed',
      `${path} can be read by others (mode ${(mode & 0o777).toString(8)}); run: chmod 600 ${path}`,
    );
  return readFileSync(path, 'utf8');
}

/** @throws InputError `damaged` */
export function secretOf(text: string, where: string): Buffer {
  const bytes = Buffer.from(text.trim(), 'base64url');
  if (bytes.length !== 32)
    throw new InputError(
      'damaged',
      `${where} is not a secret of 32 bytes as base64url; restore it, or make all keys anew`,
    );
  return bytes;
}
