import { randomUUID } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { matchedRoutes } from 'hono/route';
import { InputError } from '../models/errors.ts';
import type { KeyChecker } from '../pipeline/api-keys.ts';
import type { ServedRuns } from '../pipeline/served-runs.ts';
import { authenticate, authorize, type RouteScope } from './auth.ts';
import { bodyCache } from './body-cache.ts';
import { describeRoute, openApiDocument } from './open-api.ts';
import { HttpProblem, isInternal, problemResponse } from './problem.ts';
import { type Call, honoPath, parseParameters, pathMatcher, type Route } from './route.ts';
import { catalogRoute } from './routes/catalog.ts';
import { healthRoute } from './routes/health.ts';
import { getQueryRoute, postQueryRoute } from './routes/query.ts';
import { pathsRoute, reportRoute } from './routes/reports.ts';
import { manifestRoute } from './routes/runs.ts';

export interface AppOptions {
  /** name of the one workspace that is served */
  workspace: string;
  runs: ServedRuns;
  checkKey: KeyChecker;
  now: () => Date;
  /** told of every error that is our own */
  onInternalError?: (error: unknown, requestId: string) => void;
}

export type Variables = { requestId: string };
type Env = { Variables: Variables };

export const ROUTES: readonly Route[] = [
  healthRoute,
  catalogRoute,
  postQueryRoute,
  getQueryRoute,
  pathsRoute,
  reportRoute,
  manifestRoute,
];

export const MAX_BODY_BYTES = 64 * 1024;

/** On every response: nothing here is a page, so nothing of it may run, be framed, sniffed or read by another site. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

/** The API as a Hono app; `app.request()` tries it without a port. */
export function createApp(options: AppOptions): OpenAPIHono<Env> {
  const app = new OpenAPIHono<Env>();
  const call = { workspace: options.workspace, runs: options.runs, bodies: bodyCache() };
  const scopes = new Map<string, RouteScope>();

  app.use(async (c, next) => {
    c.set('requestId', newRequestId());
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.res.headers.set(name, value);
    c.res.headers.set('x-request-id', c.get('requestId'));
  });
  app.use('/v1/*', async (c, next) => {
    const key = authenticate(c.req.header('authorization'), options.checkKey, options.now());
    // another workspace and no workspace look the same
    if (workspaceOf(c.req.path) !== options.workspace) throw notFound();
    for (const { method, path } of matchedRoutes(c)) {
      if (method !== 'ALL' || !path.endsWith('*')) authorize(key, scopes.get(`${method} ${path}`));
    }
    await next();
  });
  app.use(async (c, next) => {
    if (
      c.req.method !== 'POST' ||
      !ROUTES.some((route) => route.method === 'post' && pathMatcher(route.path)(c.req.path))
    )
      return next();
    const type = c.req.header('content-type')?.split(';')[0].trim().toLowerCase();
    if (type !== 'application/json') throw new HttpProblem('bad-media-type', 'send the body as application/json');
    return next();
  });
  const limited = bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: () => {
      throw new HttpProblem('too-large', `a body has at most ${MAX_BODY_BYTES} bytes`);
    },
  });
  // looking for a body builds the whole Request, which is a third of the cost of an answer from memory
  app.use((c, next) => (c.req.method === 'GET' || c.req.method === 'HEAD' ? next() : limited(c, next)));

  for (const route of ROUTES) {
    scopes.set(`${route.method.toUpperCase()} ${honoPath(route.path)}`, route.scope);
    app.openAPIRegistry.registerPath(describeRoute(route));
    app.on(route.method.toUpperCase(), honoPath(route.path), (c) => handle(route, c, call));
  }
  let document: string | undefined;
  app.get('/openapi.json', (c) => {
    document ??= JSON.stringify(openApiDocument(app));
    return c.body(document, 200, { 'content-type': 'application/json', 'cache-control': 'no-cache' });
  });

  app.notFound((c) => problemResponse(noSuchRoute(c), c.get('requestId')));
  app.onError((error, c) => {
    const known = error instanceof HTTPException ? new HttpProblem('bad-request', 'the request cannot be read') : error;
    if (isInternal(known)) options.onInternalError?.(error, c.get('requestId'));
    return problemResponse(known, c.get('requestId'));
  });
  return app;
}

/** Stands on every response and in the log of what went wrong. */
export function newRequestId(): string {
  return `req_${randomUUID()}`;
}

async function handle(route: Route, c: Context<Env>, call: Omit<Call, 'headers' | 'method'>): Promise<Response> {
  const query = parseParameters(route.query, c.req.queries());
  const body = route.body === undefined ? undefined : readJson(await c.req.text());
  return route.handle(
    { params: c.req.param(), query, body },
    { ...call, headers: c.req.raw.headers, method: c.req.method },
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const detail = text === '' ? 'the body is empty; send a query as JSON' : 'the body is not JSON';
    throw new InputError('usage', detail, { cause, details: { errors: [{ pointer: '#', detail }] } });
  }
}

function workspaceOf(path: string): string | undefined {
  return /^\/v1\/w\/([^/]+)(\/|$)/.exec(path)?.[1];
}

function notFound(): HttpProblem {
  return new HttpProblem('not-found', 'there is nothing at this address; /openapi.json lists what there is');
}

/** A path that is known under other methods is not missing: 405 says which. */
function noSuchRoute(c: Context): HttpProblem {
  const methods = new Set<string>(c.req.path === '/openapi.json' ? ['GET'] : []);
  for (const route of ROUTES) if (pathMatcher(route.path)(c.req.path)) methods.add(route.method.toUpperCase());
  if (methods.size === 0) return notFound();
  if (methods.has('GET')) methods.add('HEAD');
  const allow = [...methods].sort().join(', ');
  return new HttpProblem('method-not-allowed', `this address takes ${allow}`, { headers: { allow } });
}
