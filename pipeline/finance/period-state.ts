import { InputError } from '../../models/errors.ts';
import type { RestatementLine } from './restate.ts';
import type { RoiLine } from './roi-line.ts';

export const PERIOD_STATES = ['open', 'soft_closed', 'locked', 'reopened'] as const;
export type PeriodState = (typeof PERIOD_STATES)[number];

/** What the control store knows of a period. */
export interface PeriodRecord {
  period: string;
  state: PeriodState;
  /** number of locks so far */
  version: number;
  /** pinned by the lock */
  runId: string | null;
  closedBy: string | null;
  closedAt: string | null;
  lockedBy: string | null;
  lockedAt: string | null;
  reopenRequestedBy: string | null;
  reopenRequestedAt: string | null;
  reopenReason: string | null;
  reopenApprovedBy: string | null;
  reopenedAt: string | null;
}

/** A period as an export tells of it: nothing here changes while the period stays locked. */
export interface ReportedPeriod {
  state: PeriodState;
  version: number;
  prior?: ReadonlyMap<string, { revenue_net: string | null; reason: string | null }>;
  adjustments?: readonly RoiLine[];
  restatements?: readonly RestatementLine[];
  events?: readonly { action: string; actor: string | null; at: string | null; reason: string | null }[];
}

/** What somebody wants done to a period. */
export type PeriodAction =
  | { kind: 'close'; actor: string; at: string }
  | { kind: 'lock'; actor: string; at: string; runId: string; isReconciled: boolean }
  | { kind: 'request_reopen'; actor: string; at: string; reason: string }
  | { kind: 'approve_reopen'; actor: string; at: string };

export function openPeriod(period: string): PeriodRecord {
  return {
    period,
    state: 'open',
    version: 0,
    runId: null,
    closedBy: null,
    closedAt: null,
    lockedBy: null,
    lockedAt: null,
    reopenRequestedBy: null,
    reopenRequestedAt: null,
    reopenReason: null,
    reopenApprovedBy: null,
    reopenedAt: null,
  };
}

/**
 * The next state of a period.
 *
 *     open -> soft_closed -> locked -> (reopen: reason, then a second person) -> reopened -> soft_closed -> locked, one version on
 *
 * Closing warns about changes, locking pins one run and refuses them. A lock wants a bridge that closes.
 *
 * @throws InputError `locked` when the state does not allow it, `not_allowed` for the same person twice, `not_reconciled`, `usage` without a reason
 */
export function nextState(record: PeriodRecord, action: PeriodAction): PeriodRecord {
  const refuse = (detail: string): InputError =>
    new InputError('locked', `${record.period} is ${record.state}: ${detail}`, {
      details: { period: record.period, state: record.state, what: 'period' },
    });
  switch (action.kind) {
    case 'close':
      if (record.state !== 'open' && record.state !== 'reopened')
        throw refuse('only an open or reopened period is closed');
      return { ...record, state: 'soft_closed', closedBy: action.actor, closedAt: action.at };
    case 'lock':
      if (record.state !== 'soft_closed')
        throw refuse(
          record.state === 'locked'
            ? 'it was locked before; reopen it to report it anew'
            : 'close it before it is locked',
        );
      if (!action.isReconciled)
        throw new InputError(
          'not_reconciled',
          `${record.period} does not reconcile with the books and cannot be locked; "liftproof check --ledger" names the entries`,
        );
      return {
        ...record,
        state: 'locked',
        version: record.version + 1,
        runId: action.runId,
        lockedBy: action.actor,
        lockedAt: action.at,
        reopenRequestedBy: null,
        reopenRequestedAt: null,
      };
    case 'request_reopen':
      if (record.state !== 'locked') throw refuse('only a locked period is reopened');
      if (action.reason.trim() === '')
        throw new InputError('usage', `reopening ${record.period} wants a reason; say it with --reason`);
      if (record.reopenRequestedBy !== null)
        throw refuse(`${record.reopenRequestedBy} has already asked to reopen it; somebody else approves`);
      return {
        ...record,
        reopenRequestedBy: action.actor,
        reopenRequestedAt: action.at,
        reopenReason: action.reason.trim(),
      };
    case 'approve_reopen':
      if (record.state !== 'locked') throw refuse('only a locked period is reopened');
      if (record.reopenRequestedBy === null) throw refuse('nobody asked to reopen it');
      if (record.reopenRequestedBy === action.actor)
        throw new InputError(
          'not_allowed',
          `${action.actor} asked to reopen ${record.period}; a second person has to approve it`,
        );
      return { ...record, state: 'reopened', reopenApprovedBy: action.actor, reopenedAt: action.at };
  }
}
