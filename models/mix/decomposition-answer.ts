import { quantileSorted } from '../numeric/quantile.ts';
import type { ChainResult } from './chain.ts';
import { decompose, partNames } from './decomposition.ts';
import { createPosterior } from './posterior.ts';
import type { MixProblem } from './problem.ts';
import { probability, quantityOf } from './quantity.ts';
import type { DecompositionAnswer } from './result.ts';

/**
 * Decomposition of the outcome over the window and week by week.
 *
 * @param draws  draws per chain that are used, spread evenly over the chain
 */
export function decompositionAnswer(
  problem: MixProblem,
  chains: readonly ChainResult[],
  draws: number,
  level: number,
): DecompositionAnswer {
  const posterior = createPosterior(problem);
  const n = posterior.dimension;
  const T = problem.weeks.length;
  const W = T - problem.start;
  const N = Math.min(...chains.map((chain) => chain.draws.length / n));
  const used = Math.min(N, draws);
  const all = used * chains.length;
  const parts = partNames(problem);
  const rows = parts.length + 1;
  const values = new Float64Array(rows * W * all);
  const totals = Array.from({ length: rows }, () => chains.map(() => new Float64Array(used)));
  chains.forEach((chain, c) => {
    for (let k = 0; k < used; k++) {
      const d = Math.floor(((k + 0.5) * N) / used);
      const { series, expected } = decompose(problem, posterior.forward(chain.draws.subarray(d * n, d * n + n)));
      for (let row = 0; row < rows; row++) {
        for (let w = 0; w < W; w++) {
          const value = row < parts.length ? series[row * W + w] : expected[w];
          values[(row * W + w) * all + c * used + k] = value;
          totals[row][c][k] += value;
        }
      }
    }
  });
  const band = (row: number): { mean: number[]; lo: number[]; hi: number[] } => {
    const out = { mean: [] as number[], lo: [] as number[], hi: [] as number[] };
    for (let w = 0; w < W; w++) {
      const cell = values.slice((row * W + w) * all, (row * W + w + 1) * all).sort();
      out.mean.push(cell.reduce((a, b) => a + b, 0) / all);
      out.lo.push(quantileSorted(cell, (1 - level) / 2));
      out.hi.push(quantileSorted(cell, (1 + level) / 2));
    }
    return out;
  };
  const actual = observedByWeek(problem);
  return {
    totals: parts.map((part, row) => ({ part, amount: quantityOf(totals[row], level) })),
    expected: quantityOf(totals[parts.length], level),
    observed: observedTotal(problem),
    probability_baseline_negative: probability(totals[0], (value) => value < 0),
    weeks: problem.weeks.slice(problem.start),
    series: parts.map((part, row) => ({ part, ...band(row) })),
    fitted: band(parts.length),
    actual,
    level,
  };
}

/** Sum of the observed outcome over the window; missing geo-weeks count nothing. */
export function observedTotal(problem: MixProblem): number {
  const T = problem.weeks.length;
  let sum = 0;
  problem.outcome.forEach((value, i) => {
    if (i % T >= problem.start && !Number.isNaN(value)) sum += value;
  });
  return sum;
}

function observedByWeek(problem: MixProblem): (number | null)[] {
  const T = problem.weeks.length;
  return Array.from({ length: T - problem.start }, (_, w) => {
    let sum = 0;
    for (let g = 0; g < problem.geos.length; g++) sum += problem.outcome[g * T + problem.start + w];
    return Number.isNaN(sum) ? null : sum;
  });
}
