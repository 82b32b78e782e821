import { InputError } from '../errors.ts';
import { DEFAULT_LEVEL, type Estimate } from '../estimate.ts';
import { quantileT, twoSidedT } from '../numeric/distribution.ts';
import { type ArmSums, armCovariance, armMean } from './user-arms.ts';

/** One stratum (country, device, decile of past revenue), known before assignment. */
export interface Stratum {
  name: string;
  control: ArmSums;
  treated: ArmSums;
}

/**
 * Post-stratified difference: effects within strata, weighted by the strata's share of all users.
 *
 *     difference = sum(w_s difference_s),  w_s = n_s / n,  variance = sum(w_s^2 variance_s)
 *
 * Takes out the part of the noise that comes from unequal arms across strata.
 *
 * @param strata  each with at least two users per arm
 * @throws InputError `insufficient_data` for a stratum with fewer than two users in an arm: merge it with another
 * @see Miratrix, Sekhon & Yu (2013), Adjusting treatment effect estimates by post-stratification
 */
export function userStratified(strata: readonly Stratum[], level = DEFAULT_LEVEL): Estimate {
  if (strata.length === 0) throw new InputError('insufficient_data', 'no strata; give at least one');
  const total = strata.reduce((sum, { control, treated }) => sum + control.n + treated.n, 0);
  let value = 0;
  let variance = 0;
  let squares = 0;
  for (const { name, control, treated } of strata) {
    if (control.n < 2 || treated.n < 2) {
      throw new InputError(
        'insufficient_data',
        `stratum ${name} has ${control.n} control and ${treated.n} treated users; merge it with another`,
      );
    }
    const weight = (control.n + treated.n) / total;
    value += weight * (armMean(treated, 'outcome') - armMean(control, 'outcome'));
    for (const arm of [control, treated]) {
      const part = (weight ** 2 * armCovariance(arm, 'outcome', 'outcome')) / arm.n;
      variance += part;
      squares += part ** 2 / (arm.n - 1);
    }
  }
  const degrees = variance ** 2 / squares;
  const standardError = Math.sqrt(variance);
  const diagnostics: Record<string, unknown> = { strata: strata.length, degrees_of_freedom: degrees };
  if (!(standardError > 0)) {
    diagnostics.no_interval = 'the outcome does not vary within the strata';
    return { value, standardError, interval: null, pValue: null, method: 'user_stratified', n: total, diagnostics };
  }
  const half = quantileT(0.5 + level / 2, degrees) * standardError;
  return {
    value,
    standardError,
    interval: { lo: value - half, hi: value + half, level, kind: 'confidence' },
    pValue: twoSidedT(value / standardError, degrees),
    method: 'user_stratified',
    n: total,
    diagnostics,
  };
}
