import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextState, openPeriod, type PeriodAction, type PeriodRecord } from '../../../pipeline/finance/period-state.ts';

const at = '2026-08-03T09:00:00.000Z';
const close: PeriodAction = { kind: 'close', actor: 'ana', at };
const lock: PeriodAction = { kind: 'lock', actor: 'ana', at, runId: 'run_1', isReconciled: true };
const ask: PeriodAction = { kind: 'request_reopen', actor: 'ana', at, reason: 'late invoice' };
const approve = (actor: string): PeriodAction => ({ kind: 'approve_reopen', actor, at });

const walk = (...actions: PeriodAction[]): PeriodRecord => actions.reduce(nextState, openPeriod('2026-07'));

describe('a period', () => {
  it('goes from open over closed and locked to reopened, and is version 2 at its second lock', () => {
    const record = walk(close, lock, ask, approve('ben'), close, { ...lock, runId: 'run_2' });
    expect(record).toMatchObject({
      state: 'locked',
      version: 2,
      runId: 'run_2',
      reopenReason: 'late invoice',
      reopenApprovedBy: 'ben',
    });
  });

  it('is not locked before it is closed, nor closed twice', () => {
    expect(() => walk(lock)).toThrow(/close it before it is locked/);
    expect(() => walk(close, lock, lock)).toThrow(/it was locked before; reopen it/);
    expect(() => walk(close, close)).toThrow(/only an open or reopened period/);
  });

  it('is not locked while it does not reconcile', () => {
    expect(() => walk(close, { ...lock, isReconciled: false })).toThrow(
      expect.objectContaining({ code: 'not_reconciled' }),
    );
  });

  it('takes a reason and a second person to reopen', () => {
    expect(() => walk(close, lock, { ...ask, reason: '  ' })).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => walk(close, lock, approve('ben'))).toThrow(/nobody asked/);
    expect(() => walk(close, lock, ask, approve('ana'))).toThrow(expect.objectContaining({ code: 'not_allowed' }));
    expect(walk(close, lock, ask).state).toBe('locked');
    expect(walk(close, lock, ask, approve('ben')).state).toBe('reopened');
  });

  it('keeps its version and its run whatever is tried, unless it is locked anew', () => {
    const actions = fc.constantFrom<PeriodAction>(close, lock, ask, approve('ana'), approve('ben'), {
      ...lock,
      isReconciled: false,
    });
    fc.assert(
      fc.property(fc.array(actions, { maxLength: 25 }), (list) => {
        let record = openPeriod('2026-07');
        let locks = 0;
        for (const action of list) {
          const before = structuredClone(record);
          try {
            record = nextState(record, action);
            if (action.kind === 'lock') locks++;
          } catch {
            // refused: nothing changed
            expect(record).toEqual(before);
          }
          expect(record.version).toBe(locks);
          if (record.state === 'locked') expect(record.runId).toBe('run_1');
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
