import { HttpProblem } from './problem.ts';

/**
 * Nobody gives what he does not have, nor touches what may do more than he.
 *
 * @throws HttpProblem `forbidden`
 */
export function checkRights(own: readonly string[], scopes: readonly string[]): void {
  const beyond = scopes.filter((scope) => !own.includes(scope));
  if (beyond.length > 0) throw new HttpProblem('forbidden', `your own key lacks ${beyond.join(', ')}`);
}
