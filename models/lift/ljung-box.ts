import { upperChiSquare } from '../numeric/distribution.ts';

/** Is there autocorrelation left in a series of residuals? */
export interface LjungBox {
  statistic: number;
  /** autocorrelations tested */
  lags: number;
  pValue: number;
}

/**
 * Ljung-Box test on residuals in time order.
 *
 *     Q = n (n + 2) sum(r[k]^2 / (n - k)),  k = 1..lags,  Q ~ chi-square(lags - fitted)
 *
 * @param residuals  length n > lags; NaN = missing, closed up
 * @param lags       default min(10, floor(n / 5))
 * @param fitted     number of fitted ARMA-like parameters, taken off the degrees of freedom
 * @returns          null when there are fewer than 8 residuals, or they do not vary
 * @see Ljung & Box (1978), On a measure of lack of fit in time series models
 */
export function ljungBox(residuals: Float64Array, lags?: number, fitted = 0): LjungBox | null {
  const values = residuals.filter((value) => !Number.isNaN(value));
  const n = values.length;
  const used = lags ?? Math.min(10, Math.floor(n / 5));
  if (n < 8 || used < 1 || used >= n || used <= fitted) return null;
  const correlations = autocorrelations(values, used);
  if (correlations === null) return null;
  let statistic = 0;
  for (let k = 1; k <= used; k++) statistic += correlations[k - 1] ** 2 / (n - k);
  statistic *= n * (n + 2);
  return { statistic, lags: used, pValue: upperChiSquare(statistic, used - fitted) };
}

/**
 * Durbin-Watson statistic: near 2 without first-order autocorrelation, under 2 when neighbours move together.
 *
 *     sum((e[t] - e[t - 1])^2) / sum(e[t]^2)
 *
 * @param residuals  length >= 2, mean about zero
 */
export function durbinWatson(residuals: Float64Array): number {
  let differences = 0;
  let squares = residuals[0] ** 2;
  for (let t = 1; t < residuals.length; t++) {
    differences += (residuals[t] - residuals[t - 1]) ** 2;
    squares += residuals[t] ** 2;
  }
  return differences / squares;
}

/** Autocorrelations at lags 1..lags around the mean; null when the values do not vary. */
export function autocorrelations(values: Float64Array, lags: number): Float64Array | null {
  const n = values.length;
  let mean = 0;
  for (const value of values) mean += value / n;
  let variance = 0;
  for (const value of values) variance += (value - mean) ** 2;
  if (!(variance > 0)) return null;
  const out = new Float64Array(lags);
  for (let k = 1; k <= lags; k++) {
    let sum = 0;
    for (let t = k; t < n; t++) sum += (values[t] - mean) * (values[t - k] - mean);
    out[k - 1] = sum / variance;
  }
  return out;
}
