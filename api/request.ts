import type { Context } from 'hono';

export const SESSION_COOKIE = 'liftproof_session';

/** Whether a request brings the cookie of a session, valid or not. */
export function hasSessionCookie(c: Context): boolean {
  return c.req.header('cookie')?.includes(`${SESSION_COOKIE}=`) === true;
}

/** Address that the connection comes from; none when there is no connection. */
export function addressOf(c: Context): string | undefined {
  const env = c.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined;
  return env?.incoming?.socket?.remoteAddress;
}
