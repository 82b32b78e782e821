import { accessSync, chmodSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** Far more than all tests hold at a time. */
const NEEDED_BYTES = 4 * 2 ** 30;

/**
 * Temporary folders of tests stand in memory where there is enough of it: hundreds of workspaces are written, synced to a disk and
 * thrown away, and a third of the time would be spent waiting for that disk. Nothing here can tell the two apart: a process that is
 * killed leaves what it wrote either way.
 */
export default function setup(): (() => void) | undefined {
  if (!hasRoom()) return undefined;
  const folder = mkdtempSync(join(MEMORY, 'liftproof-suite-'));
  // some of it is written by other users
  chmodSync(folder, 0o1777);
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

function hasRoom(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= NEEDED_BYTES;
  } catch {
    return false;
  }
}
