import { cholesky, type Matrix, zeros } from '../numeric/matrix.ts';
import { geoInformation, levelInformation } from './geo-information.ts';
import { findMode, type Mode } from './mode.ts';
import { createPosterior } from './posterior.ts';
import { priorCentre, unconstrained } from './prior.ts';
import type { MixProblem } from './problem.ts';

/**
 * Coordinates in which the posterior is nearly standard normal: `u = centre + S z`, S upper triangular within each block
 * of coordinates and zero between blocks.
 */
export interface Geometry {
  centre: Float64Array;
  blocks: {
    from: number;
    size: number;
    /** size x size, upper triangular, row-major */
    factor: Float64Array;
  }[];
  /** gradients spent on finding it */
  gradients: number;
  modeConverged: boolean;
}

/** Geo spread at which a hierarchical model is first looked at; its mode, spread 0, is not typical of it. */
const TYPICAL_SPREAD = 0.3;
/** Standard errors by which a spread is lowered before it decides on centring: 3 leaves next to no divergences. */
const CAUTION = 3;
/** Starting precision of a log spread, sd 0.25; warm-up finds its own. */
const SPREAD_CURVATURE = 16;

/**
 * Mode and curvature of the posterior, block by block. The mode of a hierarchy is not typical of it, so the spreads of a
 * geo model are held: first with all geos alike, which gives a first estimate of each spread, then at that estimate with
 * the geo effects free, which gives the curvature.
 *
 * @returns the geometry, and the problem with the coordinates of its geo effects chosen by what the data know of each
 */
export function prepareGeometry(problem: MixProblem): { problem: MixProblem; geometry: Geometry } {
  const start = Float64Array.from(problem.priors, (prior) => unconstrained(prior, priorCentre(prior)));
  const isFrozen = new Uint8Array(start.length);
  for (const driver of problem.drivers) {
    if (driver.spreadAt < 0) continue;
    isFrozen[driver.spreadAt] = 1;
    start[driver.spreadAt] = unconstrained(problem.priors[driver.spreadAt], TYPICAL_SPREAD);
  }
  let mode: Mode;
  let ready = problem;
  let gradients = 0;
  if (problem.at.geoEffects === start.length) {
    mode = findMode(createPosterior(problem).logDensity, start, isFrozen, 500);
  } else {
    ready = { ...problem, centring: problem.centring.slice().fill(1) };
    const { logDensity } = createPosterior(ready);
    const alike = findMode(logDensity, start, isFrozen.slice().fill(1, problem.at.geoEffects), 500);
    placeSpreads(ready, alike.at, 'moments');
    mode = findMode(logDensity, alike.at, isFrozen, 500);
    const centring = placeSpreads(ready, mode.at, 'expectation');
    ready = { ...problem, centring };
    gradients = alike.gradients + 2;
  }
  return {
    problem: ready,
    geometry: {
      centre: mode.at,
      blocks: curvatureBlocks(ready, mode.at, isFrozen),
      gradients: gradients + mode.gradients + 2 * (problem.geos.length === 1 ? start.length : problem.at.local),
      modeConverged: mode.converged,
    },
  };
}

/**
 * Estimates the spread of each driver's geo effects at a point where they are sampled as they are, writes it into `at`, and
 * says how far each effect should be centred there: I spread^2 / (1 + I spread^2), the data's share of what is known.
 *
 * @param how  `moments`: from the slopes at effects of 0; `expectation`: from effects at their mode, plus their variance
 * @returns    centring per driver and geo; with `expectation`, `at` holds the geo effects in those coordinates
 */
function placeSpreads(problem: MixProblem, at: Float64Array, how: 'moments' | 'expectation'): Float64Array {
  const G = problem.geos.length;
  const posterior = createPosterior(problem);
  const slope = new Float64Array(at.length);
  const centring = problem.centring.slice();
  posterior.logDensity(at, slope);
  const state = posterior.forward(at);
  const values = state.values.slice();
  problem.drivers.forEach((driver, j) => {
    if (driver.spreadAt < 0) return;
    const prior = problem.priors[driver.spreadAt];
    const held = values[driver.spreadAt];
    const block = geoInformation(problem, state, j);
    const information = Float64Array.from({ length: G }, (_, g) => Math.max(block[g * G + g], 1e-6));
    const estimate = new Float64Array(G);
    let second = 0;
    for (let g = 0; g < G; g++) {
      const effect = values[driver.geoAt + g];
      // the slope without the prior's part, over the information: one step from here to the geo's own estimate
      estimate[g] = (slope[driver.geoAt + g] + effect / held ** 2) / information[g];
      second += (effect ** 2 + 1 / (information[g] + 1 / held ** 2)) / G;
    }
    const raw = how === 'moments' ? spreadByMoments(estimate, information) : Math.sqrt(second);
    const spread = Math.min(1, Math.max(0.05, raw));
    at[driver.spreadAt] = unconstrained(prior, spread);
    if (how === 'moments') return;
    // the spread may well be smaller than estimated, and centred effects are a funnel where it is: its low end decides
    let effective = 0;
    for (let g = 0; g < G; g++) effective += (information[g] * spread ** 2) / (1 + information[g] * spread ** 2);
    const low = spread * Math.exp(-CAUTION / Math.sqrt(2 * Math.max(effective, 0.5)));
    for (let g = 0; g < G; g++) {
      const known = information[g] * low * low;
      const c = known / (1 + known);
      centring[j * G + g] = c;
      at[driver.geoAt + g] = values[driver.geoAt + g] / spread ** (1 - c);
    }
  });
  return centring;
}

/** Between-geo sd of estimates with known precisions (DerSimonian & Laird 1986). */
function spreadByMoments(estimate: Float64Array, precision: Float64Array): number {
  let weights = 0;
  let squares = 0;
  let mean = 0;
  for (let g = 0; g < estimate.length; g++) {
    weights += precision[g];
    squares += precision[g] ** 2;
    mean += precision[g] * estimate[g];
  }
  mean /= weights;
  let q = 0;
  for (let g = 0; g < estimate.length; g++) q += precision[g] * (estimate[g] - mean) ** 2;
  const variance = (q - (estimate.length - 1)) / (weights - squares / weights);
  return Math.sqrt(Math.max(0, variance));
}

/**
 * Square root of the inverse of the negative second derivatives, in blocks that move together: everything of a national model;
 * else what geos share, each level, and each driver's geos. The shared block comes from differences of the gradient, the
 * local ones from the information in closed form.
 */
function curvatureBlocks(problem: MixProblem, mode: Float64Array, isFrozen: Uint8Array): Geometry['blocks'] {
  const { at } = problem;
  const G = problem.geos.length;
  if (G === 1) return [sharedBlock(problem, mode, isFrozen, at.dimension)];
  const blocks = [sharedBlock(problem, mode, isFrozen, at.local)];
  const state = createPosterior(problem).forward(mode);
  levelInformation(problem, state).forEach((information, g) => {
    const prior = problem.priors[at.level + g];
    const own = prior.family === 'normal' ? 1 / prior.sd ** 2 : 0;
    blocks.push({ from: at.level + g, size: 1, factor: Float64Array.of(1 / Math.sqrt(information + own)) });
  });
  problem.drivers.forEach((driver, j) => {
    if (driver.spreadAt < 0) return;
    const precision = { rows: G, cols: G, data: geoInformation(problem, state, j) };
    const spread = state.values[driver.spreadAt];
    const scale = Float64Array.from({ length: G }, (_, g) => spread ** (1 - problem.centring[j * G + g]));
    for (let g = 0; g < G; g++) {
      for (let k = 0; k < G; k++) precision.data[g * G + k] *= scale[g] * scale[k];
      precision.data[g * G + g] += (scale[g] / spread) ** 2;
    }
    blocks.push({ from: driver.geoAt, size: G, factor: inverseTransposed(positiveFactor(precision)).data });
  });
  return blocks;
}

/** The first `n` coordinates, by central differences of the gradient. */
function sharedBlock(
  problem: MixProblem,
  mode: Float64Array,
  isFrozen: Uint8Array,
  n: number,
): Geometry['blocks'][number] {
  const { logDensity } = createPosterior(problem);
  const up = new Float64Array(mode.length);
  const down = new Float64Array(mode.length);
  const at = mode.slice();
  const e = 1e-4;
  const hessian = zeros(n, n);
  for (let i = 0; i < n; i++) {
    at[i] = mode[i] + e;
    logDensity(at, up);
    at[i] = mode[i] - e;
    logDensity(at, down);
    at[i] = mode[i];
    for (let j = 0; j < n; j++) hessian.data[i * n + j] = (down[j] - up[j]) / (2 * e);
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const mean = 0.5 * (hessian.data[i * n + j] + hessian.data[j * n + i]);
      // a spread is held at the mode, so its curvature there says nothing about how it moves with the others
      hessian.data[i * n + j] = hessian.data[j * n + i] = isFrozen[i] || isFrozen[j] ? 0 : mean;
    }
    if (isFrozen[i]) hessian.data[i * n + i] = SPREAD_CURVATURE;
  }
  return { from: 0, size: n, factor: inverseTransposed(positiveFactor(hessian)).data };
}

/** u = centre + S z. */
export function toPosition(geometry: Geometry, z: Float64Array, u: Float64Array): void {
  for (const { from, size, factor } of geometry.blocks) {
    for (let i = 0; i < size; i++) {
      let sum = geometry.centre[from + i];
      for (let j = i; j < size; j++) sum += factor[i * size + j] * z[from + j];
      u[from + i] = sum;
    }
  }
}

/** Gradient by z: S' times the gradient by u. */
export function toStandardGradient(geometry: Geometry, byU: Float64Array, byZ: Float64Array): void {
  byZ.fill(0);
  for (const { from, size, factor } of geometry.blocks) {
    for (let i = 0; i < size; i++) {
      const g = byU[from + i];
      for (let j = i; j < size; j++) byZ[from + j] += factor[i * size + j] * g;
    }
  }
}

/** Cholesky factor; where the curvature is not positive, a growing multiple of its diagonal is added until it is. */
function positiveFactor(hessian: Matrix): Matrix {
  const n = hessian.rows;
  for (let ridge = 0; ; ridge = ridge === 0 ? 1e-3 : ridge * 4) {
    const lifted = { ...hessian, data: hessian.data.slice() };
    for (let i = 0; i < n; i++) {
      const own = hessian.data[i * n + i];
      lifted.data[i * n + i] = own + ridge * Math.max(1, Math.abs(own));
    }
    const factor = cholesky(lifted);
    if (factor) return factor;
    if (!(ridge < 1e12)) throw new RangeError('geometry: the curvature at the mode is not a number');
  }
}

/** Inverse of the transpose of a lower-triangular matrix: upper triangular. */
function inverseTransposed(lower: Matrix): Matrix {
  const n = lower.rows;
  const out = zeros(n, n);
  // column k of L^-1, written as row k of its transpose
  for (let k = 0; k < n; k++) {
    for (let i = k; i < n; i++) {
      let sum = i === k ? 1 : 0;
      for (let j = k; j < i; j++) sum -= lower.data[i * n + j] * out.data[k * n + j];
      out.data[k * n + i] = sum / lower.data[i * n + i];
    }
  }
  return out;
}
