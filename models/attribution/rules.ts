import type { Paths } from '../paths.ts';
import { convertingRows, creditOfShares, type FixedShares, type PreparedModel } from './credit.ts';
import { checkShares, DEFAULT_POSITION_SHARES, type PositionShares } from './position-weights.ts';

export type RuleModel = 'first_touch' | 'last_touch' | 'last_non_direct' | 'linear' | 'position_based';

export interface RuleOptions {
  /** channels that `last_non_direct` passes over, compared without regard to case; default `direct`, `(direct)` */
  direct?: readonly string[];
  /** shares of `position_based`; default 0.4, 0.2, 0.4 */
  position?: PositionShares;
}

const DEFAULT_DIRECT: readonly string[] = ['direct', '(direct)'];

/**
 * Shares of a rule model, path by path; only converting paths are kept.
 *
 *     first_touch      the first touch
 *     last_touch       the last touch
 *     last_non_direct  the last touch outside `direct`; the last touch when there is none
 *     linear           1 / n for each touch, so a channel that repeats earns more
 *     position_based   first, middle shared, last (see `positionWeights`)
 *
 * @throws InputError `bad_parameter` for shares that are negative or leave two touches without weight
 */
function ruleShares(paths: Paths, model: RuleModel, options: RuleOptions = {}): FixedShares {
  if (model === 'linear') return everyTouch(paths, (share, start, n) => share.fill(1 / n, start, start + n));
  if (model === 'position_based') return everyTouch(paths, positionFill(options.position ?? DEFAULT_POSITION_SHARES));
  return oneTouch(paths, pickerOf(paths, model, options));
}

/** A rule model bound to its paths; see `ruleShares`. */
export function prepareRule(paths: Paths, model: RuleModel, options: RuleOptions = {}): PreparedModel {
  const shares = ruleShares(paths, model, options);
  return (counts) => creditOfShares(shares, counts);
}

type Picker = (start: number, end: number) => number;

function pickerOf(paths: Paths, model: RuleModel, options: RuleOptions): Picker {
  if (model === 'first_touch') return (start) => start;
  if (model === 'last_touch') return (_start, end) => end - 1;
  const names = new Set((options.direct ?? DEFAULT_DIRECT).map((name) => name.toLowerCase()));
  const isDirect = Uint8Array.from(paths.channels, (name) => (names.has(name.toLowerCase()) ? 1 : 0));
  const { steps } = paths;
  return (start, end) => {
    for (let at = end - 1; at >= start; at--) if (isDirect[steps[at]] === 0) return at;
    return end - 1;
  };
}

function oneTouch(paths: Paths, pick: Picker): FixedShares {
  const rows = convertingRows(paths);
  const offsets = new Uint32Array(rows.length + 1);
  const channel = new Uint32Array(rows.length);
  let at = 0;
  for (let i = 0; i < rows.length; i++) {
    const start = paths.offsets[rows[i]];
    const end = paths.offsets[rows[i] + 1];
    if (end > start) channel[at++] = paths.steps[pick(start, end)];
    offsets[i + 1] = at;
  }
  return {
    channels: paths.channels.length,
    rows,
    offsets,
    channel: channel.subarray(0, at),
    share: new Float64Array(at).fill(1),
  };
}

/** Writes the n shares of one path from `start` on. */
type Fill = (share: Float64Array, start: number, n: number) => void;

/** The same numbers as `positionWeights`, without an array for each path. */
function positionFill(shares: PositionShares): Fill {
  const { first, middle, last } = checkShares(shares);
  const ends = first + last;
  const sum = ends + middle;
  return (share, start, n) => {
    if (n > 2) share.fill(middle / (n - 2) / sum, start + 1, start + n - 1);
    const whole = n === 2 ? ends : sum;
    share[start] = n === 1 ? 1 : first / whole;
    if (n > 1) share[start + n - 1] = last / whole;
  };
}

function everyTouch(paths: Paths, fill: Fill): FixedShares {
  const rows = convertingRows(paths);
  const offsets = new Uint32Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++) {
    offsets[i + 1] = offsets[i] + paths.offsets[rows[i] + 1] - paths.offsets[rows[i]];
  }
  const channel = new Uint32Array(offsets[rows.length]);
  const share = new Float64Array(offsets[rows.length]);
  for (let i = 0; i < rows.length; i++) {
    const n = offsets[i + 1] - offsets[i];
    const from = paths.offsets[rows[i]];
    for (let s = 0; s < n; s++) channel[offsets[i] + s] = paths.steps[from + s];
    if (n > 0) fill(share, offsets[i], n);
  }
  return { channels: paths.channels.length, rows, offsets, channel, share };
}
