import { upperChiSquare } from '../numeric/distribution.ts';
import { cholesky, type Matrix, solveCholesky } from '../numeric/matrix.ts';
import { random } from '../numeric/random.ts';
import { type GroupTimeCell, type GroupTimeEffects, influenceError } from './group-time.ts';

/** `simple`: all treated cells; `dynamic`: by periods since the start; `group`: by start; `calendar`: by period. */
export type Aggregation = 'simple' | 'dynamic' | 'group' | 'calendar';

interface AggregatePart {
  /** periods since the start, index of the first treated period, or index of the period */
  key: number;
  effect: number;
  standardError: number;
  influence: Float64Array;
}

export interface GroupTimeAggregate {
  aggregation: Aggregation;
  /** one effect over all: over e >= 0 for `dynamic` */
  overall: Omit<AggregatePart, 'key'>;
  /** ascending by key; empty for `simple` */
  parts: AggregatePart[];
}

/**
 * Averages group-time effects with weights w_k = share of units in the cell's group.
 *
 *     theta = sum w_k ATT_k / S,  S = sum w_k
 *     influence = sum (w_k / S) influence_k + sum ATT_k [ (1(G = g_k) - w_k) / S - (w_k / S^2) sum_j (1(G = g_j) - w_j) ]
 *
 * The second sum is the doubt about the shares themselves. `group` first takes the plain mean of a group's periods from its start
 * on; the overall of `dynamic` and `calendar` is the plain mean of the parts.
 *
 * @see Callaway & Sant'Anna (2021), section 3
 */
export function aggregateGroupTime(effects: GroupTimeEffects, aggregation: Aggregation): GroupTimeAggregate {
  const treated = effects.cells.filter(({ group, period }) => period >= group);
  if (aggregation === 'simple') return { aggregation, overall: weighted(effects, treated), parts: [] };
  if (aggregation === 'group') {
    const parts = by(treated, ({ group }) => group).map(([key, cells]) => ({ key, ...plainMean(cells) }));
    const overall = weighted(
      effects,
      parts.map((part) => ({ ...part, group: part.key, period: part.key })),
    );
    return { aggregation, overall, parts };
  }
  const source = aggregation === 'dynamic' ? effects.cells : treated;
  const parts = by(source, ({ group, period }) => (aggregation === 'dynamic' ? period - group : period)).map(
    ([key, cells]) => ({ key, ...weighted(effects, cells) }),
  );
  const counted = aggregation === 'dynamic' ? parts.filter(({ key }) => key >= 0) : parts;
  return { aggregation, overall: plainMean(counted), parts };
}

function by(cells: readonly GroupTimeCell[], keyOf: (cell: GroupTimeCell) => number): [number, GroupTimeCell[]][] {
  const found = new Map<number, GroupTimeCell[]>();
  for (const cell of cells) {
    const key = keyOf(cell);
    found.set(key, [...(found.get(key) ?? []), cell]);
  }
  return [...found].sort(([a], [b]) => a - b);
}

function plainMean(parts: readonly Omit<AggregatePart, 'key'>[]): Omit<AggregatePart, 'key'> {
  const influence = new Float64Array(parts[0].influence.length);
  let effect = 0;
  for (const part of parts) {
    effect += part.effect / parts.length;
    for (let i = 0; i < influence.length; i++) influence[i] += part.influence[i] / parts.length;
  }
  return { effect, standardError: influenceError(influence), influence };
}

function weighted(effects: GroupTimeEffects, cells: readonly GroupTimeCell[]): Omit<AggregatePart, 'key'> {
  const { shares, starts, n } = effects;
  const weights = cells.map(({ group }) => shares.get(group)!);
  const sum = weights.reduce((total, w) => total + w, 0);
  const influence = new Float64Array(n);
  const drift = new Float64Array(n);
  let effect = 0;
  cells.forEach((cell, k) => {
    effect += (weights[k] / sum) * cell.effect;
    for (let i = 0; i < n; i++) {
      const surprise = (starts[i] === cell.group ? 1 : 0) - weights[k];
      influence[i] += (weights[k] / sum) * cell.influence[i] + (cell.effect * surprise) / sum;
      drift[i] += surprise;
    }
  });
  for (let i = 0; i < n; i++) influence[i] -= (effect / sum) * drift[i];
  return { effect, standardError: influenceError(influence), influence };
}

export interface PreTest {
  /** n a' V^-1 a over the cells before the start */
  statistic: number;
  degrees: number;
  pValue: number;
}

/**
 * Joint test that no effect shows before the start: W = n a' V^-1 a, V = psi'psi / n, chi-square with as many degrees as cells.
 *
 * @returns null without a cell before the start, or when their variance is singular
 */
export function jointPreTest(effects: GroupTimeEffects): PreTest | null {
  const cells = effects.cells.filter(({ group, period }) => period < group);
  const k = cells.length;
  if (k === 0) return null;
  const variance: Matrix = { rows: k, cols: k, data: new Float64Array(k * k) };
  for (let a = 0; a < k; a++) {
    for (let b = 0; b <= a; b++) {
      let dot = 0;
      for (let i = 0; i < effects.n; i++) dot += cells[a].influence[i] * cells[b].influence[i];
      variance.data[a * k + b] = dot / effects.n;
      variance.data[b * k + a] = dot / effects.n;
    }
  }
  const factor = cholesky(variance);
  if (!factor) return null;
  const vector = Float64Array.from(cells, ({ effect }) => effect);
  const solved = solveCholesky(factor, vector);
  const statistic = effects.n * vector.reduce((sum, a, i) => sum + a * solved[i], 0);
  if (!(statistic >= 0) || !Number.isFinite(statistic)) return null;
  return { statistic, degrees: k, pValue: upperChiSquare(statistic, k) };
}

export interface UniformBand {
  /** multiplier of the errors at which all effects together are covered */
  critical: number;
  /** bootstrap standard error of each effect, in the order given */
  standardErrors: Float64Array;
}

/**
 * Multiplier bootstrap over units: bands that hold all effects of a table at once.
 *
 *     r_b = sqrt(n) mean(v_i influence_i), v_i = +-1;   sd_k = (q75 - q25) / 1.349 of r_k;   se_k = sd_k / sqrt(n)
 *     critical = level quantile over b of max_k |r_bk / sd_k|
 *
 * @param tables  per table one influence per effect, each length n; the same draws serve all tables
 * @returns       one band per table
 */
export function uniformBands(
  tables: readonly (readonly Float64Array[])[],
  level: number,
  draws: number,
  seed: number,
): UniformBand[] {
  const influences = tables.flat();
  const n = influences[0].length;
  const sums = influences.map(() => new Float64Array(draws));
  const draw = random(seed, 'multiplier');
  const signs = new Float64Array(n);
  for (let b = 0; b < draws; b++) {
    for (let i = 0; i < n; i++) signs[i] = draw.uniform() < 0.5 ? -1 : 1;
    for (let k = 0; k < influences.length; k++) {
      const influence = influences[k];
      let sum = 0;
      for (let i = 0; i < n; i++) sum += signs[i] * influence[i];
      sums[k][b] = sum / Math.sqrt(n);
    }
  }
  let from = 0;
  return tables.map((table) => {
    const own = sums.slice(from, from + table.length);
    from += table.length;
    return bandOf(own, level, draws, n);
  });
}

function bandOf(sums: readonly Float64Array[], level: number, draws: number, n: number): UniformBand {
  const spreads = sums.map((values) => {
    const sorted = values.slice().sort();
    return (sorted[Math.ceil(0.75 * draws) - 1] - sorted[Math.ceil(0.25 * draws) - 1]) / 1.3489795003921634;
  });
  const most = new Float64Array(draws);
  for (let b = 0; b < draws; b++) {
    spreads.forEach((spread, k) => {
      // an effect without variance takes no part in the maximum
      if (spread > 0) most[b] = Math.max(most[b], Math.abs(sums[k][b]) / spread);
    });
  }
  return {
    critical: most.sort()[Math.ceil(level * draws) - 1],
    standardErrors: Float64Array.from(spreads, (spread) => spread / Math.sqrt(n)),
  };
}
