import { InputError } from '../errors.ts';
import { DEFAULT_LEVEL } from '../estimate.ts';
import { chooseSplit } from './budget-choice.ts';
import { type BudgetCurve, budgetCurve, EXTRAPOLATION_LIMIT, observedCeiling } from './budget-curve.ts';
import { kktResidual, type Line } from './budget-solve.ts';
import type { FittedMix } from './fit.ts';
import { type Quantity, quantityOf } from './quantity.ts';
import { windowSpend } from './response-curve.ts';

export interface BudgetRequest {
  /** weeks the plan runs, right after the data */
  weeks: number;
  /** money for the plan; needed unless a target is given */
  budget?: number;
  /** `all`: spend the whole budget (default); `profitable`: stop where a unit of money earns less than itself */
  spend?: 'all' | 'profitable';
  /** spend as much as keeps this return: `roi` of the whole plan, or `mroi` of the last unit of money */
  target?: { roi: number } | { mroi: number };
  /** money bounds over the plan, or a locked amount, by channel */
  channels?: Readonly<Record<string, { lower?: number; upper?: number; locked?: number }>>;
  /** weights of the plan's weeks by channel; default even */
  flighting?: Readonly<Record<string, readonly number[]>>;
  /** what the plan is compared with; default each channel's average weekly spend of the window, for as many weeks */
  current?: Readonly<Record<string, number>>;
  /** plan weeks above 1.5 times the highest week ever seen; the curves there are the shape's, not the data's */
  allowExtrapolation?: boolean;
  /** draws per chain; default 100 */
  draws?: number;
  level?: number;
}

export interface BudgetPlan {
  channels: {
    name: string;
    current: number;
    planned: number;
    lower: number;
    upper: number;
    /** outcome caused by the plan and its carry-out */
    outcome: Quantity;
    current_outcome: Quantity;
    /** money (or outcome, when it has no money value) earned by the next unit of money */
    mroi: number;
    /** which bound holds the channel; `observed_range` is 1.5 times the highest week ever seen */
    bound: 'lower' | 'upper' | 'observed_range' | 'locked' | null;
    /** highest planned week over the highest week ever seen, largest over geos */
    peak_ratio: number;
  }[];
  planned: number;
  current: number;
  outcome: Quantity;
  current_outcome: Quantity;
  /** outcome of the plan less that of current spend */
  gain: Quantity;
  /** in money: value of the gain less the extra spend; null when the outcome has no money value */
  profit_gain: Quantity | null;
  /** probability that the plan is better: in profit, or in outcome when it has no money value */
  probability_beats_current: number;
  /** marginal return all channels between their bounds share */
  multiplier: number;
  kkt_residual: number;
  method: 'equal_marginal_return' | 'dynamic_program';
  draws: number;
  level: number;
}

/**
 * Splits a budget over the paid channels so that the posterior-mean outcome, carry-out included, is largest.
 *
 * With concave curves the problem separates and the best split earns the same at the margin everywhere; with S-shaped
 * curves a dynamic program over a grid is exact up to its step. Organic and negative drivers do not compete for money and
 * add the same to both plans.
 *
 * @throws InputError `bad_config` on a request that contradicts itself, `not_allowed` when it leaves the observed range,
 *   `unknown_name` on a channel that is not paid here, `not_converged` when there is no posterior to plan on
 */
export function planBudget(fitted: FittedMix, request: BudgetRequest): BudgetPlan {
  if (fitted.result.status !== 'ok') {
    throw new InputError('not_converged', `budget: the fit is ${fitted.result.status}; there is nothing to plan on`);
  }
  return planOf(channelsOf(fitted, request), request, fitted.job.problem.valuePerOutcome);
}

/** The best split over channels whose curves and bounds are known. @see planBudget */
export function planOf(channels: Channels, request: BudgetRequest, value: number | null): BudgetPlan {
  const { lines } = channels;
  const isConcave = channels.curves.every((curve) => curve.isConcave);
  const { split, method } = chooseSplit(lines, isConcave, request, value);
  const level = request.level ?? DEFAULT_LEVEL;
  const plans = channels.curves.map((curve, c) => curve.draws(split.money[c]));
  const currents = channels.curves.map((curve, c) => curve.draws(channels.current[c]));
  const planned = sum(split.money);
  const current = sum(channels.current);
  const D = plans[0].length;
  const total = (rows: Float64Array[]): Float64Array =>
    Float64Array.from({ length: D }, (_, d) => rows.reduce((a, row) => a + row[d], 0));
  const planTotal = total(plans);
  const currentTotal = total(currents);
  const gain = planTotal.map((amount, d) => amount - currentTotal[d]);
  const profit = value === null ? null : gain.map((amount) => amount * value - (planned - current));
  const score = profit ?? gain;
  return {
    channels: channels.names.map((name, c) => ({
      name,
      current: channels.current[c],
      planned: split.money[c],
      lower: lines[c].lower,
      upper: lines[c].upper,
      outcome: quantityOf([plans[c]], level),
      current_outcome: quantityOf([currents[c]], level),
      mroi: (value ?? 1) * lines[c].slope(split.money[c]),
      bound: boundOf(lines[c], split.money[c], channels.limits[c]),
      peak_ratio: (EXTRAPOLATION_LIMIT * split.money[c]) / channels.ceilings[c],
    })),
    planned,
    current,
    outcome: quantityOf([planTotal], level),
    current_outcome: quantityOf([currentTotal], level),
    gain: quantityOf([gain], level),
    profit_gain: profit ? quantityOf([profit], level) : null,
    probability_beats_current: score.filter((amount) => amount > 0).length / D,
    multiplier: (value ?? 1) * split.multiplier,
    kkt_residual: kktResidual(lines, split),
    method,
    draws: D,
    level,
  };
}

export interface Channels {
  names: string[];
  curves: BudgetCurve[];
  lines: Line[];
  current: Float64Array;
  /** money at the edge of the allowed range, whether or not extrapolation is allowed */
  ceilings: number[];
  /** what set each upper bound */
  limits: ('upper' | 'observed_range' | 'locked')[];
}

/** Curves, bounds and present spend of the paid channels of a fit. */
export function channelsOf(fitted: FittedMix, request: BudgetRequest): Channels {
  const { problem } = fitted.job;
  const { weeks } = request;
  if (!Number.isInteger(weeks) || weeks < 1)
    throw new InputError('bad_config', `budget: weeks is ${weeks}; at least 1`);
  const paid = problem.drivers.flatMap((driver, j) => (driver.kind === 'paid' && driver.spend ? [j] : []));
  if (paid.length === 0) throw new InputError('bad_config', 'budget: the model has no paid channel');
  const names = paid.map((j) => problem.drivers[j].name);
  checkNames(names, request);
  const window = problem.weeks.length - problem.start;
  const out: Channels = {
    names,
    curves: [],
    lines: [],
    current: new Float64Array(paid.length),
    ceilings: [],
    limits: [],
  };
  paid.forEach((j, c) => {
    const name = names[c];
    const flighting = weightsOf(request.flighting?.[name], weeks, name);
    const ceiling = observedCeiling(problem, j, flighting, EXTRAPOLATION_LIMIT);
    const bounds = boundsOf(name, request, ceiling);
    const curve = budgetCurve(problem, fitted.chains, j, flighting, request.draws ?? 100);
    out.curves.push(curve);
    out.lines.push({ value: curve.value, slope: curve.slope, lower: bounds.lower, upper: bounds.upper });
    out.ceilings.push(ceiling);
    out.limits.push(bounds.limit);
    out.current[c] = request.current?.[name] ?? (windowSpend(problem, j) * weeks) / window;
  });
  return out;
}

/** @throws InputError `unknown_name` when a request names what is no paid channel */
export function checkNames(names: readonly string[], request: BudgetRequest): void {
  for (const key of ['channels', 'flighting', 'current'] as const) {
    for (const name of Object.keys(request[key] ?? {})) {
      if (!names.includes(name))
        throw new InputError('unknown_name', `budget.${key}: ${name} is no paid channel (${names.join(', ')})`);
    }
  }
}

/**
 * What a request allows one channel.
 *
 * @param ceiling  money at the edge of the range that may be planned without leave
 */
export function boundsOf(
  name: string,
  request: BudgetRequest,
  ceiling: number,
): { lower: number; upper: number; limit: Channels['limits'][number] } {
  const asked = request.channels?.[name] ?? {};
  const fail = (message: string): never => {
    throw new InputError('bad_config', `budget.channels.${name}: ${message}`);
  };
  for (const [key, amount] of Object.entries(asked)) {
    if (!(amount >= 0) || amount === Number.POSITIVE_INFINITY) fail(`${key} is ${amount}`);
  }
  const lower = asked.locked ?? asked.lower ?? 0;
  const wanted = asked.locked ?? asked.upper;
  if (wanted !== undefined && wanted < lower) fail(`upper ${wanted} is below lower ${lower}`);
  if (!request.allowExtrapolation && Math.max(lower, wanted ?? 0) > ceiling * (1 + 1e-9)) {
    throw new InputError(
      'not_allowed',
      `budget.channels.${name}: ${Math.max(lower, wanted ?? 0)} needs weeks above ${EXTRAPOLATION_LIMIT} times the highest ever seen (most: ${ceiling.toFixed(2)}); nothing is known there. Lower it, or set allowExtrapolation`,
      { details: { channel: name, most: ceiling } },
    );
  }
  if (request.allowExtrapolation && request.budget === undefined && wanted === undefined) {
    fail('with allowExtrapolation and no budget, an upper bound is needed');
  }
  const open = request.allowExtrapolation ? Math.max(request.budget ?? 0, lower) : ceiling;
  const limit = asked.locked !== undefined ? 'locked' : wanted !== undefined ? 'upper' : 'observed_range';
  return { lower, upper: wanted ?? open, limit };
}

function weightsOf(given: readonly number[] | undefined, weeks: number, name: string): Float64Array {
  const weights = Float64Array.from(given ?? { length: weeks }, (w) => (given ? (w as number) : 1));
  const total = sum(weights);
  if (weights.length !== weeks || !(total > 0) || weights.some((w) => !(w >= 0))) {
    throw new InputError('bad_config', `budget.flighting.${name}: needs ${weeks} weights >= 0 that do not all vanish`);
  }
  return weights.map((w) => w / total);
}

function boundOf(
  line: Line,
  money: number,
  limit: Channels['limits'][number],
): BudgetPlan['channels'][number]['bound'] {
  if (limit === 'locked') return 'locked';
  const room = 1e-6 * (line.upper - line.lower);
  if (money >= line.upper - room) return limit;
  return money <= line.lower + room ? 'lower' : null;
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}
