import { createHash } from 'node:crypto';

/**
 * NDJSON with a beginning and an end: first `{"meta": ...}`, then one object a row, last `{"end": {"rows", "sha256"}}` over all bytes
 * before it. A stream without its end is broken.
 */
export function jsonLines(meta: unknown, rows: readonly unknown[]): Uint8Array {
  const body = [{ meta }, ...rows].map((one) => `${JSON.stringify(one)}\n`).join('');
  const sha256 = createHash('sha256').update(body).digest('hex');
  return Buffer.from(`${body}${JSON.stringify({ end: { rows: rows.length, sha256 } })}\n`);
}
