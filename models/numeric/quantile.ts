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
