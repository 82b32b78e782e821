import type { Context } from 'hono';
import type { ApiKey, CheckKey } from '../pipeline/control/keys.ts';
import type { Scope } from '../pipeline/control/roles.ts';
import { HttpProblem } from './problem.ts';
import type { RateLimiter } from './rate-limit.ts';
import { addressOf, hasSessionCookie } from './request.ts';
import type { Sessions } from './session.ts';

/** What a route asks of its caller. `none` is said, never assumed: a route that says nothing is closed. */
export type RouteScope = Scope | 'none';

/** Who asks. */
export type Caller = Pick<ApiKey, 'id' | 'workspace' | 'name' | 'role' | 'scopes' | 'memberId'> & {
  /** of a browser: when it showed its key; absent where every request brings the key */
  signedInAt?: Date;
};

export interface Authentication {
  checkKey: CheckKey;
  sessions?: Sessions;
  /** charged for keys that are wrong, so that nobody tries many */
  failures: RateLimiter;
  now: () => Date;
}

/**
 * Who a request comes from: the key of `Authorization`, else the session of a browser.
 *
 * @throws HttpProblem `unauthenticated`, in the same words for a key that is malformed, unknown, wrong or expired;
 *   `forbidden` when a browser would change something without its CSRF token
 */
export async function authenticate(c: Context, { checkKey, sessions, failures, now }: Authentication): Promise<Caller> {
  const header = c.req.header('authorization');
  if (header === undefined) {
    if (sessions !== undefined && hasSessionCookie(c)) {
      const isRead = c.req.method === 'GET' || c.req.method === 'HEAD';
      const session = isRead ? await sessions.read(c) : await sessions.readForChange(c);
      if (session !== undefined) return { ...session.key, signedInAt: session.openedAt };
    }
    throw new HttpProblem(
      'unauthenticated',
      'send "Authorization: Bearer lp_live_..."; "liftproof key create" makes a key',
      { headers: { 'www-authenticate': 'Bearer realm="liftproof"' } },
    );
  }
  const token = /^Bearer +([^\s]+) *$/i.exec(header)?.[1];
  const ip = addressOf(c);
  const key = await checkKey(token ?? '', now(), ip);
  if (key === undefined) {
    failures.take(ip ?? 'unknown', 1);
    throw invalidKey();
  }
  return key;
}

/** The same words for whatever is wrong with a key. */
export function invalidKey(): HttpProblem {
  return new HttpProblem('unauthenticated', 'the key is not valid here; it may be mistyped, expired or revoked', {
    headers: { 'www-authenticate': 'Bearer realm="liftproof", error="invalid_token"' },
  });
}

/** @throws HttpProblem `forbidden` when the route declares no scope, or one that the key lacks */
export function authorize(caller: Caller, scope: RouteScope | undefined): void {
  if (scope === 'none') return;
  if (scope !== undefined && caller.scopes.includes(scope)) return;
  throw new HttpProblem(
    'forbidden',
    scope === undefined ? 'this is open to no key' : `the key lacks the scope ${scope}`,
    {
      headers:
        scope === undefined
          ? {}
          : { 'www-authenticate': `Bearer realm="liftproof", error="insufficient_scope", scope="${scope}"` },
    },
  );
}
