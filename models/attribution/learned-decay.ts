import { InputError } from '../errors.ts';
import type { Credit } from './credit.ts';
import { checkTimedJourneys, shareByTouch, type TimedJourneys } from './timed-journeys.ts';

export interface LearnedDecayOptions {
  /** half-lives are kept within these, in days; default an hour to a year */
  halfLifeDays?: { min: number; max: number };
  /** default 500 */
  maxIterations?: number;
  /** stops when an iteration adds less than this share of the log-likelihood; default 1e-9 */
  tolerance?: number;
  /** length journeys; times each counts (bootstrap); default 1 */
  weights?: Float64Array;
  /** where to begin; default one conversion per touch of the mean, and a half-life of 7 days */
  start?: DecayParameters;
}

/** By channel. */
export interface DecayParameters {
  /** expected conversions that one touch sets off in the end, >= 0 */
  strength: Float64Array;
  /** days until half of them have come */
  halfLifeDays: Float64Array;
}

export interface LearnedDecay extends DecayParameters {
  credit: Credit;
  /** after each iteration, never falling */
  logLikelihood: Float64Array;
  converged: boolean;
}

/** A touch and its outcome cannot be told apart in time below this: one second, in days. */
const SHORTEST_AGE = 1 / 86_400;

/**
 * Additive hazard with a half-life of its own for every channel, fitted by EM.
 *
 *     hazard(t) = sum over touches i before t of beta[c] omega[c] exp(-omega[c] (t - t_i)),  omega = ln 2 / half-life
 *     E: p_i = hazard of touch i / hazard of all, at the conversion
 *     M: omega[c] raises sum p (log omega - omega age) - sum p log(sum over all touches of 1 - exp(-omega age)),
 *        beta[c] = sum p / sum over all touches of (1 - exp(-omega age))
 *
 * Credit of a touch is its p. A journey without conversion is censored: its touches count as exposure until the end of
 * observation. The M step is a safeguarded Newton step on log omega, so the likelihood never falls.
 *
 * Every conversion is laid to a touch: the model has no base rate, so it shares credit out and does not say what would
 * have happened without the channel.
 *
 * @returns converged false, with what was reached, when `maxIterations` were not enough
 * @throws InputError `bad_paths` when no journey converts or an age is negative, `bad_parameter` for bounds out of order
 * @see Zhang, Wei & Ren (2014), Multi-touch attribution in online advertising with survival theory
 */
export function fitLearnedDecay(journeys: TimedJourneys, options: LearnedDecayOptions = {}): LearnedDecay {
  checkTimedJourneys(journeys);
  const { maxIterations = 500, tolerance = 1e-9, weights } = options;
  const bounds = options.halfLifeDays ?? { min: 1 / 24, max: 365 };
  if (!(bounds.min > 0 && bounds.max > bounds.min)) {
    throw new InputError(
      'bad_parameter',
      `half-lives run from ${bounds.min} to ${bounds.max} days; give 0 < min < max`,
    );
  }
  const lowest = Math.LN2 / bounds.max;
  const highest = Math.LN2 / bounds.min;
  const touches = touchesOf(journeys, weights);
  const { beta, omega } = startOf(touches, options.start, lowest, highest);
  const shares = new Float64Array(touches.age.length);
  const trace: number[] = [];
  let converged = false;
  let previous = expectation(touches, beta, omega, shares);
  while (!converged && trace.length < maxIterations) {
    for (let c = 0; c < beta.length; c++) improve(touches, c, shares, beta, omega, lowest, highest);
    const now = expectation(touches, beta, omega, shares);
    trace.push(now);
    converged = now - previous <= tolerance * Math.abs(now);
    previous = now;
  }
  const halfLifeDays = omega.map((w) => Math.LN2 / w);
  const credit = shareByTouch(journeys, weights, (start, end) => sharesAt(journeys, start, end, beta, omega), {
    iterations: trace.length,
    converged,
    log_likelihood: previous,
    parameters: journeys.channels.map((channel, c) => ({
      channel,
      strength: beta[c],
      half_life_days: halfLifeDays[c],
    })),
    // a half-life at a bound was not learned: the data want it beyond
    at_bound: journeys.channels.filter(
      (_, c) => beta[c] > 0 && (omega[c] <= lowest * 1.0001 || omega[c] >= highest * 0.9999),
    ),
  });
  return { strength: beta, halfLifeDays, credit, logLikelihood: Float64Array.from(trace), converged };
}

/** Chance that a journey with these touches has converted by now: 1 - exp(-sum beta (1 - exp(-omega age))). */
export function conversionProbability(
  parameters: DecayParameters,
  channel: Uint32Array,
  ageDays: Float64Array,
): number {
  let hazard = 0;
  for (let i = 0; i < channel.length; i++) {
    const omega = Math.LN2 / parameters.halfLifeDays[channel[i]];
    hazard -= parameters.strength[channel[i]] * Math.expm1(-omega * ageDays[i]);
  }
  return -Math.expm1(-hazard);
}

/** Touches in use, and where those of each channel stand. */
interface Touches {
  age: Float64Array;
  channel: Uint32Array;
  weight: Float64Array;
  /** touches of converting journey i are journeys[i] .. journeyEnds[i] */
  journeys: Uint32Array;
  journeyEnds: Uint32Array;
  /** touches by channel: order[channelOffsets[c] .. channelOffsets[c + 1]) */
  order: Uint32Array;
  channelOffsets: Uint32Array;
}

function touchesOf(journeys: TimedJourneys, weights: Float64Array | undefined): Touches {
  const size = journeys.channel.length;
  const weight = new Float64Array(size);
  const starts: number[] = [];
  const ends: number[] = [];
  const channelOffsets = new Uint32Array(journeys.channels.length + 1);
  for (let i = 0; i < journeys.converted.length; i++) {
    const start = journeys.offsets[i];
    const end = journeys.offsets[i + 1];
    const w = weights === undefined ? 1 : weights[i];
    if (w === 0 || start === end) continue;
    weight.fill(w, start, end);
    if (journeys.converted[i] === 1) {
      starts.push(start);
      ends.push(end);
    }
    for (let t = start; t < end; t++) channelOffsets[journeys.channel[t] + 1]++;
  }
  for (let c = 0; c < journeys.channels.length; c++) channelOffsets[c + 1] += channelOffsets[c];
  const order = new Uint32Array(channelOffsets[journeys.channels.length]);
  const at = channelOffsets.slice();
  for (let t = 0; t < size; t++) if (weight[t] > 0) order[at[journeys.channel[t]]++] = t;
  return {
    age: journeys.ageDays.map((age) => Math.max(age, SHORTEST_AGE)),
    channel: journeys.channel,
    weight,
    journeys: Uint32Array.from(starts),
    journeyEnds: Uint32Array.from(ends),
    order,
    channelOffsets,
  };
}

function startOf(
  touches: Touches,
  start: DecayParameters | undefined,
  lowest: number,
  highest: number,
): { beta: Float64Array; omega: Float64Array } {
  const channels = touches.channelOffsets.length - 1;
  if (start !== undefined) {
    return {
      // a strength of zero could never grow again
      beta: start.strength.map((b) => Math.max(b, 1e-12)),
      omega: start.halfLifeDays.map((h) => Math.min(Math.max(Math.LN2 / h, lowest), highest)),
    };
  }
  let all = 0;
  for (const w of touches.weight) all += w;
  let converting = 0;
  for (const t of touches.journeys) converting += touches.weight[t];
  return {
    beta: new Float64Array(channels).fill(all === 0 ? 0 : converting / all),
    omega: new Float64Array(channels).fill(Math.min(Math.max(Math.LN2 / 7, lowest), highest)),
  };
}

/** E step: writes p_i times the journey's weight for converting journeys; returns the log-likelihood. */
function expectation(touches: Touches, beta: Float64Array, omega: Float64Array, shares: Float64Array): number {
  const { age, channel, weight } = touches;
  const scale = beta.map((b, c) => Math.log(b * omega[c]));
  let logLikelihood = 0;
  for (let j = 0; j < touches.journeys.length; j++) {
    const start = touches.journeys[j];
    const end = touches.journeyEnds[j];
    let most = Number.NEGATIVE_INFINITY;
    for (let t = start; t < end; t++) {
      shares[t] = scale[channel[t]] - omega[channel[t]] * age[t];
      if (shares[t] > most) most = shares[t];
    }
    let sum = 0;
    for (let t = start; t < end; t++) {
      shares[t] = Math.exp(shares[t] - most);
      sum += shares[t];
    }
    for (let t = start; t < end; t++) shares[t] *= weight[t] / sum;
    logLikelihood += weight[start] * (most + Math.log(sum));
  }
  for (let c = 0; c < beta.length; c++) logLikelihood -= beta[c] * exposure(touches, c, omega[c]).sum;
  return logLikelihood;
}

/** G(omega) = sum of w (1 - exp(-omega age)) over all touches of a channel, and its first two derivatives. */
function exposure(touches: Touches, c: number, omega: number): { sum: number; first: number; second: number } {
  const { age, weight, order, channelOffsets } = touches;
  let sum = 0;
  let first = 0;
  let second = 0;
  for (let k = channelOffsets[c]; k < channelOffsets[c + 1]; k++) {
    const t = order[k];
    const rest = Math.expm1(-omega * age[t]);
    const fading = weight[t] * age[t] * (rest + 1);
    sum -= weight[t] * rest;
    first += fading;
    second -= fading * age[t];
  }
  return { sum, first, second };
}

/** M step of one channel: Newton on log omega, halved until the profile likelihood does not fall; then beta. */
function improve(
  touches: Touches,
  c: number,
  shares: Float64Array,
  beta: Float64Array,
  omega: Float64Array,
  lowest: number,
  highest: number,
): void {
  let credit = 0;
  let creditAge = 0;
  for (let k = touches.channelOffsets[c]; k < touches.channelOffsets[c + 1]; k++) {
    const t = touches.order[k];
    credit += shares[t];
    creditAge += shares[t] * touches.age[t];
  }
  if (credit === 0) {
    beta[c] = 0;
    return;
  }
  const profile = (w: number, sum: number): number => credit * Math.log(w) - w * creditAge - credit * Math.log(sum);
  const w = omega[c];
  let at = exposure(touches, c, w);
  const before = profile(w, at.sum);
  // slope and curvature in log omega
  const ratio = at.first / at.sum;
  const slope = credit - w * creditAge - credit * w * ratio;
  const curvature = -w * creditAge - credit * (w * ratio + w * w * (at.second / at.sum - ratio * ratio));
  let step = curvature < 0 ? -slope / curvature : Math.sign(slope);
  step = Math.min(Math.max(step, -2), 2);
  for (let tries = 0; tries < 30; tries++, step /= 2) {
    const next = Math.min(Math.max(w * Math.exp(step), lowest), highest);
    if (next === w) break;
    const there = exposure(touches, c, next);
    if (profile(next, there.sum) >= before) {
      omega[c] = next;
      at = there;
      break;
    }
  }
  beta[c] = credit / at.sum;
}

function sharesAt(
  journeys: TimedJourneys,
  start: number,
  end: number,
  beta: Float64Array,
  omega: Float64Array,
): Float64Array {
  const out = new Float64Array(end - start);
  let most = Number.NEGATIVE_INFINITY;
  for (let t = start; t < end; t++) {
    const c = journeys.channel[t];
    out[t - start] = Math.log(beta[c] * omega[c]) - omega[c] * Math.max(journeys.ageDays[t], SHORTEST_AGE);
    most = Math.max(most, out[t - start]);
  }
  let sum = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = Math.exp(out[i] - most);
    sum += out[i];
  }
  return out.map((share) => share / sum);
}
