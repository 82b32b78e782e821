import { random } from '../numeric/random.ts';

/** Sets of rows that play the treated ones in turn. Set i depends on i alone, so any range may be worked on anywhere. */
export interface PlaceboSets {
  count: number;
  /** true: every set there is, once; false: seeded draws */
  exhaustive: boolean;
  /** rows in ascending order */
  at(index: number): Int32Array;
}

/** With no more sets than this, all of them are used instead of random draws. */
const ENUMERATE_UP_TO = 5000;

/**
 * All ways to choose `treated` of the first `controls` rows when there are at most 5,000, else seeded draws.
 *
 * @param controls  rows to choose from, numbered 0 .. controls - 1
 * @param treated   size of a set, < controls
 * @param draws     number of random sets when there are more than 5,000
 */
export function placeboSets(controls: number, treated: number, draws: number, seed: number): PlaceboSets {
  if (treated < 1 || treated >= controls) throw new RangeError(`placeboSets: ${treated} of ${controls}`);
  const all = combinations(controls, treated);
  if (all <= ENUMERATE_UP_TO) {
    return { count: all, exhaustive: true, at: (index) => combinationAt(index, controls, treated) };
  }
  return {
    count: draws,
    exhaustive: false,
    at(index) {
      const draw = random(seed, 'placebo', index);
      const order = Int32Array.from({ length: controls }, (_, i) => i);
      for (let i = 0; i < treated; i++) {
        const j = i + draw.integer(controls - i);
        [order[i], order[j]] = [order[j], order[i]];
      }
      return order.slice(0, treated).sort();
    },
  };
}

/** n choose k, as a double (Infinity when past its range). */
export function combinations(n: number, k: number): number {
  let value = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) value = (value * (n - Math.min(k, n - k) + i)) / i;
  return Math.round(value);
}

/** The `index`-th k-subset of 0 .. n - 1 in lexicographic order. */
function combinationAt(index: number, n: number, k: number): Int32Array {
  const out = new Int32Array(k);
  let rest = index;
  let next = 0;
  for (let i = 0; i < k; i++) {
    for (;;) {
      const below = combinations(n - next - 1, k - i - 1);
      if (rest < below) break;
      rest -= below;
      next++;
    }
    out[i] = next++;
  }
  return out;
}

/** Rows 0 .. controls - 1 that are not in `taken` (ascending). */
export function others(controls: number, taken: Int32Array): Int32Array {
  const out = new Int32Array(controls - taken.length);
  let k = 0;
  let at = 0;
  for (let i = 0; i < controls; i++) {
    if (at < taken.length && taken[at] === i) at++;
    else out[k++] = i;
  }
  return out;
}
