import { quantileNormal } from '../../numeric/distribution.ts';
import { quantile } from '../../numeric/quantile.ts';
import { gateResult, percent, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

export interface CalibrationInput {
  /** p-values of the very test of the claim on assignments without effect, drawn from the same data */
  pValues: Float64Array;
}

/**
 * Gate 19: on your own data, with nothing done, how often does this test cry wolf?
 *
 * Passes when rejections <= alpha + 2 binomial errors over at least 200 random placebo assignments. Otherwise
 * `details.rescale` is the factor by which intervals must be widened to match the empirical null.
 */
export function calibrationGate(input: CalibrationInput, changes?: Readonly<Record<string, number>>): GateResult {
  const threshold = thresholdsOf('calibration', changes);
  const { alpha } = threshold;
  const n = input.pValues.length;
  if (n < threshold.assignments) {
    return gateResult(
      'calibration',
      'not_run',
      null,
      `${n} placebo assignments were tried; ${threshold.assignments} are needed to know how often the test errs.`,
      { threshold },
    );
  }
  const rejected = input.pValues.reduce((count, p) => count + (p < alpha ? 1 : 0), 0) / n;
  const limit = alpha + threshold.binomial_errors * Math.sqrt((alpha * (1 - alpha)) / n);
  const scores = input.pValues.map((p) => Math.abs(quantileNormal(p / 2)));
  const rescale = Math.max(1, quantile(scores, 1 - alpha) / quantileNormal(1 - alpha / 2));
  const passed = rejected <= limit;
  return gateResult(
    'calibration',
    passed ? 'passed' : 'failed',
    rejected,
    `On ${n} assignments without effect the test rejects ${percent(rejected)} at its ${percent(alpha)} level${passed ? '' : '; its intervals are widened'}.`,
    { threshold: { ...threshold, limit }, details: { rescale: passed ? 1 : rescale } },
  );
}
