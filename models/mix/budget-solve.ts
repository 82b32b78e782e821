/** What a split is made from: one curve per channel and the bounds of its money. */
export interface Line {
  value(money: number): number;
  slope(money: number): number;
  lower: number;
  upper: number;
}

export interface Split {
  money: Float64Array;
  /** marginal outcome per money that all unbounded channels share */
  multiplier: number;
}

interface Table {
  at: Float64Array;
  /** slope at each node, made non-increasing */
  slope: Float64Array;
}

const NODES = 65;

/**
 * Splits money over concave curves so that every channel that is not at a bound earns the same at the margin. The slopes
 * are tabulated once, the multiplier is found by bisection on the tables, and the split is then polished on the curves
 * themselves.
 */
export function prepareSplit(lines: readonly Line[]): {
  /** spends exactly `budget`, which must lie within the sums of the bounds */
  atBudget(budget: number): Split;
  /** spends while a unit of money earns at least `multiplier` outcome */
  atMultiplier(multiplier: number): Split;
} {
  const tables = lines.map(tabulate);
  const atBudget = (budget: number): Split => polish(lines, tables, budgetFromTables(lines, tables, budget), budget);
  const atMultiplier = (multiplier: number): Split => {
    const money = Float64Array.from(lines, (line, c) =>
      refine(line, invert(tables[c], line, multiplier, true), multiplier),
    );
    return { money, multiplier };
  };
  return { atBudget, atMultiplier };
}

/**
 * Largest violation of the optimality conditions, relative to the multiplier: a channel inside its bounds earns the
 * multiplier, one at its lower bound at most that, one at its upper bound at least that. 0 = optimal for concave curves.
 */
export function kktResidual(lines: readonly Line[], split: Split): number {
  let worst = 0;
  lines.forEach((line, c) => {
    if (line.upper - line.lower <= 1e-12 * Math.abs(line.upper)) return;
    const gap = line.slope(split.money[c]) - split.multiplier;
    const room = 1e-9 * (line.upper - line.lower);
    const atLower = split.money[c] <= line.lower + room;
    const atUpper = split.money[c] >= line.upper - room;
    const violation = atLower ? Math.max(0, gap) : atUpper ? Math.max(0, -gap) : Math.abs(gap);
    worst = Math.max(worst, violation / Math.max(Math.abs(split.multiplier), 1e-300));
  });
  return worst;
}

function tabulate(line: Line): Table {
  const at = Float64Array.from({ length: NODES }, (_, i) => {
    const share = i / (NODES - 1);
    // finer where curves bend most
    return line.lower + (line.upper - line.lower) * share * share;
  });
  const slope = at.map((money) => line.slope(money));
  for (let i = 1; i < NODES; i++) slope[i] = Math.min(slope[i], slope[i - 1]);
  return { at, slope };
}

/** Money at which the tabulated slope has fallen to the multiplier; on a flat stretch its end or its beginning. */
function invert(table: Table, line: Line, multiplier: number, takesEnd: boolean): number {
  const { at, slope } = table;
  const stays = (value: number): boolean => (takesEnd ? value >= multiplier : value > multiplier);
  if (!stays(slope[0])) return line.lower;
  if (stays(slope[NODES - 1])) return line.upper;
  let low = 0;
  let high = NODES - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (stays(slope[middle])) low = middle;
    else high = middle;
  }
  const share = (slope[low] - multiplier) / (slope[low] - slope[high]);
  return at[low] + share * (at[high] - at[low]);
}

function budgetFromTables(lines: readonly Line[], tables: readonly Table[], budget: number): Split {
  const total = (multiplier: number): number =>
    lines.reduce((sum, line, c) => sum + invert(tables[c], line, multiplier, true), 0);
  let low = Math.min(...tables.map((table) => table.slope[NODES - 1]));
  let high = Math.max(...tables.map((table) => table.slope[0]));
  const width = Math.max(high - low, 1e-12 * Math.abs(high));
  low -= width;
  high += width;
  for (let i = 0; i < 200; i++) {
    const middle = 0.5 * (low + high);
    if (total(middle) >= budget) low = middle;
    else high = middle;
  }
  // where the multiplier equals a flat slope the split is not unique; the rest is shared between both ends
  const more = lines.map((line, c) => invert(tables[c], line, low, true));
  const less = lines.map((line, c) => invert(tables[c], line, high, false));
  const sumMore = more.reduce((a, b) => a + b, 0);
  const sumLess = less.reduce((a, b) => a + b, 0);
  const share = sumMore > sumLess ? (budget - sumLess) / (sumMore - sumLess) : 0;
  const money = Float64Array.from(lines, (_, c) => less[c] + share * (more[c] - less[c]));
  return { money, multiplier: 0.5 * (low + high) };
}

/** Newton steps on the true slopes under the same budget and bounds, kept only while they bring the slopes together. */
function polish(lines: readonly Line[], tables: readonly Table[], start: Split, budget: number): Split {
  let best = start;
  let bestResidual = kktResidual(lines, start);
  for (let round = 0; round < 30 && bestResidual > 1e-9; round++) {
    const slopes = lines.map((line, c) => line.slope(best.money[c]));
    const bends = lines.map((line, c) => bend(line, best.money[c], slopes[c], tables[c]));
    const moved = (multiplier: number): number[] =>
      lines.map((line, c) =>
        Math.min(line.upper, Math.max(line.lower, best.money[c] + (slopes[c] - multiplier) / bends[c])),
      );
    let low = Math.min(...slopes) * 0.5;
    let high = Math.max(...slopes) * 2;
    const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
    for (let i = 0; i < 200; i++) {
      const middle = 0.5 * (low + high);
      if (sum(moved(middle)) >= budget) low = middle;
      else high = middle;
    }
    const multiplier = 0.5 * (low + high);
    const target = moved(multiplier);
    let improved = false;
    for (let size = 1; size > 1e-3; size /= 2) {
      const money = best.money.map((value, c) => value + size * (target[c] - value));
      const split = { money, multiplier: sharedSlope(lines, money, multiplier) };
      const residual = kktResidual(lines, split);
      if (residual < bestResidual) {
        best = split;
        bestResidual = residual;
        improved = true;
        break;
      }
    }
    if (!improved) break;
  }
  return best;
}

/** Mean slope of the channels inside their bounds; the given multiplier when there are none. */
function sharedSlope(lines: readonly Line[], money: Float64Array, otherwise: number): number {
  const inside = lines.flatMap((line, c) => {
    const room = 1e-9 * (line.upper - line.lower);
    return money[c] > line.lower + room && money[c] < line.upper - room ? [line.slope(money[c])] : [];
  });
  return inside.length > 0 ? inside.reduce((a, b) => a + b, 0) / inside.length : otherwise;
}

/** Downward bend of a curve, kept above a little of what the table shows so that straight lines stay solvable. */
function bend(line: Line, money: number, slope: number, table: Table): number {
  const step = 1e-4 * Math.max(money, 1e-3 * (line.upper - line.lower));
  const other = money + step <= line.upper ? money + step : money - step;
  const local = -(line.slope(other) - slope) / (other - money);
  const overall = (table.slope[0] - table.slope[NODES - 1]) / Math.max(line.upper - line.lower, 1e-300);
  const least = Math.max(1e-6 * overall, (1e-6 * Math.abs(slope)) / Math.max(line.upper - line.lower, 1e-300), 1e-300);
  return Math.max(local, least);
}

/** Money within the bounds at which the true slope is the multiplier, from a first guess. */
function refine(line: Line, guess: number, multiplier: number): number {
  if (guess <= line.lower || guess >= line.upper) return guess;
  let low = line.lower;
  let high = line.upper;
  let at = guess;
  for (let i = 0; i < 60; i++) {
    const gap = line.slope(at) - multiplier;
    if (Math.abs(gap) <= 1e-10 * Math.abs(multiplier)) break;
    if (gap > 0) low = at;
    else high = at;
    const step = 1e-4 * Math.max(at, 1e-3 * (line.upper - line.lower));
    const other = at + step <= line.upper ? at + step : at - step;
    const curvature = (line.slope(other) - multiplier - gap) / (other - at);
    const newton = at - gap / curvature;
    at = newton > low && newton < high ? newton : 0.5 * (low + high);
  }
  return at;
}
