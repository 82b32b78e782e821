import type { Bounds } from './inference.ts';

/** A p-value that is constant on `lo <= h <= hi`. */
export interface PiecePValue {
  lo: number;
  hi: number;
  p: number;
}

/** Sums that are linear on `lo <= h <= hi`: entry k is `base[k] + h * slope[k]`; entry 0 is the tested one. */
export interface LinearPiece {
  lo: number;
  hi: number;
  base: Float64Array;
  slope: Float64Array;
}

/**
 * Cuts linear pieces into the intervals on which the share of entries with |value| >= |entry 0| stays the same.
 *
 * @param tolerance  entries this close to the tested one count as at least as large, unit of the sums
 * @param share      count (entry 0 included) -> p-value
 */
export function stepsOf(
  parts: readonly LinearPiece[],
  tolerance: number,
  share: (count: number) => number,
): PiecePValue[] {
  const out: PiecePValue[] = [];
  for (const { lo, hi, base, slope } of parts) {
    const cuts: number[] = [];
    for (let k = 1; k < base.length; k++) {
      const minus = -(base[k] - base[0]) / (slope[k] - slope[0]);
      const plus = -(base[k] + base[0]) / (slope[k] + slope[0]);
      if (minus > lo && minus < hi) cuts.push(minus);
      if (plus > lo && plus < hi) cuts.push(plus);
    }
    cuts.sort((a, b) => a - b);
    let from = lo;
    for (let i = 0; i <= cuts.length; i++) {
      const to = i < cuts.length ? cuts[i] : hi;
      if (to > from || (i === cuts.length && lo === hi)) {
        const p = share(countAt(base, slope, inside(from, to), tolerance));
        const last = out.at(-1);
        if (last && last.p === p && last.hi === from) last.hi = to;
        else out.push({ lo: from, hi: to, p });
      }
      from = to;
    }
  }
  return out;
}

function countAt(base: Float64Array, slope: Float64Array, h: number, tolerance: number): number {
  const limit = Math.abs(base[0] + h * slope[0]) - tolerance;
  let count = 0;
  for (let k = 0; k < base.length; k++) if (Math.abs(base[k] + h * slope[k]) >= limit) count++;
  return count;
}

function inside(lo: number, hi: number): number {
  if (Number.isFinite(lo) && Number.isFinite(hi)) return lo + (hi - lo) / 2;
  if (Number.isFinite(lo)) return lo + Math.max(1, Math.abs(lo));
  if (Number.isFinite(hi)) return hi - Math.max(1, Math.abs(hi));
  return 0;
}

/** The smallest interval with every h whose p-value is at least `alpha`; null when there is none. */
export function confidenceHull(steps: readonly PiecePValue[], alpha: number): Bounds | null {
  const kept = steps.filter(({ p }) => p >= alpha - 1e-12);
  if (kept.length === 0) return null;
  const [lo, hi] = [kept[0].lo, kept[kept.length - 1].hi];
  return { lo: Number.isFinite(lo) ? lo : null, hi: Number.isFinite(hi) ? hi : null };
}

/** Largest p-value over `from <= h <= to`. */
export function supremum(steps: readonly PiecePValue[], from: number, to: number): number {
  let most = 0;
  for (const { lo, hi, p } of steps) if (hi >= from && lo <= to) most = Math.max(most, p);
  return most;
}
