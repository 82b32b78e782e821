import { InputError } from '../../models/errors.ts';
import type { Control } from '../control/open-control.ts';
import { unseal } from '../control/seal.ts';
import { endDelivery, takeDeliveries } from '../control/webhooks.ts';
import { type SendOptions, sendWebhook } from './send.ts';
import { webhookHeaders } from './sign.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Waits after each attempt: eight attempts over three days. */
export const RETRY_DELAYS_MS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 9 * HOUR, 24 * HOUR, 36 * HOUR] as const;
const JITTER = 0.2;
const CLAIM_MS = MINUTE;
const BATCH = 20;

/**
 * Sends the messages that are due, each with one attempt. 2xx is taken; anything else, a redirect included, is tried again later, and
 * 410 ends it.
 *
 * @param random  a share in [0, 1), spreads the retries
 * @returns how many were sent
 */
export async function deliverDue(
  { db, pepper }: Control,
  workspace: string,
  now: () => Date,
  random: () => number,
  options: SendOptions = {},
): Promise<number> {
  const start = now();
  const due = await takeDeliveries(db, workspace, start, new Date(start.getTime() + CLAIM_MS), BATCH);
  await Promise.all(
    due.map(async ({ delivery, webhook }) => {
      const at = now();
      let status: number | null = null;
      let error: string | null = null;
      try {
        const headers = webhookHeaders(unseal(pepper, webhook.sealedSecret), delivery.id, at, delivery.body);
        ({ status } = await sendWebhook(webhook.url, headers, delivery.body, options));
      } catch (cause) {
        error = wordsOf(cause);
      }
      const common = { lastStatus: status, lastError: error };
      if (status !== null && status >= 200 && status < 300)
        return endDelivery(db, delivery.id, { ...common, state: 'delivered', endedAt: now() });
      const delay = RETRY_DELAYS_MS[delivery.attempts - 1];
      if (delay === undefined || status === 410)
        return endDelivery(db, delivery.id, { ...common, state: 'failed', endedAt: now() });
      const wait = delay * (1 - JITTER + 2 * JITTER * random());
      return endDelivery(db, delivery.id, { ...common, nextAttemptAt: new Date(at.getTime() + wait) });
    }),
  );
  return due.length;
}

function wordsOf(cause: unknown): string {
  if (cause instanceof InputError) return cause.message;
  const { code, message } = cause as { code?: string; message?: string };
  return (code ?? message ?? 'the connection failed').slice(0, 200);
}
