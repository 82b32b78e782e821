import { readFileSync } from 'node:fs';

/** Names one process for good: an id alone may have been given to another since. */
export interface ProcessMark {
  pid: number;
  /** when it started, in clock ticks since the machine did; absent where the system does not tell */
  start?: string;
}

/** The mark of a process that runs now. */
export function markOf(pid: number): ProcessMark {
  return { pid, start: startOf(pid) };
}

/** Whether the very process of a mark still runs. */
export function isLiving(mark: ProcessMark): boolean {
  if (!isAlive(mark.pid)) return false;
  const start = startOf(mark.pid);
  return start === undefined || mark.start === undefined || start === mark.start;
}

/** Whether some process has the id, ours or another user's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function startOf(pid: number): string | undefined {
  try {
    // the name of the program, in parentheses, may hold anything; start time is field 22
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[19];
  } catch {
    return undefined;
  }
}
