import { createHash, randomUUID } from 'node:crypto';
import { and, asc, desc, eq, lt, lte, sql } from 'drizzle-orm';
import { InputError } from '../../models/errors.ts';
import { newWebhookSecret } from '../webhooks/sign.ts';
import { ensureWorkspace } from './audit.ts';
import { webhook, webhookDelivery } from './schema.ts';
import { seal } from './seal.ts';
import type { ControlDatabase } from './store.ts';

export const WEBHOOK_EVENTS = [
  'run.published',
  'run.failed',
  'quality.failed',
  'source.stale',
  'reconciliation.broken',
  'period.locked',
  'period.reopened',
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

export type Webhook = typeof webhook.$inferSelect;
export type Delivery = typeof webhookDelivery.$inferSelect;

const MAX_WEBHOOKS = 20;

/** @returns the webhook and its secret, which is shown once */
export async function createWebhook(
  db: ControlDatabase,
  pepper: Buffer,
  settings: { workspace: string; url: string; events: readonly WebhookEvent[]; createdBy: string; now: Date },
): Promise<{ webhook: Webhook; secret: string }> {
  await ensureWorkspace(db, settings.workspace);
  if ((await db.$count(webhook, eq(webhook.workspace, settings.workspace))) >= MAX_WEBHOOKS)
    throw new InputError('not_allowed', `a workspace has at most ${MAX_WEBHOOKS} webhooks; remove one first`);
  const secret = newWebhookSecret();
  const { now, ...values } = settings;
  const [row] = await db
    .insert(webhook)
    .values({
      ...values,
      id: `wh_${randomUUID()}`,
      events: [...new Set(settings.events)],
      sealedSecret: seal(pepper, secret),
      createdAt: now,
    })
    .returning();
  return { webhook: row, secret };
}

export async function listWebhooks(db: ControlDatabase, workspace: string): Promise<Webhook[]> {
  return db.select().from(webhook).where(eq(webhook.workspace, workspace)).orderBy(asc(webhook.createdAt), webhook.id);
}

/** @throws InputError `not_found` */
export async function findWebhook(db: ControlDatabase, workspace: string, id: string): Promise<Webhook> {
  const [row] = await db
    .select()
    .from(webhook)
    .where(and(eq(webhook.workspace, workspace), eq(webhook.id, id)));
  if (row === undefined)
    throw new InputError('not_found', 'there is no such webhook', { details: { what: 'webhook' } });
  return row;
}

/** @throws InputError `not_found` */
export async function dropWebhook(db: ControlDatabase, workspace: string, id: string): Promise<void> {
  await findWebhook(db, workspace, id);
  await db.delete(webhook).where(eq(webhook.id, id));
}

/** Newest first. */
export async function listDeliveries(db: ControlDatabase, webhookId: string, limit: number): Promise<Delivery[]> {
  return db
    .select()
    .from(webhookDelivery)
    .where(eq(webhookDelivery.webhookId, webhookId))
    .orderBy(desc(webhookDelivery.createdAt), webhookDelivery.id)
    .limit(limit);
}

/**
 * Tells every webhook that asked for it. The server delivers it a moment later, and tries again for three days.
 *
 * @param data  what happened: ids, counts, sums; never a person and never a secret
 * @param once  what happened, in one word: the same event of the same word is told once
 * @returns     how many webhooks are told
 */
export async function emitEvent(
  db: ControlDatabase,
  workspace: string,
  event: WebhookEvent,
  data: Readonly<Record<string, unknown>>,
  now: Date,
  once: string = randomUUID(),
): Promise<number> {
  const all = await listWebhooks(db, workspace);
  const told = all.filter((one) => one.isEnabled && one.events.includes(event));
  if (told.length === 0) return 0;
  const body = JSON.stringify({ type: event, timestamp: now.toISOString(), data: { workspace, ...data } });
  const rows = told.map((one) => ({
    id: `msg_${createHash('sha256')
      .update(JSON.stringify([one.id, event, once]))
      .digest('base64url')
      .slice(0, 27)}`,
    webhookId: one.id,
    workspace,
    event,
    body,
    createdAt: now,
    nextAttemptAt: now,
  }));
  const made = await db
    .insert(webhookDelivery)
    .values(rows)
    .onConflictDoNothing()
    .returning({ id: webhookDelivery.id });
  return made.length;
}

/** Takes messages that are due; nobody else gets them before `until`. */
export async function takeDeliveries(
  db: ControlDatabase,
  workspace: string,
  now: Date,
  until: Date,
  limit: number,
): Promise<{ delivery: Delivery; webhook: Webhook }[]> {
  const taken = await db.transaction(async (transaction) => {
    const due = await transaction
      .select({ id: webhookDelivery.id })
      .from(webhookDelivery)
      .where(
        and(
          eq(webhookDelivery.workspace, workspace),
          eq(webhookDelivery.state, 'pending'),
          lte(webhookDelivery.nextAttemptAt, now),
        ),
      )
      .orderBy(asc(webhookDelivery.nextAttemptAt))
      .limit(limit)
      .for('update', { skipLocked: true });
    const rows: Delivery[] = [];
    for (const { id } of due) {
      const [row] = await transaction
        .update(webhookDelivery)
        .set({ nextAttemptAt: until, attempts: sql`${webhookDelivery.attempts} + 1` })
        .where(eq(webhookDelivery.id, id))
        .returning();
      rows.push(row);
    }
    return rows;
  });
  const webhooks = new Map((await listWebhooks(db, workspace)).map((one) => [one.id, one]));
  return taken.flatMap((delivery) => {
    const one = webhooks.get(delivery.webhookId);
    return one === undefined ? [] : [{ delivery, webhook: one }];
  });
}

export async function endDelivery(
  db: ControlDatabase,
  id: string,
  values: Partial<Pick<Delivery, 'state' | 'nextAttemptAt' | 'lastStatus' | 'lastError' | 'endedAt'>>,
): Promise<void> {
  await db.update(webhookDelivery).set(values).where(eq(webhookDelivery.id, id));
}

export async function dropOldDeliveries(db: ControlDatabase, workspace: string, before: Date): Promise<void> {
  await db
    .delete(webhookDelivery)
    .where(and(eq(webhookDelivery.workspace, workspace), lt(webhookDelivery.endedAt, before)));
}
