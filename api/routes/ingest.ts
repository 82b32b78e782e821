import { z } from '@hono/zod-openapi';
import { InputError } from '../../models/errors.ts';
import { type JobRow, listJobs } from '../../pipeline/control/jobs.ts';
import type { IngestInput } from '../../pipeline/jobs/job-inputs.ts';
import { keepUpload, kindOfUpload, UPLOAD_STREAMS } from '../../pipeline/jobs/uploads.ts';
import type { SourceOption } from '../../pipeline/sources/source.ts';
import { idOfRequest } from '../idempotency.ts';
import { jsonAnswer, listAnswer, listOf, listParameters } from '../lists.ts';
import { controlOf, jobsOf, type Route } from '../route.ts';
import { actorOf, trace } from '../trace.ts';
import { acceptedSchema, jobAccepted, jobSchema, shownJob } from './jobs.ts';

export const MAX_UPLOAD_BYTES = 10 * 2 ** 20;

const SOURCE_OPTIONS = [
  'time_zone',
  'currency',
  'account',
  'date_order',
  'decimal_mark',
  'shop',
  'year',
  'consent',
  'orders',
  'action_type',
  'period',
] as const satisfies readonly SourceOption[];

const optionSchemas = Object.fromEntries(
  SOURCE_OPTIONS.map((name) => [name, z.string().max(100).optional()]),
) as Record<SourceOption, z.ZodOptional<z.ZodString>>;

export const postIngestRoute: Route = {
  method: 'post',
  path: '/v1/w/{workspace}/ingest/{stream}',
  scope: 'write:ingest',
  tag: 'ingest',
  summary: 'Takes a file, keeps its bytes, and queues a job that lands and loads it',
  description: `A stream takes plain rows by column name, as CSV, a JSON array or NDJSON; \`auto\` takes any kind of file that is known. Streams: ${Object.keys(UPLOAD_STREAMS).join(', ')}. The same bytes again add nothing. The job's result is the receipt: read = accepted + duplicate + unchanged + rejected.`,
  needsControl: true,
  idempotency: 'optional',
  accepts: ['text/csv', 'application/x-ndjson', 'application/json', 'application/octet-stream'],
  maxBytes: MAX_UPLOAD_BYTES,
  params: z.object({ stream: z.string().openapi({ example: 'orders' }) }),
  query: z.strictObject({
    name: z.string().min(1).max(200).optional().openapi({ description: 'name of the file, for receipts' }),
    as: z.string().max(100).optional().openapi({ description: 'kind of file, with auto' }),
    source: z.string().max(100).optional().openapi({ description: 'source in liftproof.yaml that it belongs to' }),
    exported_at: z.iso.datetime({ offset: true }).optional().openapi({ description: 'when the export was made' }),
    on_error: z.enum(['quarantine', 'abort']).default('quarantine'),
    ...optionSchemas,
  }),
  status: 202,
  response: acceptedSchema,
  async handle({ params, query, bytes, mediaType }, call) {
    const kind = kindOfUpload(params.stream);
    if (bytes === undefined || bytes.length === 0) throw new InputError('usage', 'the body is empty; send a file');
    const { name, as, source, exported_at, on_error, ...given } = query as Record<string, string | undefined>;
    if (kind !== undefined && as !== undefined)
      throw new InputError('usage', 'as goes with the stream auto', {
        details: { errors: [{ parameter: 'as', detail: 'goes with the stream auto' }] },
      });
    const rows = kind === undefined ? undefined : rowsOf(mediaType);
    const { path, batchId } = keepUpload(controlOf(call).home, bytes);
    const input: IngestInput = {
      path,
      batch_id: batchId,
      bytes: bytes.length,
      stream: params.stream,
      rows,
      options: {
        name: name ?? `${params.stream}-${batchId.slice(0, 8)}`,
        as: kind ?? as,
        source,
        exportedAt: exported_at === undefined ? call.now().toISOString() : new Date(exported_at).toISOString(),
        onError: on_error as 'quarantine' | 'abort',
        options: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
      },
    };
    const job = await jobsOf(call).submit('ingest', input, { actor: actorOf(call), id: idOfRequest(call) });
    const details = { batch_id: batchId, bytes: bytes.length, stream: params.stream };
    await trace(controlOf(call).db, call, { action: 'ingest.upload', object: `job/${job.id}`, details });
    return jobAccepted(call, job, { batch_id: batchId, bytes: bytes.length });
  },
};

const batchSchema = z
  .strictObject({
    batch_id: z.string().openapi({ description: 'SHA-256 of the bytes as they were sent' }),
    bytes: z.number().int(),
    stream: z.string(),
    name: z.string().nullable(),
    job: jobSchema,
  })
  .openapi('Batch');

export const listBatchesRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/ingest/batches',
  scope: 'read:ops',
  tag: 'ingest',
  summary: 'Files that came by HTTP, newest first, and what became of them',
  description: 'What is loaded in all, whichever way it came, stands in the manifest of a run.',
  needsControl: true,
  query: z.strictObject({ ...listParameters }),
  response: listOf(batchSchema),
  async handle({ query }, call) {
    const { limit, starting_after: after } = query as { limit: number; starting_after?: string };
    const rows = await listJobs(controlOf(call).db, call.workspace, { limit: limit + 1, after, kind: 'ingest' });
    return listAnswer(rows, limit, shownBatch);
  },
};

export const getBatchRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/ingest/batches/{batch}',
  scope: 'read:ops',
  tag: 'ingest',
  summary: 'A file that came by HTTP: counts, and rejected lines with column and reason, without their values',
  needsControl: true,
  params: z.object({ batch: z.string() }),
  response: batchSchema,
  async handle({ params }, call) {
    const options = { limit: 1, kind: 'ingest', batch: params.batch.slice(0, 100) };
    const [row] = await listJobs(controlOf(call).db, call.workspace, options);
    if (row === undefined) throw new InputError('not_found', 'there is no such batch', { details: { what: 'batch' } });
    return jsonAnswer(shownBatch(row));
  },
};

function shownBatch(job: JobRow) {
  const { batch_id, bytes, stream, options } = job.input as IngestInput;
  return { batch_id, bytes, stream, name: options.name ?? null, job: shownJob(job) };
}

function rowsOf(mediaType: string | undefined): IngestInput['rows'] {
  if (mediaType === 'application/json') return 'array';
  return mediaType === 'application/x-ndjson' ? 'lines' : undefined;
}
