import type { ChainResult } from './chain.ts';
import { type Convergence, convergence, type Draws, energyFraction } from './diagnostics.ts';
import type { PosteriorDraws } from './posterior-draws.ts';
import type { MixProblem } from './problem.ts';

/** R-hat from which nothing is reported. */
const RHAT_LIMIT = 1.05;
/** What a result should reach to be called clean. */
const RHAT_GOAL = 1.01;
const ESS_GOAL = 400;
const ENERGY_GOAL = 0.3;

/** How well the chains agree, over all parameters and all reported quantities. */
export interface SamplingReport {
  converged: boolean;
  /** R-hat < 1.01, bulk and tail ESS >= 400, no divergences, E-BFMI > 0.3 */
  clean: boolean;
  max_rhat: number;
  min_ess_bulk: number;
  min_ess_tail: number;
  divergences: number;
  /** smallest energy fraction of missing information of any chain */
  energy_fraction: number;
  depth_saturated: number;
  step_sizes: number[];
  gradients: number;
  gradients_per_effective_draw: number;
  /** the parameter or quantity that agrees least, and why that usually happens */
  worst: { name: string; block: string; rhat: number; likely_cause: string };
}

export interface Watched {
  name: string;
  convergence: Convergence;
}

/** Convergence of every parameter and of every driver's contribution. */
export function watch(problem: MixProblem, draws: PosteriorDraws): { parameters: Watched[]; answers: Watched[] } {
  return {
    parameters: problem.names.map((name, i) => ({ name, convergence: convergence(draws.parameters[i]) })),
    answers: [
      ...problem.drivers.map((driver, j) => ({
        name: `contribution of ${driver.name}`,
        convergence: convergence(draws.contribution[j]),
      })),
      ...problem.drivers.map((driver, j) => ({
        name: `marginal effect of ${driver.name}`,
        convergence: convergence(draws.onePercentMore[j]),
      })),
      { name: 'outcome without drivers', convergence: convergence(draws.withoutDrivers) },
    ],
  };
}

export function samplingReport(
  problem: MixProblem,
  chains: readonly ChainResult[],
  draws: PosteriorDraws,
  watched: { parameters: Watched[]; answers: Watched[] },
): SamplingReport {
  const all = [...watched.parameters, ...watched.answers];
  // a quantity that never moved, or left the numbers, counts as the worst there is
  const rhatOf = (item: Watched): number =>
    Number.isNaN(item.convergence.rhat) ? Number.POSITIVE_INFINITY : item.convergence.rhat;
  const lowest = (pick: (c: Convergence) => number): number =>
    Math.min(...all.map(({ convergence: c }) => (Number.isNaN(pick(c)) ? 0 : pick(c))));
  const worst = all.reduce((a, b) => (rhatOf(b) > rhatOf(a) ? b : a));
  const divergences = chains.reduce((sum, chain) => sum + chain.divergences, 0);
  const minBulk = lowest((c) => c.essBulk);
  const minTail = lowest((c) => c.essTail);
  const energy = Math.min(...chains.map((chain) => energyFraction(chain.energy)));
  const gradients = chains.reduce((sum, chain) => sum + chain.gradients, 0);
  const maxRhat = rhatOf(worst);
  return {
    converged: maxRhat < RHAT_LIMIT,
    clean:
      maxRhat < RHAT_GOAL && minBulk >= ESS_GOAL && minTail >= ESS_GOAL && divergences === 0 && energy > ENERGY_GOAL,
    max_rhat: maxRhat,
    min_ess_bulk: minBulk,
    min_ess_tail: minTail,
    divergences,
    energy_fraction: energy,
    depth_saturated: chains.reduce((sum, chain) => sum + chain.saturated, 0),
    step_sizes: chains.map((chain) => chain.stepSize),
    gradients: gradients + chains.reduce((sum, chain) => sum + chain.warmupGradients, 0),
    gradients_per_effective_draw: gradients / minBulk,
    worst: { name: worst.name, rhat: maxRhat, ...likelyCause(problem, draws, worst, { divergences, minBulk, chains }) },
  };
}

/** The block a parameter belongs to and what usually keeps such a parameter from settling. */
function likelyCause(
  problem: MixProblem,
  draws: PosteriorDraws,
  worst: Watched,
  run: { divergences: number; minBulk: number; chains: readonly ChainResult[] },
): { block: string; likely_cause: string } {
  const index = problem.names.indexOf(worst.name);
  const short = run.minBulk < ESS_GOAL && worst.convergence.rhat < RHAT_LIMIT;
  const tooFew = 'the chains agree but are short; ask for more draws';
  const driver = problem.drivers.find(
    ({ name }) =>
      worst.name.includes(`[${name}]`) || worst.name.includes(`[${name}, `) || worst.name.endsWith(` of ${name}`),
  );
  if (index >= problem.at.geoEffects) {
    const cause = `geo effects of ${driver?.name} are hardly known; say by_geo: false (byGeo in the library) for it, or merge small geos`;
    return { block: 'geo effects', likely_cause: short ? tooFew : cause };
  }
  if (driver) {
    const block = `driver ${driver.name}`;
    if (short) return { block, likely_cause: tooFew };
    const rival = closestRival(problem, draws, driver.name);
    if (rival) {
      const cause = `${driver.name} and ${rival.name} trade off (posterior correlation ${rival.r.toFixed(2)}); merge them or add an experiment on one`;
      return { block, likely_cause: cause };
    }
    const shape = driver.shapeNames.find((name) => worst.name.startsWith(`${name}[`));
    if (shape === 'half_saturation' || shape === 'slope' || shape === 'exponent') {
      const cause = `${driver.name} never runs at levels that show where its curve bends; narrow its saturation prior or declare it linear`;
      return { block, likely_cause: cause };
    }
    if (shape) {
      const cause = `${driver.name} changes too little from week to week to show its carry-over; narrow its adstock prior`;
      return { block, likely_cause: cause };
    }
    const cause =
      run.divergences > 0
        ? `the posterior of ${driver.name} has a narrow corner (${run.divergences} divergences); raise target to 0.95 or narrow its priors`
        : `the data hold two explanations of ${driver.name}; narrow its prior or add an experiment`;
    return { block, likely_cause: cause };
  }
  const block =
    index >= problem.at.level ? 'level' : index === problem.at.sigma ? 'noise' : 'trend, season and controls';
  if (short) return { block, likely_cause: tooFew };
  const cause =
    block === 'noise'
      ? 'the noise is pulled between two explanations, often an outlier; try Student-t noise or a holiday for that week'
      : 'the baseline can follow the media; use fewer trend knots or a lower season order';
  return { block, likely_cause: cause };
}

/** The driver whose contribution is most strongly correlated with this one's, when that is stronger than 0.7. */
function closestRival(problem: MixProblem, draws: PosteriorDraws, name: string): { name: string; r: number } | null {
  const own = problem.drivers.findIndex((driver) => driver.name === name);
  let best: { name: string; r: number } | null = null;
  problem.drivers.forEach((driver, j) => {
    if (j === own) return;
    const r = correlation(draws.contribution[own], draws.contribution[j]);
    if (Math.abs(r) > Math.max(0.7, Math.abs(best?.r ?? 0))) best = { name: driver.name, r };
  });
  return best;
}

function correlation(a: Draws, b: Draws): number {
  let n = 0;
  let sumA = 0;
  let sumB = 0;
  a.forEach((chain, c) => {
    for (let d = 0; d < chain.length; d++) {
      n++;
      sumA += chain[d];
      sumB += b[c][d];
    }
  });
  let aa = 0;
  let bb = 0;
  let ab = 0;
  a.forEach((chain, c) => {
    for (let d = 0; d < chain.length; d++) {
      const x = chain[d] - sumA / n;
      const y = b[c][d] - sumB / n;
      aa += x * x;
      bb += y * y;
      ab += x * y;
    }
  });
  return ab / Math.sqrt(aa * bb);
}
