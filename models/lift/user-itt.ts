import { InputError } from '../errors.ts';
import { DEFAULT_LEVEL, type Estimate } from '../estimate.ts';
import { quantileT, twoSidedT } from '../numeric/distribution.ts';
import { type ArmPart, differenceEstimate, welchDegrees } from './difference.ts';
import { fieller } from './fieller.ts';
import { type ArmSums, armCovariance, armMean, checkArms } from './user-arms.ts';

export interface UserOptions {
  level?: number;
  /** the outcome is 0 or 1 per user: variance p (1 - p), as binomial packages have it */
  binary?: boolean;
  /** interval of the relative lift: delta method (default), or Fieller's exact set */
  relative?: 'delta' | 'fieller';
}

/** Difference per assigned user, and the same relative to the control mean. */
export interface UserEffect {
  absolute: Estimate;
  /** lift as a share of the control mean */
  relative: Estimate;
}

/**
 * Intention to treat: everyone counts in the arm they were assigned to, whatever they saw or did.
 *
 *     difference = mean(treated) - mean(control),  variance = v_t / n_t + v_c / n_c
 *     lift = difference / mean(control),           variance = v_t / (n_t m_c^2) + v_c m_t^2 / (n_c m_c^4)
 *
 * @param control, treated  sums of `outcome` and `outcome*outcome`
 * @throws InputError `insufficient_data` for an arm of fewer than two users, `bad_input` for a missing sum
 */
export function userItt(control: ArmSums, treated: ArmSums, options: UserOptions = {}): UserEffect {
  checkArms(control, treated);
  const [mc, mt] = [armMean(control, 'outcome'), armMean(treated, 'outcome')];
  const variance = (arm: ArmSums, mean: number): number =>
    options.binary === true ? binaryVariance(mean) : armCovariance(arm, 'outcome', 'outcome');
  const parts: [ArmPart, ArmPart] = [
    { variance: variance(treated, mt) / treated.n, n: treated.n },
    { variance: variance(control, mc) / control.n, n: control.n },
  ];
  const absolute = differenceEstimate(mt - mc, parts, { level: options.level, method: 'user_itt' });
  return { absolute, relative: relativeLift(mt, mc, parts, options, 'user_itt') };
}

/**
 * Lift of independent means, (treated - control) / control.
 *
 * @param parts  variance of each mean, treated first
 */
export function relativeLift(
  treated: number,
  control: number,
  parts: readonly [ArmPart, ArmPart],
  options: UserOptions,
  method: string,
): Estimate {
  const level = options.level ?? DEFAULT_LEVEL;
  const n = parts[0].n + parts[1].n;
  const nothing = (reason: string): Estimate => ({
    value: control > 0 ? treated / control - 1 : Number.NaN,
    standardError: null,
    interval: null,
    pValue: null,
    method,
    n,
    diagnostics: { no_interval: reason },
  });
  if (!(control > 0)) return nothing('the control mean is not positive, so a relative lift has no meaning');
  const scaled: [ArmPart, ArmPart] = [
    { variance: parts[0].variance / control ** 2, n: parts[0].n },
    { variance: (parts[1].variance * treated ** 2) / control ** 4, n: parts[1].n },
  ];
  if (options.relative !== 'fieller') {
    return differenceEstimate(treated / control - 1, scaled, { level, method, degreesFrom: parts });
  }
  const degrees = welchDegrees(parts);
  const set = fieller(
    {
      numerator: treated,
      denominator: control,
      numeratorVariance: parts[0].variance,
      denominatorVariance: parts[1].variance,
      covariance: 0,
      degrees,
    },
    level,
  );
  if (set.interval === null) return nothing('the control mean may be zero at this level (Fieller set is unbounded)');
  // the set excludes a lift of 0 exactly when the plain difference is significant, so that test gives the p-value
  const standardError = Math.sqrt(parts[0].variance + parts[1].variance);
  return {
    value: treated / control - 1,
    standardError: Math.sqrt(scaled[0].variance + scaled[1].variance),
    interval: { ...set.interval, lo: set.interval.lo - 1, hi: set.interval.hi - 1 },
    pValue: twoSidedT((treated - control) / standardError, degrees),
    method,
    n,
    diagnostics: { degrees_of_freedom: degrees, relative: 'fieller', t: quantileT(0.5 + level / 2, degrees) },
  };
}

function binaryVariance(mean: number): number {
  if (mean < 0 || mean > 1) {
    throw new InputError('bad_input', `the mean of a binary outcome is ${mean}; give 0 or 1 per user, or drop binary`);
  }
  return mean * (1 - mean);
}
