import { quantileSorted } from '../../numeric/quantile.ts';
import { gateResult, show, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

export interface MultiverseInput {
  /** the registered primary estimate, which stays the headline */
  primary: number;
  /** one number per estimator, the primary's own included */
  estimates: readonly { method: string; value: number }[];
  /** the claim is that the effect lies within -margin .. margin: then the other estimators must agree on that, not on a sign */
  margin?: number;
}

/** Gate 9: do other estimators see the same sign? Their range is reported beside the headline, never instead of it. */
export function multiverseGate(input: MultiverseInput, changes?: Readonly<Record<string, number>>): GateResult {
  const threshold = thresholdsOf('multiverse', changes);
  const { primary, estimates } = input;
  if (estimates.length < threshold.estimators) {
    return gateResult(
      'multiverse',
      'not_run',
      null,
      `${estimates.length} estimators could run; ${threshold.estimators} are needed to compare.`,
      { threshold, details: { estimates } },
    );
  }
  const { margin } = input;
  const agrees = ({ value }: { value: number }): boolean =>
    margin === undefined ? Math.sign(value) === Math.sign(primary) : Math.abs(value) < margin;
  const same = estimates.filter(agrees).length;
  const share = same / estimates.length;
  const sorted = Float64Array.from(estimates, ({ value }) => value).sort();
  const spread = { min: sorted[0], median: quantileSorted(sorted, 0.5), max: sorted[sorted.length - 1] };
  return gateResult(
    'multiverse',
    share >= threshold.same_sign_share - 1e-9 ? 'passed' : 'failed',
    share,
    `${same} of ${estimates.length} estimators ${margin === undefined ? 'see the same sign' : 'stay within the margin'}; they range from ${show(spread.min)} to ${show(spread.max)}.`,
    { threshold, details: { spread, estimates } },
  );
}
