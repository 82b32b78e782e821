import { z } from '@hono/zod-openapi';
import { type ApiKey, createKey, findKey, listKeys, revokeKey, rotateKey } from '../../pipeline/control/keys.ts';
import { ROLE_NAMES, SCOPES, scopesOf } from '../../pipeline/control/roles.ts';
import { parseWith } from '../../pipeline/query-schema.ts';
import { jsonAnswer } from '../lists.ts';
import { HttpProblem } from '../problem.ts';
import { checkRights } from '../rights.ts';
import { callerOf, controlOf, type Route } from '../route.ts';
import { trace } from '../trace.ts';

const keySchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    role: z.enum(ROLE_NAMES),
    scopes: z.array(z.enum(SCOPES)),
    allowed_ips: z.array(z.string()),
    created_at: z.string(),
    expires_at: z.string(),
    last_used_at: z.string().nullable(),
    revoked_at: z.string().nullable(),
    replaced_by: z.string().nullable(),
    member: z
      .string()
      .nullable()
      .openapi({ description: 'id of the member whose key it is; null for one of a program' }),
  })
  .openapi('Key');
const newKeySchema = z
  .strictObject({ token: z.string().openapi({ description: 'shown now and never again' }), key: keySchema })
  .openapi('NewKey');
const keyBody = z
  .strictObject({
    name: z.string().min(1).max(100),
    role: z.enum(ROLE_NAMES),
    scopes: z.array(z.enum(SCOPES)).max(SCOPES.length).optional(),
    days: z.number().positive().max(3650).optional(),
    allowed_ips: z.array(z.string().max(50)).max(100).optional(),
  })
  .openapi('KeyRequest');
const params = z.object({ key: z.string() });
const common = { scope: 'admin', tag: 'administration', needsControl: true } as const;

function shownKey(key: ApiKey) {
  return {
    id: key.id,
    name: key.name,
    role: key.role,
    scopes: key.scopes,
    allowed_ips: key.allowedIps,
    created_at: key.createdAt.toISOString(),
    expires_at: key.expiresAt.toISOString(),
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
    replaced_by: key.replacedBy,
    member: key.memberId,
  };
}

export const listKeysRoute: Route = {
  ...common,
  method: 'get',
  path: '/v1/w/{workspace}/keys',
  summary: 'Every key, ended ones included; never their secrets',
  response: z.strictObject({ data: z.array(keySchema) }),
  async handle(_input, call) {
    return jsonAnswer({ data: (await listKeys(controlOf(call).db, call.workspace)).map(shownKey) });
  },
};

export const getKeyRoute: Route = {
  ...common,
  method: 'get',
  path: '/v1/w/{workspace}/keys/{key}',
  summary: 'One key; never its secret',
  params,
  response: keySchema,
  async handle(input, call) {
    return jsonAnswer(shownKey(await findKey(controlOf(call).db, call.workspace, input.params.key)));
  },
};

export const postKeyRoute: Route = {
  ...common,
  method: 'post',
  path: '/v1/w/{workspace}/keys',
  summary: 'Makes a key; its token is shown once. A key gives no rights that it does not have itself',
  body: keyBody,
  status: 201,
  response: newKeySchema,
  async handle({ body }, call) {
    const { allowed_ips: allowedIps, ...settings } = parseWith(keyBody, body, 'the key');
    checkRights(callerOf(call).scopes, scopesOf(settings.role, settings.scopes));
    const { db, pepper } = controlOf(call);
    const made = await db.transaction(async (transaction) => {
      const one = await createKey(transaction, pepper, call.workspace, { ...settings, allowedIps }, call.now());
      const details = { role: one.key.role, scopes: one.key.scopes };
      await trace(transaction, call, { action: 'key.create', object: `key/${one.key.id}`, details });
      return one;
    });
    return jsonAnswer({ token: made.token, key: shownKey(made.key) }, 201);
  },
};

export const rotateKeyRoute: Route = {
  ...common,
  method: 'post',
  path: '/v1/w/{workspace}/keys/{key}/rotate',
  summary: 'A new key of the same rights; the old one holds for another 24 hours',
  params,
  status: 201,
  response: newKeySchema,
  async handle(input, call) {
    const { db, pepper } = controlOf(call);
    const old = await findKey(db, call.workspace, input.params.key);
    checkRights(callerOf(call).scopes, old.scopes);
    // a key of his would let its holder act under his name
    if (old.memberId !== null && old.memberId !== callerOf(call).memberId)
      throw new HttpProblem(
        'forbidden',
        'the key of a member is rotated with a key of his; or send him a new invitation',
      );
    const made = await db.transaction(async (transaction) => {
      const one = await rotateKey(transaction, pepper, call.workspace, input.params.key, call.now());
      const details = { replaced_by: one.key.id };
      await trace(transaction, call, { action: 'key.rotate', object: `key/${input.params.key}`, details });
      return one;
    });
    return jsonAnswer({ token: made.token, key: shownKey(made.key) }, 201);
  },
};

export const deleteKeyRoute: Route = {
  ...common,
  method: 'delete',
  path: '/v1/w/{workspace}/keys/{key}',
  summary: 'Ends a key at once',
  params,
  response: keySchema,
  async handle(input, call) {
    const { db } = controlOf(call);
    const key = await db.transaction(async (transaction) => {
      const ended = await revokeKey(transaction, call.workspace, input.params.key, call.now());
      await trace(transaction, call, { action: 'key.revoke', object: `key/${ended.id}` });
      return ended;
    });
    call.forgetKey?.(key.id);
    return jsonAnswer(shownKey(key));
  },
};
