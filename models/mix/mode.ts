import type { LogDensity } from './nuts.ts';

export interface Mode {
  at: Float64Array;
  logDensity: number;
  gradients: number;
  /** the gradient's largest scaled element fell under the tolerance */
  converged: boolean;
}

/**
 * Climbs to a mode by L-BFGS with backtracking.
 *
 * @param start      starting point; left as it came
 * @param isFrozen   coordinates that stay where they start
 * @param iterations at most so many
 */
export function findMode(logDensity: LogDensity, start: Float64Array, isFrozen: Uint8Array, iterations: number): Mode {
  const n = start.length;
  const memory = 12;
  let x = start.slice();
  let gradient = new Float64Array(n);
  let gradients = 1;
  const evaluate = (at: Float64Array, into: Float64Array): number => {
    const value = logDensity(at, into);
    for (let i = 0; i < n; i++) if (isFrozen[i]) into[i] = 0;
    return value;
  };
  let value = evaluate(x, gradient);
  const steps: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  const alphas = new Float64Array(memory);
  for (let iteration = 0; iteration < iterations; iteration++) {
    if (largest(gradient) < 1e-4) return { at: x, logDensity: value, gradients, converged: true };
    const direction = gradient.slice();
    for (let k = steps.length - 1; k >= 0; k--) {
      alphas[k] = steps[k].rho * dot(steps[k].s, direction);
      for (let i = 0; i < n; i++) direction[i] -= alphas[k] * steps[k].y[i];
    }
    const newest = steps.at(-1);
    const scale = newest ? dot(newest.s, newest.y) / dot(newest.y, newest.y) : 1 / Math.max(1, norm(gradient));
    for (let i = 0; i < n; i++) direction[i] *= scale;
    for (const [k, step] of steps.entries()) {
      const beta = step.rho * dot(step.y, direction);
      for (let i = 0; i < n; i++) direction[i] += (alphas[k] - beta) * step.s[i];
    }
    let slope = dot(direction, gradient);
    if (!(slope > 0)) {
      steps.length = 0;
      direction.set(gradient);
      slope = dot(gradient, gradient);
    }
    let size = Math.min(1, 5 / largest(direction));
    const next = new Float64Array(n);
    const nextGradient = new Float64Array(n);
    let nextValue = Number.NEGATIVE_INFINITY;
    for (let tries = 0; tries < 30; tries++) {
      for (let i = 0; i < n; i++) next[i] = x[i] + size * direction[i];
      nextValue = evaluate(next, nextGradient);
      gradients++;
      if (nextValue >= value + 1e-4 * size * slope) break;
      size *= 0.4;
    }
    if (!(nextValue > value)) {
      if (steps.length === 0) break;
      steps.length = 0;
      continue;
    }
    const s = next.map((v, i) => v - x[i]);
    const y = gradient.map((v, i) => v - nextGradient[i]);
    const curvature = dot(s, y);
    if (curvature > 1e-12 * dot(y, y)) {
      steps.push({ s, y, rho: 1 / curvature });
      if (steps.length > memory) steps.shift();
    }
    const gain = nextValue - value;
    x = next;
    gradient = nextGradient;
    value = nextValue;
    if (gain < 1e-10 * (1 + Math.abs(value)) && largest(gradient) < 1e-2) break;
  }
  return { at: x, logDensity: value, gradients, converged: largest(gradient) < 1e-2 };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

function largest(a: Float64Array): number {
  let high = 0;
  for (let i = 0; i < a.length; i++) high = Math.max(high, Math.abs(a[i]));
  return high;
}
