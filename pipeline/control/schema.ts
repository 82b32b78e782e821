import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  customType,
  date,
  index,
  integer,
  jsonb,
  numeric,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

/**
 * Tables of the control store. They stand in a schema of their own, so that the store may share a database with others.
 * `npx drizzle-kit generate --name <what changed>` writes the migration; nobody edits one that was released.
 */
export const controlSchema = pgSchema('liftproof');

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
const createdAt = () => instant('created_at').notNull().default(sql`now()`);
const id = () => text('id').primaryKey();
const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const workspaceName = () =>
  text('workspace')
    .notNull()
    .references(() => workspace.name);

/** One client. Its facts live in its directory; here stands only what several processes must agree on. */
export const workspace = controlSchema.table('workspace', {
  name: text('name').primaryKey(),
  createdAt: createdAt(),
  /** newest link of the audit chain, so that a row cut off the end is missed */
  auditSeq: bigint('audit_seq', { mode: 'number' }).notNull().default(0),
  auditHash: text('audit_hash').notNull().default(''),
});

/** A person of the team. He signs in with keys of his own; what he does is told under his address. */
export const member = controlSchema.table(
  'member',
  {
    id: id(),
    workspace: workspaceName(),
    /** lower case */
    email: text('email').notNull(),
    name: text('name').notNull(),
    role: text('role').notNull(),
    invitedBy: text('invited_by').notNull(),
    createdAt: createdAt(),
    /** HMAC-SHA-256 of the invitation with the pepper, while one is open */
    invitationHash: bytes('invitation_hash'),
    invitationExpiresAt: instant('invitation_expires_at'),
    joinedAt: instant('joined_at'),
    /** who comes back has the same row, and the same name in the audit chain */
    removedAt: instant('removed_at'),
  },
  (table) => [uniqueIndex('member_email').on(table.workspace, table.email)],
);

export const apiKey = controlSchema.table(
  'api_key',
  {
    /** the 8 characters inside the token */
    id: id(),
    workspace: workspaceName(),
    name: text('name').notNull(),
    role: text('role').notNull(),
    scopes: text('scopes').array().notNull(),
    /** HMAC-SHA-256 of the whole token with the pepper */
    hash: bytes('hash').notNull(),
    /** addresses or ranges it may be used from; empty for any */
    allowedIps: text('allowed_ips').array().notNull().default(sql`'{}'`),
    createdAt: createdAt(),
    expiresAt: instant('expires_at').notNull(),
    lastUsedAt: instant('last_used_at'),
    revokedAt: instant('revoked_at'),
    /** the key that takes its place after a rotation */
    replacedBy: text('replaced_by'),
    /** whose key it is; none for one of a program, or of nobody in particular */
    memberId: text('member_id').references(() => member.id),
  },
  (table) => [index('api_key_workspace').on(table.workspace), index('api_key_member').on(table.memberId)],
);

/** A browser that signed in with a key; it may do what the key may, for as long as the key holds. */
export const session = controlSchema.table(
  'session',
  {
    /** SHA-256 of the cookie, hex: who reads the table cannot sign in with it */
    id: id(),
    workspace: workspaceName(),
    keyId: text('key_id')
      .notNull()
      .references(() => apiKey.id, { onDelete: 'cascade' }),
    csrfToken: text('csrf_token').notNull(),
    createdAt: createdAt(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [index('session_expires_at').on(table.expiresAt)],
);

/** A piece of work in a child process. The queue belongs to pg-boss; this is what users see of it. */
export const job = controlSchema.table(
  'job',
  {
    id: id(),
    workspace: workspaceName(),
    kind: text('kind').notNull(),
    /** queued, running, retrying, succeeded, failed, cancelled */
    state: text('state').notNull(),
    input: jsonb('input').notNull(),
    result: jsonb('result'),
    /** code and message of what went wrong */
    error: jsonb('error'),
    progress: text('progress'),
    /** who asked: a key, or `schedule` */
    actor: text('actor').notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** mark of the server process that works on it; it is nobody's when that one is gone */
    server: text('server'),
    cancelRequested: boolean('cancel_requested').notNull().default(false),
    createdAt: createdAt(),
    startedAt: instant('started_at'),
    endedAt: instant('ended_at'),
  },
  (table) => [index('job_workspace').on(table.workspace, table.createdAt)],
);

/** Who did what, each row holding the hash of the one before it. Rows are never changed or removed: a trigger refuses it. */
export const audit = controlSchema.table(
  'audit',
  {
    workspace: workspaceName(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    at: instant('at').notNull(),
    actor: text('actor').notNull(),
    keyId: text('key_id'),
    ip: text('ip'),
    /** dotted, such as `period.lock` */
    action: text('action').notNull(),
    /** what it was done to, such as `period/2026-07` */
    object: text('object').notNull(),
    beforeHash: text('before_hash'),
    afterHash: text('after_hash'),
    requestId: text('request_id'),
    details: jsonb('details').notNull().default({}),
    previousHash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.seq] })],
);

export const savedReport = controlSchema.table(
  'saved_report',
  {
    id: id(),
    workspace: workspaceName(),
    name: text('name').notNull(),
    query: jsonb('query').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
    updatedAt: instant('updated_at').notNull().default(sql`now()`),
  },
  (table) => [uniqueIndex('saved_report_name').on(table.workspace, table.name)],
);

export const financePeriod = controlSchema.table(
  'finance_period',
  {
    workspace: workspaceName(),
    /** as users write it: `2026-07`, or `2026-P07` in a 4-4-5 calendar */
    period: text('period').notNull(),
    /** month or 4-4-5 */
    calendar: text('calendar').notNull().default('month'),
    periodStart: date('period_start').notNull(),
    /** last day, included */
    periodEnd: date('period_end').notNull(),
    /** open, soft_closed, locked, reopened */
    state: text('state').notNull().default('open'),
    /** counts what was reported: 1 at the first lock, one more at each lock after a reopening */
    version: integer('version').notNull().default(0),
    /** pinned by the lock */
    runId: text('run_id'),
    runHash: text('run_hash'),
    /** SHA-256 of each exported file and of its manifest at the lock */
    files: jsonb('files').notNull().default({}),
    /** model, basis, currency and whatever else an export of the locked period must repeat */
    settings: jsonb('settings').notNull().default({}),
    closedAt: instant('closed_at'),
    closedBy: text('closed_by'),
    lockedAt: instant('locked_at'),
    lockedBy: text('locked_by'),
    reopenRequestedAt: instant('reopen_requested_at'),
    reopenRequestedBy: text('reopen_requested_by'),
    reopenReason: text('reopen_reason'),
    reopenedAt: instant('reopened_at'),
    /** the second person */
    reopenApprovedBy: text('reopen_approved_by'),
    updatedAt: instant('updated_at').notNull().default(sql`now()`),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.period] })],
);

/** What was reported, line by line and version by version. Only ever added to: a trigger refuses anything else. */
export const roiLedger = controlSchema.table(
  'roi_ledger',
  {
    workspace: workspaceName(),
    period: text('period').notNull(),
    version: integer('version').notNull(),
    /** stable hash of the keys of the line */
    lineId: text('line_id').notNull(),
    /** channel, baseline, unattributed, suppressed, rounding, total, prior_period_adjustment */
    rowType: text('row_type').notNull(),
    periodStart: date('period_start').notNull(),
    periodEnd: date('period_end').notNull(),
    entity: text('entity'),
    channel: text('channel'),
    platform: text('platform'),
    campaignId: text('campaign_id'),
    campaignName: text('campaign_name'),
    customerType: text('customer_type'),
    modelId: text('model_id').notNull(),
    basis: text('basis').notNull(),
    currency: text('currency').notNull(),
    runId: text('run_id').notNull(),
    runHash: text('run_hash').notNull(),
    orders: numeric('orders'),
    revenueNet: numeric('revenue_net'),
    spendTotal: numeric('spend_total'),
    grossProfit: numeric('gross_profit'),
    contributionAfterSpend: numeric('contribution_after_spend'),
    incrementalRevenue: numeric('incremental_revenue'),
    incrementalRevenueLo: numeric('incremental_revenue_lo'),
    incrementalRevenueHi: numeric('incremental_revenue_hi'),
    roas: numeric('roas'),
    iroas: numeric('iroas'),
    evidenceGrade: text('evidence_grade'),
    /** period that a prior_period_adjustment belongs to */
    adjustsPeriod: text('adjusts_period'),
    /** every column of the exported line, as text */
    line: jsonb('line').notNull(),
    createdAt: createdAt(),
    createdBy: text('created_by').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspace, table.period, table.version, table.lineId] }),
    index('roi_ledger_channel').on(table.workspace, table.channel, table.periodStart),
  ],
);

/** One changed number of a reported period. Only ever added to. */
export const restatement = controlSchema.table(
  'restatement',
  {
    id: id(),
    workspace: workspaceName(),
    period: text('period').notNull(),
    fromVersion: integer('from_version').notNull(),
    toVersion: integer('to_version').notNull(),
    lineId: text('line_id').notNull(),
    column: text('column_name').notNull(),
    oldValue: text('old_value'),
    newValue: text('new_value'),
    delta: numeric('delta'),
    /** data or method: the two are never mixed in a line */
    kind: text('kind').notNull(),
    /** late_data, refund, fx_correction, mapping, model_change, bug */
    reasonCode: text('reason_code').notNull(),
    evidence: text('evidence'),
    actor: text('actor').notNull(),
    approver: text('approver'),
    at: instant('at').notNull(),
  },
  (table) => [index('restatement_period').on(table.workspace, table.period)],
);

export const webhook = controlSchema.table(
  'webhook',
  {
    id: id(),
    workspace: workspaceName(),
    url: text('url').notNull(),
    events: text('events').array().notNull(),
    /** `whsec_...`, sealed with the pepper: AES-256-GCM, nonce first, tag last */
    sealedSecret: bytes('sealed_secret').notNull(),
    isEnabled: boolean('is_enabled').notNull().default(true),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
  },
  (table) => [index('webhook_workspace').on(table.workspace)],
);

/** One message to one webhook, tried until it is taken or given up. */
export const webhookDelivery = controlSchema.table(
  'webhook_delivery',
  {
    /** `webhook-id` of the message; the same on every try */
    id: id(),
    webhookId: text('webhook_id')
      .notNull()
      .references(() => webhook.id, { onDelete: 'cascade' }),
    workspace: workspaceName(),
    event: text('event').notNull(),
    /** exactly the bytes that are sent and signed */
    body: text('body').notNull(),
    /** pending, delivered, failed */
    state: text('state').notNull().default('pending'),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: instant('next_attempt_at').notNull().default(sql`now()`),
    lastStatus: integer('last_status'),
    lastError: text('last_error'),
    createdAt: createdAt(),
    endedAt: instant('ended_at'),
  },
  (table) => [
    index('webhook_delivery_due').on(table.state, table.nextAttemptAt),
    index('webhook_delivery_webhook').on(table.webhookId),
  ],
);

/** The answer of a request that must take effect once, for 24 hours. */
export const idempotency = controlSchema.table(
  'idempotency',
  {
    workspace: workspaceName(),
    keyId: text('key_id').notNull(),
    /** what the caller sent as Idempotency-Key */
    idempotencyKey: text('idempotency_key').notNull(),
    /** SHA-256 of method, path and body */
    requestHash: text('request_hash').notNull(),
    /** absent while the first request is under way */
    status: integer('status'),
    headers: jsonb('headers'),
    body: text('body'),
    createdAt: createdAt(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.workspace, table.keyId, table.idempotencyKey] }),
    index('idempotency_expires_at').on(table.expiresAt),
  ],
);

/** A file made by an export job. The file lies in the home folder of the server. */
export const exportFile = controlSchema.table(
  'export',
  {
    id: id(),
    workspace: workspaceName(),
    jobId: text('job_id')
      .notNull()
      .references(() => job.id),
    format: text('format').notNull(),
    query: jsonb('query').notNull(),
    runId: text('run_id'),
    rows: bigint('rows', { mode: 'number' }),
    bytes: bigint('bytes', { mode: 'number' }),
    sha256: text('sha256'),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [index('export_workspace').on(table.workspace, table.createdAt)],
);

/** A page that whoever has its address may read, without a key: one report or the answer, until it ends or is revoked. */
export const shareLink = controlSchema.table(
  'share_link',
  {
    /** 22 random characters; its address carries a signature besides */
    id: id(),
    workspace: workspaceName(),
    /** what the reader is told that he looks at */
    name: text('name').notNull(),
    /** answer, channels, campaigns */
    report: text('report').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
    lastUsedAt: instant('last_used_at'),
  },
  (table) => [index('share_link_workspace').on(table.workspace, table.createdAt)],
);
