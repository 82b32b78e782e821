import { quantileT, twoSidedT } from '../numeric/distribution.ts';
import { type Bounds, type Inference, noInference } from './inference.ts';

/**
 * Interval and p-value of an estimate with a standard error: value -+ t * standard error.
 *
 * @param gaps    effect of each post-period
 * @param errors  standard error of each, in the same order; null where there are none
 * @param degrees of freedom of the t distribution; Infinity (default) for the normal
 */
export function normalInference(
  method: string,
  effect: number,
  standardError: number,
  gaps: Float64Array,
  errors: Float64Array | null,
  level: number,
  diagnostics: Record<string, unknown>,
  degrees = Number.POSITIVE_INFINITY,
): Inference {
  if (!(standardError > 0)) {
    return noInference(method, level, 'the standard error is 0: nothing varies that could show how sure the effect is');
  }
  const limit = quantileT((1 + level) / 2, degrees);
  const around = (value: number, error: number): Bounds => ({ lo: value - limit * error, hi: value + limit * error });
  return {
    method,
    standardError,
    interval: around(effect, standardError),
    pValue: twoSidedT(effect / standardError, degrees),
    level,
    bands: errors && Array.from(gaps, (gap, t) => around(gap, errors[t])),
    diagnostics: {
      ...diagnostics,
      degrees_of_freedom: Number.isFinite(degrees) ? degrees : null,
      p_greater: oneSided(effect, standardError, degrees),
    },
  };
}

function oneSided(effect: number, standardError: number, degrees: number): number {
  const half = twoSidedT(effect / standardError, degrees) / 2;
  return effect >= 0 ? half : 1 - half;
}
