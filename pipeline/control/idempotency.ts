import { and, eq, lt } from 'drizzle-orm';
import { ensureWorkspace } from './audit.ts';
import { idempotency } from './schema.ts';
import type { ControlDatabase } from './store.ts';

export interface StoredAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export interface IdempotentRequest {
  workspace: string;
  keyId: string;
  /** what the caller sent */
  idempotencyKey: string;
  /** SHA-256 of method, address and body */
  requestHash: string;
}

export type Claim =
  | { how: 'first' }
  | { how: 'replay'; answer: StoredAnswer }
  /** the first request has not been answered yet */
  | { how: 'in_progress' }
  /** the same key was sent with something else */
  | { how: 'mismatch' };

const KEPT_MS = 24 * 3_600_000;
/** A request that was not answered for so long lost its server. */
const ABANDONED_MS = 120_000;

/** Takes a request that must have its effect once, or says what became of the first one. */
export async function claimRequest(db: ControlDatabase, request: IdempotentRequest, now: Date): Promise<Claim> {
  await ensureWorkspace(db, request.workspace);
  await db.delete(idempotency).where(lt(idempotency.expiresAt, now));
  const made = await db
    .insert(idempotency)
    .values({ ...request, createdAt: now, expiresAt: new Date(now.getTime() + KEPT_MS) })
    .onConflictDoNothing()
    .returning({ key: idempotency.idempotencyKey });
  if (made.length > 0) return { how: 'first' };
  const [row] = await db.select().from(idempotency).where(whereIs(request));
  if (row === undefined) return claimRequest(db, request, now);
  if (row.requestHash !== request.requestHash) return { how: 'mismatch' };
  if (row.status !== null)
    return {
      how: 'replay',
      answer: { status: row.status, headers: row.headers as Record<string, string>, body: row.body ?? '' },
    };
  if (now.getTime() - row.createdAt.getTime() < ABANDONED_MS) return { how: 'in_progress' };
  // what it began has an id that follows from this key, so beginning again does nothing twice
  const taken = await db
    .update(idempotency)
    .set({ createdAt: now })
    .where(and(whereIs(request), eq(idempotency.createdAt, row.createdAt)))
    .returning({ key: idempotency.idempotencyKey });
  return taken.length > 0 ? { how: 'first' } : { how: 'in_progress' };
}

export async function keepAnswer(db: ControlDatabase, request: IdempotentRequest, answer: StoredAnswer): Promise<void> {
  await db.update(idempotency).set(answer).where(whereIs(request));
}

/** Lets a request that came to nothing be sent again. */
export async function releaseRequest(db: ControlDatabase, request: IdempotentRequest): Promise<void> {
  await db.delete(idempotency).where(whereIs(request));
}

function whereIs(request: IdempotentRequest) {
  return and(
    eq(idempotency.workspace, request.workspace),
    eq(idempotency.keyId, request.keyId),
    eq(idempotency.idempotencyKey, request.idempotencyKey),
  );
}
