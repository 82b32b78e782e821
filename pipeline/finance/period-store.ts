import { createHash } from 'node:crypto';
import { and, asc, eq } from 'drizzle-orm';
import { InputError } from '../../models/errors.ts';
import { appendAudit, ensureWorkspace } from '../control/audit.ts';
import { financePeriod, restatement, roiLedger } from '../control/schema.ts';
import type { ControlDatabase } from '../control/store.ts';
import type { Manifest } from '../publish.ts';
import type { Results } from '../results.ts';
import { publishedPeriods } from '../roi-table.ts';
import { nextState, type PeriodAction, type PeriodRecord, type PeriodState } from './period-state.ts';
import type { ReasonCode, RestatementLine } from './restate.ts';
import type { RoiLine } from './roi-line.ts';

export type Basis = 'order_date' | 'event_date';

export type PeriodRow = typeof financePeriod.$inferSelect;

/** Kept beside the state: what an export of the locked period repeats, and what the period looked like when it was closed. */
export interface PeriodSettings {
  basis?: Basis;
  model?: string;
  currency?: string;
  events?: { action: string; actor: string | null; at: string | null; reason: string | null }[];
  closed?: { run: string; revenue_net: string | null; spend_total: string | null };
}

/** Who does it, from where; written into the audit log. */
export interface Trace {
  workspace: string;
  actor: string;
  now: Date;
  keyId?: string;
  ip?: string;
  requestId?: string;
  /** the member whose key acts; none for a key of nobody in particular, and for a shell without one */
  memberId?: string | null;
}

/** Lines as they were reported: of one period, or of all at their newest version. */
export async function ledgerLines(
  db: ControlDatabase,
  workspace: string,
  period: string,
  version: number,
): Promise<RoiLine[]> {
  const rows = await db
    .select({ line: roiLedger.line })
    .from(roiLedger)
    .where(and(eq(roiLedger.workspace, workspace), eq(roiLedger.period, period), eq(roiLedger.version, version)))
    .orderBy(asc(roiLedger.lineId));
  return rows.map((row) => row.line as RoiLine);
}

export async function restatementsOf(
  db: ControlDatabase,
  workspace: string,
  period: string,
  toVersion?: number,
): Promise<RestatementLine[]> {
  const rows = await db
    .select()
    .from(restatement)
    .where(
      and(
        eq(restatement.workspace, workspace),
        eq(restatement.period, period),
        toVersion === undefined ? undefined : eq(restatement.toVersion, toVersion),
      ),
    )
    .orderBy(asc(restatement.id));
  return rows.map((row) => ({
    lineId: row.lineId,
    period: row.period,
    column: row.column,
    oldValue: row.oldValue,
    newValue: row.newValue,
    delta: row.delta,
    kind: row.kind as RestatementLine['kind'],
    reasonCode: row.reasonCode as ReasonCode,
    evidence: row.evidence,
    actor: row.actor,
    approver: row.approver,
    at: row.at.toISOString(),
  }));
}

export function recordOf(row: PeriodRow): PeriodRecord {
  const at = (date: Date | null): string | null => date?.toISOString() ?? null;
  return {
    period: row.period,
    state: row.state as PeriodState,
    version: row.version,
    runId: row.runId,
    closedBy: row.closedBy,
    closedAt: at(row.closedAt),
    lockedBy: row.lockedBy,
    lockedAt: at(row.lockedAt),
    reopenRequestedBy: row.reopenRequestedBy,
    reopenRequestedAt: at(row.reopenRequestedAt),
    reopenReason: row.reopenReason,
    reopenApprovedBy: row.reopenApprovedBy,
    reopenedAt: at(row.reopenedAt),
  };
}

/** The row of a period, held until the transaction ends; made when it is not there yet. */
export async function lockedRow(
  db: ControlDatabase,
  workspace: string,
  results: Results,
  period: string,
): Promise<PeriodRow> {
  const known = (await publishedPeriods(results)).find((one) => one.period === period);
  if (known !== undefined)
    await db
      .insert(financePeriod)
      .values({
        workspace,
        period,
        calendar: results.manifest.finance?.calendar ?? 'month',
        periodStart: known.start,
        periodEnd: known.end,
      })
      .onConflictDoNothing();
  const [row] = await db
    .select()
    .from(financePeriod)
    .where(and(eq(financePeriod.workspace, workspace), eq(financePeriod.period, period)))
    .for('update');
  if (row === undefined)
    throw new InputError('not_found', `${results.manifest.run} has nothing of ${period}; see "liftproof period list"`);
  return row;
}

export async function change(
  db: ControlDatabase,
  trace: Trace,
  results: Results,
  period: string,
  action: PeriodAction,
  settings: (before: PeriodSettings) => PeriodSettings = (before) => before,
): Promise<PeriodRecord> {
  await ensureWorkspace(db, trace.workspace);
  const before = await lockedRow(db, trace.workspace, results, period);
  const record = nextState(recordOf(before), action);
  await save(db, trace, before, record, { settings: settings(before.settings as PeriodSettings) });
  const name = { close: 'close', lock: 'lock', request_reopen: 'reopen_asked', approve_reopen: 'reopen' }[action.kind];
  await appendAudit(db, {
    ...auditTrace(trace),
    action: `period.${name}`,
    object: `period/${period}`,
    beforeHash: recordHash(recordOf(before)),
    afterHash: recordHash(record),
    details: { version: record.version, state: record.state, reason: 'reason' in action ? action.reason : null },
  });
  return record;
}

/** Of the state of a period, for the audit: what it was before a change, and after it. */
export function recordHash(record: PeriodRecord): string {
  const sorted = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

export async function save(
  db: ControlDatabase,
  trace: Trace,
  before: PeriodRow,
  record: PeriodRecord,
  more: Partial<Pick<PeriodRow, 'settings' | 'files' | 'runHash'>>,
): Promise<void> {
  const date = (text: string | null): Date | null => (text === null ? null : new Date(text));
  await db
    .update(financePeriod)
    .set({
      state: record.state,
      version: record.version,
      runId: record.runId,
      closedBy: record.closedBy,
      closedAt: date(record.closedAt),
      lockedBy: record.lockedBy,
      lockedAt: date(record.lockedAt),
      reopenRequestedBy: record.reopenRequestedBy,
      reopenRequestedAt: date(record.reopenRequestedAt),
      reopenReason: record.reopenReason,
      reopenApprovedBy: record.reopenApprovedBy,
      reopenedAt: date(record.reopenedAt),
      updatedAt: trace.now,
      ...more,
    })
    .where(and(eq(financePeriod.workspace, before.workspace), eq(financePeriod.period, before.period)));
}

export async function saveLines(
  db: ControlDatabase,
  trace: Trace,
  manifest: Manifest,
  period: string,
  version: number,
  lines: readonly RoiLine[],
): Promise<void> {
  const rows = lines.map((line) => ({
    workspace: trace.workspace,
    period,
    version,
    lineId: line.line_id!,
    rowType: line.row_type!,
    periodStart: line.period_start!,
    periodEnd: line.period_end!,
    entity: line.entity,
    channel: line.channel,
    platform: line.platform,
    campaignId: line.campaign_id,
    campaignName: line.campaign_name,
    customerType: line.customer_type,
    modelId: line.model_id!,
    basis: line.basis!,
    currency: line.currency!,
    runId: manifest.run,
    runHash: manifest.run_hash,
    orders: line.orders,
    revenueNet: line.revenue_net,
    spendTotal: line.spend_total,
    grossProfit: line.gross_profit,
    contributionAfterSpend: line.contribution_after_spend,
    incrementalRevenue: line.incremental_revenue,
    incrementalRevenueLo: line.incremental_revenue_lo,
    incrementalRevenueHi: line.incremental_revenue_hi,
    roas: line.roas,
    iroas: line.iroas,
    evidenceGrade: line.evidence_grade,
    adjustsPeriod: line.adjusts_period,
    line,
    createdAt: trace.now,
    createdBy: trace.actor,
  }));
  for (let from = 0; from < rows.length; from += 500) await db.insert(roiLedger).values(rows.slice(from, from + 500));
}

export async function saveRestatements(
  db: ControlDatabase,
  trace: Trace,
  period: string,
  fromVersion: number,
  toVersion: number,
  lines: readonly RestatementLine[],
): Promise<void> {
  const rows = lines.map((line, i) => ({
    id: `${trace.workspace}/${period}/v${toVersion}/${String(i).padStart(6, '0')}`,
    workspace: trace.workspace,
    period,
    fromVersion,
    toVersion,
    lineId: line.lineId,
    column: line.column,
    oldValue: line.oldValue,
    newValue: line.newValue,
    delta: line.delta,
    kind: line.kind,
    reasonCode: line.reasonCode,
    evidence: line.evidence,
    actor: trace.actor,
    approver: line.approver,
    at: trace.now,
  }));
  for (let from = 0; from < rows.length; from += 500) await db.insert(restatement).values(rows.slice(from, from + 500));
}

export function auditTrace({ workspace, actor, now, keyId, ip, requestId }: Trace) {
  return { workspace, actor, at: now, keyId, ip, requestId };
}
