import { InputError } from '../errors.ts';

/**
 * How media carries over. Every kernel has weights that sum to 1 over lags 0..maxLag, so adstocked media keeps the
 * unit of a week of media and `halfSaturation` reads on the scale of a steady weekly level.
 */
export type AdstockKind = 'none' | 'geometric' | 'delayed' | 'binomial' | 'weibull';

/** Names of the parameters of each kernel, in the order every function here takes them. */
export const ADSTOCK_PARAMETERS: Readonly<Record<AdstockKind, readonly string[]>> = {
  none: [],
  geometric: ['decay'],
  delayed: ['decay', 'peak'],
  binomial: ['decay'],
  weibull: ['shape', 'scale'],
};

/**
 * Geometric adstock: each period becomes the weighted mean of itself and the periods before it.
 *
 *     out[t] = sum(decay^lag * media[t - lag]) / sum(decay^lag),  lag = 0..maxLag
 *
 * Periods before the first count as zero media.
 *
 * @param media   length n, one channel in time order; spend or impressions, >= 0
 * @param decay   share kept from one period to the next, in [0, 1)
 * @param maxLag  number of earlier periods that still count, >= 0
 * @returns       length n, in the unit of `media`
 * @throws InputError `bad_parameter` when decay is outside [0, 1)
 * @see Jin et al. (2017), Bayesian Methods for Media Mix Modeling with Carryover and Shape Effects
 */
export function geometricAdstock(media: Float64Array, decay: number, maxLag: number): Float64Array {
  if (!(decay >= 0 && decay < 1)) {
    throw new InputError('bad_parameter', `geometricAdstock: decay is ${decay}; it must be in [0, 1)`);
  }
  return adstock(media, { kind: 'geometric', parameters: [decay], maxLag });
}

/**
 * Carry-over by any kernel of `AdstockKind`: `out[t] = sum over lag of weights[lag] * media[t - lag]`.
 *
 * @param media  length n, one channel in time order, >= 0; periods before the first count as zero
 * @param how    kernel, its parameters in the order of `ADSTOCK_PARAMETERS`, and the last lag that counts
 * @returns      length n, in the unit of `media`
 * @throws InputError `bad_parameter` when a parameter or maxLag is outside its range
 */
export function adstock(
  media: Float64Array,
  how: { kind: AdstockKind; parameters: readonly number[]; maxLag: number },
): Float64Array {
  const weights = adstockWeights(how);
  const out = new Float64Array(media.length);
  for (let t = 0; t < media.length; t++) {
    let sum = 0;
    for (let lag = 0; lag < weights.length && lag <= t; lag++) sum += weights[lag] * media[t - lag];
    out[t] = sum;
  }
  return out;
}

/**
 * Weights of a kernel, lag 0 first, summing to 1.
 *
 *     geometric  decay^lag
 *     delayed    decay^((lag - peak)^2)
 *     binomial   (1 - lag / (maxLag + 1))^(1 / decay - 1)
 *     weibull    Weibull(shape, scale) density at lag + 1/2
 *
 * @returns length maxLag + 1 (1 for `none`)
 * @throws InputError `bad_parameter` when a parameter or maxLag is outside its range
 */
export function adstockWeights(how: {
  kind: AdstockKind;
  parameters: readonly number[];
  maxLag: number;
}): Float64Array {
  const { kind, parameters, maxLag } = how;
  if (!Number.isInteger(maxLag) || maxLag < 0) {
    throw new InputError('bad_parameter', `adstock: maxLag is ${maxLag}; it must be a whole number >= 0`);
  }
  const names = ADSTOCK_PARAMETERS[kind];
  for (let p = 0; p < names.length; p++) {
    const value = parameters[p];
    const inside = names[p] === 'decay' ? value >= 0 && value < 1 : names[p] === 'peak' ? value >= 0 : value > 0;
    if (!inside) throw new InputError('bad_parameter', `adstock ${kind}: ${names[p]} is ${value}, outside its range`);
  }
  const n = kind === 'none' ? 1 : maxLag + 1;
  const weights = new Float64Array(n);
  fillWeights(kind, parameters[0] ?? 0, parameters[1] ?? 0, n, weights, new Float64Array(n), new Float64Array(n));
  return weights;
}

/**
 * Normalised weights and their derivatives by the first and second parameter, for the sampler: no checks, no allocation.
 * A weight w = v / N has dw = (dv - w dN) / N.
 *
 * @param n        number of lags, maxLag + 1
 * @param weights  out, length >= n
 * @param first    out, d weights / d first parameter
 * @param second   out, d weights / d second parameter (untouched for one-parameter kernels)
 */
export function fillWeights(
  kind: AdstockKind,
  p: number,
  s: number,
  n: number,
  weights: Float64Array,
  first: Float64Array,
  second: Float64Array,
): void {
  let total = 0;
  let dFirst = 0;
  let dSecond = 0;
  for (let lag = 0; lag < n; lag++) {
    let v = 1;
    let dp = 0;
    let ds = 0;
    if (kind === 'geometric') {
      v = lag === 0 ? 1 : p ** lag;
      dp = lag === 0 ? 0 : lag === 1 ? 1 : lag * p ** (lag - 1);
    } else if (kind === 'delayed') {
      const e = (lag - s) * (lag - s);
      const logDecay = Math.log(Math.max(p, 1e-300));
      v = Math.exp(e * logDecay);
      dp = (v * e) / Math.max(p, 1e-300);
      ds = -2 * (lag - s) * logDecay * v;
    } else if (kind === 'binomial') {
      const base = Math.log1p(-lag / n);
      v = lag === 0 ? 1 : p > 0 ? Math.exp((1 / p - 1) * base) : 0;
      dp = lag === 0 || v === 0 ? 0 : (-v * base) / (p * p);
    } else if (kind === 'weibull') {
      const r = (lag + 0.5) / s;
      const logR = Math.log(r);
      const power = Math.exp(p * logR);
      v = (p / s) * Math.exp((p - 1) * logR - power);
      dp = v * (1 / p + logR - power * logR);
      ds = (v * p * (power - 1)) / s;
    }
    weights[lag] = v;
    first[lag] = dp;
    second[lag] = ds;
    total += v;
    dFirst += dp;
    dSecond += ds;
  }
  if (!(total > 1e-280)) {
    // every weight underflowed: the limit is all weight on the lag nearest the peak, and it does not move
    const peak = kind === 'delayed' ? Math.min(n - 1, Math.max(0, Math.round(s))) : 0;
    weights.fill(0, 0, n);
    first.fill(0, 0, n);
    second.fill(0, 0, n);
    weights[peak] = 1;
    return;
  }
  for (let lag = 0; lag < n; lag++) {
    weights[lag] /= total;
    first[lag] = (first[lag] - weights[lag] * dFirst) / total;
    second[lag] = (second[lag] - weights[lag] * dSecond) / total;
  }
}
