import { z } from '@hono/zod-openapi';
import {
  createWebhook,
  type Delivery,
  dropWebhook,
  findWebhook,
  listDeliveries,
  listWebhooks,
  WEBHOOK_EVENTS,
  type Webhook,
} from '../../pipeline/control/webhooks.ts';
import { parseWith } from '../../pipeline/query-schema.ts';
import { publicAddressOf } from '../../pipeline/webhooks/public-address.ts';
import { checkWebhookUrl } from '../../pipeline/webhooks/send.ts';
import { jsonAnswer } from '../lists.ts';
import { controlOf, type Route } from '../route.ts';
import { actorOf, trace } from '../trace.ts';

const webhookSchema = z
  .strictObject({
    id: z.string(),
    url: z.string(),
    events: z.array(z.string()),
    created_by: z.string(),
    created_at: z.string(),
  })
  .openapi('Webhook');
const deliverySchema = z
  .strictObject({
    id: z.string().openapi({ description: 'webhook-id of the message' }),
    event: z.string(),
    state: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.number().int(),
    next_attempt_at: z.string().nullable(),
    last_status: z.number().int().nullable(),
    last_error: z.string().nullable(),
    created_at: z.string(),
  })
  .openapi('WebhookDelivery');
const webhookBody = z
  .strictObject({
    url: z.string().min(1).max(2000).openapi({ example: 'https://example.com/hooks/liftproof' }),
    events: z.array(z.enum(WEBHOOK_EVENTS)).min(1).max(WEBHOOK_EVENTS.length),
  })
  .openapi('WebhookRequest');
const params = z.object({ webhook: z.string() });
const common = { scope: 'admin', tag: 'administration', needsControl: true } as const;

export const listWebhooksRoute: Route = {
  ...common,
  method: 'get',
  path: '/v1/w/{workspace}/webhooks',
  summary: 'Who is told what; never their secrets',
  response: z.strictObject({ data: z.array(webhookSchema) }),
  async handle(_input, call) {
    return jsonAnswer({ data: (await listWebhooks(controlOf(call).db, call.workspace)).map(shownWebhook) });
  },
};

export const postWebhookRoute: Route = {
  ...common,
  method: 'post',
  path: '/v1/w/{workspace}/webhooks',
  summary: 'Tells an https address of the public internet; its secret is shown once',
  description: 'Messages are signed as Standard Webhooks says, and tried eight times over three days.',
  body: webhookBody,
  status: 201,
  response: z
    .strictObject({
      secret: z.string().openapi({ description: 'whsec_..., shown now and never again' }),
      webhook: webhookSchema,
    })
    .openapi('NewWebhook'),
  async handle({ body }, call) {
    const { url, events } = parseWith(webhookBody, body, 'the webhook');
    await publicAddressOf(checkWebhookUrl(url).hostname);
    const { db, pepper } = controlOf(call);
    const made = await db.transaction(async (transaction) => {
      const settings = { workspace: call.workspace, url, events, createdBy: actorOf(call), now: call.now() };
      const one = await createWebhook(transaction, pepper, settings);
      const details = { host: new URL(url).host, events };
      await trace(transaction, call, { action: 'webhook.create', object: `webhook/${one.webhook.id}`, details });
      return one;
    });
    return jsonAnswer({ secret: made.secret, webhook: shownWebhook(made.webhook) }, 201);
  },
};

export const getWebhookRoute: Route = {
  ...common,
  method: 'get',
  path: '/v1/w/{workspace}/webhooks/{webhook}',
  summary: 'A webhook and its last messages',
  params,
  response: z.strictObject({ webhook: webhookSchema, deliveries: z.array(deliverySchema) }),
  async handle(input, call) {
    const { db } = controlOf(call);
    const one = await findWebhook(db, call.workspace, input.params.webhook);
    const deliveries = await listDeliveries(db, one.id, 50);
    return jsonAnswer({ webhook: shownWebhook(one), deliveries: deliveries.map(shownDelivery) });
  },
};

export const deleteWebhookRoute: Route = {
  ...common,
  method: 'delete',
  path: '/v1/w/{workspace}/webhooks/{webhook}',
  summary: 'Tells it no more',
  params,
  status: 204,
  response: z.undefined(),
  async handle(input, call) {
    await controlOf(call).db.transaction(async (transaction) => {
      await dropWebhook(transaction, call.workspace, input.params.webhook);
      await trace(transaction, call, { action: 'webhook.drop', object: `webhook/${input.params.webhook}` });
    });
    return new Response(null, { status: 204 });
  },
};

function shownWebhook(row: Webhook) {
  return {
    id: row.id,
    url: row.url,
    events: row.events,
    created_by: row.createdBy,
    created_at: row.createdAt.toISOString(),
  };
}

function shownDelivery(row: Delivery) {
  return {
    id: row.id,
    event: row.event,
    state: row.state,
    attempts: row.attempts,
    next_attempt_at: row.state === 'pending' ? row.nextAttemptAt.toISOString() : null,
    last_status: row.lastStatus,
    last_error: row.lastError,
    created_at: row.createdAt.toISOString(),
  };
}
