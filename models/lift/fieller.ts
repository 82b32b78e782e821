import type { Interval } from '../estimate.ts';
import { quantileT } from '../numeric/distribution.ts';

/** Two estimates whose ratio is wanted. */
export interface RatioParts {
  numerator: number;
  denominator: number;
  numeratorVariance: number;
  denominatorVariance: number;
  covariance: number;
  /** degrees of freedom of the t distribution, Infinity for the normal */
  degrees: number;
}

/** All ratios that the data do not refuse; `unbounded` when the denominator itself may be zero. */
export interface FiellerSet {
  interval: Interval | null;
  /** `outside`: everything except an interval; `everything`: the whole line */
  unbounded: 'outside' | 'everything' | null;
  /** the interval that is left out, when `unbounded` is `outside` */
  excluded: { lo: number; hi: number } | null;
}

/**
 * Fieller's confidence set for a ratio: all r for which numerator - r * denominator is not significantly different from zero.
 *
 *     (numerator - r denominator)^2 <= t^2 (v_n - 2 r c + r^2 v_d)
 *
 * Exact for normal parts, also where the denominator is noisy and a ratio of bounds or a delta-method interval fails.
 *
 * @param level  coverage in (0, 1)
 * @see Fieller (1954), Some problems in interval estimation
 */
export function fieller(parts: RatioParts, level: number): FiellerSet {
  const t2 = quantileT(0.5 + level / 2, parts.degrees) ** 2;
  const a = parts.denominator ** 2 - t2 * parts.denominatorVariance;
  const b = parts.numerator * parts.denominator - t2 * parts.covariance;
  const c = parts.numerator ** 2 - t2 * parts.numeratorVariance;
  const discriminant = b * b - a * c;
  if (a > 0) {
    const root = Math.sqrt(Math.max(0, discriminant));
    return {
      interval: { lo: (b - root) / a, hi: (b + root) / a, level, kind: 'confidence' },
      unbounded: null,
      excluded: null,
    };
  }
  if (discriminant > 0 && a < 0) {
    const root = Math.sqrt(discriminant);
    return { interval: null, unbounded: 'outside', excluded: { lo: (b + root) / a, hi: (b - root) / a } };
  }
  return { interval: null, unbounded: 'everything', excluded: null };
}
