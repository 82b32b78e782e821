import { InputError } from '../errors.ts';
import { DEFAULT_LEVEL, type Estimate } from '../estimate.ts';
import { random } from '../numeric/random.ts';
import { summarizeDraws } from './draw-summary.ts';
import { type GroupSeries, type TbrOptions, type TbrResult, tbr } from './tbr.ts';

/**
 * Incremental return per unit of cost when nothing was spent before or in the control group: the effect over the extra cost.
 *
 * @param result  with totals (not means) of the response in units of money
 * @param cost    total cost of the treated periods, > 0, taken as known
 * @throws InputError `bad_parameter` for a cost that is not positive
 */
export function iroasFixedCost(result: TbrResult, cost: number): Estimate {
  if (!(cost > 0)) throw new InputError('bad_parameter', `incremental cost is ${cost}; give the money spent, above 0`);
  const { value, standardError, interval, ...rest } = result.cumulative;
  return {
    ...rest,
    value: value / cost,
    standardError: standardError === null ? null : standardError / cost,
    interval: interval === null ? null : { ...interval, lo: interval.lo / cost, hi: interval.hi / cost },
    method: 'tbr_iroas_fixed_cost',
  };
}

/**
 * Incremental return per unit of cost when spend also moved before the test or in the control group: the same regression for
 * cost, and draws of both effects divided draw by draw.
 *
 * No interval when more than one draw in a thousand has no incremental cost: the ratio then has no bounds worth printing.
 *
 * @param response, cost  totals over the same periods
 * @param options         seed of the draws; their number, default 10,000
 */
export function iroasVariableCost(
  response: GroupSeries,
  cost: GroupSeries,
  options: TbrOptions & { seed: number; draws?: number },
): Estimate {
  const level = options.level ?? DEFAULT_LEVEL;
  const [r, c] = [tbr(response, options).cumulative, tbr(cost, options).cumulative];
  const n = options.draws ?? 10_000;
  const rng = random(options.seed, 'tbr iroas');
  const common = { value: r.value / c.value, method: 'tbr_iroas_variable_cost', n: r.n };
  const without = (reason: string): Estimate => ({
    ...common,
    standardError: null,
    interval: null,
    pValue: null,
    diagnostics: { no_interval: reason },
  });
  if (r.standardError === null || c.standardError === null) {
    return without('the residuals of response or cost leave no interval to draw from');
  }
  const studentT = (degrees: number): number => rng.normal() / Math.sqrt((2 * rng.gamma(degrees / 2)) / degrees);
  const draws = new Float64Array(n);
  let free = 0;
  for (let d = 0; d < n; d++) {
    const effect = r.value + r.standardError * studentT(r.diagnostics.degrees_of_freedom as number);
    const spent = c.value + c.standardError * studentT(c.diagnostics.degrees_of_freedom as number);
    if (spent <= 0) free++;
    draws[d] = effect / spent;
  }
  if (free > n / 1000) return without('the incremental cost may be zero or less, so the return on it has no bounds');
  const summary = summarizeDraws(draws, level);
  return {
    ...common,
    standardError: null,
    interval: summary.interval,
    pValue: summary.pValue,
    diagnostics: { draws: n, seed: options.seed, probability_positive: summary.probabilityAbove },
  };
}
