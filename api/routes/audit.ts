import { z } from '@hono/zod-openapi';
import { type AuditRow, listAudit, verifyAuditChain } from '../../pipeline/control/audit.ts';
import { jsonAnswer, listAnswer, listOf, listParameters } from '../lists.ts';
import { controlOf, type Route } from '../route.ts';

const auditSchema = z
  .strictObject({
    seq: z.number().int(),
    at: z.string(),
    actor: z.string(),
    key_id: z.string().nullable(),
    ip: z.string().nullable(),
    action: z.string(),
    object: z.string(),
    before_hash: z.string().nullable(),
    after_hash: z.string().nullable(),
    request_id: z.string().nullable(),
    details: z.unknown(),
    previous_hash: z.string(),
    hash: z.string(),
  })
  .openapi('AuditRow');

export const listAuditRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/audit',
  scope: 'admin',
  tag: 'administration',
  summary: 'Who did what, newest first; each row holds the hash of the one before it',
  needsControl: true,
  query: z.strictObject({
    limit: listParameters.limit,
    starting_after: z.coerce
      .number()
      .int()
      .min(1)
      .optional()
      .openapi({ description: 'seq of the last row of the page before' }),
  }),
  response: listOf(auditSchema),
  async handle({ query }, call) {
    const { limit, starting_after: before } = query as { limit: number; starting_after?: number };
    return listAnswer(
      await listAudit(controlOf(call).db, call.workspace, { limit: limit + 1, before }),
      limit,
      shownRow,
    );
  },
};

export const verifyAuditRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/audit/verification',
  scope: 'admin',
  tag: 'administration',
  summary: 'Whether every link of the audit chain holds',
  needsControl: true,
  response: z
    .strictObject({
      is_intact: z.boolean(),
      rows: z.number().int(),
      broken_at: z.number().int().nullable(),
      reason: z.string().nullable(),
    })
    .openapi('AuditVerification'),
  async handle(_input, call) {
    const { isIntact, rows, brokenAt, reason } = await verifyAuditChain(controlOf(call).db, call.workspace);
    return jsonAnswer({ is_intact: isIntact, rows, broken_at: brokenAt ?? null, reason: reason ?? null });
  },
};

function shownRow(row: AuditRow) {
  return {
    seq: row.seq,
    at: row.at.toISOString(),
    actor: row.actor,
    key_id: row.keyId,
    ip: row.ip,
    action: row.action,
    object: row.object,
    before_hash: row.beforeHash,
    after_hash: row.afterHash,
    request_id: row.requestId,
    details: row.details,
    previous_hash: row.previousHash,
    hash: row.hash,
  };
}
