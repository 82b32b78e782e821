import { countQueued } from '../../pipeline/control/jobs.ts';
import { planSchema } from '../../pipeline/plans/plan-schema.ts';
import { parseWith } from '../../pipeline/query-schema.ts';
import { idOfRequest } from '../idempotency.ts';
import { HttpProblem } from '../problem.ts';
import { COSTS } from '../rate-limit.ts';
import { controlOf, jobsOf, type Route } from '../route.ts';
import { actorOf, trace } from '../trace.ts';
import { acceptedSchema, jobAccepted } from './jobs.ts';

/** Plans that may wait: each keeps the warehouse and the processors for a while. */
export const MAX_QUEUED_PLANS = 4;

export const postPlanRoute: Route = {
  method: 'post',
  path: '/v1/w/{workspace}/plans',
  scope: 'run:models',
  tag: 'jobs',
  summary: 'Designs a test and says what it would find: which places to treat, when to post, how many users',
  description:
    'A job: its result has the designs, their power on past windows of this workspace, and the entry of `studies:` to write into liftproof.yaml.',
  needsControl: true,
  idempotency: 'optional',
  body: planSchema,
  status: 202,
  response: acceptedSchema,
  async handle({ body }, call) {
    const asked = parseWith(planSchema, body, 'the plan');
    call.charge(COSTS.run - COSTS.cached);
    const { db } = controlOf(call);
    if ((await countQueued(db, call.workspace, 'plan')) >= MAX_QUEUED_PLANS)
      throw new HttpProblem('over-capacity', `${MAX_QUEUED_PLANS} plans wait already; ask again when one is done`, {
        headers: { 'retry-after': '60' },
      });
    const job = await jobsOf(call).submit('plan', asked, { actor: actorOf(call), id: idOfRequest(call) });
    await trace(db, call, { action: 'plan.request', object: `job/${job.id}`, details: { design: asked.design } });
    return jobAccepted(call, job);
  },
};
