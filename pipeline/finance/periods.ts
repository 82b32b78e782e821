import { and, eq } from 'drizzle-orm';
import { InputError } from '../../models/errors.ts';
import { appendAudit, ensureWorkspace } from '../control/audit.ts';
import { financePeriod } from '../control/schema.ts';
import type { ControlDatabase } from '../control/store.ts';
import { emitEvent } from '../control/webhooks.ts';
import { bridgeTable, makeRoiPack, openBridges, ROI_FORMATS, type RoiPack } from '../export-roi.ts';
import type { Results } from '../results.ts';
import { publishedPeriods, roiTable } from '../roi-table.ts';
import { adjustmentsFor } from './period-adjustments.ts';
import { restatements } from './period-restatements.ts';
import { nextState, openPeriod, type PeriodAction, type PeriodRecord, type ReportedPeriod } from './period-state.ts';
import {
  auditTrace,
  type Basis,
  change,
  ledgerLines,
  lockedRow,
  type PeriodRow,
  type PeriodSettings,
  recordHash,
  recordOf,
  restatementsOf,
  save,
  saveLines,
  saveRestatements,
  type Trace,
} from './period-store.ts';
import type { ReasonCode, RestatementLine } from './restate.ts';
import { type RoiLine, totalLine } from './roi-line.ts';
import { checkReopener } from './who-acts.ts';

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

async function changedSinceClose(row: PeriodRow, results: Results): Promise<boolean | null> {
  const { closed, basis } = row.settings as PeriodSettings;
  if (row.state !== 'soft_closed' || closed === undefined) return null;
  const now = await totalsOf(results, row.period, basis ?? 'order_date');
  return now.revenue_net !== closed.revenue_net || now.spend_total !== closed.spend_total;
}

async function totalsOf(results: Results, period: string, basis: Basis): Promise<RoiLine> {
  const { lines } = await roiTable(results, { period, basis });
  return totalLine(lines)!;
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
  return db.transaction(async (transaction) => {
    await checkReopener(transaction, trace);
    const record = await change(transaction, trace, results, period, action);
    if (record.state === 'reopened') {
      const told = { period, version: record.version, reason: record.reopenReason };
      await emitEvent(transaction, trace.workspace, 'period.reopened', told, trace.now, `${period} v${record.version}`);
    }
    return record;
  });
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
        : await restatements(results, before, priorLines, lines, {
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
      beforeHash: recordHash(recordOf(before)),
      afterHash: recordHash(record),
      details: { version: record.version, run: manifest.run, run_hash: manifest.run_hash, restated: restated.length },
    });
    const told = {
      period,
      version: record.version,
      run: manifest.run,
      run_hash: manifest.run_hash,
      restated: restated.length,
    };
    await emitEvent(transaction, trace.workspace, 'period.locked', told, trace.now, `${period} v${record.version}`);
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
      details: { period, state: 'locked', what: 'period' },
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
