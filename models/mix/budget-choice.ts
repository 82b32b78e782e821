import { InputError } from '../errors.ts';
import type { BudgetPlan, BudgetRequest } from './budget.ts';
import { EXTRAPOLATION_LIMIT } from './budget-curve.ts';
import { gridSplits } from './budget-grid.ts';
import { type Line, prepareSplit, type Split } from './budget-solve.ts';

const GRID = 400;

/**
 * Decides how much to spend and splits it.
 *
 * @param isConcave  all curves are; else the grid decides
 * @param value      money per outcome, null when it has none
 */
export function chooseSplit(
  lines: readonly Line[],
  isConcave: boolean,
  request: BudgetRequest,
  value: number | null,
): { split: Split; method: BudgetPlan['method'] } {
  const { target, budget } = request;
  const least = lines.reduce((a, line) => a + line.lower, 0);
  const most = lines.reduce((a, line) => a + line.upper, 0);
  if (budget === undefined && !target) throw new InputError('bad_config', 'budget: give a budget or a target');
  if ((target || request.spend === 'profitable') && value === null) {
    throw new InputError('bad_config', 'budget: returns need valuePerOutcome');
  }
  if (budget !== undefined && !(budget > 0)) throw new InputError('bad_config', `budget: budget is ${budget}; above 0`);
  if (budget !== undefined && budget < least) {
    throw new InputError('bad_config', `budget: ${budget} is less than the locked and least amounts, ${least}`);
  }
  const mustSpendAll = !target && request.spend !== 'profitable';
  if (mustSpendAll && (budget as number) > most * (1 + 1e-12)) {
    throw new InputError(
      'not_allowed',
      `budget: ${budget} does not fit: the channels take ${most.toFixed(2)} within their bounds and ${EXTRAPOLATION_LIMIT} times their highest week. Lower it, raise the bounds, or set allowExtrapolation`,
      { details: { most } },
    );
  }
  const cap = Math.min(budget ?? most, most);
  // outcome per money below which a unit of money is not spent
  const price = value ?? 1;
  const floor = target && 'mroi' in target ? target.mroi / price : request.spend === 'profitable' ? 1 / price : 0;
  const wantedRoi = target && 'roi' in target ? target.roi : null;
  if (target && !(('roi' in target ? target.roi : target.mroi) > 0)) {
    throw new InputError('bad_config', 'budget: a target return is above 0');
  }
  if (!isConcave) return gridChoice(lines, { least, cap, floor, wantedRoi, price });
  const split = prepareSplit(lines);
  const roiOf = (plan: Split): number =>
    (price * lines.reduce((a, line, c) => a + line.value(plan.money[c]), 0)) / sum(plan.money);
  if (wantedRoi !== null) {
    if (least > 0 && roiOf(split.atBudget(least)) < wantedRoi) throw unreachable(wantedRoi);
    let low = Math.max(least, 1e-6 * cap);
    if (roiOf(split.atBudget(low)) < wantedRoi) throw unreachable(wantedRoi);
    let high = cap;
    if (roiOf(split.atBudget(high)) >= wantedRoi) low = high;
    // the return of the best plan falls with its size, so the largest plan that keeps it is found by halving
    for (let i = 0; i < 40 && high - low > 1e-7 * cap; i++) {
      const middle = 0.5 * (low + high);
      if (roiOf(split.atBudget(middle)) >= wantedRoi) low = middle;
      else high = middle;
    }
    return { split: split.atBudget(low), method: 'equal_marginal_return' };
  }
  if (!mustSpendAll) {
    const free = split.atMultiplier(floor);
    if (sum(free.money) <= cap) return { split: free, method: 'equal_marginal_return' };
  }
  return { split: split.atBudget(cap), method: 'equal_marginal_return' };
}

function gridChoice(
  lines: readonly Line[],
  goal: { least: number; cap: number; floor: number; wantedRoi: number | null; price: number },
): { split: Split; method: BudgetPlan['method'] } {
  const { best, step, at } = gridSplits(lines, goal.cap - goal.least, GRID);
  const base = lines.reduce((a, line) => a + line.value(line.lower), 0);
  let chosen = GRID;
  if (goal.wantedRoi !== null) {
    chosen = -1;
    for (let k = 0; k <= GRID; k++) {
      const spent = goal.least + k * step;
      if (spent > 0 && goal.price * best[k] >= goal.wantedRoi * spent) chosen = k;
    }
    if (chosen < 0) throw unreachable(goal.wantedRoi);
  } else if (goal.floor > 0) {
    for (let k = 0; k <= GRID; k++) {
      const net = (i: number): number => best[i] - base - goal.floor * i * step;
      if (net(k) > net(chosen)) chosen = k;
    }
  }
  const money = at(chosen);
  const inside = lines.flatMap((line, c) =>
    money[c] > line.lower + 0.5 * step && money[c] < line.upper - 0.5 * step ? [line.slope(money[c])] : [],
  );
  const all = lines.map((line, c) => line.slope(money[c]));
  const shared = inside.length > 0 ? inside : all;
  return { split: { money, multiplier: shared.reduce((a, b) => a + b, 0) / shared.length }, method: 'dynamic_program' };
}

function unreachable(roi: number): InputError {
  return new InputError(
    'not_allowed',
    `budget: no plan within the bounds returns ${roi}; lower the target or the locked amounts`,
  );
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}
