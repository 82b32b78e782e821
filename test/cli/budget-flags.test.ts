import { describe, expect, it } from 'vitest';
import { budgetAsked } from '../../cli/budget-flags.ts';

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
});
