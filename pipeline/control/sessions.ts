import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { and, eq, gt, isNull, lt } from 'drizzle-orm';
import { type ApiKey, isAllowedFrom } from './keys.ts';
import type { Role, Scope } from './roles.ts';
import { apiKey, session } from './schema.ts';
import type { ControlDatabase } from './store.ts';

/** A browser that signed in. */
export interface BrowserSession {
  key: Pick<ApiKey, 'id' | 'workspace' | 'name' | 'role' | 'scopes' | 'memberId'>;
  /** stands in every form and is sent back with it */
  csrfToken: string;
  /** when its key was shown */
  openedAt: Date;
  expiresAt: Date;
}

export interface NewSession extends BrowserSession {
  /** what the cookie holds; kept nowhere */
  cookie: string;
}

const SESSION_MS = 12 * 3_600_000;

/** Signs a browser in with a key that was checked. Ends with the key, or after 12 hours. */
export async function openSession(db: ControlDatabase, key: ApiKey, now: Date): Promise<NewSession> {
  const cookie = randomBytes(32).toString('base64url');
  const csrfToken = randomBytes(32).toString('base64url');
  const expiresAt = new Date(Math.min(now.getTime() + SESSION_MS, key.expiresAt.getTime()));
  await db.delete(session).where(lt(session.expiresAt, now));
  await db
    .insert(session)
    .values({ id: idOf(cookie), workspace: key.workspace, keyId: key.id, csrfToken, createdAt: now, expiresAt });
  return { cookie, key, csrfToken, openedAt: now, expiresAt };
}

/** The session of a cookie; undefined when it ended, or its key did, or the key may not be used from there. */
export async function findSession(
  db: ControlDatabase,
  cookie: string,
  now: Date,
  ip?: string,
): Promise<BrowserSession | undefined> {
  if (!/^[\w-]{43}$/.test(cookie)) return undefined;
  const [row] = await db
    .select({ session, key: apiKey })
    .from(session)
    .innerJoin(apiKey, eq(apiKey.id, session.keyId))
    .where(
      and(
        eq(session.id, idOf(cookie)),
        gt(session.expiresAt, now),
        gt(apiKey.expiresAt, now),
        isNull(apiKey.revokedAt),
      ),
    );
  if (row === undefined || !isAllowedFrom(row.key.allowedIps, ip)) return undefined;
  const { id, workspace, name, role, scopes, memberId } = row.key;
  return {
    key: { id, workspace, name, role: role as Role, scopes: scopes as Scope[], memberId },
    csrfToken: row.session.csrfToken,
    openedAt: row.session.createdAt,
    expiresAt: row.session.expiresAt,
  };
}

export async function endSession(db: ControlDatabase, cookie: string): Promise<void> {
  await db.delete(session).where(eq(session.id, idOf(cookie)));
}

/** Compares in constant time. */
export function isCsrfToken(session: BrowserSession, given: string | undefined): boolean {
  const [a, b] = [session.csrfToken, given ?? ''].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a, b);
}

function idOf(cookie: string): string {
  return createHash('sha256').update(cookie).digest('hex');
}
