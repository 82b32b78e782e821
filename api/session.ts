import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { type CheckKey, opens } from '../pipeline/control/keys.ts';
import {
  type BrowserSession,
  endSession,
  findSession,
  isCsrfToken,
  openSession,
} from '../pipeline/control/sessions.ts';
import type { ControlDatabase } from '../pipeline/control/store.ts';
import { invalidKey } from './auth.ts';
import { HttpProblem } from './problem.ts';
import type { RateLimiter } from './rate-limit.ts';
import { addressOf, SESSION_COOKIE } from './request.ts';

/** Sessions of browsers, for pages. */
export interface Sessions {
  /** who is signed in; undefined for a browser that is not */
  read(c: Context): Promise<BrowserSession | undefined>;
  /**
   * Who is signed in and meant this: for whatever changes something. The token comes in `X-CSRF-Token`, or in the field
   * `csrf_token` of a form.
   *
   * @throws HttpProblem `unauthenticated`, `forbidden`
   */
  readForChange(c: Context): Promise<BrowserSession>;
  /** POST /sign-in: field `key`, and `next`, a page of this site to go to */
  signIn(c: Context): Promise<Response>;
  /** POST /sign-out */
  signOut(c: Context): Promise<Response>;
}

export interface SessionSettings {
  db: ControlDatabase;
  workspace: string;
  /** every workspace of the server, to which its one form signs in; that one when absent */
  workspaces?: readonly string[];
  checkKey: CheckKey;
  now: () => Date;
  /** charged for keys that are wrong */
  failures: RateLimiter;
}

export const SIGN_IN_PAGE = '/sign-in';

export function browserSessions(settings: SessionSettings): Sessions {
  const { db, workspace, workspaces = [workspace], checkKey, now, failures } = settings;
  const readOf = async (c: Context, served: readonly string[]): Promise<BrowserSession | undefined> => {
    const cookie = getCookie(c, SESSION_COOKIE);
    const session = cookie === undefined ? undefined : await findSession(db, cookie, now(), addressOf(c));
    return session !== undefined && served.some((one) => opens(session.key, one)) ? session : undefined;
  };

  const readForChange = async (c: Context, served: readonly string[] = [workspace]): Promise<BrowserSession> => {
    const session = await readOf(c, served);
    if (session === undefined) throw new HttpProblem('unauthenticated', 'sign in first');
    if (!isCsrfToken(session, c.req.header('x-csrf-token') ?? (await formField(c, 'csrf_token'))))
      throw new HttpProblem('forbidden', 'the form is out of date; load the page again');
    return session;
  };

  return {
    read: (c) => readOf(c, [workspace]),
    readForChange: (c) => readForChange(c),
    async signIn(c) {
      refuseOtherSites(c);
      const isForm = isFormOf(c);
      const token = isForm ? await formField(c, 'key') : ((await jsonBody(c)) as { key?: unknown }).key;
      const key = await checkKey(typeof token === 'string' ? token.trim() : '', now(), addressOf(c));
      if (key === undefined || !workspaces.some((one) => opens(key, one))) {
        failures.take(addressOf(c) ?? 'unknown', 1);
        if (isForm) return c.redirect(`${SIGN_IN_PAGE}?problem=invalid_key`, 303);
        throw invalidKey();
      }
      const session = await openSession(db, key, now());
      setCookie(c, SESSION_COOKIE, session.cookie, {
        httpOnly: true,
        sameSite: 'Lax',
        path: '/',
        secure: isSecure(c),
        expires: session.expiresAt,
      });
      c.header('cache-control', 'no-store');
      if (isForm) return c.redirect(localPage(await formField(c, 'next')), 303);
      return c.json({ csrf_token: session.csrfToken, expires_at: session.expiresAt.toISOString() });
    },
    async signOut(c) {
      await readForChange(c, workspaces);
      await endSession(db, getCookie(c, SESSION_COOKIE)!);
      deleteCookie(c, SESSION_COOKIE, { path: '/', secure: isSecure(c) });
      c.header('cache-control', 'no-store');
      return isFormOf(c) ? c.redirect(SIGN_IN_PAGE, 303) : c.body(null, 204);
    },
  };
}

/** A form of another site cannot sign anyone in: browsers say where a form stands. */
function refuseOtherSites(c: Context): void {
  const site = c.req.header('sec-fetch-site');
  const origin = c.req.header('origin');
  const isForeign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== c.req.header('host')));
  if (isForeign) throw new HttpProblem('forbidden', 'the form stands on another site');
}

function isFormOf(c: Context): boolean {
  const type = c.req.header('content-type')?.split(';')[0].trim().toLowerCase();
  return type === 'application/x-www-form-urlencoded' || type === 'multipart/form-data';
}

async function formField(c: Context, name: string): Promise<string | undefined> {
  if (!isFormOf(c)) return undefined;
  const value = (await c.req.parseBody())[name];
  return typeof value === 'string' ? value : undefined;
}

async function jsonBody(c: Context): Promise<object> {
  try {
    const body = (await c.req.json()) as unknown;
    if (typeof body === 'object' && body !== null) return body;
  } catch {}
  throw new HttpProblem('invalid-request', 'send {"key": "lp_live_..."}');
}

/** A path of this site, never the address of another. */
function localPage(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])[^\s\\\p{Cc}]*$/u.test(next) ? next : '/';
}

function isSecure(c: Context): boolean {
  return c.req.header('x-forwarded-proto') === 'https' || new URL(c.req.url).protocol === 'https:';
}
