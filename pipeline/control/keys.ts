import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { and, desc, eq, isNull, lt, or } from 'drizzle-orm';
import { InputError } from '../../models/errors.ts';
import { ensureWorkspace } from './audit.ts';
import { defaultKeyDays, type Role, type Scope, scopesOf } from './roles.ts';
import { apiKey } from './schema.ts';
import type { ControlDatabase } from './store.ts';

/** A key as it may be shown: never its secret, nor the hash of it. */
export interface ApiKey {
  id: string;
  workspace: string;
  name: string;
  role: Role;
  scopes: Scope[];
  /** addresses and ranges it may come from; empty for any */
  allowedIps: string[];
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
  replacedBy: string | null;
  /** whose key it is; null for one of a program, or of nobody in particular. A member's key is named by his address */
  memberId: string | null;
}

/** Stands for the workspace of a key that opens every workspace of its server. Only the shell makes one. */
export const EVERY_WORKSPACE = '*';

/** Whether a key opens a workspace. */
export function opens(key: Pick<ApiKey, 'workspace'>, workspace: string): boolean {
  return key.workspace === workspace || key.workspace === EVERY_WORKSPACE;
}

export interface NewKey {
  /** shown once, kept nowhere */
  token: string;
  key: ApiKey;
}

export interface KeySettings {
  name: string;
  role: Role;
  /** fewer than those of the role */
  scopes?: readonly Scope[];
  /** how long it lives; 90 for a key that may change something, else 365 */
  days?: number;
  allowedIps?: readonly string[];
  memberId?: string | null;
}

/** `lp_live_<8 id>_<43 secret>`: the prefix serves leak scanners, the id finds the row. */
const TOKEN = /^lp_live_([A-Za-z0-9]{8})_[A-Za-z0-9_-]{43}$/;
const ID_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const MAX_DAYS = 3650;
/** Both keys of a rotation hold for so long. */
const OVERLAP_MS = 24 * 3_600_000;
/** How long a server goes by what it read of a key: a key revoked elsewhere ends within it. */
const TRUST_MS = 1000;
const MAX_REMEMBERED = 10_000;
/** `last_used_at` is not written more often. */
const USED_MS = 60_000;

/** @throws InputError `bad_parameter` for a name, scope, lifetime or address that cannot be */
export async function createKey(
  db: ControlDatabase,
  pepper: Buffer,
  workspace: string,
  settings: KeySettings,
  now: Date,
): Promise<NewKey> {
  const scopes = scopesOf(settings.role, settings.scopes);
  const days = settings.days ?? defaultKeyDays(scopes);
  if (!(days > 0 && days <= MAX_DAYS))
    throw new InputError('bad_parameter', `a key lives from 1 to ${MAX_DAYS} days, got ${days}`);
  if (!/^[^\p{Cc}]{1,100}$/u.test(settings.name))
    throw new InputError(
      'bad_parameter',
      'the name of a key has 1 to 100 characters, none of them a control character',
    );
  const allowedIps = [...(settings.allowedIps ?? [])];
  blockList(allowedIps);
  await ensureWorkspace(db, workspace);
  const id = Array.from({ length: 8 }, () => ID_LETTERS[randomInt(ID_LETTERS.length)]).join('');
  const token = `lp_live_${id}_${randomBytes(32).toString('base64url')}`;
  const [row] = await db
    .insert(apiKey)
    .values({
      id,
      workspace,
      name: settings.name,
      role: settings.role,
      scopes,
      hash: hashOf(token, pepper),
      allowedIps,
      memberId: settings.memberId ?? null,
      createdAt: now,
      expiresAt: new Date(now.getTime() + days * 86_400_000),
    })
    .returning();
  return { token, key: shown(row) };
}

/** Newest first, ended ones included. */
export async function listKeys(db: ControlDatabase, workspace: string): Promise<ApiKey[]> {
  const rows = await db
    .select()
    .from(apiKey)
    .where(eq(apiKey.workspace, workspace))
    .orderBy(desc(apiKey.createdAt), apiKey.id);
  return rows.map(shown);
}

/** @throws InputError `not_found` */
export async function findKey(db: ControlDatabase, workspace: string, id: string): Promise<ApiKey> {
  const [row] = await db
    .select()
    .from(apiKey)
    .where(and(eq(apiKey.workspace, workspace), eq(apiKey.id, id)));
  if (row === undefined)
    throw new InputError('not_found', `${id} is no key of this workspace; "liftproof key list" names them`, {
      details: { what: 'key' },
    });
  return shown(row);
}

/** Ends a key at once. @throws InputError `not_found` */
export async function revokeKey(db: ControlDatabase, workspace: string, id: string, now: Date): Promise<ApiKey> {
  const [row] = await db
    .update(apiKey)
    .set({ revokedAt: now })
    .where(and(eq(apiKey.workspace, workspace), eq(apiKey.id, id), isNull(apiKey.revokedAt)))
    .returning();
  return row === undefined ? findKey(db, workspace, id) : shown(row);
}

/** Ends every key of a name. @returns how many there were */
export async function revokeKeysNamed(
  db: ControlDatabase,
  workspace: string,
  name: string,
  now: Date,
): Promise<number> {
  const rows = await db
    .update(apiKey)
    .set({ revokedAt: now })
    .where(and(eq(apiKey.workspace, workspace), eq(apiKey.name, name), isNull(apiKey.revokedAt)))
    .returning({ id: apiKey.id });
  return rows.length;
}

/**
 * A new key of the same rights and lifetime; the old one holds for another 24 hours.
 *
 * @throws InputError `not_found`, `not_allowed` for a key that has ended already
 */
export async function rotateKey(
  db: ControlDatabase,
  pepper: Buffer,
  workspace: string,
  id: string,
  now: Date,
): Promise<NewKey> {
  return db.transaction(async (transaction) => {
    const [old] = await transaction
      .select()
      .from(apiKey)
      .where(and(eq(apiKey.workspace, workspace), eq(apiKey.id, id)))
      .for('update');
    if (old === undefined)
      throw new InputError('not_found', `${id} is no key of this workspace; "liftproof key list" names them`, {
        details: { what: 'key' },
      });
    if (old.revokedAt !== null || old.expiresAt <= now)
      throw new InputError('not_allowed', 'the key has ended; create a new one');
    if (old.replacedBy !== null)
      throw new InputError('not_allowed', `the key was rotated already, to ${old.replacedBy}`);
    const made = await createKey(
      transaction,
      pepper,
      workspace,
      {
        name: old.name,
        role: old.role as Role,
        scopes: old.scopes as Scope[],
        days: (old.expiresAt.getTime() - old.createdAt.getTime()) / 86_400_000,
        allowedIps: old.allowedIps,
        memberId: old.memberId,
      },
      now,
    );
    const end = new Date(Math.min(old.expiresAt.getTime(), now.getTime() + OVERLAP_MS));
    await transaction.update(apiKey).set({ expiresAt: end, replacedBy: made.key.id }).where(eq(apiKey.id, id));
    return made;
  });
}

/** Who acts with a key, as jobs and the audit chain name him. */
export function actorOfKey(key: Pick<ApiKey, 'name' | 'memberId'>): string {
  return `${key.memberId === null ? 'key' : 'member'}:${key.name}`;
}

/** Says whose token it is; undefined for one that is malformed, unknown, wrong, ended, or comes from an address it may not. */
export type CheckKey = (token: string, now: Date, ip?: string) => Promise<ApiKey | undefined>;

export interface KeyChecker extends CheckKey {
  /** forgets what was read of a key, so that a change holds at once */
  forget(id: string): void;
}

/** A checker that asks the store at most once a second for each key. */
export function keyChecker(db: ControlDatabase, pepper: Buffer): KeyChecker {
  const rows = new Map<string, { row: Promise<typeof apiKey.$inferSelect | undefined>; readAt: number }>();
  const lastWritten = new Map<string, number>();

  const rowOf = (id: string) => {
    const known = rows.get(id);
    if (known !== undefined && performance.now() - known.readAt < TRUST_MS) return known.row;
    const row = db
      .select()
      .from(apiKey)
      .where(eq(apiKey.id, id))
      .then(([first]) => first);
    rows.delete(id);
    rows.set(id, { row, readAt: performance.now() });
    // what failed is asked again
    row.catch(() => rows.delete(id));
    if (rows.size > MAX_REMEMBERED) rows.delete(rows.keys().next().value!);
    return row;
  };

  const noteUse = (id: string, now: Date): void => {
    if (now.getTime() - (lastWritten.get(id) ?? Number.NEGATIVE_INFINITY) < USED_MS) return;
    lastWritten.set(id, now.getTime());
    const before = new Date(now.getTime() - USED_MS);
    db.update(apiKey)
      .set({ lastUsedAt: now })
      .where(and(eq(apiKey.id, id), or(isNull(apiKey.lastUsedAt), lt(apiKey.lastUsedAt, before))))
      // the answer must not wait for it, nor fail with it
      .catch(() => lastWritten.delete(id));
  };

  const check = async (token: string, now: Date, ip?: string): Promise<ApiKey | undefined> => {
    const id = TOKEN.exec(token)?.[1];
    const row = id === undefined ? undefined : await rowOf(id);
    // an unknown id costs the same as a wrong secret
    const given = hashOf(token.slice(0, 200), pepper);
    const isSame = timingSafeEqual(given, row === undefined ? Buffer.alloc(32) : row.hash);
    if (row === undefined || !isSame || row.expiresAt <= now || row.revokedAt !== null) return undefined;
    if (!isAllowedFrom(row.allowedIps, ip)) return undefined;
    noteUse(row.id, now);
    return shown(row);
  };
  return Object.assign(check, {
    forget(id: string) {
      rows.delete(id);
    },
  });
}

/** Whether a key may be used from an address; any will do when it names none. */
export function isAllowedFrom(allowed: readonly string[], ip: string | undefined): boolean {
  if (allowed.length === 0) return true;
  const bare = ip?.replace(/^::ffff:(?=\d+\.)/, '');
  const family = isIP(bare ?? '');
  return family !== 0 && blockList(allowed).check(bare!, family === 4 ? 'ipv4' : 'ipv6');
}

/** @throws InputError `bad_parameter` for what is no address and no range */
function blockList(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address, prefix, ...rest] = entry.split('/');
    const family = isIP(address);
    const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
    const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && bits <= (family === 4 ? 32 : 128));
    if (family === 0 || !isPrefix || rest.length > 0)
      throw new InputError('bad_parameter', `${entry} is no address and no range such as 192.0.2.0/24`);
    list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

function hashOf(token: string, pepper: Buffer): Buffer {
  return createHmac('sha256', pepper).update(token).digest();
}

function shown({ hash: _, ...row }: typeof apiKey.$inferSelect): ApiKey {
  return { ...row, role: row.role as Role, scopes: row.scopes as Scope[] };
}
