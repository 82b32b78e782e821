import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { InputError } from '../models/errors.ts';
import { fullDisk } from './full-disk.ts';
import { isLiving, markOf, type ProcessMark } from './living-process.ts';

/** Who has a workspace's warehouse. */
interface LockOwner extends ProcessMark {
  command?: string;
}

const heldLocks = new Set<string>();

/** @throws InputError `locked` naming the process that has it; the lock of a dead one is taken over */
export function takeLock(path: string): void {
  const own: LockOwner = {
    ...markOf(process.pid),
    command: process.argv
      .slice(2, 4)
      .filter((word) => !word.startsWith('-'))
      .join(' '),
  };
  const temporary = `${path}.${process.pid}`;
  for (let attempt = 0; ; attempt++) {
    try {
      // a link appears with its content, or not at all
      writeFileSync(temporary, JSON.stringify(own));
      linkSync(temporary, path);
      heldLocks.add(path);
      return;
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code !== 'EEXIST') throw fullDisk(cause, path);
      const owner = lockOwner(path);
      if (owner !== undefined) {
        throw new InputError(
          'locked',
          `the warehouse is in use by process ${owner.pid}${owner.command ? ` (liftproof ${owner.command})` : ''}; wait for it or stop it`,
          { cause, details: { pid: owner.pid } },
        );
      }
      if (attempt > 3) throw cause;
      // its owner is gone: the lock outlived a killed process
      rmSync(path, { force: true });
    } finally {
      rmSync(temporary, { force: true });
    }
  }
}

export function releaseLock(path: string): void {
  heldLocks.delete(path);
  rmSync(path, { force: true });
}

/** The living process that holds a lock; undefined when nobody does. */
export function lockOwner(path: string): LockOwner | undefined {
  let owner: LockOwner;
  try {
    owner = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
  if (owner.pid === process.pid) return heldLocks.has(path) ? owner : undefined;
  return isLiving(owner) ? owner : undefined;
}
