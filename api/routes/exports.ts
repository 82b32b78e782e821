import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { z } from '@hono/zod-openapi';
import { InputError } from '../../models/errors.ts';
import { type ExportRow, findExport, insertExport } from '../../pipeline/control/exports.ts';
import { findJob } from '../../pipeline/control/jobs.ts';
import { MEDIA_TYPES, type TableFormat } from '../../pipeline/encode-table.ts';
import { EXPORT_FORMATS, publishedFile } from '../../pipeline/export-table.ts';
import { type ExportResult, openExport } from '../../pipeline/jobs/export-query.ts';
import type { ExportInput } from '../../pipeline/jobs/job-inputs.ts';
import { parseQuery } from '../../pipeline/query.ts';
import { parseWith } from '../../pipeline/query-schema.ts';
import { authorize } from '../auth.ts';
import { idOfRequest } from '../idempotency.ts';
import { isSignedLink, LINK_SECONDS, signedLink } from '../links.ts';
import { jsonAnswer } from '../lists.ts';
import { TABLE_FORMATS } from '../negotiate.ts';
import { HttpProblem } from '../problem.ts';
import { COSTS } from '../rate-limit.ts';
import { type Call, callerOf, controlOf, jobsOf, type Route } from '../route.ts';
import { queryBodySchema } from '../schema.ts';
import { actorOf, trace } from '../trace.ts';
import { jobSchema, shownJob } from './jobs.ts';

const exportBody = z
  .strictObject({
    query: queryBodySchema.omit({ page: true }).optional(),
    table: z
      .string()
      .regex(/^[a-z_]{1,64}$/, 'expected the name of a published table')
      .optional()
      .openapi({ description: 'in place of a query: a published table, whole; as csv, arrow or parquet' }),
    as_of: queryBodySchema.shape.as_of.openapi({ description: 'the run of a table; a query has its own' }),
    format: z.enum(TABLE_FORMATS as [TableFormat, ...TableFormat[]]).default('csv'),
  })
  .openapi('ExportRequest');

/** Published tables of the books, which only those may have who may read finance. */
const FINANCE_TABLES: ReadonlySet<string> = new Set(['roi', 'reconciliation', 'reconciliation_line']);

const exportSchema = z
  .strictObject({
    id: z.string(),
    format: z.string(),
    run: z.string().nullable(),
    created_at: z.string(),
    expires_at: z.string(),
    rows: z.number().int().nullable(),
    bytes: z.number().int().nullable(),
    sha256: z.string().nullable(),
    file: z
      .string()
      .nullable()
      .openapi({
        description: `address of the file once it is there; needs no key and holds for ${LINK_SECONDS / 60} minutes`,
      }),
    job: jobSchema,
  })
  .openapi('Export');

export const postExportRoute: Route = {
  method: 'post',
  path: '/v1/w/{workspace}/exports',
  scope: 'read:reports',
  tag: 'reports',
  summary: 'Writes the whole answer of a query, or a published table, to a file, as a job',
  description: 'The tables roi, reconciliation and reconciliation_line also need finance:read.',
  needsControl: true,
  isSensitive: true,
  idempotency: 'required',
  body: exportBody,
  status: 202,
  response: exportSchema,
  async handle({ body }, call) {
    const asked = parseWith(exportBody, body, 'the export');
    const { format } = asked;
    const { as_of, ...what } = whatIsAsked(asked);
    checkMayRead(call, what);
    call.charge(COSTS.export - COSTS.cached);
    const { db } = controlOf(call);
    const run = await call.runs.use(as_of === 'current' ? undefined : as_of, async (results) => {
      if (what.table !== undefined) publishedFile(results, what.table);
      return results.manifest.run;
    });
    const id = idOfRequest(call) ?? randomUUID();
    const input: ExportInput = { export_id: id, format, run, ...what };
    const job = await jobsOf(call).submit('export', input, { actor: actorOf(call), id });
    const row = {
      id,
      workspace: call.workspace,
      jobId: id,
      format,
      query: what.query ?? { table: what.table },
      runId: run,
      createdBy: actorOf(call),
    };
    const made = await insertExport(db, row, call.now());
    await trace(db, call, {
      action: 'export.request',
      object: `export/${id}`,
      details: { format, run, table: what.table },
    });
    return jsonAnswer(shownExport(call, made, job), 202, { location: `/v1/w/${call.workspace}/exports/${id}` });
  },
};

/** @throws HttpProblem `forbidden` where a table of the books is asked without the right to read them */
function checkMayRead(call: Call, asked: unknown): void {
  const { table } = asked as { table?: string };
  if (table !== undefined && FINANCE_TABLES.has(table)) authorize(callerOf(call), 'finance:read');
}

/** @throws InputError `usage` unless it is either a query or a table in a format that tables have */
function whatIsAsked({ query, table, as_of, format }: z.output<typeof exportBody>) {
  const refuse = (pointer: string, detail: string): InputError =>
    new InputError('usage', detail, { details: { errors: [{ pointer, detail }] } });
  if ((query === undefined) === (table === undefined)) throw refuse('#', 'expected either query or table');
  if (query !== undefined) {
    if (as_of !== 'current') throw refuse('#/as_of', 'as_of stands in the query');
    const { as_of: run, ...asked } = query;
    return { as_of: run, query: parseQuery(asked) };
  }
  if (!(EXPORT_FORMATS as readonly string[]).includes(format))
    throw refuse('#/format', `a table goes as ${EXPORT_FORMATS.join(', ')}`);
  return { as_of, table };
}

export const getExportRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/exports/{export}',
  scope: 'read:reports',
  tag: 'reports',
  summary: 'How far an export is, and a link to its file',
  needsControl: true,
  params: z.object({ export: z.string() }),
  response: exportSchema,
  async handle({ params }, call) {
    const { db } = controlOf(call);
    const row = await findExport(db, call.workspace, params.export);
    checkMayRead(call, row.query);
    return jsonAnswer(shownExport(call, row, await findJob(db, call.workspace, row.jobId)));
  },
};

export const getExportFileRoute: Route = {
  method: 'get',
  path: '/exports/{export}',
  // the signature is the right
  scope: 'none',
  tag: 'reports',
  summary: 'The file of an export, by the link that the export shows',
  needsControl: true,
  params: z.object({ export: z.string() }),
  query: z.strictObject({ expires: z.coerce.number().int(), signature: z.string().max(100) }),
  response: z.string(),
  async handle({ params, query }, call) {
    const { db, pepper, home } = controlOf(call);
    const { expires, signature } = query as { expires: number; signature: string };
    if (!isSignedLink(pepper, filePath(params.export), expires, signature, call.now()))
      throw new HttpProblem('forbidden', 'the link has ended or was changed; ask for the export again');
    const row = await findExport(db, call.workspace, params.export);
    const file = openExport(home, row.id);
    if (file === undefined) throw new HttpProblem('not-found', 'the file is no longer kept');
    const { sha256 } = (await findJob(db, call.workspace, row.jobId)).result as ExportResult;
    return new Response(Readable.toWeb(file.stream) as ReadableStream, {
      headers: {
        'content-type': MEDIA_TYPES[row.format as TableFormat],
        'content-length': String(file.bytes),
        'content-disposition': `attachment; filename="${row.runId}-${row.id.slice(0, 8)}.${row.format}"`,
        'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
        'cache-control': 'private, no-store',
      },
    });
  },
};

function shownExport(call: Call, row: ExportRow, job: Parameters<typeof shownJob>[0]) {
  const result = job.state === 'succeeded' ? (job.result as ExportResult) : undefined;
  return {
    id: row.id,
    format: row.format,
    run: row.runId,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
    rows: result?.rows ?? null,
    bytes: result?.bytes ?? null,
    sha256: result?.sha256 ?? null,
    file: result === undefined ? null : signedLink(controlOf(call).pepper, filePath(row.id), call.now()),
    job: shownJob(job),
  };
}

function filePath(id: string): string {
  return `/exports/${id}`;
}
