import { expect, test } from 'vitest';
import { type LiftResult, widenResult } from '../../../models/lift/lift-result.ts';

const period = (name: string, actual: number, counterfactual: number, half: number | null) => ({
  period: name,
  actual,
  counterfactual,
  lo: half === null ? null : counterfactual - half,
  hi: half === null ? null : counterfactual + half,
});

const result: LiftResult = {
  schema_version: 1,
  method: 'sc',
  estimate: { value: 2, standard_error: 1, interval: { lo: 1, hi: 4 }, level: 0.9, p_value: 0.02, n: 5 },
  relative: { value: 2 / 10, lo: 1 / 11, hi: 4 / 8, level: 0.9 },
  cumulative: { value: 4, lo: 2, hi: 8, level: 0.9 },
  weights: { units: [], periods: [] },
  series: [period('1', 9, 9, null), period('2', 11, 10, 1), period('3', 13, 10, 2)],
  diagnostics: { pre_periods: 1 },
};

test('a widened result has every interval widened around its own value, and no p', () => {
  const wide = widenResult(result, 2);
  expect(wide.estimate).toEqual({ ...result.estimate, standard_error: 2, interval: { lo: 0, hi: 6 }, p_value: null });
  expect(wide.cumulative).toEqual({ value: 4, lo: 0, hi: 12, level: 0.9 });
  // seen after the start: 12 on average; 0 of 12, 6 of 6
  expect(wide.relative).toEqual({ value: 0.2, lo: 0, hi: 1, level: 0.9 });
  expect(wide.series.map(({ lo, hi }) => [lo, hi])).toEqual([
    [null, null],
    [8, 12],
    [6, 14],
  ]);
  expect(wide.diagnostics).toEqual({ pre_periods: 1, widened_by: 2 });
});

test('a factor of 1 changes nothing', () => {
  expect(widenResult(result, 1)).toBe(result);
});
