import { DEFAULT_LEVEL } from '../estimate.ts';
import { quantile } from '../numeric/quantile.ts';
import { random } from '../numeric/random.ts';
import type { ChainResult } from './chain.ts';
import { createPosterior } from './posterior.ts';
import type { MixProblem } from './problem.ts';

/** How well expected outcomes meet observed ones over a set of geo-weeks. */
export interface FitStatistics {
  cells: number;
  r2: number;
  /** mean of |error| / |observed|; cells observed as 0 are left out of it */
  mape: number | null;
  /** sum of |error| / sum of |observed| */
  wmape: number;
  /** share of observed outcomes inside their predictive interval, noise included */
  coverage: number;
  level: number;
}

/**
 * Fit of the fitted weeks and of the held-out weeks.
 *
 * @param draws  draws per chain that are used
 * @param seed   of the noise in the predictive intervals
 */
export function fitStatistics(
  problem: MixProblem,
  chains: readonly ChainResult[],
  draws: number,
  seed: number | string,
  level = DEFAULT_LEVEL,
): { fitted: FitStatistics; holdout: FitStatistics | null; residual_autocorrelation: number } {
  const posterior = createPosterior(problem);
  const n = posterior.dimension;
  const T = problem.weeks.length;
  const N = Math.min(...chains.map((chain) => chain.draws.length / n));
  const used = Math.min(N, draws);
  const total = used * chains.length;
  const cells: number[] = [];
  for (let i = 0; i < problem.outcome.length; i++) {
    if (i % T >= problem.start && !Number.isNaN(problem.outcome[i])) cells.push(i);
  }
  const expected = new Float64Array(cells.length * total);
  const sigma = new Float64Array(total);
  chains.forEach((chain, c) => {
    for (let k = 0; k < used; k++) {
      const d = Math.floor(((k + 0.5) * N) / used);
      const state = posterior.forward(chain.draws.subarray(d * n, d * n + n));
      const at = c * used + k;
      sigma[at] = state.values[problem.at.sigma];
      cells.forEach((cell, i) => {
        expected[i * total + at] = state.expected[cell];
      });
    }
  });
  const rng = random(seed, 'mix-predictive');
  const means = new Float64Array(cells.length);
  const inside = new Uint8Array(cells.length);
  const predicted = new Float64Array(total);
  cells.forEach((cell, i) => {
    const money = problem.size[Math.floor(cell / T)] * problem.unit;
    for (let k = 0; k < total; k++) {
      const center = expected[i * total + k];
      means[i] += (center * money) / total;
      predicted[k] = money * (center + sigma[k] * noise(problem.degreesOfFreedom, rng));
    }
    const y = problem.outcome[cell];
    const isInside = y >= quantile(predicted, (1 - level) / 2) && y <= quantile(predicted, (1 + level) / 2);
    inside[i] = isInside ? 1 : 0;
  });
  const firstHeldOut = T - problem.holdoutWeeks;
  const over = (isIn: (cell: number) => boolean): FitStatistics => {
    const chosen = cells.flatMap((cell, i) => (isIn(cell) ? [i] : []));
    return { ...errors(problem, cells, means, chosen), coverage: mean(chosen.map((i) => inside[i])), level };
  };
  return {
    fitted: over((cell) => cell % T < firstHeldOut),
    holdout: problem.holdoutWeeks > 0 ? over((cell) => cell % T >= firstHeldOut) : null,
    residual_autocorrelation: lagOne(problem, cells, means),
  };
}

/** Correlation of fitted residuals with those of the week before, within geos and pooled over them. */
function lagOne(problem: MixProblem, cells: readonly number[], means: Float64Array): number {
  const T = problem.weeks.length;
  const residual = new Map<number, number>();
  cells.forEach((cell, i) => {
    const size = problem.size[Math.floor(cell / T)];
    if (problem.weight[cell] === 1) residual.set(cell, (problem.outcome[cell] - means[i]) / size);
  });
  let products = 0;
  let squares = 0;
  for (const [cell, value] of residual) {
    squares += value * value;
    const before = cell % T > 0 ? residual.get(cell - 1) : undefined;
    if (before !== undefined) products += value * before;
  }
  return squares > 0 ? products / squares : 0;
}

function errors(problem: MixProblem, cells: readonly number[], means: Float64Array, chosen: readonly number[]) {
  const average = mean(chosen.map((i) => problem.outcome[cells[i]]));
  let squares = 0;
  let spread = 0;
  let absolute = 0;
  let size = 0;
  const ratios: number[] = [];
  for (const i of chosen) {
    const y = problem.outcome[cells[i]];
    const e = y - means[i];
    squares += e * e;
    spread += (y - average) ** 2;
    absolute += Math.abs(e);
    size += Math.abs(y);
    if (y !== 0) ratios.push(Math.abs(e / y));
  }
  return {
    cells: chosen.length,
    r2: 1 - squares / spread,
    mape: ratios.length > 0 ? mean(ratios) : null,
    wmape: absolute / size,
  };
}

function noise(df: number, rng: ReturnType<typeof random>): number {
  const z = rng.normal();
  return Number.isFinite(df) ? z / Math.sqrt((2 * rng.gamma(df / 2)) / df) : z;
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
