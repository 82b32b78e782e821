import type { z } from '@hono/zod-openapi';
import { InputError } from '../models/errors.ts';
import type { JobQueue } from '../pipeline/control/job-queue.ts';
import type { Control } from '../pipeline/control/open-control.ts';
import { parseWith } from '../pipeline/query-schema.ts';
import type { ServedRuns } from '../pipeline/served-runs.ts';
import type { RememberedAnswer } from './answer-memo.ts';
import type { Caller, RouteScope } from './auth.ts';
import type { BodyCache } from './body-cache.ts';
import type { ProblemPlace } from './problem.ts';
import type { RateState } from './rate-limit.ts';

/** What every handler is given besides its parsed input. */
export interface Call {
  workspace: string;
  runs: ServedRuns;
  bodies: BodyCache;
  headers: Headers;
  method: string;
  /** who asks; absent on routes of scope `none` */
  caller?: Caller;
  /** address that the request comes from */
  ip?: string;
  requestId: string;
  now: () => Date;
  control?: Control;
  jobs?: JobQueue;
  /** makes a change of a key hold at once */
  forgetKey?: (id: string) => void;
  /** keeps an answer that the same address gets again for as long as the same run is served */
  remember?: (answer: RememberedAnswer) => void;
  /** takes points for what an answer costs beyond the first. @throws HttpProblem `rate-limited` */
  charge(points: number): RateState | undefined;
}

/** The control store, on the routes that need it. */
export function controlOf(call: Call): Control {
  if (call.control === undefined) throw new RangeError('this app was made without a control store');
  return call.control;
}

/** The job queue, on the routes that need it. */
export function jobsOf(call: Call): JobQueue {
  if (call.jobs === undefined) throw new RangeError('this app was made without a job queue');
  return call.jobs;
}

/** Who asks, on the routes that have a scope. */
export function callerOf(call: Call): Caller {
  if (call.caller === undefined) throw new RangeError('a route of scope none has no caller');
  return call.caller;
}

/** What a route is: documentation, rights and behaviour in one place. */
export interface Route {
  method: 'get' | 'post' | 'put' | 'delete';
  /** with braces, as OpenAPI writes it */
  path: string;
  scope: RouteScope;
  summary: string;
  description?: string;
  tag: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  /** schema of the JSON body, for the document; handlers parse `body` */
  body?: z.ZodType;
  /** schema of the JSON answer */
  response: z.ZodType;
  /** the answer also comes as CSV, Arrow and Parquet */
  isTable?: boolean;
  /** status of success; 200 when absent */
  status?: 200 | 201 | 202 | 204;
  /** media types of a body that is not JSON; its bytes stand in `RouteInput.bytes` */
  accepts?: readonly string[];
  /** how large a body may be; 64 KB when absent */
  maxBytes?: number;
  /** whether `Idempotency-Key` makes a repeated request take effect once, and whether it must be there */
  idempotency?: 'required' | 'optional';
  /** the answer follows from the address and the served run alone */
  isMemorable?: boolean;
  /** a browser that signed in a while ago signs in again first; see step-up.ts */
  isSensitive?: boolean;
  /** changes nothing, although it is no GET */
  isReading?: boolean;
  /** needs the job queue, although it is a GET */
  needsJobs?: boolean;
  /** needs the control store, which an app that only reads results may not have */
  needsControl?: boolean;
  handle(input: RouteInput, call: Call): Promise<Response>;
}

export interface RouteInput {
  params: Record<string, string>;
  query: Record<string, unknown>;
  body: unknown;
  /** of a body that is not only JSON */
  bytes?: Uint8Array;
  /** what the body says that it is, of `Route.accepts` */
  mediaType?: string;
}

/** Whether a server that only reads can answer. */
export function isForReading({ method, isReading, needsJobs }: Route): boolean {
  return (method === 'get' || isReading === true) && needsJobs !== true;
}

/** The path as Hono writes it. */
export function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** Whether a path of a request is one of this route. */
export function pathMatcher(path: string): (asked: string) => boolean {
  const pattern = new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
  return (asked) => pattern.test(asked);
}

/**
 * Parameters of the address, checked; each may stand once.
 *
 * @throws InputError `usage` with `details.errors` naming the parameters
 */
export function parseParameters(
  schema: z.ZodObject | undefined,
  given: Record<string, string[]>,
): Record<string, unknown> {
  const twice = Object.entries(given).filter(([, values]) => values.length > 1);
  if (twice.length > 0) {
    const errors = twice.map(([name]) => ({ parameter: name.slice(0, 64), detail: 'stands more than once' }));
    throw new InputError('usage', `${errors[0].parameter}: ${errors[0].detail}`, { details: { errors } });
  }
  const single = Object.fromEntries(Object.entries(given).map(([name, [value]]) => [name, value]));
  if (schema === undefined) {
    const [unknown] = Object.keys(single);
    if (unknown === undefined) return {};
    const detail = 'this address takes no parameters';
    throw new InputError('usage', detail, { details: { errors: [{ parameter: unknown.slice(0, 64), detail }] } });
  }
  try {
    return parseWith(schema, single, 'the parameters');
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    const errors = ((cause.details.errors ?? []) as ProblemPlace[]).map(({ pointer, detail }) => ({
      parameter: pointer?.replace(/^#\//, ''),
      detail,
    }));
    throw new InputError('usage', errors.map(({ parameter, detail }) => `${parameter}: ${detail}`).join('; '), {
      cause,
      details: { errors },
    });
  }
}
