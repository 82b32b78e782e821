import { InputError } from '../errors.ts';

/**
 * How response bends. `halfSaturation` is the media level at which half of the ceiling is reached, in every kind that has
 * a ceiling.
 */
export type SaturationKind = 'linear' | 'michaelis_menten' | 'logistic' | 'hill' | 'root';

export type Saturation =
  | { kind: 'linear' }
  | { kind: 'michaelis_menten'; halfSaturation: number }
  | { kind: 'logistic'; halfSaturation: number }
  | { kind: 'hill'; halfSaturation: number; slope: number }
  | { kind: 'root'; exponent: number };

/** Names of the parameters of each kind, in the order the sampler holds them. */
export const SATURATION_PARAMETERS: Readonly<Record<SaturationKind, readonly string[]>> = {
  linear: [],
  michaelis_menten: ['half_saturation'],
  logistic: ['half_saturation'],
  hill: ['half_saturation', 'slope'],
  root: ['exponent'],
};

const LN3 = Math.log(3);

/**
 * A response curve, chosen once.
 *
 *     linear            a
 *     michaelis_menten  a / (a + k)
 *     logistic          (1 - e^(-c a)) / (1 + e^(-c a)),  c = ln 3 / k, so that the curve is 1/2 at a = k
 *     hill              a^slope / (a^slope + k^slope)
 *     root              a^exponent
 *
 * @param how  kind and parameters; k = halfSaturation > 0, slope > 0, exponent in (0, 1]
 * @returns    media level a >= 0 -> response; 0 at 0, rising
 * @throws InputError `bad_parameter` when a parameter is outside its range
 * @see Jin et al. (2017), Bayesian Methods for Media Mix Modeling with Carryover and Shape Effects
 */
export function saturation(how: Saturation): (media: number) => number {
  const positive = (name: string, value: number): number => {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new InputError('bad_parameter', `saturation ${how.kind}: ${name} is ${value}; it must be above 0`);
    }
    return value;
  };
  if (how.kind === 'linear') return (a) => a;
  if (how.kind === 'root') {
    const exponent = positive('exponent', how.exponent);
    if (exponent > 1) throw new InputError('bad_parameter', `saturation root: exponent is ${exponent}; at most 1`);
    return (a) => (a > 0 ? a ** exponent : 0);
  }
  const k = positive('halfSaturation', how.halfSaturation);
  if (how.kind === 'michaelis_menten') return (a) => a / (a + k);
  if (how.kind === 'logistic') return (a) => Math.tanh((0.5 * LN3 * a) / k);
  const slope = positive('slope', how.slope);
  return (a) => (a > 0 ? 1 / (1 + (k / a) ** slope) : 0);
}

/**
 * Response and derivatives along a series, for the sampler: no checks, no allocation.
 *
 * @param media      adstocked media, read at `from..to`
 * @param p          first parameter (half saturation or exponent)
 * @param s          second parameter (slope)
 * @param out        response
 * @param byMedia    d response / d media (0 where media is 0 and the true slope is infinite)
 * @param byFirst    d response / d p; untouched for `linear`
 * @param bySecond   d response / d s; written for `hill` only
 */
export function fillSaturation(
  kind: SaturationKind,
  media: Float64Array,
  from: number,
  to: number,
  p: number,
  s: number,
  out: Float64Array,
  byMedia: Float64Array,
  byFirst: Float64Array,
  bySecond: Float64Array,
): void {
  if (kind === 'linear') {
    for (let t = from; t < to; t++) {
      out[t] = media[t];
      byMedia[t] = 1;
    }
  } else if (kind === 'michaelis_menten') {
    const inverse = 1 / p;
    for (let t = from; t < to; t++) {
      const h = media[t] / (media[t] + p);
      const rest = (1 - h) * inverse;
      out[t] = h;
      byMedia[t] = rest * (1 - h);
      byFirst[t] = -h * rest;
    }
  } else if (kind === 'logistic') {
    const c = LN3 / p;
    for (let t = from; t < to; t++) {
      const e = Math.exp(-c * media[t]);
      const h = (1 - e) / (1 + e);
      const slope = 0.5 * c * (1 - h * h);
      out[t] = h;
      byMedia[t] = slope;
      byFirst[t] = (-slope * media[t]) / p;
    }
  } else if (kind === 'hill') {
    const logK = Math.log(p);
    for (let t = from; t < to; t++) {
      const a = media[t];
      if (a > 0) {
        const d = Math.log(a) - logK;
        const h = 1 / (1 + Math.exp(-s * d));
        const bell = h * (1 - h);
        out[t] = h;
        byMedia[t] = (s * bell) / a;
        byFirst[t] = (-s * bell) / p;
        bySecond[t] = bell * d;
      } else out[t] = byMedia[t] = byFirst[t] = bySecond[t] = 0;
    }
  } else {
    for (let t = from; t < to; t++) {
      const a = media[t];
      if (a > 0) {
        const log = Math.log(a);
        const h = Math.exp(p * log);
        out[t] = h;
        byMedia[t] = (p * h) / a;
        byFirst[t] = h * log;
      } else out[t] = byMedia[t] = byFirst[t] = 0;
    }
  }
}
