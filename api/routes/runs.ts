import { z } from '@hono/zod-openapi';
import { publicManifest } from '../../pipeline/catalog.ts';
import { answerJson } from '../answer.ts';
import { chooseFormat } from '../negotiate.ts';
import type { Route } from '../route.ts';
import { manifestSchema } from '../schema.ts';

export const manifestRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/runs/{run}/manifest',
  scope: 'read:reports',
  tag: 'runs',
  summary: 'What a run was made from and what it holds',
  description: 'The manifest as it stands in results/, without the example rows of broken checks.',
  params: z.object({ run: z.string().openapi({ description: 'current, or the id of a run', example: 'current' }) }),
  response: manifestSchema,
  async handle({ params }, call) {
    chooseFormat(undefined, call.headers.get('accept') ?? undefined, ['json']);
    const run = params.run === 'current' ? undefined : params.run;
    return call.runs.use(run, (results) =>
      answerJson(call, results, 'manifest', run !== undefined, async () => publicManifest(results.manifest)),
    );
  },
};
