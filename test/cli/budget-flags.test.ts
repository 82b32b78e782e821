import { describe, expect, it } from 'vitest';
import { budgetAsked, inBudgetFlags } from '../../cli/budget-flags.ts';
import { InputError } from '../../models/errors.ts';

describe('flags of report budget', () => {
  it('ask for nothing when none is given', () => {
    expect(budgetAsked('budget', {})).toBeUndefined();
    expect(budgetAsked('channels', {})).toBeUndefined();
  });

  it('say how much, within which bounds, and for what return', () => {
    const flags = { total: '300', bound: ['meta=50:', 'tiktok=:90', 'x=1:2'], lock: ['google=40'], targetMroi: '1.5' };
    expect(budgetAsked('budget', flags)).toEqual({
      budget: 300,
      target: { mroi: 1.5 },
      channels: { meta: { lower: 50 }, tiktok: { upper: 90 }, x: { lower: 1, upper: 2 }, google: { locked: 40 } },
    });
    expect(budgetAsked('budget', { total: '10', profitable: true })).toEqual({
      budget: 10,
      spend: 'profitable',
      channels: {},
    });
  });

  it.each([
    ['of another report', 'mix', { total: '3' }, '--total belongs to "liftproof report budget"'],
    ['a bound without a colon', 'budget', { bound: ['meta=3'] }, '--bound is meta=3; expected channel=least:most'],
    ['a bound that is no number', 'budget', { bound: ['meta=a:3'] }, '--bound is a; expected a number'],
    ['a lock without an amount', 'budget', { lock: ['meta'] }, '--lock is meta; expected channel=money'],
    [
      'two goals',
      'budget',
      { targetRoi: '1', targetMroi: '2' },
      '--target-roi and --target-mroi contradict each other',
    ],
    ['profitable without a most', 'budget', { profitable: true }, '--profitable needs --total'],
  ])('are refused: %s', (_what, report, flags, message) => {
    expect(() => budgetAsked(report, flags)).toThrow(message);
  });

  it('are named where the planner only knows its own words', () => {
    const told = (message: string, flags: Parameters<typeof inBudgetFlags>[1]) =>
      (inBudgetFlags(new InputError('not_allowed', message), flags) as InputError).message;
    expect(told('budget.channels.search: 900 needs weeks above', { bound: ['meta=1:2'], lock: ['search=900'] })).toBe(
      '--lock search=900: 900 needs weeks above',
    );
    expect(told('budget.channels: serch is no paid channel (search)', { bound: ['serch=:9'] })).toBe(
      '--bound serch=:9: serch is no paid channel (search)',
    );
    expect(told('budget: 5 is less than the locked', { total: '5', lock: ['a=9'] })).toBe(
      '--total 5: 5 is less than the locked',
    );
    // the configuration asked, not a flag
    expect(told('budget.channels.meta: upper 1 is below lower 2', { lock: ['search=900'] })).toBe(
      'budget.channels.meta: upper 1 is below lower 2',
    );
  });
});
