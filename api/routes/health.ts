import { sql } from 'drizzle-orm';
import { jsonAnswer } from '../lists.ts';
import { HttpProblem } from '../problem.ts';
import { controlOf, type Route } from '../route.ts';
import { healthSchema, readySchema } from '../schema.ts';

export const healthRoute: Route = {
  method: 'get',
  path: '/healthz',
  scope: 'none',
  tag: 'operations',
  summary: 'Whether the server is up',
  response: healthSchema,
  async handle() {
    return new Response('{"status":"ok"}', {
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });
  },
};

const READY_MS = 2000;

export const readyRoute: Route = {
  method: 'get',
  path: '/readyz',
  scope: 'none',
  tag: 'operations',
  summary: 'Whether the server can do its work: the control store answers, and a run is published or not',
  needsControl: true,
  response: readySchema,
  async handle(_input, call) {
    const late = new Promise<never>((_resolve, reject) => setTimeout(reject, READY_MS, new Error('late')).unref());
    try {
      await Promise.race([controlOf(call).db.execute(sql`select 1`), late]);
    } catch {
      throw new HttpProblem('over-capacity', 'the control store does not answer', { headers: { 'retry-after': '5' } });
    }
    return jsonAnswer({ status: 'ok', has_run: call.runs.currentName() !== undefined });
  },
};
