import { quantileT, twoSidedT } from '../numeric/distribution.ts';
import type { Bounds, Inference } from './inference.ts';

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
  const limit = quantileT((1 + level) / 2, degrees);
  const around = (value: number, error: number): Bounds => ({ lo: value - limit * error, hi: value + limit * error });
  return {
    method,
    standardError,
    interval: around(effect, standardError),
    pValue: standardError > 0 ? twoSidedT(effect / standardError, degrees) : effect === 0 ? 1 : 0,
    level,
    bands: errors && Array.from(gaps, (gap, t) => around(gap, errors[t])),
    diagnostics: {
      ...diagnostics,
      degrees_of_freedom: Number.isFinite(degrees) ? degrees : null,
      p_greater: oneSided(effect, standardError, degrees),
    },
  };
}

function oneSided(effect: number, standardError: number, degrees: number): number | null {
  if (!(standardError > 0)) return null;
  const half = twoSidedT(effect / standardError, degrees) / 2;
  return effect >= 0 ? half : 1 - half;
}
