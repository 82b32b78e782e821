import type { Context } from 'hono';
import { actorOfKey, EVERY_WORKSPACE } from '../../pipeline/control/keys.ts';
import { readingOf, type Scope } from '../../pipeline/control/roles.ts';
import type { BrowserSession } from '../../pipeline/control/sessions.ts';
import { HttpProblem } from '../problem.ts';
import type { Sessions } from '../session.ts';

/** Who looks at a page. */
export interface PageSession {
  /** id of the key; null where nobody signs in */
  id: string | null;
  /** shown to its owner: the name of the key, never its secret */
  name: string;
  scopes: readonly string[];
  /** as the audit chain names him */
  actor: string;
  /** the member whose key it is, where it is one */
  memberId: string | null;
  /** its key opens every workspace of the server */
  isEverywhere?: boolean;
  /** stands in every form that changes something; null where nobody signs in */
  csrf: string | null;
}

/** How pages know who asks. */
export interface PageAccess {
  /** undefined leads to the sign-in page */
  sessionOf(c: Context): Promise<PageSession | undefined>;
  /**
   * Who asks, and meant it: for a form that changes something.
   *
   * @throws HttpProblem `unauthenticated`, `forbidden`
   */
  sessionForChange(c: Context): Promise<PageSession>;
}

/** Browsers that signed in with a key. */
export function signedIn(sessions: Sessions): PageAccess {
  return {
    async sessionOf(c) {
      const session = await sessions.read(c);
      return session && pageSession(session);
    },
    async sessionForChange(c) {
      return pageSession(await sessions.readForChange(c));
    },
  };
}

function pageSession({ key, csrfToken }: BrowserSession): PageSession {
  const { id, name, scopes, memberId } = key;
  return {
    id,
    name,
    scopes,
    memberId,
    actor: actorOfKey(key),
    csrf: csrfToken,
    isEverywhere: key.workspace === EVERY_WORKSPACE,
  };
}

/** The same people on a server that only reads: they are shown no form, and none is taken. */
export function readingOnly(access: PageAccess): PageAccess {
  return {
    async sessionOf(c) {
      const session = await access.sessionOf(c);
      return session && { ...session, scopes: readingOf(session.scopes) };
    },
    sessionForChange: async () => {
      throw new HttpProblem('read-only', READ_ONLY);
    },
  };
}

/** What a server that only reads says to whoever would change something. */
export const READ_ONLY = 'send this to the server that does the jobs; this one only reads';

/**
 * Whoever can reach the app reads: for an app that is embedded behind a sign-in of its own. Nobody changes anything.
 *
 * @param scopes  what everybody may see
 */
export function openToAll(scopes: readonly Scope[] = ['read:reports']): PageAccess {
  const session: PageSession = { id: null, name: 'everybody', scopes, memberId: null, actor: 'everybody', csrf: null };
  return {
    sessionOf: async () => session,
    sessionForChange: async () => {
      throw new HttpProblem('forbidden', 'nobody is signed in, so nothing can be changed');
    },
  };
}
