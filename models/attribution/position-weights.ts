import { InputError } from '../errors.ts';

/** Shares of the first, all middle and the last touch; only their ratios matter, so 4:2:4 is 0.4, 0.2, 0.4. */
export interface PositionShares {
  first: number;
  middle: number;
  last: number;
}

/** The usual U: 40 % first, 40 % last, 20 % spread over the middle. */
export const DEFAULT_POSITION_SHARES: PositionShares = { first: 0.4, middle: 0.2, last: 0.4 };

/** W and Z give every anchor the same share, and leave a tenth for the other touches. */
const DEFAULT_REST_SHARE = 0.1;

/**
 * Weights of the U model by position.
 *
 *     n = 1: [1]     n = 2: [a / (a + b), b / (a + b)]     n >= 3: a, m / (n - 2) each, b, over a + m + b
 *
 * With two touches there is no middle, so its share goes to both ends in proportion; other tools split 50:50 or give
 * each end half of the middle, which is the same number whenever first = last.
 *
 * @param n       number of touches, >= 1
 * @param shares  >= 0; default 0.4, 0.2, 0.4
 * @returns       length n, summing to 1
 * @throws InputError `bad_parameter` when a share is negative, or first and last are both zero (two touches would have no weights)
 */
export function positionWeights(n: number, shares: PositionShares = DEFAULT_POSITION_SHARES): Float64Array {
  const { first, middle, last } = checkShares(shares);
  const weights = new Float64Array(n);
  if (n === 1) weights[0] = 1;
  else if (n === 2) {
    weights[0] = first / (first + last);
    weights[1] = last / (first + last);
  } else {
    const sum = first + middle + last;
    weights.fill(middle / (n - 2) / sum);
    weights[0] = first / sum;
    weights[n - 1] = last / sum;
  }
  return weights;
}

/** @throws InputError `bad_parameter` as `positionWeights` */
export function checkShares(shares: PositionShares): PositionShares {
  const { first, middle, last } = shares;
  if (!(first >= 0 && middle >= 0 && last >= 0 && first + last > 0 && Number.isFinite(first + middle + last))) {
    throw new InputError(
      'bad_parameter',
      `position shares are first ${first}, middle ${middle}, last ${last}; give numbers >= 0 with first + last > 0`,
    );
  }
  return shares;
}

/**
 * Weights of the W and Z (full path) models: named milestones share most of the credit.
 *
 * Each anchor is the position of the last touch at or before its milestone. Two anchors on the same touch add their
 * weights. A milestone that never happened (`null`) and a rest that has no touch are left out, and what is left is scaled
 * to sum to 1, so that no journey loses credit because it was short.
 *
 * W: anchors [first, before the lead, before the purchase], weights .3 each, rest .1.
 * Z: anchors [first, lead, opportunity, last], weights .225 each, rest .1.
 *
 * @param n        number of touches, >= 1
 * @param anchors  positions in [0, n), or null for a milestone that did not happen
 * @param weights  length anchors, >= 0; default equal shares of what the rest leaves
 * @param rest     share of all touches that are no anchor, together, in [0, 1)
 * @returns        length n, summing to 1; equal weights when no anchor exists
 * @throws InputError `bad_parameter` for a negative weight or a rest outside [0, 1)
 * @throws RangeError when an anchor is no position or the lengths differ
 */
export function milestoneWeights(
  n: number,
  anchors: readonly (number | null)[],
  weights: readonly number[] = anchors.map(() => (1 - DEFAULT_REST_SHARE) / anchors.length),
  rest: number = DEFAULT_REST_SHARE,
): Float64Array {
  if (weights.length !== anchors.length) throw new RangeError(`${anchors.length} anchors, ${weights.length} weights`);
  if (!(rest >= 0 && rest < 1) || weights.some((w) => !(w >= 0))) {
    throw new InputError(
      'bad_parameter',
      `milestone weights are ${weights.join(', ')} and rest ${rest}; give weights >= 0, rest in [0, 1)`,
    );
  }
  const out = new Float64Array(n);
  for (let a = 0; a < anchors.length; a++) {
    const at = anchors[a];
    if (at === null) continue;
    if (!(Number.isInteger(at) && at >= 0 && at < n))
      throw new RangeError(`anchor ${at} is no position among ${n} touches`);
    out[at] += weights[a];
  }
  const isAnchor = new Uint8Array(n);
  for (const at of anchors) if (at !== null) isAnchor[at] = 1;
  const others = n - isAnchor.reduce((sum, flag) => sum + flag, 0);
  if (others > 0) for (let i = 0; i < n; i++) if (isAnchor[i] === 0) out[i] = rest / others;
  const sum = out.reduce((total, w) => total + w, 0);
  if (sum === 0) return out.fill(1 / n);
  return out.map((w) => w / sum);
}

/**
 * Weights that halve with every half-life between the touch and the conversion.
 *
 *     w[i] = 2^(-(age[i] - min(age)) / halfLife) / sum
 *
 * Counted from the newest touch, so that the weights of an old journey cannot all underflow to zero.
 *
 * @param ageDays       length n >= 1; days from touch to conversion, >= 0
 * @param halfLifeDays  > 0
 * @returns             length n, summing to 1
 * @throws InputError `bad_parameter` when the half-life is not positive
 */
export function timeDecayWeights(ageDays: Float64Array, halfLifeDays: number): Float64Array {
  if (!(halfLifeDays > 0))
    throw new InputError('bad_parameter', `half_life_days is ${halfLifeDays}; give a number > 0`);
  let newest = Number.POSITIVE_INFINITY;
  for (const age of ageDays) if (age < newest) newest = age;
  const weights = ageDays.map((age) => Math.exp((-Math.LN2 * (age - newest)) / halfLifeDays));
  const sum = weights.reduce((total, w) => total + w, 0);
  return weights.map((w) => w / sum);
}
