import { gateResult, percent, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

export interface RecoveryInput {
  /** effect that was planted into data without effect, usually the MDE */
  planted: number;
  /** intervals of the claim's own method, one per run; null where it gave none, which counts as missed */
  intervals: readonly ({ lo: number | null; hi: number | null } | null)[];
}

/**
 * Gate 20: an effect planted into the data before the test must be found again inside the interval, in nine of ten runs, less two
 * binomial errors for the finite number of runs.
 */
export function recoveryGate(input: RecoveryInput, changes?: Readonly<Record<string, number>>): GateResult {
  const threshold = thresholdsOf('recovery', changes);
  const n = input.intervals.length;
  if (n < threshold.runs) {
    return gateResult('recovery', 'not_run', null, `${n} runs with a planted effect; ${threshold.runs} are needed.`, {
      threshold,
    });
  }
  const inside = input.intervals.filter(
    (interval) =>
      interval !== null &&
      (interval.lo === null || interval.lo <= input.planted) &&
      (interval.hi === null || interval.hi >= input.planted),
  ).length;
  const share = inside / n;
  const limit = threshold.share - threshold.binomial_errors * Math.sqrt((threshold.share * (1 - threshold.share)) / n);
  return gateResult(
    'recovery',
    share >= limit ? 'passed' : 'failed',
    share,
    `A planted effect is found inside the interval in ${percent(share)} of ${n} runs.`,
    { threshold: { ...threshold, limit } },
  );
}
