import { readFileSync } from 'node:fs';

const WATCH_MS = 250;

/**
 * Resident memory of a process, from /proc. Address space (`ulimit -v`) would say nothing of a process of V8 and DuckDB, which
 * reserve much more than they use.
 *
 * @returns bytes; undefined for a process that is gone, and on a system without /proc (macOS, Windows)
 */
export function residentBytes(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

/** Calls `onAbove` once when a process holds more than `limit`, four times a second. @returns ends the watch */
export function watchMemory(pid: number | undefined, limit: number | undefined, onAbove: () => void): () => void {
  if (pid === undefined || limit === undefined) return () => undefined;
  const timer = setInterval(() => {
    if ((residentBytes(pid) ?? 0) <= limit) return;
    clearInterval(timer);
    onAbove();
  }, WATCH_MS);
  return () => clearInterval(timer);
}
