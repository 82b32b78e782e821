import { randomBytes } from 'node:crypto';
import { and, desc, eq, gt, isNull, lt, or } from 'drizzle-orm';
import { InputError } from '../../models/errors.ts';
import { ensureWorkspace } from './audit.ts';
import { shareLink } from './schema.ts';
import type { ControlDatabase } from './store.ts';

/** What a link may show: the verdict, or credit and spend of the whole run, folded at 50 persons. */
export const SHARED_REPORTS = ['answer', 'channels', 'campaigns'] as const;
export type SharedReport = (typeof SHARED_REPORTS)[number];

export type ShareLink = Omit<typeof shareLink.$inferSelect, 'report'> & { report: SharedReport };

export const MAX_SHARE_DAYS = 365;
const MAX_LINKS = 200;
const USED_MS = 60_000;

/** @throws InputError `bad_parameter` for a name or a time that cannot be, `not_allowed` when there are too many already */
export async function createShareLink(
  db: ControlDatabase,
  settings: { workspace: string; name: string; report: SharedReport; days: number; createdBy: string; now: Date },
): Promise<ShareLink> {
  const { now, days, ...values } = settings;
  if (!(days > 0 && days <= MAX_SHARE_DAYS))
    throw new InputError('bad_parameter', `a share link lives from 1 to ${MAX_SHARE_DAYS} days, got ${days}`);
  if (!/^[^\p{Cc}]{1,100}$/u.test(values.name))
    throw new InputError(
      'bad_parameter',
      'the name of a share link has 1 to 100 characters, none of them a control character',
    );
  await ensureWorkspace(db, values.workspace);
  if ((await db.$count(shareLink, holding(values.workspace, now))) >= MAX_LINKS)
    throw new InputError('not_allowed', `a workspace has at most ${MAX_LINKS} share links; revoke one first`);
  const [row] = await db
    .insert(shareLink)
    .values({
      ...values,
      id: randomBytes(16).toString('base64url'),
      createdAt: now,
      // whole seconds: they stand in the address
      expiresAt: new Date(Math.floor(now.getTime() / 1000) * 1000 + Math.round(days * 86_400) * 1000),
    })
    .returning();
  return known(row);
}

/** Newest first, ended ones included. */
export async function listShareLinks(db: ControlDatabase, workspace: string): Promise<ShareLink[]> {
  const rows = await db
    .select()
    .from(shareLink)
    .where(eq(shareLink.workspace, workspace))
    .orderBy(desc(shareLink.createdAt), shareLink.id);
  return rows.map(known);
}

/** @throws InputError `not_found` */
export async function findShareLink(db: ControlDatabase, workspace: string, id: string): Promise<ShareLink> {
  const [row] = await db
    .select()
    .from(shareLink)
    .where(and(eq(shareLink.workspace, workspace), eq(shareLink.id, id)));
  if (row === undefined)
    throw new InputError('not_found', 'there is no such share link', { details: { what: 'share link' } });
  return known(row);
}

/** Ends a link. One that ended already stays as it was. @throws InputError `not_found` */
export async function revokeShareLink(
  db: ControlDatabase,
  workspace: string,
  id: string,
  now: Date,
): Promise<ShareLink> {
  const [row] = await db
    .update(shareLink)
    .set({ revokedAt: now })
    .where(and(eq(shareLink.workspace, workspace), eq(shareLink.id, id), isNull(shareLink.revokedAt)))
    .returning();
  return row === undefined ? findShareLink(db, workspace, id) : known(row);
}

/** The link that a reader opens, noting at most once a minute that he did; undefined when it is not there or has ended. */
export async function useShareLink(
  db: ControlDatabase,
  workspace: string,
  id: string,
  now: Date,
): Promise<ShareLink | undefined> {
  const [row] = await db
    .select()
    .from(shareLink)
    .where(and(eq(shareLink.id, id), holding(workspace, now)));
  if (row === undefined) return undefined;
  const before = new Date(now.getTime() - USED_MS);
  if (row.lastUsedAt === null || row.lastUsedAt < before)
    await db
      .update(shareLink)
      .set({ lastUsedAt: now })
      .where(and(eq(shareLink.id, id), or(isNull(shareLink.lastUsedAt), lt(shareLink.lastUsedAt, before))));
  return known(row);
}

export function hasEnded(link: ShareLink, now: Date): boolean {
  return link.revokedAt !== null || link.expiresAt <= now;
}

function holding(workspace: string, now: Date) {
  return and(eq(shareLink.workspace, workspace), isNull(shareLink.revokedAt), gt(shareLink.expiresAt, now));
}

function known(row: typeof shareLink.$inferSelect): ShareLink {
  return { ...row, report: row.report as SharedReport };
}
