import { DEFAULT_LEVEL } from '../estimate.ts';
import { quantileSorted } from '../numeric/quantile.ts';
import { type Draws, meanMcse } from './diagnostics.ts';

/** A reported number of the mix model. `mcse` is the Monte Carlo standard error of `mean`. */
export interface Quantity {
  mean: number;
  sd: number;
  lo: number;
  hi: number;
  level: number;
  mcse: number;
}

/** Mean, spread and equal-tailed interval of a quantity's draws. */
export function quantityOf(draws: Draws, level = DEFAULT_LEVEL): Quantity {
  const { sorted, mean, sd } = moments(draws);
  return {
    mean,
    sd,
    lo: quantileSorted(sorted, (1 - level) / 2),
    hi: quantileSorted(sorted, (1 + level) / 2),
    level,
    // a quantity that is the same in every draw is known exactly
    mcse: sd === 0 ? 0 : meanMcse(draws),
  };
}

/** All draws in ascending order, with their mean and standard deviation. */
export function moments(draws: Draws): { sorted: Float64Array; mean: number; sd: number } {
  const N = draws[0].length;
  const sorted = new Float64Array(draws.length * N);
  draws.forEach((chain, m) => {
    sorted.set(chain, m * N);
  });
  sorted.sort();
  let mean = 0;
  for (const value of sorted) mean += value;
  mean /= sorted.length;
  let squares = 0;
  for (const value of sorted) squares += (value - mean) ** 2;
  return { sorted, mean, sd: Math.sqrt(squares / Math.max(1, sorted.length - 1)) };
}

/** Share of draws for which a statement holds. */
export function probability(draws: Draws, holds: (value: number) => boolean): number {
  let yes = 0;
  let all = 0;
  for (const chain of draws) {
    for (const value of chain) {
      all++;
      if (holds(value)) yes++;
    }
  }
  return yes / all;
}
