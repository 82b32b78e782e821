import { InputError } from '../errors.ts';
import { DEFAULT_LEVEL, type Estimate } from '../estimate.ts';
import { cumulativeT, twoSidedT } from '../numeric/distribution.ts';
import { summarizeDraws } from './draw-summary.ts';
import { fieller } from './fieller.ts';

/** What must come in for the money to come back. */
export interface BreakEven {
  /** incremental revenue at which the contribution margin pays the cost */
  revenue: number;
  /** 1 / contribution margin */
  roas: number;
}

/**
 * Break-even of a campaign.
 *
 *     revenue = cost / contribution margin
 *
 * @param cost                what the campaign cost, >= 0
 * @param contributionMargin  share of revenue left after goods, fulfilment and fees, in (0, 1]
 * @throws InputError `bad_parameter` outside those ranges
 */
export function breakEven(cost: number, contributionMargin: number): BreakEven {
  if (!(contributionMargin > 0 && contributionMargin <= 1)) {
    throw new InputError(
      'bad_parameter',
      `contribution margin is ${contributionMargin}; give a share above 0, at most 1`,
    );
  }
  if (!(cost >= 0)) throw new InputError('bad_parameter', `cost is ${cost}; give what was spent, 0 or more`);
  return { revenue: cost / contributionMargin, roas: 1 / contributionMargin };
}

/**
 * Probability that the effect exceeds a value, from the same t or normal distribution as the interval.
 *
 * @returns null when the estimate has no standard error
 */
export function probabilityAbove(estimate: Estimate, value: number): number | null {
  if (estimate.standardError === null || !(estimate.standardError > 0)) return null;
  const degrees = estimate.diagnostics.degrees_of_freedom;
  const z = (estimate.value - value) / estimate.standardError;
  return cumulativeT(z, typeof degrees === 'number' ? degrees : Number.POSITIVE_INFINITY);
}

/**
 * Probability that the effect is positive, by the method that made the estimate: its posterior (`probability_positive`), one minus
 * its one-sided p-value (`p_greater`), or half its two-sided p-value.
 *
 * @returns null when the estimate has no p-value
 */
export function probabilityPositive(estimate: Estimate): number | null {
  const { probability_positive: posterior, p_greater: oneSided } = estimate.diagnostics;
  if (typeof posterior === 'number') return posterior;
  if (typeof oneSided === 'number') return 1 - oneSided;
  if (estimate.pValue === null) return null;
  return estimate.value >= 0 ? 1 - estimate.pValue / 2 : estimate.pValue / 2;
}

/** Incremental cost: known exactly, or estimated with an error that is independent of the effect's. */
export type IncrementalCost = number | { value: number; standardError: number };

/**
 * Incremental return on spend by Fieller's set: never a ratio of bounds.
 *
 * @param effect  total incremental revenue with a standard error
 * @param cost    incremental cost over the same window, > 0
 * @throws InputError `bad_parameter` for a cost that is not positive
 */
export function iroas(effect: Estimate, cost: IncrementalCost, level = DEFAULT_LEVEL): Estimate {
  const spent = typeof cost === 'number' ? { value: cost, standardError: 0 } : cost;
  if (!(spent.value > 0)) {
    throw new InputError('bad_parameter', `incremental cost is ${spent.value}; a return needs money spent, above 0`);
  }
  const value = effect.value / spent.value;
  const degrees = (effect.diagnostics.degrees_of_freedom as number | undefined) ?? Number.POSITIVE_INFINITY;
  const common = { value, method: 'iroas_fieller', n: effect.n };
  // a known cost only changes the unit, so bounds of any method carry over
  if (spent.standardError === 0 && effect.interval !== null && effect.interval.level === level) {
    const { lo, hi, kind } = effect.interval;
    return {
      ...common,
      standardError: effect.standardError === null ? null : effect.standardError / spent.value,
      interval: { lo: lo / spent.value, hi: hi / spent.value, level, kind },
      pValue: effect.pValue,
      diagnostics: effect.diagnostics,
    };
  }
  const without = (reason: string): Estimate => ({
    ...common,
    standardError: null,
    interval: null,
    pValue: null,
    diagnostics: { no_interval: reason },
  });
  if (effect.standardError === null) return without('the effect has no standard error; divide its draws instead');
  const set = fieller(
    {
      numerator: effect.value,
      denominator: spent.value,
      numeratorVariance: effect.standardError ** 2,
      denominatorVariance: spent.standardError ** 2,
      covariance: 0,
      degrees,
    },
    level,
  );
  if (set.interval === null)
    return without('the incremental cost may be zero at this level, so the return has no bounds');
  return {
    ...common,
    standardError: null,
    interval: set.interval,
    pValue: twoSidedT(effect.value / effect.standardError, degrees),
    diagnostics: { degrees_of_freedom: degrees },
  };
}

/**
 * Incremental return from draws of effect and cost, divided draw by draw.
 *
 * No interval when more than one draw in a thousand has no incremental cost.
 *
 * @param effect, cost  paired draws, equal lengths
 */
export function iroasFromDraws(effect: Float64Array, cost: Float64Array, level = DEFAULT_LEVEL): Estimate {
  if (effect.length !== cost.length) throw new RangeError(`iroasFromDraws: ${effect.length} and ${cost.length} draws`);
  const n = effect.length;
  const mean = (draws: Float64Array): number => draws.reduce((sum, draw) => sum + draw, 0) / n;
  const common = { value: mean(effect) / mean(cost), method: 'iroas_draws', n, standardError: null };
  const free = cost.reduce((count, draw) => count + (draw <= 0 ? 1 : 0), 0);
  if (free > n / 1000) {
    const reason = 'the incremental cost may be zero or less, so the return on it has no bounds';
    return { ...common, interval: null, pValue: null, diagnostics: { no_interval: reason } };
  }
  const summary = summarizeDraws(
    effect.map((draw, d) => draw / cost[d]),
    level,
  );
  return {
    ...common,
    interval: summary.interval,
    pValue: summary.pValue,
    diagnostics: { probability_positive: summary.probabilityAbove },
  };
}

/**
 * Incrementality factor: what a unit of revenue that the platform claims is really worth.
 *
 *     factor = incremental return / return that the platform reports
 *
 * @param incremental   iROAS with its interval
 * @param platformRoas  what the platform reports for the same spend and window, > 0, taken as known
 * @throws InputError `bad_parameter` for a platform return that is not positive
 */
export function incrementalityFactor(incremental: Estimate, platformRoas: number): Estimate {
  if (!(platformRoas > 0)) {
    throw new InputError('bad_parameter', `platform return is ${platformRoas}; without one there is no factor`);
  }
  const { interval, standardError } = incremental;
  return {
    ...incremental,
    value: incremental.value / platformRoas,
    standardError: standardError === null ? null : standardError / platformRoas,
    interval:
      interval === null ? null : { ...interval, lo: interval.lo / platformRoas, hi: interval.hi / platformRoas },
    method: 'incrementality_factor',
  };
}

/**
 * Widens an interval around its estimate, for a test that rejects too often on the user's own data (gate 19).
 *
 * The p-value is dropped: it belongs to the interval that was not wide enough.
 */
export function widenInterval(estimate: Estimate, factor: number): Estimate {
  if (!(factor >= 1) || estimate.interval === null) return estimate;
  const { value, interval } = estimate;
  return {
    ...estimate,
    standardError: estimate.standardError === null ? null : estimate.standardError * factor,
    interval: { ...interval, lo: value - factor * (value - interval.lo), hi: value + factor * (interval.hi - value) },
    pValue: factor === 1 ? estimate.pValue : null,
    diagnostics: { ...estimate.diagnostics, widened_by: factor },
  };
}
