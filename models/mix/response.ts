import { fillWeights } from './adstock.ts';
import type { ProblemDriver } from './problem.ts';
import { fillSaturation } from './saturation.ts';

/** Response of one driver along a block of series, with derivatives by its shape parameters. */
export interface Response {
  /** h = saturation(adstock(x)), series x weeks */
  h: Float64Array;
  /** d h / d shape parameter, one series x weeks block each, in the order of `shapeNames` */
  byShape: Float64Array[];
}

/** Scratch shared by all responses of one chain. */
export interface ResponseScratch {
  adstocked: Float64Array;
  byFirst: Float64Array;
  bySecond: Float64Array;
  byMedia: Float64Array;
  unused: Float64Array;
  weights: Float64Array;
  weightsByFirst: Float64Array;
  weightsBySecond: Float64Array;
}

export function responseScratch(cells: number, lags: number): ResponseScratch {
  const make = (n: number): Float64Array => new Float64Array(n);
  return {
    adstocked: make(cells),
    byFirst: make(cells),
    bySecond: make(cells),
    byMedia: make(cells),
    unused: make(cells),
    weights: make(lags),
    weightsByFirst: make(lags),
    weightsBySecond: make(lags),
  };
}

export function makeResponse(driver: ProblemDriver, cells: number): Response {
  return { h: new Float64Array(cells), byShape: driver.shapeNames.map(() => new Float64Array(cells)) };
}

/**
 * Evaluates a driver's response.
 *
 * @param values  natural values of all parameters; the driver's shapes start at `driver.shapeAt`
 * @param x       scaled exposure, series x weeks
 * @param series  number of series in x; adstock starts anew in each
 * @param out     overwritten
 */
export function respond(
  driver: ProblemDriver,
  values: Float64Array,
  x: Float64Array,
  series: number,
  weeks: number,
  scratch: ResponseScratch,
  out: Response,
): void {
  const cells = series * weeks;
  const first = values[driver.shapeAt];
  const second = values[driver.shapeAt + 1];
  const carried = driver.adstockParameters;
  const plainSaturation = driver.saturation === 'linear';
  let media = x;
  if (driver.adstock === 'geometric') {
    geometric(x, series, weeks, first, driver.lags, scratch);
    media = scratch.adstocked;
  } else if (driver.adstock !== 'none') {
    convolve(driver, x, series, weeks, first, second, scratch);
    media = scratch.adstocked;
  }
  if (plainSaturation) {
    out.h.set(cells === media.length ? media : media.subarray(0, cells));
    if (carried > 0) out.byShape[0].set(scratch.byFirst.subarray(0, cells));
    if (carried > 1) out.byShape[1].set(scratch.bySecond.subarray(0, cells));
    return;
  }
  const p = values[driver.shapeAt + carried];
  const s = values[driver.shapeAt + carried + 1];
  const byP = out.byShape[carried];
  const byS = out.byShape[carried + 1] ?? scratch.unused;
  fillSaturation(driver.saturation, media, 0, cells, p, s, out.h, scratch.byMedia, byP, byS);
  if (carried > 0) chain(scratch.byMedia, scratch.byFirst, out.byShape[0], cells);
  if (carried > 1) chain(scratch.byMedia, scratch.bySecond, out.byShape[1], cells);
}

/**
 * Normalised geometric adstock and its derivative by the decay in one pass whose cost does not depend on the lags:
 *
 *     u[t] = x[t] + q u[t-1] - q^L x[t-L],  v = du/dq,  N = sum of q^lag,  a = u / N,  da/dq = (v - a N') / N
 */
function geometric(
  x: Float64Array,
  series: number,
  weeks: number,
  decay: number,
  lags: number,
  scratch: ResponseScratch,
): void {
  const { adstocked, byFirst } = scratch;
  let power = 1;
  let total = 0;
  let slope = 0;
  let before = 0;
  for (let lag = 0; lag < lags; lag++) {
    total += power;
    if (lag > 0) slope += lag * before;
    before = power;
    power *= decay;
  }
  // now power = decay^lags and before = decay^(lags - 1)
  const dropped = lags * before;
  const scale = 1 / total;
  const ramp = Math.min(lags, weeks);
  // two series at a time: each step waits for the one before it, so a second series rides along for free
  let g = 0;
  for (; g + 1 < series; g += 2) {
    const from = g * weeks;
    let u = 0;
    let v = 0;
    let u2 = 0;
    let v2 = 0;
    for (let t = from; t < from + weeks; t++) {
      const k = t + weeks;
      v = u + decay * v;
      u = x[t] + decay * u;
      v2 = u2 + decay * v2;
      u2 = x[k] + decay * u2;
      if (t >= from + ramp) {
        const old = x[t - lags];
        const old2 = x[k - lags];
        v -= dropped * old;
        u -= power * old;
        v2 -= dropped * old2;
        u2 -= power * old2;
      }
      const a = u * scale;
      const a2 = u2 * scale;
      adstocked[t] = a;
      adstocked[k] = a2;
      byFirst[t] = (v - a * slope) * scale;
      byFirst[k] = (v2 - a2 * slope) * scale;
    }
  }
  for (; g < series; g++) {
    const from = g * weeks;
    let u = 0;
    let v = 0;
    for (let t = from; t < from + weeks; t++) {
      v = u + decay * v;
      u = x[t] + decay * u;
      if (t >= from + ramp) {
        const old = x[t - lags];
        v -= dropped * old;
        u -= power * old;
      }
      const a = u * scale;
      adstocked[t] = a;
      byFirst[t] = (v - a * slope) * scale;
    }
  }
}

function convolve(
  driver: ProblemDriver,
  x: Float64Array,
  series: number,
  weeks: number,
  first: number,
  second: number,
  scratch: ResponseScratch,
): void {
  const { weights, weightsByFirst, weightsBySecond, adstocked, byFirst, bySecond } = scratch;
  const n = driver.lags;
  fillWeights(driver.adstock, first, second, n, weights, weightsByFirst, weightsBySecond);
  for (let g = 0; g < series; g++) {
    for (let t = 0; t < weeks; t++) {
      let sum = 0;
      let d1 = 0;
      let d2 = 0;
      for (let lag = 0; lag < n && lag <= t; lag++) {
        const value = x[g * weeks + t - lag];
        sum += weights[lag] * value;
        d1 += weightsByFirst[lag] * value;
        d2 += weightsBySecond[lag] * value;
      }
      adstocked[g * weeks + t] = sum;
      byFirst[g * weeks + t] = d1;
      bySecond[g * weeks + t] = d2;
    }
  }
}

function chain(outer: Float64Array, inner: Float64Array, out: Float64Array, cells: number): void {
  for (let i = 0; i < cells; i++) out[i] = outer[i] * inner[i];
}
