import { random } from '../numeric/random.ts';
import { adaptStepSize, metricWindows, runningVariance } from './adaptation.ts';
import { type Geometry, toPosition, toStandardGradient } from './geometry.ts';
import { createNuts, type NutsState } from './nuts.ts';
import { createPosterior } from './posterior.ts';
import type { MixProblem } from './problem.ts';

export interface ChainSettings {
  warmup: number;
  draws: number;
  /** acceptance the step size aims at, in (0, 1) */
  target: number;
  maxDepth: number;
}

/** Everything a chain needs besides its seed: plain data, the same for all chains. */
export interface ChainJob {
  problem: MixProblem;
  geometry: Geometry;
  settings: ChainSettings;
}

export interface ChainProgress {
  chain: number;
  /** iterations done, warm-up included */
  done: number;
  total: number;
  isWarmup: boolean;
  divergences: number;
}

export interface ChainHooks {
  onProgress?(progress: ChainProgress): void;
  /** asked after every iteration; true ends the chain */
  shouldStop?(): boolean;
}

export interface ChainResult {
  chain: number;
  /** unconstrained coordinates, draws x dimension; fewer draws than asked only when stopped */
  draws: Float64Array;
  energy: Float64Array;
  divergences: number;
  /** draws whose trajectory reached the depth limit */
  saturated: number;
  /** gradients in warm-up and in sampling */
  warmupGradients: number;
  gradients: number;
  stepSize: number;
  acceptance: number;
  stopped: boolean;
}

/** Iterations between two reports of progress. */
const REPORT_EVERY = 25;

/**
 * Runs one chain. The draws depend on the job, the seed and the chain's index alone: not on other chains, on the number of
 * workers or on the clock.
 */
export function runChain(
  job: ChainJob,
  seed: number | string,
  chainIndex: number,
  hooks: ChainHooks = {},
): ChainResult {
  const { problem, geometry, settings } = job;
  const { warmup, draws, target, maxDepth } = settings;
  const posterior = createPosterior(problem);
  const n = posterior.dimension;
  const rng = random(seed, 'mix-chain', chainIndex);
  const u = new Float64Array(n);
  const byU = new Float64Array(n);
  let gradients = 0;
  const density = (z: Float64Array, gradient: Float64Array): number => {
    toPosition(geometry, z, u);
    const value = posterior.logDensity(u, byU);
    toStandardGradient(geometry, byU, gradient);
    gradients++;
    return value;
  };
  const nuts = createNuts(n, density, rng, maxDepth);
  const state = startingState(n, density, rng);
  const step = adaptStepSize(reasonableStep(state, density, rng, nuts.inverseMass), target);
  const windows = metricWindows(warmup);
  const variance = runningVariance(n);
  const result: ChainResult = {
    chain: chainIndex,
    draws: new Float64Array(draws * n),
    energy: new Float64Array(draws),
    divergences: 0,
    saturated: 0,
    warmupGradients: 0,
    gradients: 0,
    stepSize: 0,
    acceptance: 0,
    stopped: false,
  };
  let kept = 0;
  for (let iteration = 0; iteration < warmup + draws; iteration++) {
    if (hooks.shouldStop?.()) {
      result.stopped = true;
      break;
    }
    const isWarmup = iteration < warmup;
    if (iteration === warmup) {
      result.stepSize = warmup > 0 ? step.final() : step.current();
      result.warmupGradients = gradients;
      gradients = 0;
    }
    const move = nuts.transition(state, isWarmup ? step.current() : result.stepSize);
    if (isWarmup) {
      step.update(move.acceptance);
      if (iteration >= windows.from) variance.add(state.z);
      if (windows.ends.includes(iteration + 1)) {
        variance.into(nuts.inverseMass);
        variance.clear();
        step.restart(reasonableStep(state, density, rng, nuts.inverseMass));
      }
    } else {
      toPosition(geometry, state.z, u);
      result.draws.set(u, kept * n);
      result.energy[kept] = move.energy;
      result.acceptance += move.acceptance / draws;
      if (move.divergent) result.divergences++;
      if (move.depth >= maxDepth) result.saturated++;
      kept++;
    }
    if ((iteration + 1) % REPORT_EVERY === 0 || iteration + 1 === warmup + draws) {
      const { divergences } = result;
      hooks.onProgress?.({ chain: chainIndex, done: iteration + 1, total: warmup + draws, isWarmup, divergences });
    }
  }
  result.gradients = gradients;
  if (kept < draws) {
    result.draws = result.draws.slice(0, kept * n);
    result.energy = result.energy.slice(0, kept);
  }
  return result;
}

/** A point drawn from the normal approximation, pulled in until the density there is finite. */
function startingState(
  n: number,
  density: (z: Float64Array, gradient: Float64Array) => number,
  rng: ReturnType<typeof random>,
): NutsState {
  const z = Float64Array.from({ length: n }, () => rng.normal());
  const gradient = new Float64Array(n);
  for (let tries = 0; tries < 60; tries++) {
    const logDensity = density(z, gradient);
    if (Number.isFinite(logDensity) && gradient.every(Number.isFinite)) return { z, gradient, logDensity };
    for (let i = 0; i < n; i++) z[i] *= 0.7;
  }
  throw new RangeError('mix: the posterior density is not finite at its mode');
}

/** Doubles or halves the step size until one leapfrog step crosses an acceptance of 0.8. */
function reasonableStep(
  state: NutsState,
  density: (z: Float64Array, gradient: Float64Array) => number,
  rng: ReturnType<typeof random>,
  inverseMass: Float64Array,
): number {
  const n = state.z.length;
  const p = Float64Array.from({ length: n }, (_, i) => rng.normal() / Math.sqrt(inverseMass[i]));
  const z = new Float64Array(n);
  const gradient = new Float64Array(n);
  const moved = new Float64Array(n);
  const change = (size: number): number => {
    let before = 0;
    let after = 0;
    for (let i = 0; i < n; i++) {
      moved[i] = p[i] + 0.5 * size * state.gradient[i];
      z[i] = state.z[i] + size * inverseMass[i] * moved[i];
      before += 0.5 * p[i] * p[i] * inverseMass[i];
    }
    const logDensity = density(z, gradient);
    for (let i = 0; i < n; i++) {
      moved[i] += 0.5 * size * gradient[i];
      after += 0.5 * moved[i] * moved[i] * inverseMass[i];
    }
    const result = logDensity - after - (state.logDensity - before);
    return Number.isNaN(result) ? Number.NEGATIVE_INFINITY : result;
  };
  let size = 1;
  const threshold = Math.log(0.8);
  const grows = change(size) > threshold;
  for (let tries = 0; tries < 40; tries++) {
    const next = grows ? size * 2 : size / 2;
    if (change(next) > threshold !== grows) return grows ? size : next;
    size = next;
  }
  return size;
}
