import { quantileNormal } from '../../numeric/distribution.ts';
import { gateResult, show, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

export interface PreTrendInput {
  /** joint Wald test that all effects before the treatment are zero */
  waldP: number;
  /** mean effect after the treatment and its standard error */
  effect: number;
  standardError: number;
  /** event-study effects before the treatment in time order, the last one being the period before it (0 when it is the base) */
  leads: readonly number[];
  /** number of treated periods that `effect` averages over */
  postPeriods: number;
  /** coverage behind "excludes zero", default 0.9 */
  level?: number;
}

/**
 * Gate 11: were treated and untreated on parallel paths, and how far could they have parted without undoing the result?
 *
 * Breakdown: the largest M for which effect -+ (bias bound + z se) still excludes zero when each step of the difference in trends
 * after the treatment is at most M times the largest step seen before it. The steps add up, so the mean bias over T periods is at
 * most M * largest * (T + 1) / 2. Sampling error of the largest step is not counted.
 *
 * @see Rambachan & Roth (2023), A more credible approach to parallel trends
 */
export function preTrendGate(input: PreTrendInput, changes?: Readonly<Record<string, number>>): GateResult {
  const threshold = thresholdsOf('pre_trend', changes);
  const breakdown = breakdownMultiple(input);
  const passed = input.waldP > threshold.p && breakdown >= threshold.breakdown;
  return gateResult(
    'pre_trend',
    passed ? 'passed' : 'failed',
    breakdown,
    `Paths before the test ${input.waldP > threshold.p ? 'run' : 'do not run'} parallel (p = ${show(input.waldP)}); the result survives ` +
      `later departures up to ${Number.isFinite(breakdown) ? show(breakdown) : 'any'} times the largest seen before.`,
    { threshold, details: { wald_p: input.waldP, breakdown } },
  );
}

/** Largest M whose robust interval excludes zero; 0 when the plain one does not, Infinity when nothing ever parted before. */
export function breakdownMultiple(input: PreTrendInput): number {
  const z = quantileNormal(0.5 + (input.level ?? 0.9) / 2);
  const room = Math.abs(input.effect) - z * input.standardError;
  if (room <= 0) return 0;
  let largest = 0;
  for (let k = 1; k < input.leads.length; k++) {
    largest = Math.max(largest, Math.abs(input.leads[k] - input.leads[k - 1]));
  }
  return room / ((largest * (input.postPeriods + 1)) / 2);
}
