import { cholesky, type Matrix, zeros } from '../numeric/matrix.ts';
import { findMode } from './mode.ts';
import { createPosterior } from './posterior.ts';
import { priorCentre, unconstrained } from './prior.ts';
import type { MixProblem } from './problem.ts';

/**
 * Coordinates in which the posterior is nearly standard normal: `u = centre + S z`, S upper-triangular on the first
 * `shared` coordinates and diagonal on the rest.
 */
export interface Geometry {
  centre: Float64Array;
  shared: number;
  /** shared x shared, upper triangular, row-major */
  dense: Float64Array;
  /** scales of the coordinates after `shared` */
  diagonal: Float64Array;
  /** gradients spent on finding it */
  gradients: number;
  modeConverged: boolean;
}

/** Geo spread at which the curvature of a hierarchical model is taken; its mode, spread 0, is not typical of it. */
const TYPICAL_SPREAD = 0.3;

/**
 * Mode and curvature of the posterior. A national model takes the curvature of everything; a geo model holds the geo
 * effects at 0 and their spread at a typical value, takes the curvature of what all geos share as a matrix, and of what
 * belongs to one geo as a diagonal (each geo's series is centred, so little couples them).
 */
export function prepareGeometry(problem: MixProblem): Geometry {
  const posterior = createPosterior(problem);
  const n = posterior.dimension;
  const start = Float64Array.from(problem.priors, (prior) => unconstrained(prior, priorCentre(prior)));
  const isFrozen = new Uint8Array(n);
  for (const driver of problem.drivers) {
    if (driver.spreadAt < 0) continue;
    isFrozen[driver.spreadAt] = 1;
    start[driver.spreadAt] = unconstrained(problem.priors[driver.spreadAt], TYPICAL_SPREAD);
    for (let g = 0; g < problem.geos.length; g++) isFrozen[driver.geoAt + g] = 1;
  }
  const mode = findMode(posterior.logDensity, start, isFrozen, 500);
  const isNational = problem.geos.length === 1;
  const shared = isNational ? n : problem.at.local;
  const hessian = zeros(shared, shared);
  const diagonal = new Float64Array(n - shared);
  const up = new Float64Array(n);
  const down = new Float64Array(n);
  const at = mode.at.slice();
  const e = 1e-4;
  for (let i = 0; i < n; i++) {
    at[i] = mode.at[i] + e;
    posterior.logDensity(at, up);
    at[i] = mode.at[i] - e;
    posterior.logDensity(at, down);
    at[i] = mode.at[i];
    if (i < shared) {
      for (let j = 0; j < shared; j++) hessian.data[i * shared + j] = (down[j] - up[j]) / (2 * e);
    } else {
      const curvature = (down[i] - up[i]) / (2 * e);
      diagonal[i - shared] = 1 / Math.sqrt(Math.max(curvature, 0.25));
    }
  }
  for (let i = 0; i < shared; i++) {
    for (let j = 0; j < i; j++) {
      const mean = 0.5 * (hessian.data[i * shared + j] + hessian.data[j * shared + i]);
      // the spread's own curvature at geo effects of 0 says nothing about how it moves with the others
      const value = isFrozen[i] || isFrozen[j] ? 0 : mean;
      hessian.data[i * shared + j] = hessian.data[j * shared + i] = value;
    }
    if (isFrozen[i]) hessian.data[i * shared + i] = 4;
  }
  return {
    centre: mode.at,
    shared,
    dense: inverseTransposed(positiveFactor(hessian)).data,
    diagonal,
    gradients: mode.gradients + 2 * n,
    modeConverged: mode.converged,
  };
}

/** u = centre + S z. */
export function toPosition(geometry: Geometry, z: Float64Array, u: Float64Array): void {
  const { centre, shared, dense, diagonal } = geometry;
  for (let i = 0; i < shared; i++) {
    let sum = centre[i];
    for (let j = i; j < shared; j++) sum += dense[i * shared + j] * z[j];
    u[i] = sum;
  }
  for (let i = shared; i < z.length; i++) u[i] = centre[i] + diagonal[i - shared] * z[i];
}

/** Gradient by z: S' times the gradient by u. */
export function toStandardGradient(geometry: Geometry, byU: Float64Array, byZ: Float64Array): void {
  const { shared, dense, diagonal } = geometry;
  byZ.fill(0, 0, shared);
  for (let i = 0; i < shared; i++) {
    const g = byU[i];
    for (let j = i; j < shared; j++) byZ[j] += dense[i * shared + j] * g;
  }
  for (let i = shared; i < byU.length; i++) byZ[i] = diagonal[i - shared] * byU[i];
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
