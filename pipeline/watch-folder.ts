import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { InputError } from '../models/errors.ts';

/**
 * Hands on the files of some folders as they come in, each once it has stopped growing: those that are there first, then new and changed
 * ones, until the signal. Hidden files, and those that end in `.part`, `.tmp` or `.crdownload`, are still being written by somebody.
 *
 * @param take     false to be handed the file again at the next look
 * @param everyMs  between two looks; a file is handed on when two looks in a row found it the same
 * @throws InputError `not_found` for what is no folder; what `take` throws
 */
export async function watchFolders(
  folders: readonly string[],
  signal: AbortSignal,
  take: (path: string) => Promise<boolean>,
  everyMs = 2000,
): Promise<void> {
  const seen = new Map<string, string>();
  const done = new Map<string, string>();
  while (!signal.aborted) {
    for (const [path, state] of folders.flatMap(filesIn)) {
      const isSettled = seen.get(path) === state;
      seen.set(path, state);
      if (!isSettled || done.get(path) === state) continue;
      if (await take(path)) done.set(path, state);
      if (signal.aborted) return;
    }
    await wait(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Path of each file with what changes when it is written to. */
function filesIn(folder: string): [string, string][] {
  let names: string[];
  try {
    names = readdirSync(folder).sort();
  } catch (cause) {
    throw new InputError('not_found', `${folder} is no folder; --watch takes folders that exports are put into`, {
      cause,
    });
  }
  return names.flatMap((name): [string, string][] => {
    if (name.startsWith('.') || /\.(part|tmp|crdownload)$/.test(name)) return [];
    const path = join(folder, name);
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isFile() ? [[path, `${found.size} ${found.mtimeMs}`]] : [];
  });
}
