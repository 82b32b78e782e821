import { createServer, type Server, STATUS_CODES } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { InputError } from '../models/errors.ts';
import { dropOldExports } from '../pipeline/control/exports.ts';
import { startJobQueue } from '../pipeline/control/job-queue.ts';
import { dropOldJobs, type JobRow } from '../pipeline/control/jobs.ts';
import { keyChecker } from '../pipeline/control/keys.ts';
import type { Control } from '../pipeline/control/open-control.ts';
import { emitEvent } from '../pipeline/control/webhooks.ts';
import { dropExportFile } from '../pipeline/jobs/export-query.ts';
import { dropOldFiles } from '../pipeline/jobs/uploads.ts';
import { listRuns } from '../pipeline/list-runs.ts';
import { readerPool } from '../pipeline/readers/reader-pool.ts';
import { freshnessOf } from '../pipeline/run-facts.ts';
import { serveRuns } from '../pipeline/served-runs.ts';
import { watchEvents } from '../pipeline/webhooks/watch.ts';
import type { Workspace } from '../pipeline/workspace.ts';
import { createApp, newRequestId, SECURITY_HEADERS } from './app.ts';
import type { Log } from './log.ts';
import { serverMetrics } from './metrics.ts';
import { HttpProblem, problemResponse } from './problem.ts';

export interface ServerSettings {
  workspace: Workspace;
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

/** What a job may hold beside the database. */
const JOB_MEMORY_BYTES = 2 * 2 ** 30;

/** What is left of ten seconds is for jobs, readers and the control store. */
const DRAIN_MS = 8_000;

/**
 * Serves a workspace's published runs over HTTP.
 *
 * @throws InputError `not_allowed` for an address beyond this machine without `allowRemote`, `locked` when the port is taken
 */
export async function startServer(settings: ServerSettings): Promise<RunningServer> {
  const host = settings.host ?? '127.0.0.1';
  if (!isLoopback(host) && !settings.allowRemote) {
    throw new InputError(
      'not_allowed',
      `${host} can be reached from other machines; name it with --host if that is meant`,
    );
  }
  const { control, workspace } = settings;
  const { log } = settings;
  const onError = (error: unknown): void => log?.error({ err: error }, 'in the background');
  const jobs = await startJobQueue({
    control,
    workspace: workspace.config.workspace,
    directory: workspace.directory,
    timeZone: workspace.config.reporting.time_zone,
    jobMemoryBytes: workspace.config.limits.memory_bytes + JOB_MEMORY_BYTES,
    now: () => new Date(),
    onError,
    onLog: (id, text) => log?.warn({ job: id, output: text.trim() }, 'output of a job'),
    onEnded: (job) => tellEnded(control, job),
  });
  const stopSweeping = sweepRegularly(control, workspace.config.workspace, onError);
  const readers = readerPool({ onLog: (text) => log?.warn({ output: text.trim() }, 'output of a reader') });
  const runs = serveRuns(workspace.paths, { readers });
  const metrics = serverMetrics();
  const stopWatching = watchEvents({
    control,
    workspace: workspace.config.workspace,
    runs,
    now: () => new Date(),
    onError,
  });
  const checkKey = keyChecker(control.db, control.pepper);
  const app = createApp({
    workspace: settings.workspace.config.workspace,
    runs,
    checkKey,
    control,
    jobs,
    forgetKey: checkKey.forget,
    pages: { listRuns: () => listRuns(settings.workspace.paths) },
    pointsPerMinute: settings.pointsPerMinute,
    now: () => new Date(),
    onAnswer({ requestId, ...answer }) {
      metrics.observe(answer.route, answer.method, answer.status, answer.seconds);
      log?.info({ request_id: requestId, ...answer }, 'answered');
    },
    onInternalError: (error, requestId) => log?.error({ err: error, request_id: requestId }, 'broke'),
  });
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
  metrics.gauge('liftproof_open_runs', 'Published runs that are held open.', () => runs.openNames().length);
  metrics.gauge('liftproof_readers', 'Processes that read published runs.', () => readers.counts().readers);
  metrics.gauge('liftproof_readers_busy', 'Readers that answer a question.', () => readers.counts().busy);
  metrics.gauge('liftproof_readers_killed', 'Readers that were killed so far.', () => readers.counts().killed);
  metrics.gauge('liftproof_queries_waiting', 'Questions that wait for a reader.', () => readers.counts().waiting);
  server.on('checkExpectation', answer);
  server.on('connect', (_request, socket: Socket) => answerBrokenRequest(new Error('CONNECT'), socket));
  server.on('clientError', answerBrokenRequest);
  const closeAll = async (): Promise<void> => {
    // a question that nobody waits for any more holds nothing up
    await Promise.all([stopSweeping(), stopWatching(), jobs.close(), readers.close()]);
    await runs.close();
  };
  try {
    await listen(server, host, settings.port);
    if (metricsServer !== undefined) await listen(metricsServer, '127.0.0.1', settings.metricsPort!);
  } catch (cause) {
    await closeAll();
    throw cause;
  }
  // whoever asks first finds a process that has started, and the run open
  readers.warm();
  if (runs.currentName() !== undefined) runs.use(undefined, freshnessOf).catch(onError);
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

/** What webhooks are told of a job that failed. A run that was published is told by whoever watches. */
async function tellEnded({ db }: Control, job: JobRow): Promise<void> {
  if (job.kind !== 'run' || job.state !== 'failed') return;
  const error = job.error as { code: string; message: string };
  const data = { job: job.id, code: error.code, message: error.message };
  const event = error.code === 'check_failed' ? 'quality.failed' : 'run.failed';
  await emitEvent(db, job.workspace, event, data, new Date(), job.id);
}

const SWEEP_MS = 3_600_000;
const DAY_MS = 24 * 3_600_000;

/** Once an hour: what was kept long enough goes. @returns stops it, and waits for the sweep that is under way */
function sweepRegularly(
  { db, home }: Control,
  workspace: string,
  onError: (error: unknown) => void,
): () => Promise<void> {
  const sweep = async (): Promise<void> => {
    const now = Date.now();
    for (const id of await dropOldExports(db, workspace, new Date(now))) dropExportFile(home, id);
    await dropOldJobs(db, workspace, new Date(now - 90 * DAY_MS));
    dropOldFiles(join(home, 'uploads'), new Date(now - 7 * DAY_MS));
  };
  let current = sweep().catch(onError);
  const timer = setInterval(() => {
    current = sweep().catch(onError);
  }, SWEEP_MS);
  return () => {
    clearInterval(timer);
    return current;
  };
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
