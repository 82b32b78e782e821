import { cholesky, type Matrix, solveCholesky } from '../numeric/matrix.ts';
import {
  type Block,
  block,
  type DonorFit,
  type DonorFitter,
  donorTarget,
  gapSeries,
  meanOver,
  rootMeanSquare,
  rows,
} from './block.ts';
import type { PanelView } from './panel-view.ts';
import { simplexSolver } from './simplex-qp.ts';
import { scaledL2, syntheticControlFitter } from './synthetic-control.ts';

export interface AugmentedOptions {
  /** each unit relative to its pre-period mean (default true) */
  demean?: boolean;
  /** ridge; absent: chosen by leaving out one pre-period at a time */
  lambda?: number;
  /** false: augment even where the guard would refuse (default true) */
  guard?: boolean;
}

export interface AugmentedFit extends DonorFit {
  /** ridge in use, or the one that was refused; null when there was too little to choose it by */
  lambda: number | null;
  /** misfit relative to equal weights, of the fit that is returned */
  scaledL2: number;
  /** false: the guard refused, and the fit is plain (de-meaned) synthetic control */
  augmented: boolean;
  /** why the guard refused, in words; empty when it did not */
  refused: string[];
}

/**
 * Ridge-augmented synthetic control: synthetic control, corrected by what a ridge regression says about its remaining misfit.
 *
 *     w_aug = w + Xc (Xc'Xc + lambda I)^-1 (x1 - Xc'w),   Xc = donors' pre-periods less the donor mean of each period
 *
 * Weights may turn negative, and a small lambda lets them interpolate the pre-period. The guard therefore refuses the correction
 * when there are more donors than pre-periods, when lambda < 1e-6 of its largest value, or when the scaled misfit falls below 0.02;
 * the answer is then plain synthetic control and says so.
 *
 * @param view  checked panel, controls first
 * @see Ben-Michael, Feller & Rothstein (2021), The Augmented Synthetic Control Method
 */
export function augmentedSyntheticControl(view: PanelView, options: AugmentedOptions = {}): AugmentedFit {
  const data = block(view, options.demean ?? true);
  const donors = rows(0, view.controls);
  const treated = rows(view.controls, view.units.length);
  const largest = largestEigenvalue(data.gram, data.units, donors);
  const lambda = options.lambda ?? chooseLambda(data, donors, treated, largest);
  const plain = syntheticControlFitter(data)(donors, treated);
  const plainL2 = scaledL2(data, donors, plain.weights, treated);
  const refuse = (refused: string[]): AugmentedFit => ({
    ...plain,
    lambda,
    scaledL2: plainL2,
    augmented: false,
    refused,
  });
  if (lambda === null) return refuse([`${view.pre} pre-periods are too few to choose the ridge by`]);
  const fit = augmentedFitter(data, lambda)(donors, treated);
  const fitL2 = scaledL2(data, donors, fit.weights, treated);
  const refused: string[] = [];
  if (view.controls > view.pre) refused.push(`${view.controls} donors and only ${view.pre} pre-periods`);
  if (lambda < 1e-6 * largest)
    refused.push(`the chosen ridge is ${(lambda / largest).toExponential(1)} of its largest value`);
  if (fitL2 < 0.02) refused.push(`scaled misfit ${fitL2.toFixed(4)} is too good to be true`);
  if ((options.guard ?? true) && refused.length > 0) return refuse(refused);
  return { ...fit, lambda, scaledL2: fitL2, augmented: true, refused: [] };
}

/** `augmentedSyntheticControl` with a given ridge, for any donors and treated rows of a block. */
export function augmentedFitter(data: Block, lambda: number): DonorFitter {
  const plain = syntheticControlFitter(data);
  return (donors, treated, start) => {
    const { weights: simplex, gap: misfit, converged } = plain(donors, treated, start);
    const weights = augment(data, data.gram, donors, simplex, misfit.subarray(0, data.pre), lambda);
    const gap = gapSeries(data, donors, weights, treated);
    return {
      weights,
      gap,
      effect: meanOver(gap, data.pre, data.pre + data.post),
      preRmspe: rootMeanSquare(gap, 0, data.pre),
      converged,
    };
  };
}

/**
 * w + (Xc Xc' + lambda I)^-1 Xc r, the donors-by-donors form of the correction.
 *
 * @param gram    inner products of the rows of `data` over the periods in use; centred over the donors here
 * @param misfit  r, length pre; 0 in periods that are left out
 */
export function augment(
  data: Block,
  gram: Float64Array,
  donors: Int32Array,
  simplex: Float64Array,
  misfit: Float64Array,
  lambda: number,
): Float64Array {
  const n = donors.length;
  const factor = cholesky(ridged(centredGram(gram, data.units, donors), n, lambda));
  if (!factor) throw new RangeError(`augment: ridge ${lambda} is too small for these donors`);
  const pull = centredProducts(data, donors, misfit);
  const shift = solveCholesky(factor, pull);
  return simplex.map((w, i) => w + shift[i]);
}

/** Donor rows times a vector over the pre-periods, centred over the donors. */
function centredProducts(data: Block, donors: Int32Array, vector: Float64Array): Float64Array {
  const length = data.pre + data.post;
  const out = new Float64Array(donors.length);
  for (let i = 0; i < donors.length; i++) {
    let dot = 0;
    for (let t = 0; t < data.pre; t++) dot += data.series[donors[i] * length + t] * vector[t];
    out[i] = dot;
  }
  const mean = meanOver(out, 0, out.length);
  return out.map((x) => x - mean);
}

function centredGram(gram: Float64Array, stride: number, donors: Int32Array): Float64Array {
  const n = donors.length;
  const out = new Float64Array(n * n);
  const mean = new Float64Array(n);
  let all = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      out[i * n + j] = gram[donors[i] * stride + donors[j]];
      mean[i] += out[i * n + j];
    }
    mean[i] /= n;
    all += mean[i] / n;
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[i * n + j] += all - mean[i] - mean[j];
  return out;
}

function ridged(gram: Float64Array, n: number, lambda: number): Matrix {
  const data = gram.slice();
  for (let i = 0; i < n; i++) data[i * n + i] += lambda;
  return { rows: n, cols: n, data };
}

/** Squared largest singular value of the centred donors, by power iteration. */
function largestEigenvalue(gram: Float64Array, stride: number, donors: Int32Array): number {
  const n = donors.length;
  const matrix = centredGram(gram, stride, donors);
  // a fixed start with no symmetry of its own
  let vector = Float64Array.from({ length: n }, (_, i) => 1 + Math.sin(1 + i));
  let value = 0;
  for (let step = 0; step < 2000; step++) {
    const norm = Math.hypot(...vector);
    if (norm === 0) return 0;
    const next = new Float64Array(n);
    let rayleigh = 0;
    for (let i = 0; i < n; i++) {
      let dot = 0;
      for (let j = 0; j < n; j++) dot += matrix[i * n + j] * vector[j];
      next[i] = dot / norm;
      rayleigh += (dot * vector[i]) / (norm * norm);
    }
    vector = next;
    if (Math.abs(rayleigh - value) <= 1e-14 * rayleigh) return rayleigh;
    value = rayleigh;
  }
  return value;
}

/**
 * The largest ridge whose leave-one-period-out error is within one standard error of the least.
 *
 * Grid: 21 values from the squared largest singular value down to 1e-8 of it. Every pre-period but the last is held out once, the
 * simplex weights are refitted, and the held-out correction follows from the full one by a rank-1 downdate:
 * `x'(G - xx' + lambda I)^-1 s = (x'Ms) / (1 - x'Mx)`, M = (G + lambda I)^-1.
 *
 * @returns null with fewer than three pre-periods
 */
function chooseLambda(data: Block, donors: Int32Array, treated: Int32Array, largest: number): number | null {
  const { units, pre } = data;
  const folds = pre - 1;
  if (folds < 2 || largest === 0) return null;
  const n = donors.length;
  const length = pre + data.post;
  const plainErrors = new Float64Array(folds);
  const columns: Float64Array[] = [];
  const pulls: Float64Array[] = [];
  const target = donorTarget(data, donors, treated);
  const full = simplexSolver(data.gram, units, donors, 0).solve(target).weights;
  for (let h = 0; h < folds; h++) {
    const at = (row: number): number => data.series[row * length + h];
    const own = treated.reduce((sum, k) => sum + at(k), 0) / treated.length;
    const column = Float64Array.from(donors, at);
    const solver = simplexSolver(downdated(data.gram, units, donors, column), n, rows(0, n), 0);
    solver.startFrom(full);
    const { weights } = solver.solve(target.map((q, i) => q - own * column[i]));
    const misfit = gapSeries(data, donors, weights, treated).slice(0, pre);
    plainErrors[h] = misfit[h];
    misfit[h] = 0;
    const mean = meanOver(column, 0, n);
    columns.push(column.map((x) => x - mean));
    pulls.push(centredProducts(data, donors, misfit));
  }
  const gram = centredGram(data.gram, units, donors);
  const grid = Array.from({ length: 21 }, (_, k) => largest * 1e-8 ** (k / 20));
  const scores = grid.map((lambda) => {
    const factor = cholesky(ridged(gram, n, lambda));
    if (!factor) return { lambda, mean: Number.POSITIVE_INFINITY, se: 0 };
    const squares = plainErrors.map((error, h) => {
      const m = solveCholesky(factor, columns[h]);
      return (error - dot(m, pulls[h]) / (1 - dot(m, columns[h]))) ** 2;
    });
    const mean = meanOver(squares, 0, folds);
    const variance = squares.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (folds - 1);
    return { lambda, mean, se: Math.sqrt(variance / folds) };
  });
  const best = scores.reduce((least, score) => (score.mean < least.mean ? score : least));
  return scores.find((score) => score.mean <= best.mean + best.se)!.lambda;
}

/** Gram of the donors without one period. */
function downdated(gram: Float64Array, stride: number, donors: Int32Array, column: Float64Array): Float64Array {
  const n = donors.length;
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) out[i * n + j] = gram[donors[i] * stride + donors[j]] - column[i] * column[j];
  }
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
