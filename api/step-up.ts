import type { Caller } from './auth.ts';
import { HttpProblem } from './problem.ts';
import type { Route } from './route.ts';

/** How long ago a browser may have shown its key for what a stolen session must not do. */
export const FRESH_MS = 15 * 60_000;

/**
 * Whoever sends a key with every request proves himself each time; a session only when it began. What takes data out, away, or back into
 * the books asks for the key again.
 *
 * @throws HttpProblem `forbidden`
 */
export function checkFresh(route: Pick<Route, 'isSensitive'>, caller: Caller | undefined, now: Date): void {
  const since = caller?.signedInAt;
  if (!route.isSensitive || since === undefined || now.getTime() - since.getTime() <= FRESH_MS) return;
  throw new HttpProblem(
    'forbidden',
    `this asks for your key again: you signed in more than ${FRESH_MS / 60_000} minutes ago; sign in again, or send the key itself`,
    { headers: { 'www-authenticate': 'Bearer realm="liftproof", error="insufficient_user_authentication"' } },
  );
}
