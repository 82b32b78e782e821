import { randomUUID } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { matchedRoutes } from 'hono/route';
import { InputError } from '../models/errors.ts';
import type { JobQueue } from '../pipeline/control/job-queue.ts';
import { type CheckKey, opens } from '../pipeline/control/keys.ts';
import type { Control } from '../pipeline/control/open-control.ts';
import type { ListedRun } from '../pipeline/list-runs.ts';
import type { ServedRuns } from '../pipeline/served-runs.ts';
import { type AnswerMemo, answerMemo, type RememberedAnswer } from './answer-memo.ts';
import { authenticate, authorize, type Caller, type RouteScope } from './auth.ts';
import { type BodyCache, bodyCache } from './body-cache.ts';
import { isMatch } from './etag.ts';
import { answerOnce } from './idempotency.ts';
import { describeRoute, openApiDocument } from './open-api.ts';
import { type PageAccess, READ_ONLY, readingOnly, signedIn } from './pages/access.ts';
import { mountJoin } from './pages/join.tsx';
import { mountPages } from './pages/mount.tsx';
import { mountPortfolio } from './pages/portfolio.tsx';
import { mountShared } from './pages/shared.tsx';
import { HttpProblem, isInternal, problemResponse } from './problem.ts';
import { COSTS, POINTS_PER_MINUTE, type RateLimiter, type RateState, rateHeaders, rateLimiter } from './rate-limit.ts';
import { REFERENCE_POLICY, type ReferenceDocument, referencePage } from './reference.tsx';
import { addressOf } from './request.ts';
import { type Call, honoPath, isForReading, parseParameters, pathMatcher, type Route } from './route.ts';
import { ROUTES } from './routes.ts';
import { browserSessions } from './session.ts';
import { checkFresh } from './step-up.ts';

export interface AppOptions {
  /** name of the one workspace that is served */
  workspace: string;
  runs: ServedRuns;
  checkKey: CheckKey;
  /** absent in an app that only reads results: then routes that need it are not there, and no browser signs in */
  control?: Control;
  /** of the same workspace; goes with `control` */
  jobs?: JobQueue;
  /** told of a key that was changed here */
  forgetKey?: (id: string) => void;
  /** the dashboard; absent: the API alone. Browsers sign in unless `access` says who they are */
  pages?: { listRuns: () => readonly ListedRun[]; access?: PageAccess };
  /** changes nothing of a workspace: whatever would is refused */
  isReadOnly?: boolean;
  /** what it has in common with the apps of other workspaces of the same server */
  site?: Site;
  /** what a key may spend a minute */
  pointsPerMinute?: number;
  /** wrong keys that an address may send a minute */
  failuresPerMinute?: number;
  now: () => Date;
  /** told of every answer */
  onAnswer?: (answer: Answered) => void;
  /** told of every error that is our own */
  onInternalError?: (error: unknown, requestId: string) => void;
}

/** Several workspaces behind one address. What limits callers, and what is remembered, is one for all of them. */
export interface Site {
  workspaces: readonly { name: string; runs: ServedRuns }[];
  points: RateLimiter;
  failures: RateLimiter;
  bodies: BodyCache;
  memo: AnswerMemo;
}

/** An answered request, without its address: that may hold what nobody should read in a log. */
export interface Answered {
  requestId: string;
  method: string;
  /** pattern of the route; `other` for pages and for what is not there */
  route: string;
  status: number;
  seconds: number;
  keyId?: string;
  ip?: string;
}

export type Variables = { requestId: string; caller?: Caller; rate?: RateState; route?: string; isComplete?: boolean };
type Env = { Variables: Variables };

export const MAX_BODY_BYTES = 64 * 1024;

/** Wrong keys that an address may send. */
export const FAILURES_PER_MINUTE = 30;

/** On every response, unless a page says something else: nothing of it may run, be framed, sniffed or read by another site. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

/** Behind a proxy with TLS also that browsers shall never come without it; over plain HTTP that may not be said (RFC 6797 §7.2). */
function securityHeaders(c: Context): Readonly<Record<string, string>> {
  return c.req.header('x-forwarded-proto') === 'https' ? TLS_HEADERS : SECURITY_HEADERS;
}

const TLS_HEADERS = { ...SECURITY_HEADERS, 'strict-transport-security': 'max-age=31536000' };

/** The API as a Hono app; `app.request()` tries it without a port. */
export function createApp(options: AppOptions): OpenAPIHono<Env> {
  const app = new OpenAPIHono<Env>();
  const { workspace, runs, control, checkKey, now } = options;
  const { site } = options;
  const bodies = site?.bodies ?? bodyCache();
  const call = {
    ...{ workspace, runs, control, jobs: options.jobs, forgetKey: options.forgetKey, now },
    isReadOnly: options.isReadOnly,
    // a tag says nothing of the workspace
    bodies: { take: ((etag, make) => bodies.take(`${workspace} ${etag}`, make)) satisfies BodyCache['take'] },
  };
  const routes = control === undefined ? ROUTES.filter((route) => !route.needsControl) : ROUTES;
  const points = site?.points ?? rateLimiter(options.pointsPerMinute ?? POINTS_PER_MINUTE);
  const failures = site?.failures ?? rateLimiter(options.failuresPerMinute ?? FAILURES_PER_MINUTE);
  const workspaces = site?.workspaces.map(({ name }) => name);
  const sessions =
    control === undefined
      ? undefined
      : browserSessions({ db: control.db, workspace, workspaces, checkKey, now, failures });
  const memo = site?.memo ?? answerMemo();
  const scopes = new Map<string, RouteScope>();
  const matchers = routes.map((route) => ({ route, isAt: pathMatcher(route.path) }));
  const routeOf = (c: Context): Route | undefined =>
    matchers.find(({ route, isAt }) => route.method === c.req.method.toLowerCase() && isAt(c.req.path))?.route;

  const tellAnswered = (c: Context<Env>, started: number): void =>
    options.onAnswer?.({
      requestId: c.get('requestId'),
      method: c.req.method,
      route: c.get('route') ?? 'other',
      status: c.res.status,
      seconds: (performance.now() - started) / 1000,
      keyId: c.get('caller')?.id,
      ip: addressOf(c),
    });

  app.use(async (c, next) => {
    const started = performance.now();
    c.set('requestId', newRequestId());
    await next();
    if (c.get('isComplete')) return tellAnswered(c, started);
    for (const [name, value] of Object.entries(securityHeaders(c)))
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    const rate = c.get('rate');
    if (rate !== undefined && !c.res.headers.has('ratelimit'))
      for (const [name, value] of Object.entries(rateHeaders(rate))) c.res.headers.set(name, value);
    c.res.headers.set('x-request-id', c.get('requestId'));
    tellAnswered(c, started);
  });
  app.use('/v1/*', async (c, next) => {
    const caller = await authenticate(c, { checkKey, sessions, failures, now });
    // another workspace, one of another key, and none look the same
    if (workspaceOf(c.req.path) !== workspace || !opens(caller, workspace)) throw notFound();
    for (const { method, path } of matchedRoutes(c)) {
      if (method !== 'ALL' || !path.endsWith('*')) authorize(caller, scopes.get(`${method} ${path}`));
    }
    c.set('caller', caller);
    c.set('rate', points.take(caller.id, COSTS.cached));
    await next();
  });
  app.use(async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
    const route = routeOf(c);
    if (route?.body === undefined && route?.accepts === undefined) return next();
    const accepts = route.accepts ?? ['application/json'];
    if (!accepts.includes(mediaTypeOf(c)))
      throw new HttpProblem('bad-media-type', `send the body as ${accepts.join(' or ')}`);
    return next();
  });
  const limits = new Map([...new Set(routes.map(maxBytesOf))].map((bytes) => [bytes, limitedTo(bytes)]));
  // looking for a body builds the whole Request, which is a third of the cost of an answer from memory
  app.use((c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
    const route = routeOf(c);
    return limits.get(route === undefined ? MAX_BODY_BYTES : maxBytesOf(route))!(c, next);
  });

  for (const route of routes) {
    scopes.set(`${route.method.toUpperCase()} ${honoPath(route.path)}`, route.scope);
    app.openAPIRegistry.registerPath(describeRoute(route));
    app.on(route.method.toUpperCase(), honoPath(route.path), (c) => handle(route, c, call, points, memo));
  }
  let document: string | undefined;
  app.get('/openapi.json', (c) => {
    document ??= JSON.stringify(openApiDocument(app));
    return c.body(document, 200, { 'content-type': 'application/json', 'cache-control': 'no-cache' });
  });

  let reference: string | undefined;
  app.get('/docs', (c) => {
    reference ??= referencePage(openApiDocument(app) as ReferenceDocument);
    return c.html(reference, 200, { 'content-security-policy': REFERENCE_POLICY, 'cache-control': 'no-cache' });
  });
  if (sessions !== undefined) {
    app.post('/sign-in', (c) => sessions.signIn(c));
    app.post('/sign-out', (c) => sessions.signOut(c));
  }
  // before the pages, whose first address it takes over
  if (site !== undefined && control !== undefined) mountPortfolio(app, { ...options, ...site, control });
  const given = options.pages?.access ?? (sessions && signedIn(sessions));
  const access = given !== undefined && options.isReadOnly ? readingOnly(given) : given;
  if (options.pages !== undefined && access !== undefined) mountPages(app, { ...options, ...options.pages, access });
  if (options.pages !== undefined && control !== undefined) {
    if (!options.isReadOnly) mountJoin(app, { ...options, control, failures, isServed: (name) => name === workspace });
    mountShared(app, {
      ...options,
      control,
      points,
      failures,
      runsOf: (name) => (name === workspace ? runs : undefined),
    });
  }

  app.notFound((c) => problemResponse(noSuchRoute(c, routes), c.get('requestId')));
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

async function handle(
  route: Route,
  c: Context<Env>,
  common: Pick<Call, 'workspace' | 'runs' | 'control' | 'jobs' | 'forgetKey' | 'now' | 'bodies'> & {
    isReadOnly?: boolean;
  },
  points: RateLimiter,
  memo: AnswerMemo,
): Promise<Response> {
  c.set('route', route.path);
  if (common.isReadOnly && !isForReading(route)) throw new HttpProblem('read-only', READ_ONLY);
  const key = route.isMemorable ? memoKey(c, common.runs.currentName()) : undefined;
  const known = key === undefined ? undefined : memo.find(key);
  if (known !== undefined) return rememberedAnswer(c, known);
  const query = parseParameters(route.query, c.req.queries());
  const bytes = route.accepts === undefined ? undefined : new Uint8Array(await c.req.arrayBuffer());
  const text = route.body === undefined ? undefined : await c.req.text();
  const caller = c.get('caller');
  checkFresh(route, caller, common.now());
  const call: Call = {
    ...common,
    runs: caller === undefined ? common.runs : common.runs.as(caller.id),
    headers: c.req.raw.headers,
    method: c.req.method,
    caller,
    ip: addressOf(c),
    requestId: c.get('requestId'),
    remember: key === undefined ? undefined : (answer) => memo.keep(key, answer),
    charge(cost) {
      if (caller === undefined) return undefined;
      const state = points.take(caller.id, cost);
      c.set('rate', state);
      return state;
    },
  };
  return answerOnce(route, call, c.req.path, bytes ?? text ?? '', () => {
    const body = text === undefined ? undefined : readJson(text);
    return route.handle({ params: c.req.param(), query, body, bytes, mediaType: mediaTypeOf(c) }, call);
  });
}

function maxBytesOf(route: Route): number {
  return route.maxBytes ?? MAX_BODY_BYTES;
}

function limitedTo(maxSize: number) {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new HttpProblem('too-large', `a body has at most ${maxSize} bytes`);
    },
  });
}

/** What an answer follows from: the run that is served, and the request to its last letter. */
function memoKey(c: Context<Env>, run: string | undefined): string | undefined {
  return run === undefined ? undefined : `${run}\n${c.req.url}\n${c.req.header('accept') ?? ''}`;
}

/** All headers at once: touching them one by one costs more than the answer. */
function rememberedAnswer(c: Context<Env>, { bytes, headers, etag }: RememberedAnswer): Response {
  const rate = c.get('rate');
  const common = {
    ...headers,
    ...securityHeaders(c),
    ...(rate === undefined ? {} : rateHeaders(rate)),
    'x-request-id': c.get('requestId'),
  };
  c.set('isComplete', true);
  if (!isMatch(c.req.header('if-none-match'), etag))
    return new Response(bytes as Uint8Array<ArrayBuffer>, { headers: common });
  const { 'content-length': _, 'content-type': __, ...rest } = common as Record<string, string>;
  return new Response(null, { status: 304, headers: rest });
}

function mediaTypeOf(c: Context): string {
  return c.req.header('content-type')?.split(';')[0].trim().toLowerCase() ?? '';
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
function noSuchRoute(c: Context, routes: readonly Route[]): HttpProblem {
  const methods = new Set<string>(['/openapi.json', '/docs'].includes(c.req.path) ? ['GET'] : []);
  for (const route of routes) if (pathMatcher(route.path)(c.req.path)) methods.add(route.method.toUpperCase());
  if (methods.size === 0) return notFound();
  if (methods.has('GET')) methods.add('HEAD');
  const allow = [...methods].sort().join(', ');
  return new HttpProblem('method-not-allowed', `this address takes ${allow}`, { headers: { allow } });
}
