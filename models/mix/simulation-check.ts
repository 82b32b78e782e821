import { upperChiSquare } from '../numeric/distribution.ts';
import { type Random, random } from '../numeric/random.ts';
import { runChain } from './chain.ts';
import { contributions } from './decomposition.ts';
import { prepareGeometry } from './geometry.ts';
import { createPosterior } from './posterior.ts';
import { drawPrior, priorAt, unconstrained } from './prior.ts';
import type { MixProblem } from './problem.ts';

/** Ranks of true values among posterior draws: uniform when the sampler and the density are right. */
export interface SimulationRanks {
  /** parameters, then `contribution[driver]`, then `log_likelihood` */
  names: string[];
  /** per quantity, one rank in 0..`draws` per replication */
  ranks: Int32Array[];
  draws: number;
  divergences: number;
  gradients: number;
}

export interface SimulationOptions {
  replications: number;
  seed: number | string;
  warmup?: number;
  /** draws kept after thinning; one less than a multiple of the bins keeps the test exact. Default 99 */
  draws?: number;
  thin?: number;
}

/**
 * Simulation-based calibration: draws parameters from the prior, an outcome from the parameters, fits it with one chain,
 * and ranks each true value among the thinned draws.
 *
 * @param problem  gives weeks, media, priors and scales; its outcome is replaced in every replication
 * @see Talts, Betancourt, Simpson, Vehtari & Gelman (2018), Validating Bayesian Inference Algorithms with SBC
 */
export function simulationRanks(problem: MixProblem, options: SimulationOptions): SimulationRanks {
  const { replications, seed, warmup = 200, draws = 99, thin = 5 } = options;
  const names = [
    ...problem.names,
    ...problem.drivers.map((driver) => `contribution[${driver.name}]`),
    'log_likelihood',
  ];
  const result: SimulationRanks = {
    names,
    ranks: names.map(() => new Int32Array(replications)),
    draws,
    divergences: 0,
    gradients: 0,
  };
  for (let r = 0; r < replications; r++) {
    const rng = random(seed, 'simulation', r);
    const truth = drawParameters(problem, rng);
    const simulated = { ...problem, y: simulateOutcome(problem, truth, rng) };
    const truths = quantities(simulated, truth);
    const { problem: ready, geometry } = prepareGeometry(simulated);
    const settings = { warmup, draws: draws * thin, target: 0.8, maxDepth: 10 };
    const chain = runChain({ problem: ready, geometry, settings }, `${seed} ${r}`, 0);
    result.divergences += chain.divergences;
    result.gradients += chain.gradients + chain.warmupGradients;
    const n = problem.at.dimension;
    const read = quantityReader(ready);
    for (let d = 0; d < draws; d++) {
      const values = read(chain.draws.subarray(d * thin * n, d * thin * n + n));
      for (let q = 0; q < names.length; q++) if (values[q] < truths[q]) result.ranks[q][r]++;
    }
  }
  return result;
}

/** p-value of uniform ranks by chi-square over equal bins. */
export function rankUniformity(ranks: Int32Array, draws: number, bins: number): number {
  const counts = new Float64Array(bins);
  for (const rank of ranks) counts[Math.floor((rank * bins) / (draws + 1))]++;
  const expected = ranks.length / bins;
  let statistic = 0;
  for (const count of counts) statistic += (count - expected) ** 2 / expected;
  return upperChiSquare(statistic, bins - 1);
}

/** Holm's step-down adjustment: reject those at most the level. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a] - pValues[b]);
  const adjusted = new Array<number>(pValues.length);
  let running = 0;
  order.forEach((i, k) => {
    running = Math.max(running, Math.min(1, (pValues.length - k) * pValues[i]));
    adjusted[i] = running;
  });
  return adjusted;
}

/** Unconstrained coordinates of one draw from the prior. */
export function drawParameters(problem: MixProblem, rng: Random): Float64Array {
  const u = Float64Array.from(problem.priors, (prior) => unconstrained(prior, drawPrior(prior, rng)));
  const point = { value: 0, slope: 0, logDensity: 0, gradient: 0 };
  problem.drivers.forEach((driver, j) => {
    if (driver.spreadAt < 0) return;
    const spread = priorAt(problem.priors[driver.spreadAt], u[driver.spreadAt], point).value;
    for (let g = 0; g < problem.geos.length; g++) {
      u[driver.geoAt + g] *= spread ** problem.centring[j * problem.geos.length + g];
    }
  });
  return u;
}

/** Scaled outcome drawn at these parameters, 0 where the problem has no weight. */
export function simulateOutcome(problem: MixProblem, u: Float64Array, rng: Random): Float64Array {
  const state = createPosterior(problem).forward(u);
  const df = problem.degreesOfFreedom;
  const sigma = state.values[problem.at.sigma];
  return problem.weight.map((weight, i) => {
    const z = rng.normal();
    const noise = Number.isFinite(df) ? z / Math.sqrt((2 * rng.gamma(df / 2)) / df) : z;
    return weight === 0 ? 0 : state.expected[i] + sigma * noise;
  });
}

function quantities(problem: MixProblem, u: Float64Array): Float64Array {
  return quantityReader(problem)(u).slice();
}

function quantityReader(problem: MixProblem): (u: Float64Array) => Float64Array {
  const posterior = createPosterior(problem);
  const n = problem.at.dimension;
  const J = problem.drivers.length;
  const G = problem.geos.length;
  const gradient = new Float64Array(n);
  const byGeo = new Float64Array(J * G);
  const out = new Float64Array(n + J + 1);
  return (u) => {
    posterior.logDensity(u, gradient);
    const logLikelihood = posterior.lastLogLikelihood();
    const state = posterior.forward(u);
    out.set(state.values);
    contributions(problem, state, byGeo);
    for (let j = 0; j < J; j++) {
      out[n + j] = 0;
      for (let g = 0; g < G; g++) out[n + j] += byGeo[j * G + g];
    }
    out[n + J] = logLikelihood;
    return out;
  };
}
