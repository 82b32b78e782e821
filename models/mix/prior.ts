import { InputError } from '../errors.ts';
import type { Random } from '../numeric/random.ts';

/** A prior on one number, in that number's own unit. `beta` lives on (0, 1); bounds are open. */
export type Prior =
  | { family: 'normal'; mean: number; sd: number }
  | { family: 'half_normal'; sd: number }
  | { family: 'log_normal'; mu: number; sigma: number }
  | { family: 'gamma'; shape: number; rate: number }
  | { family: 'beta'; a: number; b: number }
  | { family: 'uniform'; lower: number; upper: number }
  | { family: 'truncated_normal'; mean: number; sd: number; lower: number; upper: number };

/** What the sampler needs at one unconstrained coordinate u. */
export interface PriorPoint {
  /** the parameter in its own unit */
  value: number;
  /** d value / d u */
  slope: number;
  /** log prior density of u (Jacobian included), up to a constant */
  logDensity: number;
  /** d logDensity / d u */
  gradient: number;
}

/**
 * Maps an unconstrained coordinate to the parameter and evaluates its prior there: identity for the real line, exp for
 * positive parameters, a scaled logistic for bounded ones.
 *
 * @param into  overwritten and returned, so that the sampler's loop allocates nothing
 */
export function priorAt(prior: Prior, u: number, into: PriorPoint): PriorPoint {
  switch (prior.family) {
    case 'normal': {
      const z = (u - prior.mean) / prior.sd;
      return set(into, u, 1, -0.5 * z * z, -z / prior.sd);
    }
    case 'half_normal': {
      const value = Math.exp(u);
      const z = value / prior.sd;
      return set(into, value, value, u - 0.5 * z * z, 1 - z * z);
    }
    case 'log_normal': {
      const value = Math.exp(u);
      const z = (u - prior.mu) / prior.sigma;
      return set(into, value, value, -0.5 * z * z, -z / prior.sigma);
    }
    case 'gamma': {
      const value = Math.exp(u);
      return set(into, value, value, prior.shape * u - prior.rate * value, prior.shape - prior.rate * value);
    }
    case 'beta': {
      const p = logistic(u);
      const logDensity = -prior.a * softplus(-u) - prior.b * softplus(u);
      return set(into, p, p * (1 - p), logDensity, prior.a - (prior.a + prior.b) * p);
    }
    case 'uniform':
    case 'truncated_normal': {
      const p = logistic(u);
      const width = prior.upper - prior.lower;
      const value = prior.lower + width * p;
      const slope = width * p * (1 - p);
      let logDensity = -softplus(-u) - softplus(u);
      let gradient = 1 - 2 * p;
      if (prior.family === 'truncated_normal') {
        const z = (value - prior.mean) / prior.sd;
        logDensity -= 0.5 * z * z;
        gradient -= (z / prior.sd) * slope;
      }
      return set(into, value, slope, logDensity, gradient);
    }
  }
}

/** The unconstrained coordinate of a value: the inverse of `priorAt`'s map. */
export function unconstrained(prior: Prior, value: number): number {
  switch (prior.family) {
    case 'normal':
      return value;
    case 'half_normal':
    case 'log_normal':
    case 'gamma':
      return Math.log(value);
    case 'beta':
      return Math.log(value) - Math.log1p(-value);
    case 'uniform':
    case 'truncated_normal':
      return Math.log(value - prior.lower) - Math.log(prior.upper - value);
  }
}

/** One value drawn from the prior. */
export function drawPrior(prior: Prior, rng: Random): number {
  switch (prior.family) {
    case 'normal':
      return prior.mean + prior.sd * rng.normal();
    case 'half_normal':
      return Math.abs(prior.sd * rng.normal());
    case 'log_normal':
      return Math.exp(prior.mu + prior.sigma * rng.normal());
    case 'gamma':
      return rng.gamma(prior.shape) / prior.rate;
    case 'beta': {
      const a = rng.gamma(prior.a);
      return a / (a + rng.gamma(prior.b));
    }
    case 'uniform':
      return prior.lower + (prior.upper - prior.lower) * rng.uniform();
    case 'truncated_normal':
      for (;;) {
        const value = prior.mean + prior.sd * rng.normal();
        if (value > prior.lower && value < prior.upper) return value;
      }
  }
}

/** A central value of the prior, inside its support: where the search for the mode starts. */
export function priorCentre(prior: Prior): number {
  switch (prior.family) {
    case 'normal':
      return prior.mean;
    case 'half_normal':
      return 0.67 * prior.sd;
    case 'log_normal':
      return Math.exp(prior.mu);
    case 'gamma':
      return prior.shape / prior.rate;
    case 'beta':
      return prior.a / (prior.a + prior.b);
    case 'uniform':
      return 0.5 * (prior.lower + prior.upper);
    case 'truncated_normal': {
      const margin = 0.05 * (prior.upper - prior.lower);
      return Math.min(prior.upper - margin, Math.max(prior.lower + margin, prior.mean));
    }
  }
}

/** True when the prior gives no weight to negative values. */
export function isNonNegative(prior: Prior): boolean {
  if (prior.family === 'normal') return false;
  if (prior.family === 'uniform' || prior.family === 'truncated_normal') return prior.lower >= 0;
  return true;
}

/**
 * @param where  names the parameter in the message, e.g. `drivers.tv.prior`
 * @throws InputError `bad_parameter` when a prior's own numbers are outside their range
 */
export function checkPrior(prior: Prior, where: string): void {
  const fail = (what: string): never => {
    throw new InputError('bad_parameter', `${where}: ${prior.family} prior has ${what}`);
  };
  for (const [key, value] of Object.entries(prior)) {
    if (key === 'family') continue;
    if (typeof value !== 'number' || !Number.isFinite(value)) fail(`${key} ${value}; a finite number is needed`);
    if (['sd', 'sigma', 'shape', 'rate', 'a', 'b'].includes(key) && !((value as number) > 0)) {
      fail(`${key} ${value}; it must be above 0`);
    }
  }
  if ('lower' in prior && !(prior.lower < prior.upper)) fail(`lower ${prior.lower} not below upper ${prior.upper}`);
}

function set(into: PriorPoint, value: number, slope: number, logDensity: number, gradient: number): PriorPoint {
  into.value = value;
  into.slope = slope;
  into.logDensity = logDensity;
  into.gradient = gradient;
  return into;
}

function logistic(u: number): number {
  if (u >= 0) return 1 / (1 + Math.exp(-u));
  const e = Math.exp(u);
  return e / (1 + e);
}

function softplus(u: number): number {
  return u > 0 ? u + Math.log1p(Math.exp(-u)) : Math.log1p(Math.exp(u));
}
