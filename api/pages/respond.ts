import type { Context } from 'hono';
import type { Child } from 'hono/jsx';

/** No script anywhere, no style but the stylesheet: what is not in this list cannot run. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  // with no-referrer a browser would send the forms of these pages without their origin
  'referrer-policy': 'same-origin',
  'cache-control': 'private, no-cache',
  vary: 'Cookie',
};

/** A whole document as a response. */
export async function html(
  c: Context,
  status: 200 | 403 | 404 | 422 | 500 | 503,
  page: Child,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return c.html(`<!doctype html>${await (page as { toString(): string | Promise<string> }).toString()}`, status, {
    ...PAGE_HEADERS,
    ...headers,
  });
}
