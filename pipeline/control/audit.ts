import { createHash } from 'node:crypto';
import { and, asc, desc, eq, gt, lt, sql } from 'drizzle-orm';
import { audit, workspace } from './schema.ts';
import type { ControlDatabase } from './store.ts';

export interface AuditEntry {
  workspace: string;
  at: Date;
  /** who: a key's name, a user of the shell, `schedule` */
  actor: string;
  keyId?: string;
  ip?: string;
  /** dotted, such as `period.lock` */
  action: string;
  /** such as `period/2026-07` */
  object: string;
  beforeHash?: string;
  afterHash?: string;
  requestId?: string;
  /** what a reader needs besides; never a secret, never a person */
  details?: Readonly<Record<string, unknown>>;
}

export type AuditRow = typeof audit.$inferSelect;

/**
 * Adds a link to the audit chain of a workspace. Takes the workspace's row until the transaction ends, so links never fork;
 * what is done and what is written about it should share one transaction.
 *
 * @param db  the database, or the transaction of what is being done
 */
export async function appendAudit(db: ControlDatabase, entry: AuditEntry): Promise<AuditRow> {
  return db.transaction((transaction) => append(transaction, entry));
}

async function append(db: ControlDatabase, entry: AuditEntry): Promise<AuditRow> {
  await ensureWorkspace(db, entry.workspace);
  const [head] = await db.select().from(workspace).where(eq(workspace.name, entry.workspace)).for('update');
  const unsealed = {
    workspace: entry.workspace,
    seq: head.auditSeq + 1,
    at: entry.at,
    actor: entry.actor,
    keyId: entry.keyId ?? null,
    ip: entry.ip ?? null,
    action: entry.action,
    object: entry.object,
    beforeHash: entry.beforeHash ?? null,
    afterHash: entry.afterHash ?? null,
    requestId: entry.requestId ?? null,
    // as it will be read back
    details: JSON.parse(JSON.stringify(entry.details ?? {})) as unknown,
    previousHash: head.auditHash,
  };
  const row = { ...unsealed, hash: auditHash(unsealed) };
  await db.insert(audit).values(row);
  await db.update(workspace).set({ auditSeq: row.seq, auditHash: row.hash }).where(eq(workspace.name, entry.workspace));
  return row;
}

/** A workspace that the store has not met yet. */
export async function ensureWorkspace(db: ControlDatabase, name: string): Promise<void> {
  await db.insert(workspace).values({ name }).onConflictDoNothing();
}

export interface AuditVerdict {
  isIntact: boolean;
  rows: number;
  /** first link that does not hold */
  brokenAt?: number;
  /** in words */
  reason?: string;
}

/** Whether every link holds: no row of the chain was edited, removed, added or moved, the newest included. */
export async function verifyAuditChain(db: ControlDatabase, name: string): Promise<AuditVerdict> {
  const [head] = await db.select().from(workspace).where(eq(workspace.name, name));
  let previous = '';
  let rows = 0;
  for await (const { hash, ...row } of auditRows(db, name)) {
    if (row.seq !== rows + 1)
      return { isIntact: false, rows, brokenAt: rows + 1, reason: `row ${rows + 1} is missing` };
    if (row.previousHash !== previous || auditHash(row) !== hash)
      return { isIntact: false, rows, brokenAt: row.seq, reason: `row ${row.seq} was changed` };
    previous = hash;
    rows = row.seq;
  }
  const expected = head ?? { auditSeq: 0, auditHash: '' };
  if (expected.auditSeq !== rows || expected.auditHash !== previous)
    return {
      isIntact: false,
      rows,
      brokenAt: rows + 1,
      reason: `the chain ends at row ${rows}, not at ${expected.auditSeq}`,
    };
  return { isIntact: true, rows };
}

/** The whole chain, oldest first, a page at a time. */
export async function* auditRows(db: ControlDatabase, name: string): AsyncGenerator<typeof audit.$inferSelect> {
  let last = 0;
  for (;;) {
    const page = await db
      .select()
      .from(audit)
      .where(and(eq(audit.workspace, name), gt(audit.seq, last)))
      .orderBy(asc(audit.seq))
      .limit(PAGE_ROWS);
    yield* page;
    if (page.length < PAGE_ROWS) return;
    last = page[page.length - 1].seq;
  }
}

/** Rows that are read at once. */
const PAGE_ROWS = 1000;

/** Newest first. */
export async function listAudit(
  db: ControlDatabase,
  name: string,
  options: { limit: number; before?: number },
): Promise<AuditRow[]> {
  return db
    .select()
    .from(audit)
    .where(and(eq(audit.workspace, name), options.before === undefined ? sql`true` : lt(audit.seq, options.before)))
    .orderBy(desc(audit.seq))
    .limit(options.limit);
}

/** SHA-256 over the row as JSON with sorted keys and without its hash, instants in RFC 3339. */
export function auditHash(row: Omit<AuditRow, 'hash' | 'at'> & { at: Date | string }): string {
  return createHash('sha256').update(canonical(row)).digest('hex');
}

/** JSON with sorted keys: PostgreSQL gives the keys of jsonb back in an order of its own. */
function canonical(value: unknown): string {
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
