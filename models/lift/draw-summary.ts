import type { Interval } from '../estimate.ts';
import { countAtMost, countBelow, quantileSorted } from '../numeric/quantile.ts';

/** What a set of posterior draws says about one number. */
export interface DrawSummary {
  mean: number;
  /** sample sd (n - 1) of the draws */
  standardDeviation: number;
  interval: Interval;
  /** two-sided; under 1 - level exactly when the interval excludes `against` */
  pValue: number;
  /** share of the draws above `against`, by the same interpolated distribution */
  probabilityAbove: number;
}

/**
 * Mean, equal-tailed interval and two-sided p-value of posterior draws, all from one distribution.
 *
 * The distribution is the piecewise linear one whose quantiles are type 7, so the p-value
 *
 *     p = 2 min(F(against), 1 - F(against)),  at least 2 / (draws + 1)
 *
 * is below 1 - level exactly when the interval excludes `against`, as long as 1 - level > 2 / (draws + 1).
 *
 * @param draws    length >= 2, finite
 * @param level    coverage of the interval in (0, 1)
 * @param against  the null value
 * @throws RangeError when the draws are too few for the level
 */
export function summarizeDraws(draws: Float64Array, level: number, against = 0): DrawSummary {
  const n = draws.length;
  if (!(2 / (n + 1) < 1 - level)) throw new RangeError(`summarizeDraws: ${n} draws cannot carry level ${level}`);
  const sorted = Float64Array.from(draws).sort();
  const tail = (1 - level) / 2;
  const below = distributionAt(sorted, against);
  let mean = 0;
  for (const draw of draws) mean += draw / n;
  let squares = 0;
  for (const draw of draws) squares += (draw - mean) ** 2;
  return {
    mean,
    standardDeviation: Math.sqrt(squares / (n - 1)),
    interval: {
      lo: quantileSorted(sorted, tail),
      hi: quantileSorted(sorted, 1 - tail),
      level,
      kind: 'credible',
    },
    pValue: Math.min(1, Math.max(2 * Math.min(below, 1 - below), 2 / (n + 1))),
    probabilityAbove: 1 - below,
  };
}

/** Inverse of the type-7 quantile function: the p in [0, 1] whose quantile is `x`; the middle of a flat stretch. */
function distributionAt(sorted: Float64Array, x: number): number {
  const n = sorted.length;
  const low = countBelow(sorted, x);
  const high = countAtMost(sorted, x);
  if (high > low) return (low + high - 1) / 2 / (n - 1);
  if (low === 0) return 0;
  if (low === n) return 1;
  const left = sorted[low - 1];
  return (low - 1 + (x - left) / (sorted[low] - left)) / (n - 1);
}
