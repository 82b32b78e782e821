import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { and, asc, eq, gt, isNotNull, isNull, ne } from 'drizzle-orm';
import { InputError } from '../../models/errors.ts';
import { ensureWorkspace } from './audit.ts';
import { createKey, type NewKey } from './keys.ts';
import { ROLES, type Role, type Scope } from './roles.ts';
import { apiKey, member, workspace as workspaceTable } from './schema.ts';
import type { ControlDatabase } from './store.ts';

/** A person of the team, as he may be shown. */
export interface Member {
  id: string;
  workspace: string;
  email: string;
  name: string;
  role: Role;
  /** invited until the invitation is taken up */
  state: MemberState;
  invitedBy: string;
  createdAt: Date;
  /** of an invitation that is open */
  invitationExpiresAt: Date | null;
  joinedAt: Date | null;
  removedAt: Date | null;
}

export const MEMBER_STATES = ['invited', 'active', 'removed'] as const;
export type MemberState = (typeof MEMBER_STATES)[number];

/** Whoever brings the token becomes the member; shown once, kept nowhere. */
export interface Invitation {
  member: Member;
  token: string;
  expiresAt: Date;
}

const INVITATION_MS = 7 * 86_400_000;
const MAX_MEMBERS = 500;
const EMAIL = /^[^\s@\p{Cc}]{1,100}@[^\s@\p{Cc}]{1,150}$/u;

/**
 * Invites somebody, in the transaction of the caller. Who was removed comes back under the same name; who has not taken up an invitation yet gets another.
 *
 * @throws InputError `bad_parameter` for an address or a name that cannot be, `not_allowed` for one who is a member already
 */
export async function inviteMember(
  db: ControlDatabase,
  pepper: Buffer,
  invited: { workspace: string; email: string; name: string; role: Role; invitedBy: string; now: Date },
): Promise<Invitation> {
  const { workspace, role, invitedBy, now } = invited;
  const email = invited.email.trim().toLowerCase();
  if (!EMAIL.test(email))
    throw new InputError(
      'bad_parameter',
      'the e-mail address of a member has one @ and no spaces, such as ana@example.com',
    );
  const name = checkName(invited.name);
  await lockTeam(db, workspace);
  const [before] = await db
    .select()
    .from(member)
    .where(and(eq(member.workspace, workspace), eq(member.email, email)));
  if (before !== undefined && stateOf(before) === 'active')
    throw new InputError(
      'not_allowed',
      `${email} is a member already; change the role, or send a new invitation to the same member`,
    );
  if (before === undefined && (await db.$count(member, eq(member.workspace, workspace))) >= MAX_MEMBERS)
    throw new InputError('not_allowed', `a workspace has at most ${MAX_MEMBERS} members`);
  const { token, ...invitation } = newInvitation(pepper, now);
  const values = { name, role, invitedBy, joinedAt: null, removedAt: null, ...invitation };
  const [row] =
    before === undefined
      ? await db
          .insert(member)
          .values({ id: randomUUID(), workspace, email, createdAt: now, ...values })
          .returning()
      : await db.update(member).set(values).where(eq(member.id, before.id)).returning();
  return { member: shown(row), token, expiresAt: invitation.invitationExpiresAt };
}

/**
 * Another invitation for a member: for one who lost his key, or the first invitation. It ends the invitation before it; his keys end when
 * it is taken up.
 *
 * @throws InputError `not_found`, `not_allowed` for one who was removed
 */
export async function inviteAgain(
  db: ControlDatabase,
  pepper: Buffer,
  workspace: string,
  id: string,
  now: Date,
): Promise<Invitation> {
  await lockTeam(db, workspace);
  const known = await findMember(db, workspace, id);
  if (known.state === 'removed')
    throw new InputError('not_allowed', `${known.email} was removed; invite the address anew`);
  const { token, ...invitation } = newInvitation(pepper, now);
  const [row] = await db.update(member).set(invitation).where(eq(member.id, id)).returning();
  return { member: shown(row), token, expiresAt: invitation.invitationExpiresAt };
}

/** By e-mail address, removed ones included. */
export async function listMembers(db: ControlDatabase, workspace: string): Promise<Member[]> {
  const rows = await db.select().from(member).where(eq(member.workspace, workspace)).orderBy(asc(member.email));
  return rows.map(shown);
}

/** @throws InputError `not_found` */
export async function findMember(db: ControlDatabase, workspace: string, id: string): Promise<Member> {
  const [row] = await db
    .select()
    .from(member)
    .where(and(eq(member.workspace, workspace), eq(member.id, id)));
  if (row === undefined) throw new InputError('not_found', 'there is no such member', { details: { what: 'member' } });
  return shown(row);
}

/** Whether anybody has joined: from then on what needs a second person needs a second member. */
export async function hasMembers(db: ControlDatabase, workspace: string): Promise<boolean> {
  return (await db.$count(member, activeIn(workspace))) > 0;
}

/**
 * Gives a member another role or name. His keys follow at once: they get the scopes of the new role, and one that had fewer than
 * its role keeps none that the new one lacks.
 *
 * @returns the member, and the keys that were changed
 * @throws InputError `not_found`, `not_allowed` for one who was removed, and for the last owner
 */
export async function changeMember(
  db: ControlDatabase,
  workspace: string,
  id: string,
  change: { role?: Role; name?: string },
): Promise<{ member: Member; keys: string[] }> {
  return db.transaction(async (transaction) => {
    await lockTeam(transaction, workspace);
    const before = await findMember(transaction, workspace, id);
    if (before.state === 'removed')
      throw new InputError('not_allowed', `${before.email} was removed; invite the address anew`);
    const role = change.role ?? before.role;
    if (role !== 'owner') await keepAnOwner(transaction, before);
    const name = change.name === undefined ? before.name : checkName(change.name);
    const [row] = await transaction.update(member).set({ role, name }).where(eq(member.id, id)).returning();
    const keys = role === before.role ? [] : await giveScopes(transaction, id, before.role, role);
    return { member: shown(row), keys };
  });
}

/**
 * Removes a member: his invitation, his keys and the sessions made with them end at once. What he did stays in the audit chain.
 *
 * @returns the member, and the keys that were ended
 * @throws InputError `not_found`, `not_allowed` for the last owner
 */
export async function removeMember(
  db: ControlDatabase,
  workspace: string,
  id: string,
  now: Date,
): Promise<{ member: Member; keys: string[] }> {
  return db.transaction(async (transaction) => {
    await lockTeam(transaction, workspace);
    const before = await findMember(transaction, workspace, id);
    if (before.state === 'removed') return { member: before, keys: [] };
    await keepAnOwner(transaction, before);
    const [row] = await transaction
      .update(member)
      .set({ removedAt: now, invitationHash: null, invitationExpiresAt: null })
      .where(eq(member.id, id))
      .returning();
    return { member: shown(row), keys: await endKeys(transaction, id, now) };
  });
}

/** Who an invitation is for; undefined for one that is unknown, was taken up, replaced, or has ended. */
export async function findInvited(
  db: ControlDatabase,
  pepper: Buffer,
  workspace: string,
  token: string,
  now: Date,
): Promise<Member | undefined> {
  const [row] = await db
    .select()
    .from(member)
    .where(invitedBy(pepper, workspace, token, now));
  return row === undefined ? undefined : shown(row);
}

/**
 * Takes up an invitation: its bearer is the member from now on, with one key of his own, which is shown once. Keys that he had end.
 *
 * @returns undefined for an invitation that is unknown, was taken up, replaced, or has ended
 */
export async function joinWorkspace(
  db: ControlDatabase,
  pepper: Buffer,
  workspace: string,
  token: string,
  now: Date,
): Promise<{ member: Member; key: NewKey; ended: string[] } | undefined> {
  return db.transaction(async (transaction) => {
    // of two who bring the same token at once, one finds it gone
    await lockTeam(transaction, workspace);
    const [row] = await transaction
      .update(member)
      .set({ joinedAt: now, invitationHash: null, invitationExpiresAt: null })
      .where(invitedBy(pepper, workspace, token, now))
      .returning();
    if (row === undefined) return undefined;
    const ended = await endKeys(transaction, row.id, now);
    const settings = { name: row.email, role: row.role as Role, memberId: row.id };
    return { member: shown(row), key: await createKey(transaction, pepper, workspace, settings, now), ended };
  });
}

function activeIn(workspace: string) {
  return and(eq(member.workspace, workspace), isNotNull(member.joinedAt), isNull(member.removedAt));
}

function invitedBy(pepper: Buffer, workspace: string, token: string, now: Date) {
  return and(
    eq(member.workspace, workspace),
    eq(member.invitationHash, hashOf(pepper, token.slice(0, 200))),
    gt(member.invitationExpiresAt, now),
    isNull(member.removedAt),
  );
}

function newInvitation(pepper: Buffer, now: Date) {
  const token = `lp_join_${randomBytes(32).toString('base64url')}`;
  return {
    token,
    invitationHash: hashOf(pepper, token),
    invitationExpiresAt: new Date(now.getTime() + INVITATION_MS),
  };
}

function hashOf(pepper: Buffer, token: string): Buffer {
  return createHmac('sha256', pepper).update(`invitation\n${token}`).digest();
}

/** One change of the team at a time, in the order in which the audit chain is locked: the workspace first. */
async function lockTeam(db: ControlDatabase, name: string): Promise<void> {
  await ensureWorkspace(db, name);
  await db.select().from(workspaceTable).where(eq(workspaceTable.name, name)).for('update');
}

async function keepAnOwner(db: ControlDatabase, one: Member): Promise<void> {
  if (one.role !== 'owner' || one.state !== 'active') return;
  const others = and(activeIn(one.workspace), eq(member.role, 'owner'), ne(member.id, one.id));
  if ((await db.$count(member, others)) === 0)
    throw new InputError('not_allowed', `${one.email} is the last owner; make somebody else owner first`);
}

async function giveScopes(db: ControlDatabase, memberId: string, from: Role, to: Role): Promise<string[]> {
  const rows = await db
    .select()
    .from(apiKey)
    .where(and(eq(apiKey.memberId, memberId), isNull(apiKey.revokedAt)));
  const scopes: readonly Scope[] = ROLES[to];
  for (const row of rows) {
    const isWhole = ROLES[from].every((scope) => row.scopes.includes(scope));
    const kept = isWhole ? [...scopes] : row.scopes.filter((scope) => (scopes as readonly string[]).includes(scope));
    await db.update(apiKey).set({ role: to, scopes: kept }).where(eq(apiKey.id, row.id));
  }
  return rows.map((row) => row.id);
}

async function endKeys(db: ControlDatabase, memberId: string, now: Date): Promise<string[]> {
  const rows = await db
    .update(apiKey)
    .set({ revokedAt: now })
    .where(and(eq(apiKey.memberId, memberId), isNull(apiKey.revokedAt)))
    .returning({ id: apiKey.id });
  return rows.map((row) => row.id);
}

function checkName(text: string): string {
  const name = text.trim();
  if (!/^[^\p{Cc}]{1,100}$/u.test(name))
    throw new InputError(
      'bad_parameter',
      'the name of a member has 1 to 100 characters, none of them a control character',
    );
  return name;
}

function stateOf(row: typeof member.$inferSelect): MemberState {
  if (row.removedAt !== null) return 'removed';
  return row.joinedAt === null ? 'invited' : 'active';
}

function shown({ invitationHash: _, ...row }: typeof member.$inferSelect): Member {
  return { ...row, role: row.role as Role, state: stateOf({ ...row, invitationHash: null }) };
}
