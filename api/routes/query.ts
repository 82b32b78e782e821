import { z } from '@hono/zod-openapi';
import { InputError } from '../../models/errors.ts';
import { fingerprint, readCursor, writeCursor } from '../../pipeline/cursor.ts';
import type { AnswerAsk } from '../../pipeline/make-answer.ts';
import { parseQuery, type Query } from '../../pipeline/query.ts';
import { parseWith } from '../../pipeline/query-schema.ts';
import { answerTable } from '../answer.ts';
import { chooseFormat, DEFAULT_ROWS, ROW_LIMITS } from '../negotiate.ts';
import { HttpProblem } from '../problem.ts';
import type { Call, Route } from '../route.ts';
import { answerSchema, formatSchema, queryBodySchema } from '../schema.ts';

const common = {
  path: '/v1/w/{workspace}/query',
  scope: 'read:reports',
  tag: 'reports',
  response: answerSchema,
  isTable: true,
} as const;

export const postQueryRoute: Route = {
  ...common,
  method: 'post',
  isReading: true,
  summary: 'Ask the published run for numbers',
  description:
    'A query selects from what the run published; unknown keys are refused. Credit is not proof: evidence grade E.',
  query: z.strictObject({ format: formatSchema }),
  body: queryBodySchema,
  handle: ({ body, query }, call) => answerQuery(body, query.format as string | undefined, call),
};

export const getQueryRoute: Route = {
  ...common,
  method: 'get',
  isMemorable: true,
  summary: 'The same as a link, for caches and spreadsheets',
  query: z.strictObject({
    q: z.string().min(1).openapi({ description: 'the body of POST, as base64url of its JSON' }),
    format: formatSchema,
  }),
  handle: ({ query }, call) => answerQuery(readQ(query.q as string), query.format as string | undefined, call),
};

/** @param input  body of a query */
export async function answerQuery(input: unknown, asked: string | undefined, call: Call): Promise<Response> {
  const format = chooseFormat(asked, call.headers.get('accept') ?? undefined);
  const { page, as_of, ...rest } = parseWith(queryBodySchema, input, 'the query');
  // completed with its defaults, so that a query is one thing however it was written
  const { page: _, ...query } = parseQuery(rest);
  const limit = page.limit ?? DEFAULT_ROWS[format];
  if (limit > ROW_LIMITS[format]) {
    throw new InputError('usage', `${format} has at most ${ROW_LIMITS[format]} rows an answer; take pages`, {
      details: { errors: [{ pointer: '#/page/limit', detail: `at most ${ROW_LIMITS[format]} for ${format}` }] },
    });
  }
  const name = fingerprint(query);
  const cursor = page.cursor ? readCursor(page.cursor) : undefined;
  if (cursor !== undefined && cursor.query !== name) {
    throw new InputError('usage', 'the cursor belongs to another query', {
      details: { errors: [{ pointer: '#/page/cursor', detail: 'belongs to another query' }] },
    });
  }
  if (cursor !== undefined && as_of !== 'current' && as_of !== cursor.run) {
    throw new InputError('usage', 'the cursor belongs to another run than as_of', {
      details: { errors: [{ pointer: '#/as_of', detail: 'is not the run of the cursor' }] },
    });
  }
  const run = cursor?.run ?? (as_of === 'current' ? undefined : as_of);
  const offset = cursor?.offset ?? 0;
  return pinned(call, run, (results) => {
    const next = writeCursor({ run: results.manifest.run, query: name, offset: offset + limit });
    const ask: AnswerAsk = {
      kind: 'query',
      query: { ...query, page: { limit, offset } } as Query,
      ...{ limit, format, nextCursor: next },
      meta: { query: { ...query, as_of, page: { limit, cursor: page.cursor ?? null } } },
    };
    const address = nextAddress(call.workspace, { ...query, page: { limit, cursor: next } }, format);
    return answerTable(call, results, ['query', query, limit, offset], run !== undefined, ask, address);
  });
}

/** A run that was named and is no longer kept is gone, not unknown. */
async function pinned(
  call: Call,
  run: string | undefined,
  work: Parameters<Call['runs']['use']>[1],
): Promise<Response> {
  try {
    return (await call.runs.use(run, work)) as Response;
  } catch (cause) {
    if (run !== undefined && cause instanceof InputError && cause.code === 'not_found') {
      throw new HttpProblem('gone-run', 'the run is not kept here; ask again without cursor and as_of');
    }
    throw cause;
  }
}

function nextAddress(workspace: string, query: unknown, format: string): string {
  return `/v1/w/${workspace}/query?q=${Buffer.from(JSON.stringify(query)).toString('base64url')}&format=${format}`;
}

/** @throws InputError `usage` for what is not base64url of JSON */
function readQ(q: string): unknown {
  try {
    if (!/^[A-Za-z0-9_-]+=*$/.test(q)) throw new SyntaxError('not base64url');
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(q, 'base64url')));
  } catch (cause) {
    const detail = 'expected the JSON of a query as base64url';
    throw new InputError('usage', detail, { cause, details: { errors: [{ parameter: 'q', detail }] } });
  }
}
