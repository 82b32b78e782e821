import type { ModelState } from './posterior.ts';
import type { MixProblem } from './problem.ts';

/**
 * What the outcome tells about the log effects s of one driver's geos: expected information of the likelihood, in closed form.
 *
 *     A[g] = sum over t of b[g]^2 (h - mean h)^2 / sigma^2,   w[g] = share of geo g in the driver's total
 *     I    = (1 - 1 w')' diag(A) (1 - 1 w')
 *
 * because Q fixes the total: raising one geo lowers the others. Experiments are left out.
 *
 * @param state  from `Posterior.forward`
 * @returns      geos x geos, row-major
 */
export function geoInformation(problem: MixProblem, state: ModelState, driver: number): Float64Array {
  const G = problem.geos.length;
  const T = problem.weeks.length;
  const sigma = state.values[problem.at.sigma];
  const df = problem.degreesOfFreedom;
  // information of a t error about its place, relative to a normal one of the same scale
  const precision = (Number.isFinite(df) ? (df + 1) / (df + 3) : 1) / (sigma * sigma);
  const { h } = state.responses[driver];
  const own = new Float64Array(G);
  const share = new Float64Array(G);
  let total = 0;
  for (let g = 0; g < G; g++) {
    const b = state.coefficients[driver * G + g];
    const mean = state.means[driver * G + g];
    for (let i = g * T + problem.start; i < g * T + T; i++) own[g] += problem.weight[i] * (b * (h[i] - mean)) ** 2;
    own[g] *= precision;
    share[g] = problem.size[g] * b * mean;
    total += share[g];
  }
  const isTotal = problem.drivers[driver].mode === 'total';
  let all = 0;
  for (let g = 0; g < G; g++) {
    share[g] = isTotal && total !== 0 ? share[g] / total : 0;
    all += own[g];
  }
  const out = new Float64Array(G * G);
  for (let g = 0; g < G; g++) {
    for (let k = 0; k < G; k++) {
      out[g * G + k] = share[g] * share[k] * all - own[g] * share[k] - own[k] * share[g] + (g === k ? own[g] : 0);
    }
  }
  return out;
}

/** What the outcome tells about the level of each geo: observed weeks over the noise variance. */
export function levelInformation(problem: MixProblem, state: ModelState): Float64Array {
  const T = problem.weeks.length;
  const df = problem.degreesOfFreedom;
  const sigma = state.values[problem.at.sigma];
  const precision = (Number.isFinite(df) ? (df + 1) / (df + 3) : 1) / (sigma * sigma);
  return Float64Array.from(problem.geos, (_, g) => {
    let weeks = 0;
    for (let t = problem.start; t < T; t++) weeks += problem.weight[g * T + t];
    return weeks * precision;
  });
}
