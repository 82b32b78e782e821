import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../models/errors.ts';

/** The folder that holds the relations, in a checkout and in an installed package. */
export const SQL_ROOT = findSqlRoot(dirname(fileURLToPath(import.meta.url)));

function findSqlRoot(from: string): string {
  // pipeline/ stands beside sql/ in a checkout; an installed package runs from dist/pipeline/
  for (const root of [join(from, '..'), join(from, '..', '..')]) {
    try {
      readdirSync(join(root, 'sql', 'macro'));
      return join(root, 'sql');
    } catch {}
  }
  throw new InputError('damaged', `${from}: the sql/ folder is missing; reinstall liftproof`);
}

/** Text of a file under `sql/`, by its path without the ending: `journey/step`. */
export function sqlFile(name: string): string {
  try {
    return readFileSync(join(SQL_ROOT, `${name}.sql`), 'utf8');
  } catch (cause) {
    throw new InputError('damaged', `sql/${name}.sql is missing; reinstall liftproof`, { cause });
  }
}

/** Names of the files in a folder under `sql/`, without the ending, sorted. */
export function sqlFiles(folder: string): string[] {
  return readdirSync(join(SQL_ROOT, folder))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -4))
    .sort();
}
