import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { and, asc, eq } from 'drizzle-orm';
import { InputError } from '../../models/errors.ts';
import { appendAudit, ensureWorkspace } from '../control/audit.ts';
import { financePeriod, restatement, roiLedger } from '../control/schema.ts';
import type { ControlDatabase } from '../control/store.ts';
import { bridgeTable, makeRoiPack, openBridges, ROI_FORMATS, type RoiPack } from '../export-roi.ts';
import type { Manifest } from '../publish.ts';
import { openResults, type Results } from '../results.ts';
import { lineId, publishedPeriods, type RoiLine, roiTable } from '../roi-table.ts';
import type { WorkspacePaths } from '../workspace.ts';
import {
  nextState,
  openPeriod,
  type PeriodAction,
  type PeriodRecord,
  type PeriodState,
  type ReportedPeriod,
} from './period-state.ts';
import {
  adjustmentLines,
  dataReason,
  differences,
  type ReasonCode,
  type RestatementLine,
  reasonOf,
  withAdjustments,
} from './restate.ts';

type Basis = 'order_date' | 'event_date';
type Row = typeof financePeriod.$inferSelect;

/** Kept beside the state: what an export of the locked period repeats, and what the period looked like when it was closed. */
interface PeriodSettings {
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
}

export interface PeriodView extends PeriodRecord {
  period_start: string;
  period_end: string;
  /** revenue or spend of a closed period is another now than when it was closed; null where there is nothing to compare */
  changed_since_close: boolean | null;
}

/** Every period that the run has or the store knows, oldest first. */
export async function listPeriods(db: ControlDatabase, workspace: string, results: Results): Promise<PeriodView[]> {
  const rows = await db.select().from(financePeriod).where(eq(financePeriod.workspace, workspace));
  const stored = new Map(rows.map((row) => [row.period, row]));
  const published = await publishedPeriods(results);
  const views = new Map<string, PeriodView>();
  for (const { period, start, end } of published) {
    const row = stored.get(period);
    const record = row === undefined ? openPeriod(period) : recordOf(row);
    views.set(period, {
      ...record,
      period_start: start,
      period_end: end,
      changed_since_close: row === undefined ? null : await changedSinceClose(row, results),
    });
  }
  for (const row of rows)
    if (!views.has(row.period))
      views.set(row.period, {
        ...recordOf(row),
        period_start: row.periodStart,
        period_end: row.periodEnd,
        changed_since_close: null,
      });
  return [...views.values()].sort((a, b) => (a.period_start < b.period_start ? -1 : 1));
}

async function changedSinceClose(row: Row, results: Results): Promise<boolean | null> {
  const { closed, basis } = row.settings as PeriodSettings;
  if (row.state !== 'soft_closed' || closed === undefined) return null;
  const now = await totalsOf(results, row.period, basis ?? 'order_date');
  return now.revenue_net !== closed.revenue_net || now.spend_total !== closed.spend_total;
}

async function totalsOf(results: Results, period: string, basis: Basis): Promise<RoiLine> {
  const { lines } = await roiTable(results, { period, basis });
  return lines.find((line) => line.row_type === 'total')!;
}

/** Closes a period: changes still come in, and are warned about. */
export async function closePeriod(
  db: ControlDatabase,
  trace: Trace,
  results: Results,
  period: string,
): Promise<PeriodRecord> {
  const total = await totalsOf(results, period, 'order_date');
  return db.transaction(async (transaction) =>
    change(
      transaction,
      trace,
      results,
      period,
      { kind: 'close', actor: trace.actor, at: trace.now.toISOString() },
      (settings) => ({
        ...settings,
        closed: { run: results.manifest.run, revenue_net: total.revenue_net, spend_total: total.spend_total },
      }),
    ),
  );
}

/**
 * Reopening takes two: the first call asks, with a reason; the second, by somebody else, approves.
 *
 * @throws InputError as `nextState`
 */
export async function reopenPeriod(
  db: ControlDatabase,
  trace: Trace,
  results: Results,
  period: string,
  wish: { reason: string } | { approve: true },
): Promise<PeriodRecord> {
  const at = trace.now.toISOString();
  const action: PeriodAction =
    'approve' in wish
      ? { kind: 'approve_reopen', actor: trace.actor, at }
      : { kind: 'request_reopen', actor: trace.actor, at, reason: wish.reason };
  return db.transaction(async (transaction) => change(transaction, trace, results, period, action));
}

export interface LockOptions {
  basis?: Basis;
  /** of what changed since the version before, when the data changed; guessed from the columns when absent */
  reasonCode?: ReasonCode;
}

/**
 * Locks a period: pins the run, writes what is reported into the ROI ledger, line by line, and what it restates beside it. From here
 * on an export gives these very bytes.
 *
 * @throws InputError `not_reconciled` when the bridge of the period does not close
 */
export async function lockPeriod(
  db: ControlDatabase,
  trace: Trace,
  paths: WorkspacePaths,
  results: Results,
  period: string,
  options: LockOptions = {},
): Promise<{ record: PeriodRecord; pack: RoiPack }> {
  const basis = options.basis ?? 'order_date';
  const { manifest } = results;
  const bridge = await bridgeTable(results, period, basis);
  await ensureWorkspace(db, trace.workspace);
  return db.transaction(async (transaction) => {
    const at = trace.now.toISOString();
    const before = await lockedRow(transaction, trace.workspace, results, period);
    const isReconciled = openBridges(bridge).length === 0;
    const action: PeriodAction = { kind: 'lock', actor: trace.actor, at, runId: manifest.run, isReconciled };
    const record = nextState(recordOf(before), action);
    const reported = await draftOf(transaction, trace.workspace, results, recordOf(before), basis);
    const priorLines =
      before.version === 0 ? [] : await ledgerLines(transaction, trace.workspace, period, before.version);
    const { lines } = await roiTable(results, {
      period,
      basis,
      state: 'locked',
      version: record.version,
      ...priced(reported),
    });
    const restated =
      before.version === 0
        ? []
        : await restatements(paths, results, before, priorLines, lines, {
            basis,
            adjustments: reported.adjustments ?? [],
            reasonCode: options.reasonCode,
            actor: trace.actor,
            at,
          });
    const settings: PeriodSettings = {
      ...(before.settings as PeriodSettings),
      basis,
      model: manifest.finance?.model,
      currency: manifest.currency,
      events: eventsOf({ ...recordOf(before), lockedBy: trace.actor, lockedAt: at }),
    };
    const locked: ReportedPeriod = {
      state: 'locked',
      version: record.version,
      prior: priorOf(priorLines, restated),
      adjustments: reported.adjustments,
      restatements: restated,
      events: settings.events,
    };
    const pack = await makeRoiPack(results, { period, basis, formats: ROI_FORMATS, reported: locked });
    await saveLines(transaction, trace, manifest, period, record.version, pack.lines);
    await saveRestatements(transaction, trace, period, before.version, record.version, restated);
    await save(transaction, trace, before, record, {
      runHash: manifest.run_hash,
      settings,
      files: Object.fromEntries(pack.manifest.files.map((file) => [file.name, file.sha256])),
    });
    await appendAudit(transaction, {
      ...auditTrace(trace),
      action: 'period.lock',
      object: `period/${period}`,
      details: { version: record.version, run: manifest.run, run_hash: manifest.run_hash, restated: restated.length },
    });
    return { record, pack };
  });
}

/**
 * The period as an export has to tell it: pinned to its run when it is locked, else as it would be locked now.
 *
 * @returns which run to read, and what was reported
 */
export async function reportedPeriod(
  db: ControlDatabase,
  workspace: string,
  period: string,
  results: Results,
  basis: Basis | undefined,
): Promise<{ run: string | undefined; basis: Basis; reported: ReportedPeriod; files: Record<string, string> }> {
  const [row] = await db
    .select()
    .from(financePeriod)
    .where(and(eq(financePeriod.workspace, workspace), eq(financePeriod.period, period)));
  const record = row === undefined ? openPeriod(period) : recordOf(row);
  if (record.state !== 'locked') {
    const chosen = basis ?? 'order_date';
    return {
      run: undefined,
      basis: chosen,
      reported: await draftOf(db, workspace, results, record, chosen),
      files: {},
    };
  }
  const settings = row.settings as PeriodSettings;
  if (basis !== undefined && basis !== settings.basis)
    throw new InputError('locked', `${period} is locked as of ${settings.basis}; export it so, or reopen it`, {
      details: { period, state: 'locked', isPeriod: true },
    });
  const prior = record.version === 1 ? [] : await ledgerLines(db, workspace, period, record.version - 1);
  const own = await ledgerLines(db, workspace, period, record.version);
  const restated = await restatementsOf(db, workspace, period, record.version);
  return {
    run: record.runId!,
    basis: settings.basis ?? 'order_date',
    files: row.files as Record<string, string>,
    reported: {
      state: 'locked',
      version: record.version,
      prior: priorOf(prior, restated),
      adjustments: own.filter((line) => line.row_type === 'prior_period_adjustment'),
      restatements: restated,
      events: settings.events,
    },
  };
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

/** An open period as it would be reported now, with what it takes up of earlier, locked ones. */
async function draftOf(
  db: ControlDatabase,
  workspace: string,
  results: Results,
  record: PeriodRecord,
  basis: Basis,
): Promise<ReportedPeriod> {
  const prior = record.version === 0 ? [] : await ledgerLines(db, workspace, record.period, record.version);
  return {
    state: record.state,
    // what it becomes when it is locked
    version: record.version + 1,
    prior: priorOf(prior, []),
    adjustments: await adjustmentsFor(db, workspace, results, record.period, basis, record.version + 1),
    events: eventsOf(record),
  };
}

/**
 * Late facts of locked periods, for the first later period that is not locked: the difference between what a locked period would
 * be now, and what was reported of it, then and in adjustments since.
 */
async function adjustmentsFor(
  db: ControlDatabase,
  workspace: string,
  results: Results,
  period: string,
  basis: Basis,
  version: number,
): Promise<RoiLine[]> {
  const rows = await db.select().from(financePeriod).where(eq(financePeriod.workspace, workspace));
  const stored = new Map(rows.map((row) => [row.period, row]));
  const published = await publishedPeriods(results);
  const isLocked = (id: string): boolean => stored.get(id)?.state === 'locked';
  const own = published.find((one) => one.period === period);
  if (own === undefined) return [];
  const out: RoiLine[] = [];
  for (const earlier of published) {
    const row = stored.get(earlier.period);
    if (row === undefined || !isLocked(earlier.period) || earlier.end >= own.start) continue;
    // adjustments are told under the basis that the locked period was reported by
    if (((row.settings as PeriodSettings).basis ?? 'order_date') !== basis) continue;
    const taker = published.find((one) => one.start > earlier.end && !isLocked(one.period));
    if (taker?.period !== period) continue;
    const told = await toldOf(db, workspace, row, rows, period);
    const { lines } = await roiTable(results, { period: earlier.period, basis });
    const into = {
      period,
      period_start: own.start,
      period_end: own.end,
      period_state: stored.get(period)?.state ?? 'open',
      version: String(version),
      run_id: results.manifest.run,
    };
    out.push(...adjustmentLines(told, lines, into, lineId));
  }
  return out;
}

/** What was reported of a period: its lines, and what locked periods since have taken up of it. */
async function toldOf(
  db: ControlDatabase,
  workspace: string,
  row: Row,
  rows: readonly Row[],
  except: string,
): Promise<RoiLine[]> {
  const lines = (await ledgerLines(db, workspace, row.period, row.version)).filter(
    (line) => line.row_type !== 'prior_period_adjustment' && line.row_type !== 'total',
  );
  const adjustments: RoiLine[] = [];
  for (const later of rows) {
    if (later.state !== 'locked' || later.period === except) continue;
    const taken = await ledgerLines(db, workspace, later.period, later.version);
    adjustments.push(...taken.filter((line) => line.adjusts_period === row.period));
  }
  return withAdjustments(lines, adjustments, row.period, lineId);
}

function priced(reported: ReportedPeriod): Pick<ReportedPeriod, 'prior' | 'adjustments'> {
  return { prior: reported.prior, adjustments: reported.adjustments };
}

function priorOf(
  lines: readonly RoiLine[],
  restated: readonly RestatementLine[],
): ReadonlyMap<string, { revenue_net: string | null; reason: string | null }> {
  const reasons = new Map<string, Set<string>>();
  for (const one of restated) {
    const known = reasons.get(one.lineId) ?? new Set<string>();
    reasons.set(one.lineId, known.add(one.reasonCode));
  }
  return new Map(
    lines.map((line) => {
      const codes = reasons.get(line.line_id!);
      return [
        line.line_id!,
        { revenue_net: line.revenue_net, reason: codes === undefined ? null : [...codes].sort().join(', ') },
      ];
    }),
  );
}

interface RestatementContext {
  basis: Basis;
  adjustments: readonly RoiLine[];
  reasonCode: ReasonCode | undefined;
  actor: string;
  at: string;
}

/**
 * What changed between the reported lines and those of now, run by run, so that a change of method and a change of data stand on
 * lines of their own. Where one run changed both, its lines say so.
 */
async function restatements(
  paths: WorkspacePaths,
  results: Results,
  row: Row,
  reported: readonly RoiLine[],
  lines: readonly RoiLine[],
  context: RestatementContext,
): Promise<RestatementLine[]> {
  const about = { actor: context.actor, approver: row.reopenApprovedBy, at: context.at, period: row.period };
  const runs = runsBetween(paths, row.runId, results.manifest);
  const turns = runs.flatMap((run, i) =>
    i > 0 && reasonOf(methodOf(runs[i - 1]), methodOf(run)).kind === 'method' ? [i] : [],
  );
  const out: RestatementLine[] = [];
  let before = reported;
  const data = (after: readonly RoiLine[], evidence: string): void => {
    const found = differences(before, after, { ...about, kind: 'data', reasonCode: 'late_data', evidence });
    const reasonCode = context.reasonCode ?? dataReason(found);
    out.push(...found.map((one) => ({ ...one, reasonCode })));
    before = after;
  };
  for (const turn of turns) {
    const [last, first] = [runs[turn - 1], runs[turn]];
    if (last.run !== row.runId) data(await linesOf(paths, last, row.period, context), `${row.runId} to ${last.run}`);
    const after = first.run === results.manifest.run ? lines : await linesOf(paths, first, row.period, context);
    const { kind, reasonCode } = reasonOf(methodOf(last), methodOf(first));
    const isMixed = inputsOf(last) !== inputsOf(first);
    const evidence = `${last.run} to ${first.run}${isMixed ? '; data changed in the same run' : ''}`;
    out.push(...differences(before, after, { ...about, kind, reasonCode, evidence }));
    before = after;
  }
  data(lines, `${runs[turns.at(-1) ?? 0]?.run ?? row.runId} to ${results.manifest.run}`);
  return out;
}

async function linesOf(
  paths: WorkspacePaths,
  manifest: Manifest,
  period: string,
  context: RestatementContext,
): Promise<RoiLine[]> {
  const results = await openResults(paths, manifest.run);
  try {
    return (await roiTable(results, { period, basis: context.basis, adjustments: context.adjustments })).lines;
  } finally {
    results.close();
  }
}

/** Published runs from the pinned one to this one, oldest first, as far as they are still kept and know finance. */
function runsBetween(paths: WorkspacePaths, from: string | null, to: Manifest): Manifest[] {
  const all = readdirSync(paths.results)
    .filter((name) => name.startsWith('run_') && existsSync(join(paths.results, name, 'manifest.json')))
    .map((name) => JSON.parse(readFileSync(join(paths.results, name, 'manifest.json'), 'utf8')) as Manifest)
    .filter((manifest) => manifest.files.some((file) => file.name === 'roi.parquet'))
    .sort((a, b) => (a.made_at === b.made_at ? (a.run < b.run ? -1 : 1) : a.made_at < b.made_at ? -1 : 1));
  const start = all.findIndex((manifest) => manifest.run === from);
  const end = all.findIndex((manifest) => manifest.run === to.run);
  return start < 0 || end < start ? [to] : all.slice(start, end + 1);
}

function methodOf(manifest: Manifest) {
  return {
    version: manifest.version,
    settings_hash: manifest.settings_hash,
    rules_version: manifest.rules_version,
    model: manifest.finance?.model ?? manifest.default_model,
  };
}

function inputsOf(manifest: Manifest): string {
  return JSON.stringify(manifest.inputs.map((input) => input.batch_id));
}

function eventsOf(record: PeriodRecord): NonNullable<PeriodSettings['events']> {
  const events = [
    {
      action: 'reopen asked',
      actor: record.version > 0 ? record.reopenApprovedBy && record.reopenRequestedBy : null,
      at: record.reopenRequestedAt,
      reason: record.reopenReason,
    },
    { action: 'reopen approved', actor: record.reopenApprovedBy, at: record.reopenedAt, reason: record.reopenReason },
    { action: 'closed', actor: record.closedBy, at: record.closedAt, reason: null },
    { action: 'locked', actor: record.lockedBy, at: record.lockedAt, reason: null },
  ];
  return events.filter((event) => event.actor !== null && event.at !== null);
}

function recordOf(row: Row): PeriodRecord {
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
async function lockedRow(db: ControlDatabase, workspace: string, results: Results, period: string): Promise<Row> {
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

async function change(
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
    details: { version: record.version, state: record.state, reason: 'reason' in action ? action.reason : null },
  });
  return record;
}

async function save(
  db: ControlDatabase,
  trace: Trace,
  before: Row,
  record: PeriodRecord,
  more: Partial<Pick<Row, 'settings' | 'files' | 'runHash'>>,
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

async function saveLines(
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

async function saveRestatements(
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

function auditTrace({ workspace, actor, now, keyId, ip, requestId }: Trace) {
  return { workspace, actor, at: now, keyId, ip, requestId };
}
