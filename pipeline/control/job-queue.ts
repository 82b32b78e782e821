import { randomUUID } from 'node:crypto';
import PgBoss from 'pg-boss';
import { InputError } from '../../models/errors.ts';
import { JOB_KINDS, type JobKind, type JobQueueName } from '../jobs/job-kinds.ts';
import { type ChildOutcome, type RunningChild, runChild } from '../jobs/run-child.ts';
import { isLivingMark, ownMark } from './hold-file.ts';
import { findJob, insertJob, isCancelRequested, type JobRow, runningJobs, updateJob } from './jobs.ts';
import type { Control } from './open-control.ts';
import { withTransaction } from './store.ts';

/** The jobs of one workspace: queue, retries and schedules by pg-boss, work in child processes. Close it. */
export interface JobQueue {
  /**
   * Queues a job. With the id of a job that is there already it gives that one: the same request, sent again.
   */
  submit(kind: JobKind, input: unknown, options: { actor: string; id?: string }): Promise<JobRow>;
  /** Ends a job: a waiting one is dropped, a running one killed. @throws InputError `not_found`, `not_allowed` for one that ended */
  cancel(id: string): Promise<JobRow>;
  schedules(): Promise<{ kind: JobKind; cron: string; timeZone: string }[]>;
  /** @throws InputError `bad_parameter` for what is no cron expression */
  setSchedule(kind: JobKind, cron: string | undefined): Promise<void>;
  /** takes no more jobs; those that run are killed and tried again by the next server */
  close(): Promise<void>;
}

export interface JobQueueSettings {
  control: Control;
  /** name and directory of the workspace */
  workspace: string;
  directory: string;
  timeZone: string;
  now: () => Date;
  /** told of each job that ended */
  onEnded?: (job: JobRow) => Promise<void>;
  onError?: (error: unknown) => void;
  onLog?: (jobId: string, text: string) => void;
  /** how many jobs may work at once, over all queues that share them; exports take none */
  slots?: JobSlots;
  /** resident memory above which a job is killed */
  jobMemoryBytes?: number;
  /** for tests */
  pollSeconds?: number;
  /** for tests: each attempt waits as long after the one before; otherwise longer and longer */
  retrySeconds?: number;
}

/** Places for jobs at work. */
export interface JobSlots {
  /** runs `work` once a place is free, in the order of asking */
  use<T>(work: () => Promise<T>): Promise<T>;
}

export function jobSlots(places: number): JobSlots {
  let free = places;
  const waiting: (() => void)[] = [];
  return {
    async use(work) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free++;
        else next();
      }
    },
  };
}

const QUEUES: readonly JobQueueName[] = ['work', 'export'];
const SCHEDULABLE = ['run', 'backup'] as const satisfies readonly JobKind[];
const CANCEL_POLL_MS = 400;
const PROGRESS_MS = 500;

/** Failures that another attempt may mend. */
const RETRIED: ReadonlySet<string | null> = new Set([null, 'locked', 'disk_full']);

export async function startJobQueue(settings: JobQueueSettings): Promise<JobQueue> {
  const { control, workspace, now } = settings;
  const { db } = control;
  const boss = new PgBoss({
    db: { executeSql: (text, values) => control.store.pool.query(text, values) },
    schema: 'liftproof_jobs',
    cronWorkerIntervalSeconds: 5,
  });
  boss.on('error', (error) => settings.onError?.(error));
  await boss.start();
  const running = new Map<string, RunningChild>();
  let isClosing = false;

  const nameOf = (queue: string): string => `${queue}.${workspace}`;
  const workers = new Map<string, string>();

  const submit: JobQueue['submit'] = async (kind, input, options) => {
    const id = options.id ?? randomUUID();
    const { queue, deadlineMs, retries } = JOB_KINDS[kind];
    const row = { id, workspace, kind, input, actor: options.actor, now: now() };
    await withTransaction(control.store, async (transaction, executeSql) => {
      // the job and its place in the queue are written together, or neither is
      if (!(await insertJob(transaction, row))) return;
      const limits = { retryLimit: retries, ...retryOf(settings) };
      const expireInSeconds = Math.ceil(deadlineMs / 1000) + 120;
      await boss.send(nameOf(queue), {}, { id, ...limits, expireInSeconds, db: { executeSql } });
    });
    const worker = workers.get(queue);
    if (worker !== undefined) boss.notifyWorker(worker);
    return findJob(db, workspace, id);
  };

  const work = async (job: PgBoss.JobWithMetadata<unknown>): Promise<void> => {
    if (isClosing) throw new Error('the server is stopping');
    const row = await updateJob(db, job.id, {
      state: 'running',
      startedAt: now(),
      attempts: job.retryCount + 1,
      server: ownMark(),
      progress: null,
    });
    if (row === undefined) return;
    const tried = async (): Promise<ChildOutcome> => {
      // it may have waited
      if (isClosing || (await isCancelRequested(db, job.id))) return { how: 'killed' };
      return attempt(row);
    };
    const { slots } = settings;
    const isHeavy = JOB_KINDS[row.kind as JobKind].queue === 'work';
    const outcome = await (isHeavy && slots !== undefined ? slots.use(tried) : tried());
    const isLast = job.retryCount >= job.retryLimit;
    const ended = endOf(outcome, isClosing, isLast, await isCancelRequested(db, job.id));
    if (ended === 'again') {
      await updateJob(db, job.id, { state: 'queued', server: null, progress: null });
      throw new Error('message' in outcome ? outcome.message : outcome.how);
    }
    const done = await updateJob(db, job.id, { ...ended, endedAt: now(), server: null, progress: null });
    if (done !== undefined) await settings.onEnded?.(done);
  };

  const attempt = async (row: JobRow): Promise<ChildOutcome> => {
    const kind = row.kind as JobKind;
    let writtenAt = 0;
    const child = runChild(
      { kind, workspace: settings.directory, home: control.home, input: row.input },
      {
        deadlineMs: JOB_KINDS[kind].deadlineMs,
        memoryBytes: settings.jobMemoryBytes,
        controlUrl: kind === 'backup' ? control.store.url : undefined,
        onLog: (text) => settings.onLog?.(row.id, text),
        onProgress(progress) {
          if (performance.now() - writtenAt < PROGRESS_MS) return;
          writtenAt = performance.now();
          updateJob(db, row.id, { progress }).catch((error) => settings.onError?.(error));
        },
      },
    );
    running.set(row.id, child);
    if (isClosing) child.kill();
    // another server of the same store may have been asked
    const watch = setInterval(() => {
      isCancelRequested(db, row.id).then(
        (isAsked) => isAsked && child.kill(),
        (error) => settings.onError?.(error),
      );
    }, CANCEL_POLL_MS);
    try {
      return await child.ended;
    } finally {
      clearInterval(watch);
      running.delete(row.id);
    }
  };

  for (const queue of QUEUES) await boss.createQueue(nameOf(queue));
  await recover(boss, nameOf, settings);
  for (const queue of QUEUES) {
    const options = { batchSize: 1, includeMetadata: true, pollingIntervalSeconds: settings.pollSeconds ?? 1 } as const;
    workers.set(queue, await boss.work(nameOf(queue), options, ([job]) => work(job)));
  }
  for (const kind of SCHEDULABLE) {
    const name = nameOf(`schedule.${kind}`);
    await boss.createQueue(name);
    await boss.work(name, { batchSize: 1, pollingIntervalSeconds: 2 }, async () => {
      await submit(kind, {}, { actor: 'schedule' });
    });
  }

  return {
    submit,
    async cancel(id) {
      const row = await findJob(db, workspace, id);
      const asked = await updateJob(db, id, { cancelRequested: true });
      if (asked === undefined) throw new InputError('not_allowed', `the job ended already: it ${row.state}`);
      if (asked.state === 'running') running.get(id)?.kill();
      else {
        await boss.cancel(nameOf(JOB_KINDS[asked.kind as JobKind].queue), id);
        const done = await updateJob(db, id, { state: 'cancelled', endedAt: now() });
        if (done !== undefined) await settings.onEnded?.(done);
      }
      return findJob(db, workspace, id);
    },
    async schedules() {
      const all = await boss.getSchedules();
      return SCHEDULABLE.flatMap((kind) => {
        const found = all.find((one) => one.name === nameOf(`schedule.${kind}`));
        if (found === undefined) return [];
        // pg-boss says `timezone` what its types call an option
        const { timezone } = found as { timezone?: string };
        return [{ kind, cron: found.cron, timeZone: timezone ?? settings.timeZone }];
      });
    },
    async setSchedule(kind, cron) {
      if (!(SCHEDULABLE as readonly string[]).includes(kind))
        throw new InputError('bad_parameter', `${kind} cannot be scheduled; ${SCHEDULABLE.join(' and ')} can`);
      const name = nameOf(`schedule.${kind}`);
      if (cron === undefined) return boss.unschedule(name);
      try {
        await boss.schedule(name, cron, {}, { tz: settings.timeZone });
      } catch (cause) {
        throw new InputError('bad_parameter', `${cron.slice(0, 100)} is no cron expression such as 0 5 * * *`, {
          cause,
        });
      }
    },
    async close() {
      isClosing = true;
      for (const child of running.values()) child.kill();
      await boss.stop({ graceful: true, timeout: 5000, wait: true, close: false });
    },
  };
}

/** When a job that failed is tried again. */
function retryOf({ retrySeconds }: JobQueueSettings): { retryDelay: number; retryBackoff: boolean } {
  return { retryDelay: retrySeconds ?? 2, retryBackoff: retrySeconds === undefined };
}

type End = Pick<JobRow, 'state'> & Partial<Pick<JobRow, 'result' | 'error'>>;

/** What becomes of a job after an attempt. */
function endOf(outcome: ChildOutcome, isClosing: boolean, isLast: boolean, isCancelled: boolean): End | 'again' {
  // what is done is done, whatever was asked meanwhile
  if (outcome.how === 'done') return { state: 'succeeded', result: outcome.result };
  if (isCancelled) return { state: 'cancelled' };
  if (outcome.how === 'late')
    return {
      state: 'failed',
      error: { code: 'timeout', message: 'it took longer than such a job may, and was killed' },
    };
  // the same input would need the same again
  if (outcome.how === 'large')
    return {
      state: 'failed',
      error: { code: 'too_large', message: 'it took more memory than a job may (limits.memory_bytes), and was killed' },
    };
  if (outcome.how === 'killed') return isLast && !isClosing ? lost() : 'again';
  if (RETRIED.has(outcome.code) && !isLast) return 'again';
  return { state: 'failed', error: { code: outcome.code ?? 'internal', message: outcome.message } };
}

function lost(): End {
  return { state: 'failed', error: { code: 'internal', message: 'the process was killed from outside' } };
}

/** Jobs of a server that is gone go back into the queue. */
async function recover(boss: PgBoss, nameOf: (queue: string) => string, settings: JobQueueSettings): Promise<void> {
  const { db } = settings.control;
  for (const row of await runningJobs(db, settings.workspace)) {
    if (row.server !== null && isLivingMark(row.server)) continue;
    const queue = nameOf(JOB_KINDS[row.kind as JobKind].queue);
    await boss.fail(queue, row.id, { message: 'the server that worked on it is gone' });
    const again = (await boss.getJobById(queue, row.id))?.state === 'retry';
    const end = row.cancelRequested ? ({ state: 'cancelled' } as const) : lost();
    if (again && row.cancelRequested) await boss.cancel(queue, row.id);
    const values =
      again && !row.cancelRequested
        ? { state: 'queued', server: null, progress: null }
        : { ...end, server: null, progress: null, endedAt: settings.now() };
    await updateJob(db, row.id, values);
  }
}
