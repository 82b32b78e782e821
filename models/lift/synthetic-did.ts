import { InputError } from '../errors.ts';
import { type Block, block, type DonorFit, donorTarget, gapSeries, meanOver, rootMeanSquare, rows } from './block.ts';
import { frankWolfe } from './frank-wolfe.ts';
import type { PanelView } from './panel-view.ts';
import { simplexSolver } from './simplex-qp.ts';

/** The relatives of one formula: which weights are fitted, and whether unit levels may differ. */
export const SYNTHETIC_DID_VARIANTS = {
  sdid: { units: 'regular', periods: 'fit', intercept: true },
  did: { units: 'uniform', periods: 'uniform', intercept: true },
  sc: { units: 'tiny', periods: 'zero', intercept: false },
  sc_reg: { units: 'regular', periods: 'zero', intercept: false },
  difp: { units: 'tiny', periods: 'uniform', intercept: true },
  difp_reg: { units: 'regular', periods: 'uniform', intercept: true },
} as const;

export type SyntheticDidVariant = keyof typeof SYNTHETIC_DID_VARIANTS;

export interface SyntheticDidOptions {
  variant?: SyntheticDidVariant;
  /** `synthdid`: stop and sparsify as the R package does, for parity of digits; absent: the optimum */
  compat?: 'synthdid';
}

export interface SyntheticDidFit extends DonorFit {
  /** length pre, summing to 1 (all 0 for the `sc` variants) */
  periodWeights: Float64Array;
}

/** Weights to start from; only the early-stopped solver's digits depend on them. */
interface SyntheticDidStart {
  units?: Float64Array;
  periods?: Float64Array;
}

export interface SyntheticDidFitter {
  /** sd of the first differences of the controls before the start, unit of the outcome */
  sigma: number;
  zetaOmega: number;
  zetaLambda: number;
  data: Block;
  fit(donors: Int32Array, treated: Int32Array, start?: SyntheticDidStart): SyntheticDidFit;
  /** The estimate for given weights, nothing refitted. */
  apply(donors: Int32Array, treated: Int32Array, units: Float64Array, periods: Float64Array): SyntheticDidFit;
}

/**
 * Synthetic difference-in-differences: units weighted to run parallel to the treated mean before the start, periods weighted to
 * resemble the periods after it.
 *
 *     omega  = argmin (1/T0) ||centred(Y0_pre) w - centred(y1_pre)||^2 + zeta_omega^2 ||w||^2      on the simplex
 *     lambda = argmin (1/N0) ||centred(Y0_pre)' l - centred(post mean of Y0)||^2 + zeta_lambda^2 ||l||^2
 *     effect = post mean of gap - sum lambda_t gap_t,   gap = treated mean - Y0 omega
 *     zeta_omega = (N1 T1)^(1/4) sigma, zeta_lambda = 1e-6 sigma, sigma = sd of first differences of controls, pre
 *
 * @param view  checked panel, controls first, at least two pre-periods
 * @returns     effect and per-period gap in the unit of the outcome; `gap` is relative to its lambda-weighted pre mean
 * @throws InputError `insufficient_data` with fewer than two pre-periods
 * @see Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), Synthetic Difference-in-Differences
 */
export function syntheticDid(view: PanelView, options: SyntheticDidOptions = {}): SyntheticDidFit {
  return syntheticDidFitter(view, options).fit(rows(0, view.controls), rows(view.controls, view.units.length));
}

/** `syntheticDid` for any donors and treated rows of one view, with the view's own ridge. */
export function syntheticDidFitter(view: PanelView, options: SyntheticDidOptions = {}): SyntheticDidFitter {
  const variant = SYNTHETIC_DID_VARIANTS[options.variant ?? 'sdid'];
  const data = block(view, variant.intercept);
  const sigma = firstDifferenceSd(view);
  const zetaOmega = variant.units === 'regular' ? (view.treated * view.post) ** 0.25 * sigma : 1e-6 * sigma;
  const zetaLambda = 1e-6 * sigma;
  const minDecrease2 = (1e-5 * sigma) ** 2;
  const { pre, post } = data;
  const periods = variant.periods === 'fit' ? controlPeriods(data) : null;

  const unitWeights = (donors: Int32Array, treated: Int32Array, start?: Float64Array): Solved => {
    if (variant.units === 'uniform') return uniformWeights(donors.length);
    const linear = donorTarget(data, donors, treated);
    if (options.compat) {
      return {
        weights: frankWolfe(
          subGram(data.gram, data.units, donors),
          linear,
          targetNorm2(data, treated),
          pre,
          zetaOmega ** 2,
          minDecrease2,
          start,
        ),
        converged: true,
      };
    }
    return simplexSolver(data.gram, data.units, donors, pre * zetaOmega ** 2).solve(linear);
  };

  const periodWeights = (donors: Int32Array, start?: Float64Array): Solved => {
    if (variant.periods === 'zero') return { weights: new Float64Array(pre), converged: true };
    if (!periods) return uniformWeights(pre);
    const gram = periodGram(periods, donors);
    const size = pre + 1;
    const linear = Float64Array.from({ length: pre }, (_, t) => gram[t * size + pre]);
    const n = donors.length;
    if (options.compat) {
      const square = subGram(gram, size, rows(0, pre));
      return {
        weights: frankWolfe(square, linear, gram[size * size - 1], n, zetaLambda ** 2, minDecrease2, start),
        converged: true,
      };
    }
    return simplexSolver(gram, size, rows(0, pre), n * zetaLambda ** 2).solve(linear);
  };

  const apply = (
    donors: Int32Array,
    treated: Int32Array,
    units: Float64Array,
    lambda: Float64Array,
  ): SyntheticDidFit => {
    const gap = gapSeries(data, donors, units, treated);
    let level = 0;
    for (let t = 0; t < pre; t++) level += lambda[t] * gap[t];
    for (let t = 0; t < gap.length; t++) gap[t] -= level;
    const centre = variant.intercept ? meanOver(gap, 0, pre) : 0;
    return {
      weights: units,
      periodWeights: lambda,
      gap,
      effect: meanOver(gap, pre, pre + post),
      preRmspe: rootMeanSquare(
        gap.map((x) => x - centre),
        0,
        pre,
      ),
      converged: true,
    };
  };

  const fit = (donors: Int32Array, treated: Int32Array, start: SyntheticDidStart = {}): SyntheticDidFit => {
    const omega = unitWeights(donors, treated, start.units);
    const lambda = periodWeights(donors, start.periods);
    return {
      ...apply(donors, treated, omega.weights, lambda.weights),
      converged: omega.converged && lambda.converged,
    };
  };

  return { sigma, zetaOmega, zetaLambda, data, fit, apply };
}

interface Solved {
  weights: Float64Array;
  converged: boolean;
}

function uniformWeights(size: number): Solved {
  return { weights: new Float64Array(size).fill(1 / size), converged: true };
}

/** Sample sd (n - 1) of all first differences of the controls before the start. */
function firstDifferenceSd(view: PanelView): number {
  const { controls, pre, outcome } = view;
  const length = pre + view.post;
  const n = controls * (pre - 1);
  if (pre < 2 || n < 2) {
    throw new InputError(
      'insufficient_data',
      `synthetic difference-in-differences needs at least two pre-periods and two differences of controls, got ${pre} ` +
        `period${pre === 1 ? '' : 's'} and ${controls} controls; extend the panel further back`,
    );
  }
  let mean = 0;
  for (let u = 0; u < controls; u++) mean += outcome[u * length + pre - 1] - outcome[u * length];
  mean /= n;
  let squares = 0;
  for (let u = 0; u < controls; u++) {
    for (let t = 1; t < pre; t++) squares += (outcome[u * length + t] - outcome[u * length + t - 1] - mean) ** 2;
  }
  return Math.sqrt(squares / (n - 1));
}

function subGram(gram: Float64Array, stride: number, members: Int32Array): Float64Array {
  const size = members.length;
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) out[i * size + j] = gram[members[i] * stride + members[j]];
  }
  return out;
}

function targetNorm2(data: Block, treated: Int32Array): number {
  let sum = 0;
  for (const a of treated) for (const b of treated) sum += data.gram[a * data.units + b];
  return sum / treated.length ** 2;
}

/** What the period weights need of the controls: each row's pre-periods and post mean, and their cross products. */
interface ControlPeriods {
  controls: number;
  size: number;
  /** controls x (pre + 1) */
  values: Float64Array;
  /** (pre + 1)^2, sum over controls of v v' */
  products: Float64Array;
  sums: Float64Array;
}

function controlPeriods(data: Block): ControlPeriods {
  const { controls, pre, post } = data;
  const length = pre + post;
  const size = pre + 1;
  const values = new Float64Array(controls * size);
  for (let u = 0; u < controls; u++) {
    values.set(data.series.subarray(u * length, u * length + pre), u * size);
    values[u * size + pre] = meanOver(data.series.subarray(u * length, (u + 1) * length), pre, length);
  }
  const all = { controls, size, values, products: new Float64Array(size * size), sums: new Float64Array(size) };
  for (let u = 0; u < controls; u++) addRow(all, u, 1, all.products, all.sums);
  return all;
}

function addRow(all: ControlPeriods, row: number, sign: number, products: Float64Array, sums: Float64Array): void {
  const { size, values } = all;
  const base = row * size;
  for (let s = 0; s < size; s++) {
    const x = sign * values[base + s];
    sums[s] += x;
    for (let t = s; t < size; t++) products[s * size + t] += x * values[base + t];
  }
}

/** Cross products of the periods over `donors`, each period centred over the donors: the full sum plus or minus what differs. */
function periodGram(all: ControlPeriods, donors: Int32Array): Float64Array {
  const { size } = all;
  const products = all.products.slice();
  const sums = all.sums.slice();
  const times = new Int32Array(all.controls);
  for (const d of donors) times[d]++;
  for (let u = 0; u < all.controls; u++) if (times[u] !== 1) addRow(all, u, times[u] - 1, products, sums);
  const n = donors.length;
  for (let s = 0; s < size; s++) {
    for (let t = s; t < size; t++) {
      const value = products[s * size + t] - (sums[s] * sums[t]) / n;
      products[s * size + t] = value;
      products[t * size + s] = value;
    }
  }
  return products;
}
