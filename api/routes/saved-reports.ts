import { z } from '@hono/zod-openapi';
import { dropReport, listReports, putReport, type SavedReport } from '../../pipeline/control/saved-reports.ts';
import { parseQuery } from '../../pipeline/query.ts';
import { parseWith } from '../../pipeline/query-schema.ts';
import { aboutReports, REPORT_NAMES } from '../../pipeline/reports.ts';
import { jsonAnswer } from '../lists.ts';
import { HttpProblem } from '../problem.ts';
import { controlOf, type Route } from '../route.ts';
import { queryBodySchema } from '../schema.ts';
import { actorOf, trace } from '../trace.ts';

const savedSchema = z
  .strictObject({
    name: z.string(),
    query: z.record(z.string(), z.unknown()),
    created_by: z.string(),
    updated_at: z.string(),
  })
  .openapi('SavedReport');
const savedBody = z.strictObject({ query: queryBodySchema.omit({ page: true }) }).openapi('SavedReportRequest');
const common = { tag: 'reports', needsControl: true } as const;

export const listReportsRoute: Route = {
  ...common,
  method: 'get',
  path: '/v1/w/{workspace}/reports',
  scope: 'read:reports',
  summary: 'Reports by name: those that are built in, and queries that were saved',
  response: z.strictObject({
    built_in: z.array(z.strictObject({ name: z.string(), about: z.string() })),
    saved: z.array(savedSchema),
  }),
  async handle(_input, call) {
    const saved = await listReports(controlOf(call).db, call.workspace);
    return jsonAnswer({ built_in: aboutReports(), saved: saved.map(shownSaved) });
  },
};

export const putReportRoute: Route = {
  ...common,
  method: 'put',
  path: '/v1/w/{workspace}/reports/{name}',
  scope: 'write:reports',
  summary: 'Saves a query under a name; GET of the same address runs it',
  params: z.object({ name: z.string().openapi({ example: 'weekly-social' }) }),
  body: savedBody,
  response: savedSchema,
  async handle({ params, body }, call) {
    const { name } = params;
    if (REPORT_NAMES.includes(name))
      throw new HttpProblem('conflict', `${name} is a built-in report; choose another name`);
    if (!/^[a-z0-9][a-z0-9_-]{0,63}$/.test(name))
      throw new HttpProblem('invalid-request', 'a name has 1 to 64 of a-z, 0-9, - and _, the first a letter or digit');
    const { query } = parseWith(savedBody, body, 'the report');
    const { as_of: _, ...rest } = query;
    parseQuery(rest);
    const { db } = controlOf(call);
    const row = await db.transaction(async (transaction) => {
      const report = { workspace: call.workspace, name, query, createdBy: actorOf(call), now: call.now() };
      const saved = await putReport(transaction, report);
      await trace(transaction, call, { action: 'report.save', object: `report/${name}` });
      return saved;
    });
    return jsonAnswer(shownSaved(row));
  },
};

export const deleteReportRoute: Route = {
  ...common,
  method: 'delete',
  path: '/v1/w/{workspace}/reports/{name}',
  scope: 'write:reports',
  summary: 'Forgets a saved query',
  params: z.object({ name: z.string() }),
  status: 204,
  response: z.undefined(),
  async handle({ params }, call) {
    await controlOf(call).db.transaction(async (transaction) => {
      await dropReport(transaction, call.workspace, params.name);
      await trace(transaction, call, { action: 'report.drop', object: `report/${params.name}` });
    });
    return new Response(null, { status: 204 });
  },
};

function shownSaved(row: SavedReport) {
  return {
    name: row.name,
    query: row.query as Record<string, unknown>,
    created_by: row.createdBy,
    updated_at: row.updatedAt.toISOString(),
  };
}
