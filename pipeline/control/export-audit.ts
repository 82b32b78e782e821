import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { type AuditRow, type AuditVerdict, auditHash, auditRows, verifyAuditChain } from './audit.ts';
import type { ControlDatabase } from './store.ts';

/**
 * Writes the audit chain of a workspace, oldest row first, as NDJSON: `{"meta"}`, a line a row with everything that its hash is made of,
 * `{"end": {"rows", "sha256"}}` over all bytes before it. Memory does not grow with the rows.
 */
export async function exportAudit(
  db: ControlDatabase,
  workspace: string,
  path: string,
): Promise<{ rows: number; sha256: string; verdict: AuditVerdict }> {
  const verdict = await verifyAuditChain(db, workspace);
  const hash = createHash('sha256');
  mkdirSync(dirname(path), { recursive: true });
  const handle = openSync(path, 'w', 0o600);
  const send = (one: object): void => {
    const line = `${JSON.stringify(one)}\n`;
    hash.update(line);
    writeSync(handle, line);
  };
  let rows = 0;
  try {
    send({ meta: { schema_version: 1, kind: 'audit', workspace, hash: 'sha256', is_intact: verdict.isIntact } });
    for await (const row of auditRows(db, workspace)) {
      send({ ...row, at: row.at.toISOString() });
      rows++;
    }
    const sha256 = hash.digest('hex');
    writeSync(handle, `${JSON.stringify({ end: { rows, sha256 } })}\n`);
    fsyncSync(handle);
    return { rows, sha256, verdict };
  } finally {
    closeSync(handle);
  }
}

/** Whether a file that `exportAudit` wrote is whole and every link in it holds: what an auditor checks, without the database. */
export function verifyAuditFile(path: string): AuditVerdict {
  const text = readFileSync(path, 'utf8');
  const lines = text.trimEnd().split('\n');
  const end = (JSON.parse(lines.at(-1) ?? '{}') as { end?: { rows: number; sha256: string } }).end;
  const body = text.slice(0, text.lastIndexOf('{"end"'));
  let previous = '';
  let rows = 0;
  const broken = (reason: string): AuditVerdict => ({ isIntact: false, rows, brokenAt: rows + 1, reason });
  if (end === undefined) return broken('the file has no end');
  for (const line of lines.slice(1, -1)) {
    const { hash, ...row } = JSON.parse(line) as Omit<AuditRow, 'at'> & { at: string };
    if (row.seq !== rows + 1) return broken(`row ${rows + 1} is missing`);
    if (row.previousHash !== previous || auditHash(row) !== hash) return broken(`row ${row.seq} was changed`);
    previous = hash;
    rows = row.seq;
  }
  if (end.rows !== rows || end.sha256 !== createHash('sha256').update(body).digest('hex'))
    return broken('the end tells of other rows');
  return { isIntact: true, rows };
}
