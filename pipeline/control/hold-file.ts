import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../../models/errors.ts';
import { isLiving, markOf, type ProcessMark } from '../living-process.ts';

/**
 * Runs `work` while no other process does so for the same path. The file appears by link, whole or not at all, and that of a
 * process that died is taken over.
 *
 * @throws InputError `locked` when another process holds it for longer than `waitMs`
 */
export async function holdingFile<T>(path: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  const own = `${path}.${process.pid}.${Math.trunc(performance.now() * 1000)}`;
  const deadline = Date.now() + waitMs;
  for (;;) {
    writeFileSync(own, ownMark());
    try {
      linkSync(own, path);
      break;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      const owner = readMark(path);
      if (owner === undefined || !isLiving(owner)) rmSync(path, { force: true });
      else if (Date.now() > deadline)
        throw new InputError('locked', `process ${owner.pid} holds ${path}; wait for it or stop it`, { cause });
      else await sleep(25);
    } finally {
      rmSync(own, { force: true });
    }
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Notes in a folder that this process uses something. @returns takes the note back */
export function leaveMark(folder: string): () => void {
  const path = join(folder, `${process.pid}.${Math.trunc(performance.now() * 1000)}`);
  writeFileSync(path, ownMark());
  return () => rmSync(path, { force: true });
}

/** How many living processes left a mark there; the marks of the dead are cleared away. */
export function countMarks(folder: string): number {
  let living = 0;
  for (const name of readdirSync(folder)) {
    const mark = readMark(join(folder, name));
    if (mark !== undefined && isLiving(mark)) living++;
    else rmSync(join(folder, name), { force: true });
  }
  return living;
}

/** This process, in a form that can be written down. */
export function ownMark(): string {
  return JSON.stringify(markOf(process.pid));
}

/** Whether the process of a mark still runs. */
export function isLivingMark(mark: string): boolean {
  return isLiving(JSON.parse(mark) as ProcessMark);
}

function readMark(path: string): ProcessMark | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessMark;
  } catch {
    return undefined;
  }
}
