import { describe, expect, it } from 'vitest';
import {
  adjustmentLines,
  dataReason,
  differences,
  reasonOf,
  withAdjustments,
} from '../../../pipeline/finance/restate.ts';
import { lineId, type RoiLine } from '../../../pipeline/finance/roi-line.ts';

const about = {
  kind: 'data',
  reasonCode: 'late_data',
  evidence: null,
  actor: 'ana',
  approver: 'ben',
  at: null,
  period: '2026-07',
} as const;

function line(channel: string, values: RoiLine): RoiLine {
  const made: RoiLine = {
    workspace: 'acme',
    period: '2026-07',
    row_type: 'channel',
    channel,
    platform: '(none)',
    campaign_id: '(none)',
    basis: 'order_date',
    ...values,
  };
  return { ...made, line_id: lineId(made) };
}

describe('a restatement', () => {
  it('has one line a changed number, with the difference, and a line for what only one side has', () => {
    const before = [
      line('Email', { revenue_net: '10.00', orders: '1.000000000' }),
      line('Display', { revenue_net: '5.00' }),
    ];
    const now = [
      line('Email', { revenue_net: '9.99', orders: '1.000000000' }),
      line('Podcast', { revenue_net: '5.00' }),
    ];
    const found = differences(before, now, about);
    expect(found.map((one) => [one.column, one.oldValue, one.newValue, one.delta])).toEqual(
      expect.arrayContaining([
        ['revenue_net', '10.00', '9.99', '-0.01'],
        ['revenue_net', '5.00', null, '-5.00'],
        ['revenue_net', null, '5.00', '5.00'],
      ]),
    );
    expect(found).toHaveLength(3);
  });

  it('is no difference where one side does not tell customers apart', () => {
    const whole = line('Email', { customer_type: 'all', revenue_net: '10.00', new_customers: null });
    const split = [
      line('Email', { customer_type: 'all', revenue_net: '10.00', new_customers: '4.000000000' }),
      line('Email', { customer_type: 'new', revenue_net: '6.00' }),
      line('Email', { customer_type: 'returning', revenue_net: '4.00' }),
    ];
    expect(differences([whole], split, about).map((one) => [one.column, one.newValue, one.delta])).toEqual([
      ['new_customers', '4.000000000', null],
    ]);
    const into = {
      period: '2026-08',
      period_start: '2026-08-01',
      period_end: '2026-08-31',
      period_state: 'open',
      version: '1',
      run_id: 'r',
    };
    expect(adjustmentLines([whole], split, into, lineId)).toEqual([]);
    expect(
      adjustmentLines(split, [{ ...split[0] }, { ...split[1], revenue_net: '7.00' }, split[2]], into, lineId),
    ).toMatchObject([{ customer_type: 'new', revenue_net: '1.00', adjusts_period: '2026-07' }]);
  });

  it('is no difference where only the digits are more', () => {
    expect(
      differences([line('Email', { revenue_net: '1.5' })], [line('Email', { revenue_net: '1.50' })], about),
    ).toEqual([]);
  });

  it('tells the data from the method', () => {
    const method = { version: '1', settings_hash: 's', rules_version: 'r', model: 'linear' };
    expect(reasonOf(method, method)).toEqual({ kind: 'data', reasonCode: 'late_data' });
    expect(reasonOf(method, { ...method, model: 'last_touch' })).toEqual({
      kind: 'method',
      reasonCode: 'model_change',
    });
    expect(reasonOf(method, { ...method, rules_version: 'q', settings_hash: 't' })).toEqual({
      kind: 'method',
      reasonCode: 'mapping',
    });
  });

  it('names a refund a refund', () => {
    const before = [line('Email', { refunds: '0.00', revenue_net: '10.00' })];
    const now = [line('Email', { refunds: '-3.00', revenue_net: '7.00' })];
    expect(dataReason(differences(before, now, about))).toBe('refund');
  });
});

describe('late facts of a locked period', () => {
  const into = {
    period: '2026-08',
    period_start: '2026-08-01',
    period_end: '2026-08-31',
    period_state: 'open',
    version: '1',
    run_id: 'run_2',
  };

  it('stand as the difference, in the period that takes them up, and name the one that they belong to', () => {
    const told = [line('Email', { revenue_net: '10.00' }), line('Display', { revenue_net: '4.00' })];
    const now = [
      line('Email', { revenue_net: '12.50' }),
      line('Display', { revenue_net: '4.00' }),
      line('Podcast', { revenue_net: '1.00' }),
    ];
    const rows = adjustmentLines(told, now, into, lineId);
    expect(rows.map((row) => [row.channel, row.row_type, row.period, row.adjusts_period, row.revenue_net])).toEqual(
      expect.arrayContaining([
        ['Email', 'prior_period_adjustment', '2026-08', '2026-07', '2.50'],
        ['Podcast', 'prior_period_adjustment', '2026-08', '2026-07', '1.00'],
      ]),
    );
    expect(rows).toHaveLength(2);
    // once told, nothing is left to tell
    expect(adjustmentLines(withAdjustments(told, rows, '2026-07', lineId), now, into, lineId)).toEqual([]);
  });
});
