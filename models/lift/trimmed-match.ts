import { InputError } from '../errors.ts';
import { DEFAULT_LEVEL, type Estimate } from '../estimate.ts';
import { cumulativeNormal, quantileNormal } from '../numeric/distribution.ts';
import { type Piece, trimmedPieces } from './trimmed-pieces.ts';

/** One matched pair of geos, treated minus control, over the test period. */
export interface GeoPair {
  name: string;
  /** difference of the response, e.g. revenue */
  response: number;
  /** difference of the cost */
  cost: number;
}

export interface TrimmedMatchOptions {
  level?: number;
  /** pairs trimmed at each end as a share; chosen by the data when absent */
  trim?: number;
  /** largest share considered when choosing, default 0.25 */
  largestTrim?: number;
}

/**
 * Trimmed match: the incremental return at which the trimmed mean of pair residuals is zero.
 *
 *     e_i(r) = response_i - r cost_i;  sum of e over the pairs left after trimming m at each end = 0
 *     se = sqrt(W) / |sum of cost over the body|,  W = m (e_(m+1)^2 + e_(n-m)^2) + sum of e^2 over the body
 *
 * Robust against a few pairs that went their own way. All pairs of lines e_i(r) are walked through, so every root is found; of
 * several, the one with the most symmetric residuals is taken. Interval = every r that the studentised trimmed mean does not
 * refuse, and the p-value is the highest one of all r at or beyond 0, so both always agree.
 *
 * @param pairs  at least 3
 * @throws InputError `insufficient_data` for fewer than 3 pairs, `bad_input` for a cost that is the same zero in all pairs,
 *   `bad_parameter` for a trim outside [0, 0.5)
 * @see Chen & Au (2022), Robust causal inference for incremental return on ad spend with randomized paired geo experiments
 */
export function trimmedMatch(pairs: readonly GeoPair[], options: TrimmedMatchOptions = {}): Estimate {
  const level = options.level ?? DEFAULT_LEVEL;
  const n = pairs.length;
  if (n < 3) throw new InputError('insufficient_data', `${n} pairs of geos; trimmed match needs at least 3`);
  if (pairs.every((pair) => pair.cost === 0)) {
    throw new InputError('bad_input', 'cost does not differ in any pair, so there is no return on it to measure');
  }
  const largest = options.trim ?? options.largestTrim ?? 0.25;
  if (!(largest >= 0 && largest < 0.5)) {
    throw new InputError('bad_parameter', `trim is ${largest}; give the share cut at each end, from 0 to under 0.5`);
  }
  const most = Math.min(Math.ceil(largest * n - 1e-9), Math.floor((n - 1) / 2));
  const counts = options.trim === undefined ? Array.from({ length: most + 1 }, (_, m) => m) : [most];
  const fits = counts.map((trimmed) => fitAt(pairs, trimmed)).filter((found) => found !== null);
  if (fits.length === 0) {
    throw new InputError(
      'insufficient_data',
      'no return makes the trimmed residuals balance; give more pairs or less trim',
    );
  }
  const smallest = Math.min(...fits.map((found) => found.standardError));
  const chosen = fits.find((found) => found.standardError <= (1 + 0.25 / Math.sqrt(n)) * smallest)!;
  const z = quantileNormal(0.5 + level / 2);
  const set = acceptedRange(chosen.pieces, z);
  const diagnostics: Record<string, unknown> = {
    trimmed_pairs_each_end: chosen.trimmed,
    trim: chosen.trimmed / n,
    roots: chosen.roots,
    left_out: chosen.leftOut,
  };
  if (set === null) diagnostics.no_interval = 'no bound: at this level the cost differences may be zero';
  return {
    value: chosen.value,
    standardError: chosen.standardError,
    interval: set === null ? null : { ...set, level, kind: 'confidence' },
    pValue: set === null ? null : 2 * cumulativeNormal(-Math.sqrt(leastBeyondZero(chosen.pieces, chosen.value))),
    method: 'trimmed_match',
    n,
    diagnostics,
  };
}

interface Fit {
  trimmed: number;
  value: number;
  standardError: number;
  roots: number;
  pieces: Piece[];
  leftOut: string[];
}

function fitAt(pairs: readonly GeoPair[], trimmed: number): Fit | null {
  const pieces = trimmedPieces(pairs, trimmed);
  const roots = pieces.flatMap((piece) => {
    const root = piece.response / piece.cost;
    return piece.cost !== 0 && root >= piece.from && root <= piece.to ? [{ root, piece }] : [];
  });
  if (roots.length === 0) return null;
  const scored = roots.map(({ root, piece }) => ({ root, piece, asymmetry: asymmetry(pairs, trimmed, root) }));
  const best = scored.reduce((a, b) => (b.asymmetry < a.asymmetry ? b : a));
  const w = spread(best.piece, best.root);
  const order = pairs
    .map((pair) => ({ name: pair.name, e: pair.response - best.root * pair.cost }))
    .sort((a, b) => a.e - b.e || (a.name < b.name ? -1 : 1));
  return {
    trimmed,
    value: best.root,
    standardError: Math.sqrt(Math.max(0, w)) / Math.abs(best.piece.cost),
    // a root on the border of two pieces is found twice
    roots: new Set(roots.map(({ root }) => root.toPrecision(12))).size,
    pieces,
    leftOut: [...order.slice(0, trimmed), ...order.slice(order.length - trimmed)].map(({ name }) => name).sort(),
  };
}

function spread(piece: Piece, r: number): number {
  return piece.square0 - 2 * piece.square1 * r + piece.square2 * r * r;
}

/** Mean of |e_(i) + e_(n+1-i)| over the body: zero when the residuals lie symmetrically around zero. */
function asymmetry(pairs: readonly GeoPair[], trimmed: number, r: number): number {
  const e = pairs.map((pair) => pair.response - r * pair.cost).sort((a, b) => a - b);
  let sum = 0;
  for (let i = trimmed; i < e.length - trimmed; i++) sum += Math.abs(e[i] + e[e.length - 1 - i]);
  return sum / (e.length - 2 * trimmed);
}

/** Hull of all r with (sum of body e)^2 <= z^2 W(r), solved piece by piece; null when it has no bound on a side. */
function acceptedRange(pieces: readonly Piece[], z: number): { lo: number; hi: number } | null {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (const piece of pieces) {
    // a r^2 - 2 b r + c <= 0
    const a = piece.cost ** 2 - z * z * piece.square2;
    const b = piece.response * piece.cost - z * z * piece.square1;
    const c = piece.response ** 2 - z * z * piece.square0;
    for (const [left, right] of solutions(a, b, c)) {
      const from = Math.max(left, piece.from);
      const to = Math.min(right, piece.to);
      if (from > to) continue;
      lo = Math.min(lo, from);
      hi = Math.max(hi, to);
    }
  }
  return Number.isFinite(lo) && Number.isFinite(hi) ? { lo, hi } : null;
}

/** Where a r^2 - 2 b r + c <= 0, as at most two ranges. */
function solutions(a: number, b: number, c: number): [number, number][] {
  const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (a === 0) {
    if (b === 0) return c <= 0 ? [[low, high]] : [];
    return b > 0 ? [[c / (2 * b), high]] : [[low, c / (2 * b)]];
  }
  const discriminant = b * b - a * c;
  if (discriminant < 0) return a < 0 ? [[low, high]] : [];
  const root = Math.sqrt(discriminant);
  const [first, second] = a > 0 ? [(b - root) / a, (b + root) / a] : [(b + root) / a, (b - root) / a];
  return a > 0
    ? [[first, second]]
    : [
        [low, first],
        [second, high],
      ];
}

/** Smallest squared studentised trimmed mean over all r at or beyond 0, seen from the estimate. */
function leastBeyondZero(pieces: readonly Piece[], estimate: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (const piece of pieces) {
    const from = estimate >= 0 ? piece.from : Math.max(piece.from, 0);
    const to = estimate >= 0 ? Math.min(piece.to, 0) : piece.to;
    if (from > to) continue;
    const { response: a, cost: b, square0: c, square1: d, square2: e } = piece;
    const at = (r: number): number => {
      const w = spread(piece, r);
      const mean = (a - b * r) ** 2;
      return w > 0 ? mean / w : mean > 0 ? Number.POSITIVE_INFINITY : 0;
    };
    const candidates = [from, to, a / b, (b * c - a * d) / (b * d - a * e)].filter(
      (r) => Number.isFinite(r) && r >= from && r <= to,
    );
    for (const r of candidates) least = Math.min(least, at(r));
    // an unbounded piece tends to its ratio of leading coefficients
    if (!Number.isFinite(from) || !Number.isFinite(to)) least = Math.min(least, e > 0 ? (b * b) / e : least);
  }
  return least;
}
