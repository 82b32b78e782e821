import { and, eq, lt } from 'drizzle-orm';
import { InputError } from '../../models/errors.ts';
import { exportFile } from './schema.ts';
import type { ControlDatabase } from './store.ts';

export type ExportRow = typeof exportFile.$inferSelect;

const KEPT_MS = 7 * 24 * 3_600_000;

export async function insertExport(
  db: ControlDatabase,
  row: Pick<ExportRow, 'id' | 'workspace' | 'jobId' | 'format' | 'query' | 'runId' | 'createdBy'>,
  now: Date,
): Promise<ExportRow> {
  await db
    .insert(exportFile)
    .values({ ...row, createdAt: now, expiresAt: new Date(now.getTime() + KEPT_MS) })
    .onConflictDoNothing();
  return findExport(db, row.workspace, row.id);
}

/** @throws InputError `not_found` */
export async function findExport(db: ControlDatabase, workspace: string, id: string): Promise<ExportRow> {
  const [row] = await db
    .select()
    .from(exportFile)
    .where(and(eq(exportFile.workspace, workspace), eq(exportFile.id, id)));
  if (row === undefined) throw new InputError('not_found', 'there is no such export', { details: { what: 'export' } });
  return row;
}

/** Forgets exports whose time is over. @returns their ids, whose files may go */
export async function dropOldExports(db: ControlDatabase, workspace: string, now: Date): Promise<string[]> {
  const rows = await db
    .delete(exportFile)
    .where(and(eq(exportFile.workspace, workspace), lt(exportFile.expiresAt, now)))
    .returning({ id: exportFile.id });
  return rows.map((row) => row.id);
}
