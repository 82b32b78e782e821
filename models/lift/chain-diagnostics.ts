/** Has one chain of draws settled, and how many independent draws is it worth? */
export interface ChainDiagnostics {
  /** independent draws that would carry the same Monte Carlo error of the mean */
  effective_draws: number;
  /** variance ratio of the two halves of the chain; near 1 when it has settled */
  split_rhat: number;
  converged: boolean;
}

/**
 * Effective number of draws by Geyer's initial positive sequence, and R-hat of the two halves.
 *
 * Converged means R-hat < 1.05 and at least 100 effective draws.
 *
 * @param draws  one chain in order, length >= 8
 * @see Geyer (1992), Practical Markov chain Monte Carlo; Gelman et al. (2013), Bayesian Data Analysis, 11.4
 */
export function chainDiagnostics(draws: Float64Array): ChainDiagnostics {
  const effective = effectiveDraws(draws);
  const half = Math.floor(draws.length / 2);
  const [first, second] = [moments(draws.subarray(0, half)), moments(draws.subarray(draws.length - half))];
  const within = (first.variance + second.variance) / 2;
  const between = (first.mean - second.mean) ** 2 / 2;
  const rhat = within > 0 ? Math.sqrt((half - 1) / half + between / within) : Number.POSITIVE_INFINITY;
  return { effective_draws: effective, split_rhat: rhat, converged: rhat < 1.05 && effective >= 100 };
}

function effectiveDraws(draws: Float64Array): number {
  const n = draws.length;
  const { mean, variance } = moments(draws);
  if (!(variance > 0)) return 0;
  const covariance = (lag: number): number => {
    let sum = 0;
    for (let t = lag; t < n; t++) sum += (draws[t] - mean) * (draws[t - lag] - mean);
    return sum / (n * variance);
  };
  let sum = 0;
  let previous = Number.POSITIVE_INFINITY;
  for (let lag = 0; lag + 1 < n; lag += 2) {
    const pair = Math.min(covariance(lag) + covariance(lag + 1), previous);
    if (pair <= 0) break;
    sum += pair;
    previous = pair;
  }
  return Math.min(n, n / Math.max(2 * sum - 1, 1 / n));
}

function moments(values: Float64Array): { mean: number; variance: number } {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, variance: squares / (values.length - 1) };
}
