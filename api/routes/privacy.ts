import { z } from '@hono/zod-openapi';
import { InputError } from '../../models/errors.ts';
import { findJob } from '../../pipeline/control/jobs.ts';
import type { EraseInput } from '../../pipeline/jobs/job-inputs.ts';
import { keepUpload } from '../../pipeline/jobs/uploads.ts';
import { parseWith } from '../../pipeline/query-schema.ts';
import { idOfRequest } from '../idempotency.ts';
import { jsonAnswer } from '../lists.ts';
import { COSTS } from '../rate-limit.ts';
import { controlOf, jobsOf, type Route } from '../route.ts';
import { actorOf, trace } from '../trace.ts';
import { acceptedSchema, jobAccepted, jobSchema, shownJob } from './jobs.ts';

const eraseBody = z
  .strictObject({
    identifiers: z
      .array(
        z
          .string()
          .trim()
          .min(3)
          .max(300)
          .regex(/^[^\p{Cc}]+$/u, 'expected text without control characters'),
      )
      .min(1)
      .max(20)
      .openapi({
        description: 'e-mail addresses and ids of one person, as the sources write them',
        example: ['ana@example.com'],
      }),
  })
  .openapi('ErasureRequest');

export const postErasureRoute: Route = {
  method: 'post',
  isSensitive: true,
  path: '/v1/w/{workspace}/privacy/erase',
  scope: 'privacy',
  tag: 'administration',
  summary: 'Takes a person out of the landed files and the warehouse, and publishes a run without them',
  description:
    'The money of their orders stays in the books, without the person. Neither the job nor the audit chain says who it was. Backups that were taken before still hold the person.',
  needsControl: true,
  idempotency: 'required',
  body: eraseBody,
  status: 202,
  response: acceptedSchema,
  async handle({ body }, call) {
    const { identifiers } = parseWith(eraseBody, body, 'the erasure');
    call.charge(COSTS.run - COSTS.cached);
    const { home, db } = controlOf(call);
    const { path } = keepUpload(home, Buffer.from(identifiers.join('\n')), 'erasure');
    const input: EraseInput = { path };
    const job = await jobsOf(call).submit('erase', input, { actor: actorOf(call), id: idOfRequest(call) });
    await trace(db, call, { action: 'privacy.erase', object: `job/${job.id}` });
    return jobAccepted(call, job);
  },
};

export const getErasureRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/privacy/erase/{job}',
  scope: 'privacy',
  tag: 'administration',
  summary: 'The receipt of an erasure',
  needsControl: true,
  params: z.object({ job: z.string() }),
  response: jobSchema,
  async handle({ params }, call) {
    const job = await findJob(controlOf(call).db, call.workspace, params.job);
    if (job.kind !== 'erase')
      throw new InputError('not_found', 'there is no such erasure', { details: { what: 'job' } });
    return jsonAnswer(shownJob(job));
  },
};
