import { z } from '@hono/zod-openapi';
import { InputError } from '../../models/errors.ts';
import { publicManifest } from '../../pipeline/catalog.ts';
import { diffRuns } from '../../pipeline/diff-runs.ts';
import type { ListedRun } from '../../pipeline/list-runs.ts';
import { MODEL_OUTPUTS, type ModelOutput } from '../../pipeline/model-outputs.ts';
import { answerJson, answerTable } from '../answer.ts';
import { listAnswer, listOf, listParameters } from '../lists.ts';
import { chooseFormat, DEFAULT_ROWS, ROW_LIMITS } from '../negotiate.ts';
import { HttpProblem } from '../problem.ts';
import type { Route } from '../route.ts';
import { formatSchema, manifestSchema, reportSchema } from '../schema.ts';

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

const runSchema = z
  .strictObject({
    run: z.string(),
    run_hash: z.string(),
    made_at: z.string(),
    version: z.string(),
    is_current: z.boolean(),
    period: z.strictObject({ from: z.string().nullable(), to: z.string().nullable() }),
    models: z.array(z.string()),
    default_model: z.string(),
    inputs: z.number().int(),
    broken_checks: z.number().int(),
  })
  .openapi('Run');

export const listRunsRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/runs',
  scope: 'read:reports',
  tag: 'runs',
  summary: 'Published runs that are kept, newest first',
  query: z.strictObject({ ...listParameters }),
  response: listOf(runSchema),
  async handle({ query }, call) {
    const { limit, starting_after: after } = query as { limit: number; starting_after?: string };
    const all = call.runs.list().reverse();
    const start = after === undefined ? 0 : all.findIndex((one) => one.manifest.run === after) + 1;
    if (after !== undefined && start === 0) throw new HttpProblem('not-found', 'there is no such run');
    return listAnswer(all.slice(start, start + limit + 1), limit, shownRun);
  },
};

export const diffRunsRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/runs/{run}/diff/{other}',
  scope: 'read:reports',
  tag: 'runs',
  summary: 'What changed from one run to another: data and method in words, numbers by channel',
  params: z.object({
    run: z.string().openapi({ description: 'the older one', example: 'run_20260701T000000_0123abcd' }),
    other: z.string().openapi({ description: 'the newer one, or current', example: 'current' }),
  }),
  response: z
    .strictObject({
      from: z.string(),
      to: z.string(),
      changes: z.strictObject({ data: z.array(z.string()), method: z.array(z.string()) }),
      model: z.string(),
      rows: z.array(
        z.strictObject({
          channel: z.string().nullable().openapi({ description: 'null for the totals' }),
          metric: z.string(),
          old: z.string().nullable(),
          new: z.string().nullable(),
          delta: z.string(),
        }),
      ),
    })
    .openapi('RunDifference'),
  async handle({ params }, call) {
    const [from, to] = [params.run, params.other].map((run) => (run === 'current' ? undefined : run));
    return call.runs.use(from, (older) =>
      call.runs.use(to, (newer) =>
        answerJson(call, newer, ['diff', older.manifest.run], from !== undefined && to !== undefined, () =>
          diffRuns(older, newer),
        ),
      ),
    );
  },
};

function shownRun({ manifest, isCurrent }: ListedRun) {
  const { run, run_hash, made_at, version, period, models, default_model } = manifest;
  return {
    run,
    run_hash,
    made_at,
    version,
    is_current: isCurrent,
    period,
    models,
    default_model,
    inputs: manifest.inputs.length,
    broken_checks: manifest.checks.filter((check) => check.broken > 0).length,
  };
}

const ABOUT_OUTPUTS: Readonly<Record<ModelOutput, string>> = {
  summary: 'Every estimate of the models of a run, with its interval',
  draws: 'Draws behind the p of studies; those of the mix model stay in the warehouse',
  diagnostics: 'What speaks for and against the models of a run: gates, findings, chains',
};

/** What the models of a run said: one route for each of the three, so that each has its own scope. */
export const modelOutputRoutes: readonly Route[] = MODEL_OUTPUTS.map((output) => ({
  method: 'get',
  path: `/v1/w/{workspace}/runs/{run}/${output}`,
  scope: 'read:models',
  tag: 'runs',
  summary: ABOUT_OUTPUTS[output],
  description: 'One number a row, with the same columns for credit, lift and mix.',
  params: z.object({ run: z.string().openapi({ description: 'current, or the id of a run', example: 'current' }) }),
  query: z.strictObject({ limit: z.coerce.number().int().min(1).max(1_000_000).optional(), format: formatSchema }),
  response: reportSchema,
  isTable: true,
  async handle({ params, query }, call) {
    const { limit: asked, format: named } = query as { limit?: number; format?: string };
    const format = chooseFormat(named, call.headers.get('accept') ?? undefined);
    const limit = asked ?? DEFAULT_ROWS[format];
    if (limit > ROW_LIMITS[format]) {
      const detail = `at most ${ROW_LIMITS[format]} for ${format}`;
      throw new InputError('usage', `limit: ${detail}`, { details: { errors: [{ parameter: 'limit', detail }] } });
    }
    const run = params.run === 'current' ? undefined : params.run;
    return call.runs.use(run, (results) =>
      answerTable(call, results, ['output', output, limit], run !== undefined, {
        kind: 'output',
        output,
        limit,
        format,
      }),
    );
  },
}));
