import { InputError } from '../errors.ts';
import { DEFAULT_LEVEL, type Estimate, type Interval } from '../estimate.ts';
import { quantileNormal } from '../numeric/distribution.ts';
import { fieller } from './fieller.ts';
import { type ArmSums, armCovariance, armMean, armVariance, checkArms } from './user-arms.ts';
import { userItt } from './user-itt.ts';

export interface LateEffect {
  /** effect per assigned user */
  itt: Estimate;
  /** effect per user who was exposed because of the assignment */
  late: Estimate;
  /** share of users exposed, treated less control */
  exposureRate: number;
  /** late / what the exposed would have had without exposure; null when that is not positive or not defined */
  liftOnExposed: number | null;
  /** F of the first stage: assignment on exposure; under 10 the instrument is weak */
  firstStageF: number;
  /** what comparing exposed with unexposed users would claim; an association that is usually far too large */
  naive: { difference: number; relative: number } | null;
}

/**
 * Effect on the exposed when not everyone assigned was exposed: the local average treatment effect.
 *
 *     late = ITT / (exposure rate treated - exposure rate control)
 *     se   = sqrt(var_t(Y - late E) / n_t + var_c(Y - late E) / n_c) / exposure rate
 *
 * The interval is Fieller's set, which stays valid when few are exposed; with a weak first stage it is unbounded and says so.
 * Needs: assignment changes the outcome only through exposure, and nobody does the opposite of their assignment.
 *
 * @param control, treated  sums and products of `outcome` and `exposed` (0 or 1)
 * @throws InputError `insufficient_data` when assignment does not change exposure
 * @see Imbens & Angrist (1994), Identification and estimation of local average treatment effects
 */
export function userLate(control: ArmSums, treated: ArmSums, options: { level?: number } = {}): LateEffect {
  checkArms(control, treated);
  const level = options.level ?? DEFAULT_LEVEL;
  const itt = userItt(control, treated, { level }).absolute;
  const arms = [treated, control] as const;
  const exposureRate = armMean(treated, 'exposed') - armMean(control, 'exposed');
  if (exposureRate === 0) {
    throw new InputError('insufficient_data', 'exposure is equal in both arms, so assignment shows nothing about it');
  }
  const value = itt.value / exposureRate;
  const standardError =
    Math.sqrt(arms.reduce((sum, arm) => sum + armVariance(arm, { outcome: 1, exposed: -value }) / arm.n, 0)) /
    Math.abs(exposureRate);
  const over = (a: 'outcome' | 'exposed', b: 'outcome' | 'exposed'): number =>
    arms.reduce((sum, arm) => sum + armCovariance(arm, a, b) / arm.n, 0);
  const exposureVariance = over('exposed', 'exposed');
  const firstStageF = exposureVariance > 0 ? exposureRate ** 2 / exposureVariance : Number.POSITIVE_INFINITY;
  const set = fieller(
    {
      numerator: itt.value,
      denominator: exposureRate,
      numeratorVariance: over('outcome', 'outcome'),
      denominatorVariance: exposureVariance,
      covariance: over('outcome', 'exposed'),
      degrees: itt.diagnostics.degrees_of_freedom as number,
    },
    level,
  );
  const diagnostics: Record<string, unknown> = {
    exposure_rate: exposureRate,
    first_stage_f: firstStageF,
    // the delta-method interval that packages print, for comparison
    wald_interval: waldInterval(value, standardError, level),
  };
  if (set.interval === null)
    diagnostics.no_interval = 'exposure may be equal in both arms at this level (weak first stage)';
  const late: Estimate = {
    value,
    standardError,
    interval: set.interval,
    // the effect on the exposed is zero exactly when the effect of assignment is
    pValue: set.interval === null ? null : itt.pValue,
    method: 'user_late',
    n: itt.n,
    diagnostics,
  };
  return { itt, late, exposureRate, firstStageF, ...comparisons(control, treated, value) };
}

function waldInterval(value: number, standardError: number, level: number): Interval {
  const half = quantileNormal(0.5 + level / 2) * standardError;
  return { lo: value - half, hi: value + half, level, kind: 'confidence' };
}

/** Only with one-sided exposure (nobody exposed in the control arm) do the sums show the outcome of the exposed. */
function comparisons(control: ArmSums, treated: ArmSums, late: number): Pick<LateEffect, 'liftOnExposed' | 'naive'> {
  const exposed = treated.sums.exposed ?? 0;
  const product = treated.products['outcome*exposed'] ?? treated.products['exposed*outcome'];
  if ((control.sums.exposed ?? 0) !== 0 || product === undefined || exposed === 0) {
    return { liftOnExposed: null, naive: null };
  }
  const meanExposed = product / exposed;
  const others = control.n + treated.n - exposed;
  const meanOthers = ((control.sums.outcome ?? 0) + (treated.sums.outcome ?? 0) - product) / others;
  const without = meanExposed - late;
  return {
    liftOnExposed: without > 0 ? late / without : null,
    naive: { difference: meanExposed - meanOthers, relative: meanExposed / meanOthers - 1 },
  };
}
