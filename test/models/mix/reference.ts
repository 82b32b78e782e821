import type { Prior } from '../../../models/mix/prior.ts';
import type { MixProblem, ProblemDriver } from '../../../models/mix/problem.ts';
import { add, Dual, div, exp, log, mul, pow, sigmoid, sub } from './dual.ts';

/**
 * The log posterior written the slow and obvious way, straight from the formulas of docs/mix.md, on dual numbers: the
 * reference for value and gradient of `createPosterior`. Weights by convolution, sums by definition, no shared terms.
 */
export function referenceLogDensity(problem: MixProblem, u: Float64Array, direction: number): Dual {
  const G = problem.geos.length;
  const T = problem.weeks.length;
  const theta: Dual[] = [];
  let total = new Dual(0);
  const { at } = problem;
  const coordinate = (i: number): Dual => new Dual(u[i], i === direction ? 1 : 0);
  problem.priors.slice(0, at.geoEffects).forEach((prior, i) => {
    const [value, logPrior] = priorOf(prior, coordinate(i));
    theta.push(value);
    total = add(total, logPrior);
  });
  problem.drivers.forEach((driver, j) => {
    if (driver.spreadAt < 0) return;
    for (let g = 0; g < G; g++) {
      const spread = theta[driver.spreadAt];
      const c = problem.centring[j * G + g];
      const v = coordinate(driver.geoAt + g);
      const z = div(v, pow(spread, c));
      theta[driver.geoAt + g] = mul(z, spread);
      total = add(total, mul(-0.5, z, z), mul(-c, log(spread)));
    }
  });
  const h = problem.drivers.map((driver) =>
    Array.from({ length: G }, (_, g) => responseOf(driver, theta, driver.x.subarray(g * T, g * T + T))),
  );
  const b = problem.drivers.map((driver, j) => {
    const multiplier = Array.from({ length: G }, (_, g) =>
      driver.spreadAt < 0 ? new Dual(1) : exp(theta[driver.geoAt + g]),
    );
    let scale = new Dual(1);
    if (driver.mode === 'total') {
      scale = new Dual(0);
      for (let g = 0; g < G; g++) {
        for (let t = problem.start; t < T; t++) scale = add(scale, mul(problem.size[g], multiplier[g], h[j][g][t]));
      }
    }
    const sign = driver.sign === 'negative' ? -1 : 1;
    return multiplier.map((m) => div(mul(sign, theta[driver.effectAt], driver.factor, m), scale));
  });
  const sigma = theta[at.sigma];
  for (let g = 0; g < G; g++) {
    const means = h.map((byGeo) => div(add(...byGeo[g].slice(problem.start)), T - problem.start));
    for (let t = problem.start; t < T; t++) {
      const i = g * T + t;
      if (problem.weight[i] === 0) continue;
      let mu: Dual = theta[at.level + g];
      problem.time.names.forEach((_, p) => {
        mu = add(mu, mul(theta[at.time + p], problem.time.data[t * problem.time.names.length + p]));
      });
      problem.controls.forEach((control, c) => {
        mu = add(mu, mul(theta[at.controls + c], control.column[i]));
      });
      problem.drivers.forEach((_, j) => {
        mu = add(mu, mul(b[j][g], sub(h[j][g][t], means[j])));
      });
      const z = div(sub(problem.y[i], mu), sigma);
      const df = problem.degreesOfFreedom;
      const logLik = Number.isFinite(df) ? mul(-(df + 1) / 2, log(add(1, div(mul(z, z), df)))) : mul(-0.5, z, z);
      total = add(total, logLik, mul(-1, log(sigma)));
    }
  }
  for (const experiment of problem.experiments) {
    let lift = new Dual(0);
    for (const part of experiment.parts) {
      const driver = problem.drivers[part.driver];
      experiment.geos.forEach((g, k) => {
        const off = responseOf(driver, theta, part.counterfactual.subarray(k * T, k * T + T));
        for (let t = experiment.readStart; t < experiment.readEnd; t++) {
          lift = add(lift, mul(problem.size[g], b[part.driver][g], sub(h[part.driver][g][t], off[t])));
        }
      });
    }
    const z = div(sub(experiment.estimate, lift), experiment.standardError);
    total = add(total, mul(-0.5, z, z));
  }
  return total;
}

/** Natural value and log prior of the coordinate (log |d value / d u| included), from the textbook densities. */
function priorOf(prior: Prior, u: Dual): [Dual, Dual] {
  if (prior.family === 'normal') {
    const z = div(sub(u, prior.mean), prior.sd);
    return [u, mul(-0.5, z, z)];
  }
  if ('lower' in prior || prior.family === 'beta') {
    const p = sigmoid(u);
    const jacobian = add(log(p), log(sub(1, p)));
    if (prior.family === 'beta') {
      return [p, add(mul(prior.a - 1, log(p)), mul(prior.b - 1, log(sub(1, p))), jacobian)];
    }
    const value = add(prior.lower, mul(prior.upper - prior.lower, p));
    if (prior.family === 'uniform') return [value, jacobian];
    const z = div(sub(value, prior.mean), prior.sd);
    return [value, add(mul(-0.5, z, z), jacobian)];
  }
  const value = exp(u);
  if (prior.family === 'half_normal') {
    const z = div(value, prior.sd);
    return [value, add(mul(-0.5, z, z), u)];
  }
  if (prior.family === 'log_normal') {
    const z = div(sub(u, prior.mu), prior.sigma);
    return [value, mul(-0.5, z, z)];
  }
  return [value, add(mul(prior.shape - 1, log(value)), mul(-prior.rate, value), u)];
}

function responseOf(driver: ProblemDriver, theta: readonly Dual[], x: Float64Array): Dual[] {
  const [p, s] = [theta[driver.shapeAt], theta[driver.shapeAt + 1]];
  const raw = Array.from({ length: driver.lags }, (_, lag): Dual => {
    if (driver.adstock === 'none') return new Dual(1);
    if (driver.adstock === 'geometric') return pow(p, lag);
    if (driver.adstock === 'delayed') return pow(p, mul(sub(lag, s), sub(lag, s)));
    if (driver.adstock === 'binomial') return pow(1 - lag / driver.lags, sub(div(1, p), 1));
    const r = div(lag + 0.5, s);
    return mul(div(p, s), pow(r, sub(p, 1)), exp(mul(-1, pow(r, p))));
  });
  const sum = add(...raw);
  const carried = [...x].map((_, t) =>
    add(...raw.filter((_, lag) => lag <= t).map((w, lag) => mul(div(w, sum), x[t - lag]))),
  );
  const k = theta[driver.shapeAt + driver.adstockParameters];
  const slope = theta[driver.shapeAt + driver.adstockParameters + 1];
  return carried.map((a) => {
    if (driver.saturation === 'linear') return a;
    if (a.v === 0) return new Dual(0);
    if (driver.saturation === 'michaelis_menten') return div(a, add(a, k));
    if (driver.saturation === 'root') return pow(a, k);
    if (driver.saturation === 'hill') return div(pow(a, slope), add(pow(a, slope), pow(k, slope)));
    const e = exp(mul(-1, div(mul(Math.log(3), a), k)));
    return div(sub(1, e), add(1, e));
  });
}
