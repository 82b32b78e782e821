import { experimentTerms, prepareExperiments } from './experiment-likelihood.ts';
import { type PriorPoint, priorAt } from './prior.ts';
import type { MixProblem, ProblemDriver } from './problem.ts';
import { makeResponse, type Response, respond, responseScratch } from './response.ts';
import { addColumns, dotColumns, dotTogether, sumTogether } from './side-by-side.ts';

/** The model at one set of parameters; arrays are overwritten by the next evaluation. */
export interface ModelState {
  /** natural values of all parameters */
  values: Float64Array;
  responses: Response[];
  /** window mean of h per driver and geo, driver-major */
  means: Float64Array;
  /** b per driver and geo, driver-major, in scaled outcome per unit of h */
  coefficients: Float64Array;
  /** expected scaled outcome, geos x weeks, valid in the window */
  expected: Float64Array;
  /** model differences of the experiments, in scaled outcome */
  lifts: Float64Array;
}

export interface Posterior {
  dimension: number;
  /** log posterior density of the unconstrained coordinates, up to a constant; writes the gradient */
  logDensity(u: Float64Array, gradient: Float64Array): number;
  /** the model at unconstrained coordinates, without the gradient */
  forward(u: Float64Array): ModelState;
  /** log likelihood of outcome and experiments at the last evaluation, up to a constant */
  lastLogLikelihood(): number;
}

/**
 * Log posterior and its hand-derived gradient. With r = -d logLik / d residual per cell,
 *
 *     B[g,j] = sum over t of r (h_j - mean h_j)  + experiments          d logLik / d b[g,j]
 *     q_j    = sum over g of B[g,j] b[g,j]                              d logLik / d log Q_j
 *     shape  = sum over g of b (sum of r (h' - mean h')) - q_j * sum over g of share[g] * (sum of h') / (sum of h)
 *
 * where the last term is there because Q fixes the total: a shape that raises h lowers b.
 *
 * @param problem  from `compileProblem`
 */
export function createPosterior(problem: MixProblem): Posterior {
  const { drivers, size, time, controls, at, priors, centring, y, weight, start } = problem;
  const G = problem.geos.length;
  const T = problem.weeks.length;
  const window = T - start;
  const J = drivers.length;
  const cells = G * T;
  const P = time.names.length;
  const df = problem.degreesOfFreedom;
  const isNormal = df === Number.POSITIVE_INFINITY;
  let fitted = 0;
  for (let i = 0; i < cells; i++) fitted += weight[i];

  const scratch = responseScratch(cells, Math.max(1, ...drivers.map((driver) => driver.lags)));
  const experiments = prepareExperiments(problem);
  const state: ModelState = {
    values: new Float64Array(at.dimension),
    responses: drivers.map((driver) => makeResponse(driver, cells)),
    means: new Float64Array(J * G),
    coefficients: new Float64Array(J * G),
    expected: new Float64Array(cells),
    lifts: new Float64Array(problem.experiments.length),
  };
  const { values, responses, means, coefficients, expected } = state;
  const slopes = new Float64Array(at.dimension);
  const priorGradient = new Float64Array(at.dimension);
  const point: PriorPoint = { value: 0, slope: 0, logDensity: 0, gradient: 0 };
  /** share[j,g] = size[g] exp(s[g]) / sum over g of size exp(s) sum h */
  const share = new Float64Array(J * G);
  /** window sums of h' per driver, shape and geo */
  const shapeSums = drivers.map((driver) => driver.shapeNames.map(() => new Float64Array(G)));
  const timeColumns = Array.from({ length: P }, (_, p) =>
    Float64Array.from({ length: T }, (_, t) => time.data[t * P + p]),
  );
  const timeWeights = new Float64Array(P);
  const controlColumns = controls.map(({ column }) => column);
  // what enters the expectation with a weight of its own per geo
  const curves = [...responses.map(({ h }) => h), ...controlColumns];
  const curveWeights = new Float64Array(curves.length);
  const timeEffect = new Float64Array(T);
  const timeResidual = new Float64Array(T);
  const residual = new Float64Array(cells);
  const residualSum = new Float64Array(G);
  const byCoefficient = new Float64Array(J * G);
  const together = new Float64Array(5);
  let logLikelihood = 0;

  function readPriors(u: Float64Array): number {
    let sum = 0;
    for (let i = 0; i < at.geoEffects; i++) {
      priorAt(priors[i], u[i], point);
      values[i] = point.value;
      slopes[i] = point.slope;
      priorGradient[i] = point.gradient;
      sum += point.logDensity;
    }
    for (let j = 0; j < J; j++) if (drivers[j].spreadAt >= 0) sum += readGeoEffects(drivers[j], j, u);
    return sum;
  }

  /**
   * Log effects s of the geos, s ~ N(0, spread). The coordinate is v = s / spread^(1 - c): c = 1 samples the effect itself,
   * which suits geos that the data know well, c = 0 its standardised value, which suits geos they do not.
   */
  function readGeoEffects(driver: ProblemDriver, j: number, u: Float64Array): number {
    const spread = values[driver.spreadAt];
    const logSpread = Math.log(spread);
    let sum = 0;
    let bySpread = 0;
    for (let g = 0; g < G; g++) {
      const c = centring[j * G + g];
      const i = driver.geoAt + g;
      const inner = Math.exp(-c * logSpread);
      const outer = spread * inner;
      const z = u[i] * inner;
      values[i] = u[i] * outer;
      slopes[i] = outer;
      priorGradient[i] = -z * inner;
      sum -= 0.5 * z * z + c * logSpread;
      bySpread += c * (z * z - 1);
    }
    priorGradient[driver.spreadAt] += (bySpread / spread) * slopes[driver.spreadAt];
    return sum;
  }

  function coefficientsOf(driver: ProblemDriver, j: number): void {
    const { h, byShape } = responses[j];
    const signed = driver.sign === 'negative' ? -1 : 1;
    let total = 0;
    for (let g = 0; g < G; g++) {
      const from = g * T + start;
      const to = g * T + T;
      sumTogether(h, byShape, from, to, together);
      const sum = together[0];
      for (let s = 0; s < byShape.length; s++) shapeSums[j][s][g] = together[s + 1];
      means[j * G + g] = sum / window;
      const multiplier = driver.spreadAt >= 0 ? Math.exp(values[driver.geoAt + g]) : 1;
      coefficients[j * G + g] = multiplier;
      total += size[g] * multiplier * sum;
    }
    const isTotal = driver.mode === 'total';
    const amount = (signed * values[driver.effectAt] * driver.factor) / (isTotal ? total : 1);
    for (let g = 0; g < G; g++) {
      share[j * G + g] = isTotal ? (size[g] * coefficients[j * G + g]) / total : 0;
      coefficients[j * G + g] *= amount;
    }
  }

  function expectation(): void {
    timeEffect.fill(0);
    for (let p = 0; p < P; p++) timeWeights[p] = values[at.time + p];
    addColumns(timeColumns, timeWeights, timeEffect, start, T);
    for (let c = 0; c < controls.length; c++) curveWeights[J + c] = values[at.controls + c];
    for (let g = 0; g < G; g++) {
      let constant = values[at.level + g];
      for (let j = 0; j < J; j++) {
        const b = coefficients[j * G + g];
        curveWeights[j] = b;
        constant -= b * means[j * G + g];
      }
      const base = g * T;
      for (let t = start; t < T; t++) expected[base + t] = constant + timeEffect[t];
      addColumns(curves, curveWeights, expected, base + start, base + T);
    }
  }

  function forward(u: Float64Array): ModelState {
    readPriors(u);
    evaluate();
    experiments.evaluate(state, scratch);
    return state;
  }

  function evaluate(): void {
    for (let j = 0; j < J; j++) {
      respond(drivers[j], values, drivers[j].x, G, T, scratch, responses[j]);
      coefficientsOf(drivers[j], j);
    }
    expectation();
  }

  /** Fills `residual` with d logLik / d expected and returns the outcome's log likelihood; `sigmaGradient` by log sigma. */
  let sigmaGradient = 0;
  function outcomeLikelihood(): number {
    const sigma = values[at.sigma];
    const precision = 1 / (sigma * sigma);
    let logLik = -fitted * Math.log(sigma);
    let squares = 0;
    timeResidual.fill(0);
    for (let g = 0; g < G; g++) {
      let sum = 0;
      for (let t = start; t < T; t++) {
        const i = g * T + t;
        const e = weight[i] * (y[i] - expected[i]);
        let r: number;
        if (isNormal) {
          squares += e * e;
          r = e * precision;
        } else {
          const ratio = (e * e * precision) / df;
          r = ((df + 1) / df) * ((e * precision) / (1 + ratio));
          squares += r * e;
          logLik -= 0.5 * (df + 1) * Math.log1p(ratio);
        }
        residual[i] = r;
        sum += r;
        timeResidual[t] += r;
      }
      residualSum[g] = sum;
    }
    if (isNormal) logLik -= 0.5 * squares * precision;
    sigmaGradient = (isNormal ? squares * precision : squares) - fitted;
    return logLik;
  }

  function driverGradient(driver: ProblemDriver, j: number, gradient: Float64Array): void {
    const { h, byShape } = responses[j];
    let q = 0;
    for (let g = 0; g < G; g++) {
      const b = coefficients[j * G + g];
      const R = residualSum[g];
      const from = g * T + start;
      const to = g * T + T;
      dotTogether(residual, h, byShape, from, to, together);
      byCoefficient[j * G + g] += together[0] - means[j * G + g] * R;
      q += byCoefficient[j * G + g] * b;
      for (let s = 0; s < byShape.length; s++) {
        gradient[driver.shapeAt + s] += b * (together[s + 1] - (shapeSums[j][s][g] / window) * R);
      }
    }
    const isTotal = driver.mode === 'total';
    if (isTotal) {
      for (let s = 0; s < byShape.length; s++) {
        let drift = 0;
        for (let g = 0; g < G; g++) drift += share[j * G + g] * shapeSums[j][s][g];
        gradient[driver.shapeAt + s] -= q * drift;
      }
    }
    // b is linear in Q, so dividing b by Q would fail only at Q = 0, where the slope is taken from the factor itself
    const Q = values[driver.effectAt];
    let byEffect = 0;
    if (Q !== 0) byEffect = q / Q;
    else {
      const signed = driver.sign === 'negative' ? -1 : 1;
      for (let g = 0; g < G; g++) {
        const multiplier = driver.spreadAt >= 0 ? Math.exp(values[driver.geoAt + g]) : 1;
        const perQ = signed * driver.factor * (isTotal ? share[j * G + g] / size[g] : multiplier);
        byEffect += byCoefficient[j * G + g] * perQ;
      }
    }
    gradient[driver.effectAt] += byEffect;
    if (driver.spreadAt >= 0) {
      const perSpread = 1 / values[driver.spreadAt];
      for (let g = 0; g < G; g++) {
        const hSum = means[j * G + g] * window;
        const pull = byCoefficient[j * G + g] * coefficients[j * G + g] - q * share[j * G + g] * hSum;
        gradient[driver.geoAt + g] += pull;
        gradient[driver.spreadAt] += (1 - centring[j * G + g]) * values[driver.geoAt + g] * perSpread * pull;
      }
    }
  }

  function logDensity(u: Float64Array, gradient: Float64Array): number {
    const logPrior = readPriors(u);
    evaluate();
    gradient.fill(0);
    byCoefficient.fill(0);
    logLikelihood = outcomeLikelihood();
    if (problem.experiments.length > 0) {
      experiments.evaluate(state, scratch);
      logLikelihood += experimentTerms(problem, experiments, state, byCoefficient, gradient);
    }
    for (let j = 0; j < J; j++) driverGradient(drivers[j], j, gradient);
    dotColumns(timeResidual, timeColumns, start, T, gradient, at.time);
    dotColumns(residual, controlColumns, 0, cells, gradient, at.controls);
    for (let g = 0; g < G; g++) gradient[at.level + g] = residualSum[g];
    // gradients so far are by natural values; sigma's is by its logarithm, which is its coordinate
    gradient[at.sigma] = 0;
    for (let i = 0; i < at.dimension; i++) gradient[i] = gradient[i] * slopes[i] + priorGradient[i];
    gradient[at.sigma] += sigmaGradient;
    const result = logPrior + logLikelihood;
    return Number.isFinite(result) ? result : Number.NEGATIVE_INFINITY;
  }

  return { dimension: at.dimension, logDensity, forward, lastLogLikelihood: () => logLikelihood };
}
