import {
  type BudgetPlan,
  type BudgetRequest,
  boundsOf,
  type Channels,
  channelsOf,
  checkNames,
  planOf,
} from './budget.ts';
import type { BudgetCurve } from './budget-curve.ts';
import type { FittedMix } from './fit.ts';

/**
 * The curves of a plan as numbers: all that a budget needs of a fit, without its data and its draws of parameters. Further budgets can be
 * planned from it where the fit itself is not at hand.
 */
export interface BudgetTable {
  /** weeks the plan runs */
  weeks: number;
  /** money per unit of outcome, null when it has none */
  value: number | null;
  channels: readonly BudgetTableChannel[];
}

export interface BudgetTableChannel {
  name: string;
  /** money that present spend takes in as many weeks */
  current: number;
  /** money at the edge of the range that may be planned */
  ceiling: number;
  isConcave: boolean;
  /** money at the nodes, ascending from 0 */
  money: Float64Array;
  /** d mean outcome / d money at the nodes */
  slope: Float64Array;
  /** outcome caused by the money of each node, draw by draw */
  draws: readonly Float64Array[];
}

const NODES = 49;

/** Tabulates the curves of a plan, from nothing to the edge of what may be planned (or to `upper`, where that is more). */
export function tabulateBudget(fitted: FittedMix, request: BudgetRequest): BudgetTable {
  // bounds do not belong to the curves
  const open = channelsOf(fitted, { ...request, channels: undefined, allowExtrapolation: undefined });
  const channels = open.names.map((name, c): BudgetTableChannel => {
    const curve = open.curves[c];
    const most = Math.max(
      open.ceilings[c],
      request.channels?.[name]?.upper ?? 0,
      request.channels?.[name]?.locked ?? 0,
    );
    // finer where curves bend most
    const money = Float64Array.from({ length: NODES }, (_, i) => most * (i / (NODES - 1)) ** 2);
    return {
      name,
      current: open.current[c],
      ceiling: open.ceilings[c],
      isConcave: curve.isConcave,
      money,
      slope: money.map((amount) => curve.slope(amount)),
      draws: Array.from(money, (amount) => curve.draws(amount)),
    };
  });
  return { weeks: request.weeks, value: fitted.job.problem.valuePerOutcome, channels };
}

/**
 * Plans a budget from tabulated curves. Between nodes the mean outcome is the cubic that has the value and the slope of both of them, a draw
 * a straight line.
 *
 * @throws InputError as `planBudget`; `flighting` and `weeks` are those of the table
 */
export function planFromTable(
  table: BudgetTable,
  request: Omit<BudgetRequest, 'weeks' | 'flighting' | 'draws'>,
): BudgetPlan {
  const asked: BudgetRequest = { ...request, weeks: table.weeks };
  const names = table.channels.map(({ name }) => name);
  checkNames(names, asked);
  const channels: Channels = {
    names,
    curves: table.channels.map(curveOf),
    lines: [],
    current: Float64Array.from(table.channels, ({ name, current }) => request.current?.[name] ?? current),
    ceilings: table.channels.map(({ ceiling }) => ceiling),
    limits: [],
  };
  table.channels.forEach(({ name, money, ceiling }, c) => {
    const { lower, upper, limit } = boundsOf(name, asked, Math.max(ceiling, money[money.length - 1]));
    const { value, slope } = channels.curves[c];
    channels.lines.push({ value, slope, lower, upper: Math.min(upper, money[money.length - 1]) });
    channels.limits.push(limit);
  });
  return planOf(channels, asked, table.value);
}

function curveOf({ money, slope, draws, isConcave }: BudgetTableChannel): BudgetCurve {
  const mean = Float64Array.from(draws, (values) => values.reduce((a, b) => a + b, 0) / values.length);
  const last = money.length - 1;
  const nodeBefore = (amount: number): number => {
    let low = 0;
    let high = last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (money[middle] <= amount) low = middle;
      else high = middle;
    }
    return low;
  };
  /** Cubic through both nodes with their slopes: value and slope. */
  const at = (amount: number): { value: number; slope: number } => {
    const i = nodeBefore(amount);
    const width = money[i + 1] - money[i];
    const s = Math.min(1, Math.max(0, (amount - money[i]) / width));
    const rise = mean[i + 1] - mean[i];
    // no steeper than keeps the cubic rising (Fritsch & Carlson 1980): a root curve begins with an endless slope
    const from = Math.min(slope[i] * width, 3 * rise);
    const to = Math.min(slope[i + 1] * width, 3 * rise);
    const square = 3 * rise - 2 * from - to;
    const cube = from + to - 2 * rise;
    return {
      value: mean[i] + s * (from + s * (square + s * cube)),
      slope: (from + s * (2 * square + 3 * s * cube)) / width,
    };
  };
  return {
    value: (amount) => at(amount).value,
    slope: (amount) => at(amount).slope,
    draws: (amount) => {
      const i = nodeBefore(amount);
      const s = Math.min(1, Math.max(0, (amount - money[i]) / (money[i + 1] - money[i])));
      return draws[i].map((value, d) => value + s * (draws[i + 1][d] - value));
    },
    isConcave,
  };
}
