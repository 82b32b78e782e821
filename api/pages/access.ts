import type { Context } from 'hono';
import type { Sessions } from '../session.ts';

/** Who looks at a page. */
export interface PageSession {
  /** shown to its owner: the name of the key, never its secret */
  name: string;
  scopes: readonly string[];
  /** stands in every form that changes something; null where nobody signs in */
  csrf: string | null;
}

/** How pages know who asks. */
export interface PageAccess {
  /** undefined leads to the sign-in page */
  sessionOf(c: Context): Promise<PageSession | undefined>;
}

/** Browsers that signed in with a key. */
export function signedIn(sessions: Sessions): PageAccess {
  return {
    async sessionOf(c) {
      const session = await sessions.read(c);
      return session && { name: session.key.name, scopes: session.key.scopes, csrf: session.csrfToken };
    },
  };
}

/** Whoever can reach the app reads: for an app that is embedded behind a sign-in of its own. */
export function openToAll(): PageAccess {
  const session: PageSession = { name: 'everybody', scopes: ['read:reports'], csrf: null };
  return { sessionOf: async () => session };
}
