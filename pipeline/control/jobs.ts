import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import { InputError } from '../../models/errors.ts';
import { ensureWorkspace } from './audit.ts';
import { job } from './schema.ts';
import type { ControlDatabase } from './store.ts';

export const JOB_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type JobRow = typeof job.$inferSelect;

/** Notes a job. @returns false when one of this id is there already: the same request, sent again */
export async function insertJob(
  db: ControlDatabase,
  row: { id: string; workspace: string; kind: string; input: unknown; actor: string; now: Date },
): Promise<boolean> {
  await ensureWorkspace(db, row.workspace);
  const { now, ...values } = row;
  const made = await db
    .insert(job)
    .values({ ...values, state: 'queued', createdAt: now })
    .onConflictDoNothing()
    .returning({ id: job.id });
  return made.length > 0;
}

/** @throws InputError `not_found` */
export async function findJob(db: ControlDatabase, workspace: string, id: string): Promise<JobRow> {
  const [row] = await db
    .select()
    .from(job)
    .where(and(eq(job.workspace, workspace), eq(job.id, id)));
  if (row === undefined) throw new InputError('not_found', 'there is no such job', { details: { what: 'job' } });
  return row;
}

/** Newest first. */
export async function listJobs(
  db: ControlDatabase,
  workspace: string,
  options: { limit: number; after?: string; kind?: string; state?: string; batch?: string },
): Promise<JobRow[]> {
  const start = options.after === undefined ? undefined : await findJob(db, workspace, options.after);
  return db
    .select()
    .from(job)
    .where(
      and(
        eq(job.workspace, workspace),
        options.kind === undefined ? undefined : eq(job.kind, options.kind),
        options.state === undefined ? undefined : eq(job.state, options.state),
        options.batch === undefined ? undefined : sql`${job.input} ->> 'batch_id' = ${options.batch}`,
        start === undefined
          ? undefined
          : sql`(${job.createdAt}, ${job.id}) < (${start.createdAt.toISOString()}::timestamptz, ${start.id})`,
      ),
    )
    .orderBy(desc(job.createdAt), desc(job.id))
    .limit(options.limit);
}

export async function countQueued(db: ControlDatabase, workspace: string, kind: string): Promise<number> {
  return db.$count(job, and(eq(job.workspace, workspace), eq(job.kind, kind), eq(job.state, 'queued')));
}

/** Jobs that some server says it is working on. */
export async function runningJobs(db: ControlDatabase, workspace: string): Promise<JobRow[]> {
  return db
    .select()
    .from(job)
    .where(and(eq(job.workspace, workspace), eq(job.state, 'running')));
}

/** Changes a job that has not ended. @returns the job as it is now, ended or not */
export async function updateJob(
  db: ControlDatabase,
  id: string,
  values: Partial<
    Pick<
      JobRow,
      'state' | 'progress' | 'result' | 'error' | 'attempts' | 'server' | 'startedAt' | 'endedAt' | 'cancelRequested'
    >
  >,
): Promise<JobRow | undefined> {
  const [row] = await db
    .update(job)
    .set(values)
    .where(and(eq(job.id, id), inArray(job.state, ['queued', 'running'])))
    .returning();
  return row;
}

export async function isCancelRequested(db: ControlDatabase, id: string): Promise<boolean> {
  const [row] = await db.select({ isAsked: job.cancelRequested }).from(job).where(eq(job.id, id));
  return row?.isAsked ?? false;
}

/** Jobs that ended long ago; those with an exported file stay with it. */
export async function dropOldJobs(db: ControlDatabase, workspace: string, before: Date): Promise<void> {
  await db
    .delete(job)
    .where(
      and(
        eq(job.workspace, workspace),
        lt(job.endedAt, before),
        sql`not exists (select 1 from liftproof.export e where e.job_id = ${job.id})`,
      ),
    );
}
