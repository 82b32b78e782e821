import type { ApiKey, KeyChecker, Scope } from '../pipeline/api-keys.ts';
import { HttpProblem } from './problem.ts';

/** What a route asks of its caller. `none` is said, never assumed: a route that says nothing is closed. */
export type RouteScope = Scope | 'none';

/**
 * The key that a request carries.
 *
 * @throws HttpProblem `unauthenticated`, in the same words for a key that is malformed, unknown, wrong or expired
 */
export function authenticate(header: string | undefined, check: KeyChecker, now: Date): ApiKey {
  if (header === undefined) {
    throw new HttpProblem(
      'unauthenticated',
      'send "Authorization: Bearer lp_live_..."; "liftproof serve" prints a key when it starts',
      {
        headers: { 'www-authenticate': 'Bearer realm="liftproof"' },
      },
    );
  }
  const token = /^Bearer +([^\s]+) *$/i.exec(header)?.[1];
  const key = check(token ?? '', now);
  if (key === undefined) {
    throw new HttpProblem('unauthenticated', 'the key is not valid here; it may be mistyped, expired or revoked', {
      headers: { 'www-authenticate': 'Bearer realm="liftproof", error="invalid_token"' },
    });
  }
  return key;
}

/** @throws HttpProblem `forbidden` when the route declares no scope, or one that the key lacks */
export function authorize(key: ApiKey, scope: RouteScope | undefined): void {
  if (scope === 'none') return;
  if (scope !== undefined && key.scopes.includes(scope)) return;
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
