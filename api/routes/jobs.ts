import { z } from '@hono/zod-openapi';
import { InputError } from '../../models/errors.ts';
import { MODELS } from '../../pipeline/config.ts';
import { countQueued, findJob, JOB_STATES, type JobRow, listJobs } from '../../pipeline/control/jobs.ts';
import { JOB_KIND_NAMES, JOB_KINDS, type JobKind } from '../../pipeline/jobs/job-kinds.ts';
import { parseWith } from '../../pipeline/query-schema.ts';
import { authorize } from '../auth.ts';
import { idOfRequest } from '../idempotency.ts';
import { jsonAnswer, listAnswer, listOf, listParameters } from '../lists.ts';
import { HttpProblem } from '../problem.ts';
import { COSTS } from '../rate-limit.ts';
import { type Call, callerOf, controlOf, jobsOf, type Route } from '../route.ts';
import { actorOf, trace } from '../trace.ts';

const instant = z.string().nullable();
export const jobSchema = z
  .strictObject({
    id: z.string(),
    kind: z.enum(JOB_KIND_NAMES),
    state: z.enum(JOB_STATES),
    progress: z.string().nullable(),
    actor: z.string(),
    attempts: z.number().int(),
    created_at: z.string(),
    started_at: instant,
    ended_at: instant,
    result: z.unknown().nullable(),
    error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  })
  .openapi('Job');

/** A job as the API shows it: without its input, which names files of the server. */
export function shownJob(job: JobRow) {
  return {
    id: job.id,
    kind: job.kind,
    state: job.state,
    progress: job.progress,
    actor: job.actor,
    attempts: job.attempts,
    created_at: job.createdAt.toISOString(),
    started_at: job.startedAt?.toISOString() ?? null,
    ended_at: job.endedAt?.toISOString() ?? null,
    result: job.result ?? null,
    error: job.error ?? null,
  };
}

/** 202 with the address of a job. */
export function jobAccepted(call: Call, job: JobRow, more: Record<string, unknown> = {}): Response {
  const location = `/v1/w/${call.workspace}/jobs/${job.id}`;
  return jsonAnswer({ ...more, job: shownJob(job) }, 202, { location });
}

export const acceptedSchema = z.looseObject({ job: jobSchema }).openapi('Accepted');

export const listJobsRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/jobs',
  scope: 'read:ops',
  tag: 'jobs',
  summary: 'What was done, is being done and waits, newest first',
  needsControl: true,
  query: z.strictObject({
    ...listParameters,
    kind: z.enum(JOB_KIND_NAMES).optional(),
    state: z.enum(JOB_STATES).optional(),
  }),
  response: listOf(jobSchema),
  async handle({ query }, call) {
    const { limit, starting_after: after, kind, state } = query as Record<string, string> & { limit: number };
    const rows = await listJobs(controlOf(call).db, call.workspace, { limit: limit + 1, after, kind, state });
    return listAnswer(rows, limit, shownJob);
  },
};

export const getJobRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/jobs/{job}',
  scope: 'read:ops',
  tag: 'jobs',
  summary: 'How far a job is, and what became of it',
  needsControl: true,
  params: z.object({ job: z.string() }),
  response: jobSchema,
  async handle({ params }, call) {
    return jsonAnswer(shownJob(await findJob(controlOf(call).db, call.workspace, params.job)));
  },
};

export const cancelJobRoute: Route = {
  method: 'post',
  path: '/v1/w/{workspace}/jobs/{job}/cancel',
  scope: 'read:ops',
  tag: 'jobs',
  summary: 'Ends a job: a waiting one is dropped, a running one killed; what is served stays as it was',
  description: 'Beside read:ops the key needs the scope by which such a job is begun.',
  needsControl: true,
  params: z.object({ job: z.string() }),
  status: 202,
  response: acceptedSchema,
  async handle({ params }, call) {
    const { db } = controlOf(call);
    const job = await findJob(db, call.workspace, params.job);
    authorize(callerOf(call), JOB_KINDS[job.kind as JobKind].scope);
    await trace(db, call, { action: 'job.cancel', object: `job/${job.id}` });
    return jobAccepted(call, await jobsOf(call).cancel(job.id));
  },
};

const runBody = z
  .strictObject({
    models: z.array(z.enum(MODELS)).min(1).max(MODELS.length).optional().openapi({
      description: 'models to put side by side; those of liftproof.yaml when absent',
    }),
  })
  .openapi('RunRequest');

/** Runs that may wait: each sees all that was loaded before it, so more would say nothing new. */
const MAX_QUEUED_RUNS = 2;

export const postRunRoute: Route = {
  method: 'post',
  path: '/v1/w/{workspace}/runs',
  scope: 'run:models',
  tag: 'jobs',
  summary: 'Builds what new files touched, attributes, checks and publishes',
  needsControl: true,
  idempotency: 'required',
  body: runBody,
  status: 202,
  response: acceptedSchema,
  async handle({ body }, call) {
    const input = parseWith(runBody, body, 'the run');
    call.charge(COSTS.run - COSTS.cached);
    const { db } = controlOf(call);
    if ((await countQueued(db, call.workspace, 'run')) >= MAX_QUEUED_RUNS)
      throw new HttpProblem(
        'over-capacity',
        `${MAX_QUEUED_RUNS} runs wait already; they see everything that is loaded`,
        {
          headers: { 'retry-after': '60' },
        },
      );
    const job = await jobsOf(call).submit('run', input, { actor: actorOf(call), id: idOfRequest(call) });
    await trace(db, call, { action: 'run.request', object: `job/${job.id}`, details: input });
    return jobAccepted(call, job);
  },
};

export const postBackupRoute: Route = {
  method: 'post',
  path: '/v1/w/{workspace}/backups',
  scope: 'admin',
  tag: 'jobs',
  summary: 'Copies the workspace and its part of the control store to the backup folder of the server',
  needsControl: true,
  idempotency: 'required',
  body: z.strictObject({}),
  status: 202,
  response: acceptedSchema,
  async handle({ body }, call) {
    parseWith(z.strictObject({}), body, 'the backup');
    call.charge(COSTS.run - COSTS.cached);
    const job = await jobsOf(call).submit('backup', {}, { actor: actorOf(call), id: idOfRequest(call) });
    await trace(controlOf(call).db, call, { action: 'backup.request', object: `job/${job.id}` });
    return jobAccepted(call, job);
  },
};

const scheduleSchema = z.strictObject({
  kind: z.string(),
  cron: z.string().openapi({ example: '0 5 * * *' }),
  time_zone: z.string(),
});

export const listSchedulesRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/schedules',
  needsJobs: true,
  scope: 'read:ops',
  tag: 'jobs',
  summary: 'What is done by the clock, in the zone of the workspace',
  needsControl: true,
  response: z.strictObject({ data: z.array(scheduleSchema) }),
  async handle(_input, call) {
    const all = await jobsOf(call).schedules();
    return jsonAnswer({ data: all.map(({ kind, cron, timeZone }) => ({ kind, cron, time_zone: timeZone })) });
  },
};

const schedulable = z.object({ kind: z.string().openapi({ description: 'run or backup', example: 'run' }) });
const scheduleBody = z.strictObject({ cron: z.string().min(1).max(100) }).openapi('ScheduleRequest');

export const putScheduleRoute: Route = {
  method: 'put',
  path: '/v1/w/{workspace}/schedules/{kind}',
  scope: 'admin',
  tag: 'jobs',
  summary: 'Does a run or a backup by the clock: five fields of cron, in the zone of the workspace',
  needsControl: true,
  params: schedulable,
  body: scheduleBody,
  response: z.strictObject({ kind: z.string(), cron: z.string() }),
  async handle({ params, body }, call) {
    const { cron } = parseWith(scheduleBody, body, 'the schedule');
    const kind = schedulableKind(params.kind);
    await jobsOf(call).setSchedule(kind, cron);
    await trace(controlOf(call).db, call, { action: 'schedule.set', object: `schedule/${kind}`, details: { cron } });
    return jsonAnswer({ kind, cron });
  },
};

export const deleteScheduleRoute: Route = {
  method: 'delete',
  path: '/v1/w/{workspace}/schedules/{kind}',
  scope: 'admin',
  tag: 'jobs',
  summary: 'No longer does it by the clock',
  needsControl: true,
  params: schedulable,
  status: 204,
  response: z.undefined(),
  async handle({ params }, call) {
    const kind = schedulableKind(params.kind);
    await jobsOf(call).setSchedule(kind, undefined);
    await trace(controlOf(call).db, call, { action: 'schedule.drop', object: `schedule/${kind}` });
    return new Response(null, { status: 204 });
  },
};

function schedulableKind(kind: string): JobKind {
  if (kind === 'run' || kind === 'backup') return kind;
  throw new InputError('not_found', 'a run and a backup can be scheduled', { details: { what: 'schedule' } });
}
