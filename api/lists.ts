import { z } from '@hono/zod-openapi';

/** Parameters of a list: newest first, page by page. */
export const listParameters = {
  limit: z.coerce.number().int().min(1).max(100).default(20),
  starting_after: z.string().max(100).optional().openapi({ description: 'id of the last item of the page before' }),
};

/** A page of a list. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.strictObject({ data: z.array(item), has_more: z.boolean() });
}

/** @param items  one more than the limit when there are more */
export function listAnswer<T>(items: readonly T[], limit: number, shown: (item: T) => unknown): Response {
  return jsonAnswer({ data: items.slice(0, limit).map(shown), has_more: items.length > limit });
}

export function jsonAnswer(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  });
}
