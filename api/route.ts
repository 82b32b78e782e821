import type { z } from '@hono/zod-openapi';
import { InputError } from '../models/errors.ts';
import { parseWith } from '../pipeline/query-schema.ts';
import type { ServedRuns } from '../pipeline/served-runs.ts';
import type { RouteScope } from './auth.ts';
import type { BodyCache } from './body-cache.ts';
import type { ProblemPlace } from './problem.ts';

/** What every handler is given besides its parsed input. */
export interface Call {
  workspace: string;
  runs: ServedRuns;
  bodies: BodyCache;
  headers: Headers;
  method: string;
}

/** What a route is: documentation, rights and behaviour in one place. */
export interface Route {
  method: 'get' | 'post';
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
  handle(input: RouteInput, call: Call): Promise<Response>;
}

export interface RouteInput {
  params: Record<string, string>;
  query: Record<string, unknown>;
  body: unknown;
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
