import { z } from '@hono/zod-openapi';
import { publicManifest } from '../../pipeline/catalog.ts';
import { freshnessOf } from '../../pipeline/run-facts.ts';
import { answerJson } from '../answer.ts';
import type { Route } from '../route.ts';

export const freshnessRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/freshness',
  scope: 'read:ops',
  tag: 'operations',
  summary: 'When the newest export of each source was made, and which run serves it',
  response: z
    .strictObject({
      run: z.string(),
      made_at: z.string(),
      period: z.strictObject({ from: z.string().nullable(), to: z.string().nullable() }),
      sources: z.array(z.strictObject({ source: z.string(), last_exported_at: z.string().nullable() })),
    })
    .openapi('Freshness'),
  async handle(_input, call) {
    return call.runs.use(undefined, (results) =>
      answerJson(call, results, 'freshness', false, async () => {
        const { run, made_at, period } = results.manifest;
        const sources = Object.entries(await freshnessOf(results)).map(([source, last]) => ({
          source,
          last_exported_at: last,
        }));
        return { run, made_at, period, sources };
      }),
    );
  },
};

export const qualityRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/quality',
  scope: 'read:ops',
  tag: 'operations',
  summary: 'Rules about the data, and how many rows break each; never the rows',
  response: z
    .strictObject({
      run: z.string(),
      checks: z.array(
        z.strictObject({ check: z.string(), severity: z.string(), rule: z.string(), broken: z.number().int() }),
      ),
    })
    .openapi('Quality'),
  async handle(_input, call) {
    return call.runs.use(undefined, (results) =>
      answerJson(call, results, 'quality', false, async () => {
        const { run, checks } = publicManifest(results.manifest);
        return { run, checks };
      }),
    );
  },
};
