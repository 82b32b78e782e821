import { InputError } from '../errors.ts';
import { DEFAULT_LEVEL, type Estimate } from '../estimate.ts';

/**
 * Always-valid version of a fixed-horizon estimate: it may be looked at every day and still errs at its level.
 *
 *     rho^2 = (-2 ln a + ln(1 - 2 ln a)) / N*
 *     half-width = se sqrt(n) sqrt(2 (n rho^2 + 1) / (n rho)^2 * ln(sqrt(n rho^2 + 1) / a))
 *     p = min(1, sqrt(n rho^2 + 1) exp(-rho^2 n z^2 / (2 (n rho^2 + 1)))),  z = value / se
 *
 * with a = 1 - level. The interval is narrowest when n = N*; set N* to the size the test is planned to end at.
 *
 * @param estimate  with a standard error and n, the users of both arms
 * @param planned   N*, users of both arms at the planned end
 * @throws InputError `bad_parameter` when the estimate has no standard error, or `planned` is not positive
 * @see Waudby-Smith et al. (2021), Time-uniform central limit theory and asymptotic confidence sequences
 */
export function alwaysValid(estimate: Estimate, planned: number, level = DEFAULT_LEVEL): Estimate {
  const { value, standardError, n } = estimate;
  if (standardError === null || !(standardError > 0) || !(n > 0)) {
    throw new InputError('bad_parameter', 'an always-valid interval needs a positive standard error and n');
  }
  if (!(planned > 0)) throw new InputError('bad_parameter', `planned size is ${planned}; give the users of both arms`);
  const alpha = 1 - level;
  const rho2 = mixingVariance(alpha, planned);
  const grown = n * rho2 + 1;
  const half =
    standardError * Math.sqrt(n) * Math.sqrt(((2 * grown) / (n * n * rho2)) * Math.log(Math.sqrt(grown) / alpha));
  const z = value / standardError;
  return {
    ...estimate,
    interval: { lo: value - half, hi: value + half, level, kind: 'confidence' },
    pValue: Math.min(1, Math.sqrt(grown) * Math.exp((-rho2 * n * z * z) / (2 * grown))),
    method: `${estimate.method}_always_valid`,
    diagnostics: { ...estimate.diagnostics, planned_n: planned, rho: Math.sqrt(rho2) },
  };
}

/** rho^2 that makes the interval narrowest at n = planned. */
export function mixingVariance(alpha: number, planned: number): number {
  const log = Math.log(alpha);
  return (-2 * log + Math.log(1 - 2 * log)) / planned;
}
