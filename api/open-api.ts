import type { OpenAPIHono, RouteConfig } from '@hono/zod-openapi';
import { z } from '@hono/zod-openapi';
import { MEDIA_TYPES, type TableFormat } from '../pipeline/encode-table.ts';
import { VERSION } from '../pipeline/version.ts';
import { PROBLEMS, type ProblemType } from './problem.ts';
import type { Route } from './route.ts';
import { problemSchema } from './schema.ts';

/** A route as the document shows it, with every problem that it can answer with. */
export function describeRoute(route: Route): RouteConfig {
  const hasWorkspace = route.path.includes('{workspace}');
  const workspace = z.object({ workspace: z.string().openapi({ example: 'acme' }) });
  const params = hasWorkspace ? workspace.extend(route.params?.shape ?? {}) : route.params;
  return {
    method: route.method,
    path: route.path,
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    security: route.scope === 'none' ? [] : [{ bearer: [route.scope] }],
    request: {
      ...(params === undefined ? {} : { params }),
      ...(route.query === undefined ? {} : { query: route.query }),
      ...(route.body === undefined
        ? {}
        : { body: { required: true, content: { 'application/json': { schema: route.body } } } }),
      ...(route.accepts === undefined ? {} : { body: { required: true, content: bytesOf(route.accepts) } }),
      ...(route.idempotency === undefined ? {} : { headers: idempotencyHeader(route.idempotency) }),
    },
    responses: { ...answers(route), ...problems(route) },
  };
}

/** The whole document, OpenAPI 3.1. */
// biome-ignore lint/suspicious/noExplicitAny: the document does not depend on the app's environment
export function openApiDocument(app: OpenAPIHono<any>): object {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'lp_live_<8 id>_<43 secret>',
  });
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Liftproof',
      version: VERSION,
      description:
        'What sold, credited to what came before it. Money is decimal text, counts are integers, times are RFC 3339, problems are RFC 9457.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: '/' }],
  });
}

function operationId(route: Route): string {
  const words = route.path
    .split('/')
    .filter((part) => part !== '' && part !== 'v1' && part !== 'w' && part !== '{workspace}');
  return [route.method, ...words.map((part) => part.replace(/[{}]/g, ''))]
    .map((word, i) => (i === 0 ? word : word[0].toUpperCase() + word.slice(1)))
    .join('');
}

function bytesOf(types: readonly string[]): Record<string, { schema: { type: 'string'; format: 'binary' } }> {
  return Object.fromEntries(types.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]));
}

function idempotencyHeader(need: 'required' | 'optional') {
  const key = z.string().min(1).max(200).openapi({ description: 'the same request sent again has no second effect' });
  return z.object({ 'Idempotency-Key': need === 'required' ? key : key.optional() });
}

function answers(route: Route): RouteConfig['responses'] {
  const status = route.status ?? 200;
  if (status === 204) return { 204: { description: 'done' } };
  const binary = (format: TableFormat) => ({
    [MEDIA_TYPES[format].split(';')[0]]: { schema: { type: 'string' as const, contentMediaType: MEDIA_TYPES[format] } },
  });
  const content = {
    'application/json': { schema: route.response },
    ...(route.isTable
      ? { ...binary('ndjson'), ...binary('csv'), ...binary('arrow'), ...binary('parquet'), ...binary('xlsx') }
      : {}),
  };
  const isCached = route.scope !== 'none' && !route.needsControl;
  const ok = {
    description: 'the answer',
    content,
    ...(isCached ? { headers: { ETag: { description: 'strong', schema: { type: 'string' as const } } } } : {}),
  };
  return isCached && route.method === 'get'
    ? { 200: ok, 304: { description: 'what the caller has is still right (If-None-Match)' } }
    : { [status]: ok };
}

function problems(route: Route): RouteConfig['responses'] {
  const types: ProblemType[] = ['invalid-request', 'method-not-allowed', 'internal'];
  if (route.scope !== 'none')
    types.push('unauthenticated', 'forbidden', 'not-found', 'not-acceptable', 'over-capacity', 'query-timeout');
  if (route.body !== undefined || route.accepts !== undefined) types.push('too-large', 'bad-media-type');
  if (route.scope !== 'none') types.push('rate-limited');
  if (route.method !== 'get') types.push('conflict');
  if (route.path.endsWith('/query')) types.push('gone-run');
  const content = { 'application/problem+json': { schema: problemSchema } };
  return Object.fromEntries(
    types.map((type) => [PROBLEMS[type].status, { description: PROBLEMS[type].title, content }]),
  );
}
