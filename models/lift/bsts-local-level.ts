import type { Random } from '../numeric/random.ts';

/**
 * One draw of the level of a local level model given its variances: forward filter, backward sampling.
 *
 *     y[t] = level[t] + e,  e ~ N(0, observationVariance)
 *     level[t + 1] = level[t] + eta,  eta ~ N(0, levelVariance)
 *
 * Exact simulation smoother for this model; it needs one normal draw per period.
 *
 * @param y         length n, NaN = missing
 * @param level     length n, receives the draw
 * @param filtered  length 2n, scratch
 * @see Frühwirth-Schnatter (1994), Data augmentation and dynamic linear models
 */
export function drawLocalLevel(
  y: Float64Array,
  observationVariance: number,
  levelVariance: number,
  firstMean: number,
  firstVariance: number,
  rng: Random,
  level: Float64Array,
  filtered: Float64Array,
): void {
  const n = y.length;
  let mean = firstMean;
  let variance = firstVariance;
  for (let t = 0; t < n; t++) {
    const value = y[t];
    if (!Number.isNaN(value)) {
      const gain = variance / (variance + observationVariance);
      mean += gain * (value - mean);
      variance *= 1 - gain;
    }
    filtered[2 * t] = mean;
    filtered[2 * t + 1] = variance;
    variance += levelVariance;
  }
  let next = filtered[2 * n - 2] + Math.sqrt(filtered[2 * n - 1]) * rng.normal();
  level[n - 1] = next;
  for (let t = n - 2; t >= 0; t--) {
    const p = filtered[2 * t + 1];
    const back = p / (p + levelVariance);
    next = filtered[2 * t] + back * (next - filtered[2 * t]) + Math.sqrt(p * (1 - back)) * rng.normal();
    level[t] = next;
  }
}

/**
 * One-step prediction errors of the local level model, each divided by its standard deviation.
 *
 * @returns length n; NaN where y is missing
 */
export function localLevelErrors(
  y: Float64Array,
  observationVariance: number,
  levelVariance: number,
  firstMean: number,
  firstVariance: number,
): Float64Array {
  const out = new Float64Array(y.length).fill(Number.NaN);
  let mean = firstMean;
  let variance = firstVariance;
  for (let t = 0; t < y.length; t++) {
    if (!Number.isNaN(y[t])) {
      const total = variance + observationVariance;
      const error = y[t] - mean;
      out[t] = error / Math.sqrt(total);
      mean += (variance / total) * error;
      variance *= 1 - variance / total;
    }
    variance += levelVariance;
  }
  return out;
}
