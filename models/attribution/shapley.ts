import { InputError } from '../errors.ts';
import { type PathCounts, type Paths, pathCount } from '../paths.ts';
import { convertingRows, creditOfShares, type FixedShares, type PreparedModel } from './credit.ts';

/**
 * Shapley values of the game in which a set of channels is worth the conversions of all journeys that it covers:
 *
 *     v(S) = sum over T inside S of conversions(T),  T = distinct channels of a journey
 *     credit j = sum over S containing j of conversions(S) / |S|
 *
 * The closed form is linear over distinct channels: each journey splits equally among the channels it has, and nothing
 * in it is learned from journeys that do not convert. Enumerating 2^n coalitions gives the same numbers, slower.
 *
 * @see Zhao, Mahboobi & Bagheri (2018), Shapley Value Methods for Attribution Modeling in Online Advertising
 */
function shapleyShares(paths: Paths): FixedShares {
  const rows = convertingRows(paths);
  const offsets = new Uint32Array(rows.length + 1);
  const most = rows.reduce((total, row) => total + paths.offsets[row + 1] - paths.offsets[row], 0);
  const channel = new Uint32Array(most);
  const share = new Float64Array(most);
  const seenIn = new Uint32Array(paths.channels.length);
  let at = 0;
  for (let i = 0; i < rows.length; i++) {
    const start = at;
    for (let s = paths.offsets[rows[i]]; s < paths.offsets[rows[i] + 1]; s++) {
      const c = paths.steps[s];
      if (seenIn[c] === i + 1) continue;
      seenIn[c] = i + 1;
      channel[at++] = c;
    }
    share.fill(1 / (at - start), start, at);
    offsets[i + 1] = at;
  }
  return { channels: paths.channels.length, rows, offsets, channel: channel.slice(0, at), share: share.slice(0, at) };
}

/** `shapleyShares` bound to its paths. */
export function prepareShapley(paths: Paths): PreparedModel {
  const shares = shapleyShares(paths);
  return (counts) => creditOfShares(shares, counts);
}

/** Ordered Shapley values: the credit of each channel, told apart by the position of its touches. */
export interface OrderedShapley {
  /** channels x positions, row-major; the last position holds all later ones as well */
  conversions: Float64Array;
  revenue: Float64Array;
  /** number of columns */
  positions: number;
  /** true when some journey was longer than `positions` */
  pooledLast: boolean;
}

/**
 * Ordered Shapley values: `shapleyShares`, with each channel's part divided equally over its touches.
 *
 *     credit j at i = sum over S containing j of R_i(S) / |S|
 *     R_i = conversions of journeys with j at touch i, counted 1 / (touches of j) where j repeats
 *
 * The sum over positions is the unordered value. Equally a table of how early or late a channel is touched.
 *
 * @param positions  number of positions told apart, >= 1; touches after the last are added to it; default 20
 * @throws InputError `bad_parameter` when positions is no whole number >= 1
 * @see Zhao, Mahboobi & Bagheri (2018)
 */
export function orderedShapley(paths: Paths, counts: PathCounts = paths, positions = 20): OrderedShapley {
  if (!(Number.isInteger(positions) && positions >= 1)) {
    throw new InputError('bad_parameter', `positions is ${positions}; give a whole number >= 1`);
  }
  let longest = 1;
  for (let i = 0; i < pathCount(paths); i++) {
    if (counts.conversions[i] > 0) longest = Math.max(longest, paths.offsets[i + 1] - paths.offsets[i]);
  }
  const columns = Math.min(positions, longest);
  const channels = paths.channels.length;
  const conversions = new Float64Array(channels * columns);
  const revenue = new Float64Array(channels * columns);
  const touches = new Uint32Array(channels);
  for (let i = 0; i < pathCount(paths); i++) {
    if (counts.conversions[i] === 0) continue;
    const start = paths.offsets[i];
    const end = paths.offsets[i + 1];
    let distinct = 0;
    for (let s = start; s < end; s++) if (touches[paths.steps[s]]++ === 0) distinct++;
    for (let s = start; s < end; s++) {
      const share = 1 / (distinct * touches[paths.steps[s]]);
      const cell = paths.steps[s] * columns + Math.min(s - start, columns - 1);
      conversions[cell] += share * counts.conversions[i];
      revenue[cell] += share * counts.revenue[i];
    }
    for (let s = start; s < end; s++) touches[paths.steps[s]] = 0;
  }
  return { conversions, revenue, positions: columns, pooledLast: longest > columns };
}
