import { createHash } from 'node:crypto';

/** Version of what an answer looks like; a new one makes every stored answer stale. */
export const SCHEMA_VERSION = 1;

/** A strong tag: equal for equal run, request, format and schema, and for nothing else. */
export function etagOf(run: { run: string; run_hash: string }, request: unknown, format: string): string {
  const parts = [run.run, run.run_hash, request, format, SCHEMA_VERSION];
  return `"${createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 32)}"`;
}

/** Whether `If-None-Match` names the tag; weak comparison, as RFC 9110 §13.1.2 asks. */
export function isMatch(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
