import { quantileSorted } from '../numeric/quantile.ts';
import { augment } from './augmented.ts';
import { type Block, block, donorTarget, gapSeries, meanOver, rows } from './block.ts';
import { type Bounds, type Inference, noInference } from './inference.ts';
import type { PanelView } from './panel-view.ts';
import { simplexSolver } from './simplex-qp.ts';

export interface JackknifePlusOptions {
  level: number;
  /** each unit relative to its pre-period mean (default true) */
  demean?: boolean;
  /** ridge of the augmentation, kept fixed; absent: plain synthetic control */
  ridge?: number;
}

/**
 * Jackknife+ over pre-periods: refit without each one, see how far it is missed, and spread the post-period prediction by that.
 *
 *     counterfactual bounds = [q_{a/2}(yhat^(-t) - |e_t|), q_{1-a/2}(yhat^(-t) + |e_t|)],  e_t = y_t - yhat_t^(-t),  a = 1 - level
 *     effect bounds = y - those; type-7 quantiles over t; the mean effect uses the mean prediction over the post-periods
 *
 * The p-value is the least a whose interval excludes 0, and at least 1 / (T0 + 1): below that the bounds are infinite. Needs
 * exchangeable errors: autocorrelation makes it too short.
 *
 * @param table  of `jackknifePlusTable`, all pre-periods
 * @see Barber, Candes, Ramdas & Tibshirani (2021), Predictive Inference with the Jackknife+
 */
export function jackknifePlus(
  view: PanelView,
  options: JackknifePlusOptions,
  table: Float64Array = jackknifePlusTable(view, options),
): Inference {
  const { level } = options;
  const { pre, post } = view;
  if (pre < LEAST_PERIODS) {
    return noInference('jackknife_plus', level, `${pre} pre-periods are too few to leave one out`);
  }
  const lower: Float64Array[] = [];
  const upper: Float64Array[] = [];
  // column `post` is the mean effect; an effect is the gap, so y - (yhat -+ |e|) = gap +- |e|
  for (let c = 0; c <= post; c++) {
    lower.push(new Float64Array(pre));
    upper.push(new Float64Array(pre));
  }
  for (let t = 0; t < pre; t++) {
    const row = table.subarray(t * (post + 2), (t + 1) * (post + 2));
    const miss = row[post + 1];
    for (let c = 0; c <= post; c++) {
      lower[c][t] = row[c] - miss;
      upper[c][t] = row[c] + miss;
    }
  }
  for (const column of [...lower, ...upper]) column.sort();
  const floor = 1 / (pre + 1);
  const bounded = 1 - level > floor;
  const bounds = (c: number): Bounds =>
    bounded
      ? { lo: quantileSorted(lower[c], (1 - level) / 2), hi: quantileSorted(upper[c], (1 + level) / 2) }
      : { lo: null, hi: null };
  return {
    method: 'jackknife_plus',
    standardError: null,
    interval: bounds(post),
    pValue: Math.max(floor, Math.min(1, 2 * Math.min(rankOf(lower[post], 0), 1 - rankOf(upper[post], 0)))),
    level,
    bands: Array.from({ length: post }, (_, c) => bounds(c)),
    diagnostics: {
      folds: pre,
      p_floor: floor,
      ...(bounded ? {} : { unbounded: 'both', reason: `${pre} pre-periods are too few for level ${level}` }),
    },
  };
}

/** Fewer cannot be left out one at a time. */
export const LEAST_PERIODS = 3;

/**
 * Refits without each of the pre-periods `from .. to`.
 *
 * @returns per left-out period: the gap of each post-period, their mean, and by how much the left-out period is missed; post + 2 numbers
 */
export function jackknifePlusTable(
  view: PanelView,
  options: JackknifePlusOptions,
  from = 0,
  to = view.pre,
): Float64Array {
  if (view.pre < LEAST_PERIODS) return new Float64Array();
  const data = block(view, options.demean ?? true);
  const { pre, post } = data;
  const out = new Float64Array((to - from) * (post + 2));
  for (let t = from; t < to; t++) {
    const gap = gapWithout(data, view, t, options);
    const at = (t - from) * (post + 2);
    out.set(gap.subarray(pre), at);
    out[at + post] = meanOver(gap, pre, pre + post);
    out[at + post + 1] = Math.abs(gap[t]);
  }
  return out;
}

/** Gap of all periods when pre-period `t` takes no part in the fit. */
function gapWithout(data: Block, view: PanelView, t: number, options: JackknifePlusOptions): Float64Array {
  const { units, pre } = data;
  const length = pre + data.post;
  const donors = rows(0, view.controls);
  const treated = rows(view.controls, units);
  const demean = options.demean ?? true;
  // leaving a period out of a de-meaned series also moves its mean
  const share = demean ? pre / (pre - 1) : 1;
  const column = Float64Array.from({ length: units }, (_, u) => data.series[u * length + t]);
  const gram = data.gram.slice();
  for (let i = 0; i < units; i++) {
    const x = share * column[i];
    for (let j = 0; j < units; j++) gram[i * units + j] -= x * column[j];
  }
  const reduced: Block = { ...data, gram };
  const solver = simplexSolver(gram, units, donors, 0);
  const { weights: simplex } = solver.solve(donorTarget(reduced, donors, treated));
  const recentred = (weights: Float64Array): Float64Array<ArrayBuffer> => {
    const gap = gapSeries(data, donors, weights, treated);
    const move = demean ? gap[t] / (pre - 1) : 0;
    return gap.map((g) => g + move);
  };
  const gap = recentred(simplex);
  if (options.ridge === undefined) return gap;
  const misfit = gap.slice(0, pre);
  misfit[t] = 0;
  return recentred(augment(shifted(data, t, demean), gram, donors, simplex, misfit, options.ridge));
}

/** The series relative to their means without period `t`. */
function shifted(data: Block, t: number, demean: boolean): Block {
  if (!demean) return data;
  const length = data.pre + data.post;
  const series = data.series.slice();
  for (let u = 0; u < data.units; u++) {
    const move = data.series[u * length + t] / (data.pre - 1);
    for (let s = 0; s < length; s++) series[u * length + s] += move;
  }
  return { ...data, series };
}

/** The share p in [0, 1] whose type-7 quantile is `value`; 0 below all and 1 above all. */
function rankOf(sorted: Float64Array, value: number): number {
  const n = sorted.length;
  if (value <= sorted[0]) return 0;
  if (value >= sorted[n - 1]) return 1;
  let k = 0;
  while (sorted[k + 1] < value) k++;
  return (k + (value - sorted[k]) / (sorted[k + 1] - sorted[k])) / (n - 1);
}
