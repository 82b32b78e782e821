import type { Route } from '../route.ts';
import { healthSchema } from '../schema.ts';

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
