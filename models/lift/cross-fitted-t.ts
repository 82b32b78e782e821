import { InputError } from '../errors.ts';
import { type Block, block, donorTarget, gapSeries, meanOver, rows } from './block.ts';
import { type Inference, noInference } from './inference.ts';
import { normalInference } from './normal-inference.ts';
import type { PanelView } from './panel-view.ts';
import { simplexSolver } from './simplex-qp.ts';

export interface CrossFittedOptions {
  level: number;
  /** folds at the end of the pre-period, >= 2 (default 3; 2 is unstable) */
  folds?: number;
  /** each unit relative to its mean over the periods in use (default true) */
  demean?: boolean;
}

/**
 * Cross-fitted t-test of synthetic control: the bias of the fit is measured in pre-periods that took no part in it.
 *
 *     r = min(floor(T0 / K), T1);  fold k = the k-th run of r periods among the last K r before the start
 *     tau_k = post mean of gap - fold mean of gap, weights fitted without fold k
 *     tau = mean tau_k,  se = sqrt(1 + K r / T1) sd(tau_k) / sqrt(K),  t with K - 1 degrees of freedom
 *
 * The estimate that the interval is centred on is tau, given as `effect`; it is not the plain synthetic control effect.
 *
 * @throws InputError `bad_parameter` for fewer than two folds
 * @see Chernozhukov, Wuthrich & Zhu (2018), A t-test for synthetic controls
 */
export function crossFittedT(view: PanelView, options: CrossFittedOptions): Inference & { effect: number | null } {
  const { level, folds = 3, demean = true } = options;
  if (!Number.isInteger(folds) || folds < 2) {
    throw new InputError('bad_parameter', `folds is ${folds}; give a whole number of at least 2, better 3 or more`);
  }
  const { pre, post } = view;
  const length = Math.min(Math.floor(pre / folds), post);
  if (length < 1 || pre - length < 2) {
    return {
      ...noInference('cross_fitted_t', level, `${pre} pre-periods are too few for ${folds} folds`),
      effect: null,
    };
  }
  const data = block(view, demean);
  const effects = Float64Array.from({ length: folds }, (_, k) => {
    const from = pre - length * (folds - k);
    const gap = gapWithoutFold(data, view, from, from + length, demean);
    return meanOver(gap, pre, pre + post) - meanOver(gap, from, from + length);
  });
  const effect = meanOver(effects, 0, folds);
  const sd = Math.sqrt(effects.reduce((sum, e) => sum + (e - effect) ** 2, 0) / (folds - 1));
  const error = (Math.sqrt(1 + (folds * length) / post) * sd) / Math.sqrt(folds);
  const diagnostics = { folds, fold_length: length, estimate: 'debiased by cross-fitting' };
  return {
    ...normalInference('cross_fitted_t', effect, error, new Float64Array(), null, level, diagnostics, folds - 1),
    effect,
  };
}

function gapWithoutFold(data: Block, view: PanelView, from: number, to: number, demean: boolean): Float64Array {
  const { units, pre } = data;
  const length = pre + data.post;
  const kept = pre - (to - from);
  const gram = data.gram.slice();
  const sums = new Float64Array(units);
  for (let t = from; t < to; t++) {
    for (let i = 0; i < units; i++) {
      const x = data.series[i * length + t];
      sums[i] += x;
      for (let j = 0; j < units; j++) gram[i * units + j] -= x * data.series[j * length + t];
    }
  }
  if (demean) {
    for (let i = 0; i < units; i++) {
      for (let j = 0; j < units; j++) gram[i * units + j] -= (sums[i] * sums[j]) / kept;
    }
  }
  const donors = rows(0, view.controls);
  const treated = rows(view.controls, units);
  const reduced: Block = { ...data, gram };
  const { weights } = simplexSolver(gram, units, donors, 0).solve(donorTarget(reduced, donors, treated));
  return gapSeries(data, donors, weights, treated);
}
