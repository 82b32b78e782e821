/**
 * Type-7 (linear interpolation) quantile, R's and NumPy's default.
 *
 * @param sorted  ascending, length >= 1
 * @param p       in [0, 1]
 */
export function quantileSorted(sorted: Float64Array, p: number): number {
  const at = (sorted.length - 1) * p;
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}

/** `quantileSorted` of a copy in ascending order. */
export function quantile(values: Float64Array, p: number): number {
  return quantileSorted(Float64Array.from(values).sort(), p);
}

/** How many of ascending values lie below x. */
export function countBelow(sorted: Float64Array, x: number): number {
  return placeOf(sorted, (value) => value < x);
}

/** How many of ascending values are x or lie below it. */
export function countAtMost(sorted: Float64Array, x: number): number {
  return placeOf(sorted, (value) => value <= x);
}

/** The first place whose value is not before, by halves. */
function placeOf(sorted: Float64Array, isBefore: (value: number) => boolean): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (isBefore(sorted[middle])) from = middle + 1;
    else to = middle;
  }
  return from;
}
