import { DEFAULT_LEVEL, type Estimate } from '../estimate.ts';
import { quantileT, twoSidedT } from '../numeric/distribution.ts';

/** One arm's part in a difference: its variance divided by its size, and its size. */
export interface ArmPart {
  /** variance of the arm's statistic, >= 0 */
  variance: number;
  n: number;
}

export interface DifferenceOptions {
  level?: number;
  method: string;
  diagnostics?: Record<string, unknown>;
  /** two parts whose Welch degrees of freedom are used; the parts themselves when absent */
  degreesFrom?: readonly [ArmPart, ArmPart];
}

/**
 * A difference of two independent statistics with its t interval and p-value.
 *
 *     se^2 = variance_a + variance_b,  df = se^4 / (variance_a^2 / (n_a - 1) + variance_b^2 / (n_b - 1))
 *
 * @param value  the difference, in the unit of the statistic
 * @see Welch (1947); Satterthwaite (1946)
 */
export function differenceEstimate(
  value: number,
  parts: readonly [ArmPart, ArmPart],
  options: DifferenceOptions,
): Estimate {
  const level = options.level ?? DEFAULT_LEVEL;
  const variance = parts[0].variance + parts[1].variance;
  const standardError = Math.sqrt(variance);
  const n = parts[0].n + parts[1].n;
  const degrees = welchDegrees(options.degreesFrom ?? parts);
  const diagnostics = { degrees_of_freedom: degrees, ...options.diagnostics };
  if (!(standardError > 0)) {
    const reason = 'the outcome does not vary within the arms, so the difference has no error to compare it with';
    const none = { no_interval: reason, ...diagnostics };
    return { value, standardError, interval: null, pValue: null, method: options.method, n, diagnostics: none };
  }
  const half = quantileT(0.5 + level / 2, degrees) * standardError;
  return {
    value,
    standardError,
    interval: { lo: value - half, hi: value + half, level, kind: 'confidence' },
    pValue: twoSidedT(value / standardError, degrees),
    method: options.method,
    n,
    diagnostics,
  };
}

/** Welch-Satterthwaite degrees of freedom of a sum of two independent parts. */
export function welchDegrees(parts: readonly [ArmPart, ArmPart]): number {
  const variance = parts[0].variance + parts[1].variance;
  return variance ** 2 / (parts[0].variance ** 2 / (parts[0].n - 1) + parts[1].variance ** 2 / (parts[1].n - 1));
}
