import type { PanelView } from './panel-view.ts';

/**
 * A view prepared for weighting donors: comparable series and the one Gram matrix that every fit, placebo, fold and path reuses.
 */
export interface Block {
  units: number;
  controls: number;
  pre: number;
  post: number;
  /** units x (pre + post): the outcome less what every weighting on the simplex ignores or the intercept absorbs */
  series: Float64Array;
  /** units x units, inner products of the pre-period series */
  gram: Float64Array;
}

/** One comparison of treated rows with weighted donors. */
export interface DonorFit {
  /** length donors, summing to 1 */
  weights: Float64Array;
  /** length pre + post: treated mean less weighted donors, intercept removed */
  gap: Float64Array;
  /** mean of `gap` over the post-periods, unit of the outcome */
  effect: number;
  /** root mean square of `gap` over the pre-periods */
  preRmspe: number;
  converged: boolean;
}

/**
 * Compares the mean of some rows of a block with some other rows; the same function serves the real and the placebo units.
 *
 * @param start  weights to begin the search from, one per donor: they only save time, and only where there is a search
 */
export type DonorFitter = (donors: Int32Array, treated: Int32Array, start?: Float64Array) => DonorFit;

/**
 * Centres a view and forms its Gram matrix over the pre-periods.
 *
 * Every period is taken relative to the mean control, which weights that sum to 1 cannot see but which keeps the numbers small.
 *
 * @param intercept  true: each unit also loses its pre-period mean, so that levels may differ (a free intercept)
 */
export function block(view: PanelView, intercept: boolean): Block {
  const { controls, pre, post } = view;
  const units = view.units.length;
  const length = pre + post;
  const series = view.outcome.slice();
  if (intercept) centreRows(series, units, length, 0, pre);
  const reference = new Float64Array(length);
  for (let u = 0; u < controls; u++) for (let t = 0; t < length; t++) reference[t] += series[u * length + t];
  for (let t = 0; t < length; t++) reference[t] /= controls;
  for (let u = 0; u < units; u++) for (let t = 0; t < length; t++) series[u * length + t] -= reference[t];
  return { units, controls, pre, post, series, gram: rowGram(series, units, length, 0, pre) };
}

/** Subtracts from each row its mean over the columns `from .. to`, in place. */
export function centreRows(data: Float64Array, rows: number, cols: number, from: number, to: number): void {
  for (let r = 0; r < rows; r++) {
    let mean = 0;
    for (let t = from; t < to; t++) mean += data[r * cols + t];
    mean /= to - from;
    for (let t = 0; t < cols; t++) data[r * cols + t] -= mean;
  }
}

/** Inner products of rows over the columns `from .. to`: rows x rows. */
export function rowGram(data: Float64Array, rows: number, cols: number, from: number, to: number): Float64Array {
  const gram = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = i; j < rows; j++) {
      let dot = 0;
      const a = i * cols;
      const b = j * cols;
      for (let t = from; t < to; t++) dot += data[a + t] * data[b + t];
      gram[i * rows + j] = dot;
      gram[j * rows + i] = dot;
    }
  }
  return gram;
}

/** Mean over `treated` of the Gram columns, at the rows `donors`: the linear term of the weighting problem. */
export function donorTarget(data: Block, donors: Int32Array, treated: Int32Array): Float64Array {
  const linear = new Float64Array(donors.length);
  for (let i = 0; i < donors.length; i++) {
    const base = donors[i] * data.units;
    let sum = 0;
    for (const k of treated) sum += data.gram[base + k];
    linear[i] = sum / treated.length;
  }
  return linear;
}

/** Treated mean less weighted donors, per period; length pre + post. */
export function gapSeries(
  data: Block,
  donors: Int32Array,
  weights: Float64Array,
  treated: Int32Array,
): Float64Array<ArrayBuffer> {
  const length = data.pre + data.post;
  const gap = new Float64Array(length);
  const add = (row: number, weight: number): void => {
    const base = row * length;
    for (let t = 0; t < length; t++) gap[t] += weight * data.series[base + t];
  };
  for (const k of treated) add(k, 1 / treated.length);
  for (let i = 0; i < donors.length; i++) if (weights[i] !== 0) add(donors[i], -weights[i]);
  return gap;
}

/** Mean of `values` over `from .. to`. */
export function meanOver(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let t = from; t < to; t++) sum += values[t];
  return sum / (to - from);
}

/** Root mean square of `values` over `from .. to`. */
export function rootMeanSquare(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let t = from; t < to; t++) sum += values[t] * values[t];
  return Math.sqrt(sum / (to - from));
}

/** Row numbers `from .. to`. */
export function rows(from: number, to: number): Int32Array<ArrayBuffer> {
  return Int32Array.from({ length: to - from }, (_, i) => from + i);
}
