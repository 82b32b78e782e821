import { randomUUID } from 'node:crypto';
import { and, asc, eq } from 'drizzle-orm';
import { InputError } from '../../models/errors.ts';
import { ensureWorkspace } from './audit.ts';
import { savedReport } from './schema.ts';
import type { ControlDatabase } from './store.ts';

export type SavedReport = typeof savedReport.$inferSelect;

/** Keeps a query under a name, in place of one that had it. */
export async function putReport(
  db: ControlDatabase,
  report: { workspace: string; name: string; query: unknown; createdBy: string; now: Date },
): Promise<SavedReport> {
  const { now, ...values } = report;
  await ensureWorkspace(db, report.workspace);
  const [row] = await db
    .insert(savedReport)
    .values({ id: randomUUID(), ...values, createdAt: now, updatedAt: now })
    .onConflictDoUpdate({
      target: [savedReport.workspace, savedReport.name],
      set: { query: report.query, updatedAt: now },
    })
    .returning();
  return row;
}

export async function listReports(db: ControlDatabase, workspace: string): Promise<SavedReport[]> {
  return db.select().from(savedReport).where(eq(savedReport.workspace, workspace)).orderBy(asc(savedReport.name));
}

export async function findReport(
  db: ControlDatabase,
  workspace: string,
  name: string,
): Promise<SavedReport | undefined> {
  const [row] = await db
    .select()
    .from(savedReport)
    .where(and(eq(savedReport.workspace, workspace), eq(savedReport.name, name)));
  return row;
}

/** @throws InputError `not_found` */
export async function dropReport(db: ControlDatabase, workspace: string, name: string): Promise<void> {
  const rows = await db
    .delete(savedReport)
    .where(and(eq(savedReport.workspace, workspace), eq(savedReport.name, name)))
    .returning({ id: savedReport.id });
  if (rows.length === 0)
    throw new InputError('not_found', 'there is no such saved report', { details: { what: 'report' } });
}
