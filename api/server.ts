import { createServer, type Server, STATUS_CODES } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { availableParallelism } from 'node:os';
import { getRequestListener } from '@hono/node-server';
import { InputError } from '../models/errors.ts';
import { jobSlots } from '../pipeline/control/job-queue.ts';
import { keyChecker } from '../pipeline/control/keys.ts';
import type { Control } from '../pipeline/control/open-control.ts';
import { listRuns } from '../pipeline/list-runs.ts';
import { readerPool } from '../pipeline/readers/reader-pool.ts';
import { freshnessOf } from '../pipeline/run-facts.ts';
import type { Workspace } from '../pipeline/workspace.ts';
import { answerMemo } from './answer-memo.ts';
import { type Answered, createApp, FAILURES_PER_MINUTE, newRequestId, SECURITY_HEADERS, type Site } from './app.ts';
import { bodyCache } from './body-cache.ts';
import type { Log } from './log.ts';
import { type Metrics, serverMetrics } from './metrics.ts';
import { HttpProblem, problemResponse } from './problem.ts';
import { POINTS_PER_MINUTE, rateLimiter } from './rate-limit.ts';
import { type ServedWorkspace, serveWorkspace } from './serve-workspace.ts';
import { type Answering, siteOf } from './site.ts';

export interface ServerSettings {
  workspace: Workspace;
  /** further ones, behind the same address */
  others?: readonly Workspace[];
  /** answers questions and changes nothing: a further server of the same folders and control store */
  isReadOnly?: boolean;
  /** opened and closed by the caller */
  control: Control;
  host?: string;
  /** 0 takes any free one */
  port: number;
  /** whoever asks for an address that others can reach must say so */
  allowRemote?: boolean;
  /** what a key may spend a minute; see rate-limit.ts */
  pointsPerMinute?: number;
  /** where /metrics is served, on this machine only; nowhere when absent */
  metricsPort?: number;
  /** how long requests under way have to end after a stop */
  drainMs?: number;
  log?: Log;
}

export interface RunningServer {
  url: string;
  /** takes no more requests, lets the present ones end, closes the runs */
  close(): Promise<void>;
}

/** What is left of ten seconds is for jobs, readers and the control store. */
const DRAIN_MS = 8_000;

/**
 * Serves the published runs of one or several workspaces over HTTP.
 *
 * @throws InputError `not_allowed` for an address beyond this machine without `allowRemote`, `locked` when the port is taken, `usage`
 *   for two workspaces of one name
 */
export async function startServer(settings: ServerSettings): Promise<RunningServer> {
  const host = settings.host ?? '127.0.0.1';
  if (!isLoopback(host) && !settings.allowRemote) {
    throw new InputError(
      'not_allowed',
      `${host} can be reached from other machines; name it with --host if that is meant`,
    );
  }
  const { control, log, isReadOnly } = settings;
  const all = [settings.workspace, ...(settings.others ?? [])];
  checkNames(all);
  const onError = (error: unknown): void => log?.error({ err: error }, 'in the background');
  const readers = readerPool({ onLog: (text) => log?.warn({ output: text.trim() }, 'output of a reader') });
  const metrics = serverMetrics();
  const served: ServedWorkspace[] = [];
  const closeAll = async (): Promise<void> => {
    // a question that nobody waits for any more holds nothing up
    await Promise.all([readers.close(), ...served.map((one) => one.stop())]);
    await Promise.all(served.map((one) => one.runs.close()));
  };
  const slots = jobSlots(Math.max(2, availableParallelism()));
  const pollSeconds = Math.ceil(all.length / 4);
  try {
    for (const workspace of all)
      served.push(await serveWorkspace({ workspace, control, readers, isReadOnly, slots, pollSeconds, log }));
  } catch (cause) {
    await closeAll();
    throw cause;
  }
  const app = appOf(served, settings, metrics);
  const answer = getRequestListener(app.fetch, { errorHandler: refuse });
  // a missing Host is refused by `refuse`, in our words instead of Node's
  const server = createServer(
    { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 5_000, requireHostHeader: false },
    answer,
  );
  const metricsServer =
    settings.metricsPort === undefined
      ? undefined
      : createServer((request, response) => {
          const isThere = request.url === '/metrics' && request.method === 'GET';
          response.writeHead(isThere ? 200 : 404, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
          response.end(isThere ? metrics.text() : '');
        });
  metrics.gauge('liftproof_resident_bytes', 'Memory of the server process.', () => process.memoryUsage.rss());
  metrics.gauge('liftproof_open_runs', 'Published runs that are held open.', () =>
    served.reduce((sum, { runs }) => sum + runs.openNames().length, 0),
  );
  metrics.gauge('liftproof_readers', 'Processes that read published runs.', () => readers.counts().readers);
  metrics.gauge('liftproof_readers_busy', 'Readers that answer a question.', () => readers.counts().busy);
  metrics.gauge('liftproof_readers_killed', 'Readers that were killed so far.', () => readers.counts().killed);
  metrics.gauge('liftproof_queries_waiting', 'Questions that wait for a reader.', () => readers.counts().waiting);
  server.on('checkExpectation', answer);
  server.on('connect', (_request, socket: Socket) => answerBrokenRequest(new Error('CONNECT'), socket));
  server.on('clientError', answerBrokenRequest);
  try {
    await listen(server, host, settings.port);
    if (metricsServer !== undefined) await listen(metricsServer, '127.0.0.1', settings.metricsPort!);
  } catch (cause) {
    await closeAll();
    throw cause;
  }
  // whoever asks first finds a process that has started, and the run open
  readers.warm();
  for (const { runs } of served) if (runs.currentName() !== undefined) runs.use(undefined, freshnessOf).catch(onError);
  const address = server.address() as { port: number };
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    async close() {
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      // a connection whose last answer is out is kept alive for the next request, which will not be taken
      const idle = setInterval(() => server.closeIdleConnections(), 50);
      const deadline = setTimeout(() => server.closeAllConnections(), settings.drainMs ?? DRAIN_MS);
      await ended;
      clearInterval(idle);
      clearTimeout(deadline);
      metricsServer?.close();
      await closeAll();
    },
  };
}

/** One app for one workspace; for several one each, and one for what belongs to none of them. */
function appOf(served: readonly ServedWorkspace[], settings: ServerSettings, metrics: Metrics): Answering {
  const { control, log } = settings;
  const checkKey = keyChecker(control.db, control.pepper);
  const common = {
    ...{ checkKey, control, forgetKey: checkKey.forget, pointsPerMinute: settings.pointsPerMinute },
    isReadOnly: settings.isReadOnly,
    now: () => new Date(),
    onAnswer({ requestId, ...answer }: Answered) {
      metrics.observe(answer.route, answer.method, answer.status, answer.seconds);
      log?.info({ request_id: requestId, ...answer }, 'answered');
    },
    onInternalError: (error: unknown, requestId: string) => log?.error({ err: error, request_id: requestId }, 'broke'),
  };
  const appFor = ({ name, runs, jobs, workspace }: ServedWorkspace, site?: Site) =>
    createApp({ ...common, workspace: name, runs, jobs, pages: { listRuns: () => listRuns(workspace.paths) }, site });
  const [first] = served;
  if (served.length === 1) return appFor(first);
  const site: Site = {
    workspaces: served,
    points: rateLimiter(settings.pointsPerMinute ?? POINTS_PER_MINUTE),
    failures: rateLimiter(FAILURES_PER_MINUTE),
    bodies: bodyCache(),
    memo: answerMemo(),
  };
  // ready when all of them are
  const currentName = () => (served.every(({ runs }) => runs.currentName() !== undefined) ? 'all' : undefined);
  const root = createApp({ ...common, workspace: '', runs: { ...first.runs, currentName }, jobs: first.jobs, site });
  return siteOf(new Map(served.map((one) => [one.name, appFor(one, site)])), root);
}

/** @throws InputError `usage` for two workspaces of one name */
function checkNames(all: readonly Workspace[]): void {
  for (const [i, { config, directory }] of all.entries()) {
    const other = all.slice(0, i).find((one) => one.config.workspace === config.workspace);
    if (other !== undefined)
      throw new InputError(
        'usage',
        `${directory} and ${other.directory} are both called ${config.workspace}; give one of them another name (workspace: in liftproof.yaml)`,
      );
  }
}

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(listenError(cause, host, port)));
    server.listen(port, host, resolve);
  });
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): unknown {
  if (cause.code === 'EADDRINUSE')
    return new InputError(
      'locked',
      `port ${port} of ${host} is in use; stop what uses it or choose another with --port`,
      { cause },
    );
  if (cause.code === 'EACCES')
    return new InputError(
      'not_allowed',
      `port ${port} may not be opened by this user; choose one above 1023 with --port`,
      { cause },
    );
  if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND')
    return new InputError('usage', `${host} is not an address of this machine; choose another with --host`, { cause });
  return cause;
}

/** What the adapter refuses before the app sees it: no Host, one that is none, an address that is no path. */
function refuse(): Response {
  const requestId = newRequestId();
  const response = problemResponse(
    new HttpProblem('bad-request', 'the request cannot be read; its Host or its address is not valid'),
    requestId,
  );
  for (const [name, value] of Object.entries({ ...SECURITY_HEADERS, 'x-request-id': requestId }))
    response.headers.set(name, value);
  return response;
}

/** What Node's parser refuses never reaches the app; it gets a problem all the same. */
async function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): Promise<void> {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const requestId = newRequestId();
  const problem =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new HttpProblem('headers-too-large', 'use POST for a long query')
      : new HttpProblem('bad-request', 'the request cannot be read');
  const response = problemResponse(problem, requestId);
  const body = await response.text();
  const headers = {
    ...SECURITY_HEADERS,
    ...Object.fromEntries(response.headers),
    'x-request-id': requestId,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${response.status} ${STATUS_CODES[response.status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}
