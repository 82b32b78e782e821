import { InputError } from '../errors.ts';
import { DEFAULT_LEVEL, type Estimate } from '../estimate.ts';
import { quantileT, twoSidedT } from '../numeric/distribution.ts';
import type { Panel, Treatment } from '../panel.ts';
import { autocorrelations, durbinWatson, ljungBox } from './ljung-box.ts';
import { panelView, treatedMean } from './panel-view.ts';

/** Treated and control totals (or means) over the same periods. */
export interface GroupSeries {
  /** length T, finite */
  treated: Float64Array;
  /** length T, finite */
  control: Float64Array;
  /** index of the first treated period, >= 4 */
  start: number;
  /** index after the last treated period; T when absent */
  end?: number;
}

export interface TbrOptions {
  level?: number;
  /**
   * `ar1` (default): the interval allows for the autocorrelation of the pre-period residuals; `iid`: for independent ones only, as
   * peers print it
   */
  errors?: 'ar1' | 'iid';
}

/** OLS of treated on control in the pre-period. */
export interface TbrFit {
  intercept: number;
  slope: number;
  /** residual sd, n - 2 */
  deviation: number;
  interceptVariance: number;
  slopeVariance: number;
  covariance: number;
  residuals: Float64Array;
  degrees: number;
}

export interface TbrResult {
  /** mean effect per treated period, unit of `treated` */
  estimate: Estimate;
  /** total effect over the treated periods */
  cumulative: Estimate;
  /** total effect / total counterfactual */
  relative: Estimate;
  series: { actual: Float64Array; counterfactual: Float64Array; lo: Float64Array | null; hi: Float64Array | null };
  fit: TbrFit;
}

/**
 * Time-based regression: the treated total, predicted by the control total with the pre-period's line.
 *
 *     effect = sum(y - a - b x) over m treated periods
 *     variance = m^2 (V_aa + xbar^2 V_bb + 2 xbar V_ab) + m sigma^2,  t with n - 2 degrees of freedom
 *
 * That is `errors: 'iid'`. A test of independence before it would not help: mild autocorrelation passes it half of the time, and the
 * panels that pass reject a true null more than twice as often as they should. So the default lets the residuals be AR(1), always:
 *
 *     rho = r1 + (1 + 4 max(0, r1)) / n, within [0, 0.99];   L = (1 + rho) / (1 - rho);   s^2 = sigma^2 (n - 2) / (n - 1 - L)
 *     variance = L m^2 (V_aa + xbar^2 V_bb + 2 xbar V_ab) s^2 / sigma^2 + s^2 sum[i, j] rho^|i - j|,   t with (n - 2) / L degrees
 *
 * Where Ljung-Box at 1 % still finds autocorrelation after that (seasons, say), interval and p-value are withheld and
 * `diagnostics.no_interval` says so: use the block conformal interval of a panel method instead.
 *
 * @throws InputError `bad_parameter` for a start that leaves fewer than 4 pre-periods or no treated one, `bad_panel` for a
 *   control series that does not vary before the treatment
 * @see Kerman, Wang & Vaver (2017), Estimating ad effectiveness using geo experiments in a time-based regression framework
 */
export function tbr(series: GroupSeries, options: TbrOptions = {}): TbrResult {
  const level = options.level ?? DEFAULT_LEVEL;
  const { treated, control, start } = series;
  const end = series.end ?? treated.length;
  if (!(start >= 4 && start < end && end <= treated.length)) {
    throw new InputError(
      'bad_parameter',
      `treatment from period ${start} to ${end}; give at least 4 periods before it`,
    );
  }
  const fit = fitLine(control.subarray(0, start), treated.subarray(0, start));
  const counterfactual = control.slice(0, end).map((x) => fit.intercept + fit.slope * x);
  const m = end - start;
  let effect = 0;
  let seen = 0;
  let mean = 0;
  for (let t = start; t < end; t++) {
    effect += treated[t] - counterfactual[t];
    seen += treated[t];
    mean += control[t] / m;
  }
  const scale = Math.max(...treated.subarray(0, start).map(Math.abs));
  const noise = noiseOf(fit, options.errors ?? 'ar1', 1e-12 * scale);
  const lineVariance = (x: number): number =>
    (noise.longRun * noise.variance * (fit.interceptVariance + x * x * fit.slopeVariance + 2 * x * fit.covariance)) /
    fit.deviation ** 2;
  const standardError = Math.sqrt(m * m * lineVariance(mean) + noise.variance * spanOf(m, noise.rho));
  const { withheld, degrees } = noise;
  const durbin = durbinWatson(fit.residuals);
  const box = ljungBox(fit.residuals);
  const diagnostics = {
    durbin_watson: Number.isFinite(durbin) ? durbin : null,
    ljung_box: box === null ? null : { statistic: box.statistic, lags: box.lags, p_value: box.pValue },
    autocorrelation: noise.rho,
    slope: fit.slope,
    intercept: fit.intercept,
    residual_deviation: fit.deviation,
    degrees_of_freedom: degrees,
    ...(withheld === null ? {} : { no_interval: withheld }),
  };
  const half = withheld === null ? quantileT(0.5 + level / 2, degrees) * standardError : 0;
  const pValue = withheld === null ? twoSidedT(effect / standardError, degrees) : null;
  const estimateOf = (of: (total: number) => number, error: number | null): Estimate => ({
    value: of(effect),
    standardError: withheld === null ? error : null,
    interval: withheld === null ? { lo: of(effect - half), hi: of(effect + half), level, kind: 'confidence' } : null,
    pValue,
    method: 'tbr',
    n: start,
    diagnostics,
  });
  // the relative effect rises with the total as long as the counterfactual stays positive, so quantiles carry over exactly
  const relative =
    seen - effect - half > 0
      ? estimateOf((total) => total / (seen - total), null)
      : {
          ...estimateOf((total) => total / (seen - total), null),
          interval: null,
          pValue: null,
          diagnostics: { no_interval: 'the counterfactual total may be zero or less' },
        };
  return {
    estimate: estimateOf((total) => total / m, standardError / m),
    cumulative: estimateOf((total) => total, standardError),
    relative,
    series: { actual: treated.slice(0, end), counterfactual, ...bands() },
    fit,
  };

  function bands(): { lo: Float64Array | null; hi: Float64Array | null } {
    if (withheld !== null) return { lo: null, hi: null };
    const t = quantileT(0.5 + level / 2, degrees);
    const halves = control.slice(0, end).map((x) => t * Math.sqrt(lineVariance(x) + noise.variance));
    return { lo: counterfactual.map((v, i) => v - halves[i]), hi: counterfactual.map((v, i) => v + halves[i]) };
  }
}

/** What the residuals say about the errors to come. */
interface Noise {
  /** correlation of neighbouring errors, 0 where they count as independent */
  rho: number;
  /** long-run variance over variance, (1 + rho) / (1 - rho) */
  longRun: number;
  variance: number;
  degrees: number;
  /** why no interval can be given */
  withheld: string | null;
}

/** @param least  residual sd at or below which the line is perfect but for rounding */
function noiseOf(fit: TbrFit, errors: 'ar1' | 'iid', least: number): Noise {
  const n = fit.residuals.length;
  const independent = { rho: 0, longRun: 1, variance: fit.deviation ** 2, degrees: fit.degrees };
  if (!(fit.deviation > least)) {
    return { ...independent, withheld: 'the pre-period leaves no residual to judge by' };
  }
  if (errors === 'iid') return { ...independent, withheld: null };
  const first = autocorrelations(fit.residuals, 1)?.[0] ?? 0;
  // r1 of regression residuals is too low by about (1 + 4 rho) / n
  const rho = Math.min(0.99, Math.max(0, first + (1 + 4 * Math.max(0, first)) / n));
  const longRun = (1 + rho) / (1 - rho);
  const whitened = ljungBox(fit.residuals.subarray(1).map((e, t) => e - first * fit.residuals[t]));
  return {
    rho,
    longRun,
    // the line follows autocorrelated errors, so its residuals are too small; never by more than the fivefold
    variance: fit.deviation ** 2 / Math.max(0.2, (n - 1 - longRun) / (n - 2)),
    degrees: Math.max(1, fit.degrees / longRun),
    withheld:
      whitened !== null && whitened.pValue < 0.01
        ? 'the pre-period residuals are autocorrelated in a way that one lag does not describe, so the interval would be too narrow'
        : null,
  };
}

/** Sum of rho^|i - j| over i, j = 1..m: variance of the sum of m neighbouring errors, each of variance 1. */
function spanOf(m: number, rho: number): number {
  let sum = m;
  for (let k = 1; k < m; k++) sum += 2 * (m - k) * rho ** k;
  return sum;
}

/**
 * `tbr` on a panel: the mean of the treated units on the mean of the controls. `cumulative` is per treated unit.
 *
 * @throws InputError as `panelView` and `tbr`
 */
export function tbrPanel(panel: Panel, treatment: Treatment, options: TbrOptions = {}): TbrResult {
  const view = panelView(panel, treatment);
  const length = view.pre + view.post;
  const control = new Float64Array(length);
  for (let u = 0; u < view.controls; u++) {
    for (let t = 0; t < length; t++) control[t] += view.outcome[u * length + t] / view.controls;
  }
  return tbr({ treated: treatedMean(view), control, start: view.pre }, options);
}

/**
 * Least squares line with the covariance of its coefficients.
 *
 * @param x, y  equal lengths >= 3
 * @throws InputError `bad_panel` when x does not vary
 */
export function fitLine(x: Float64Array, y: Float64Array): TbrFit {
  const n = x.length;
  if (x.every((value) => value === x[0])) {
    throw new InputError('bad_panel', 'the control series does not vary before the treatment, so it predicts nothing');
  }
  let meanX = 0;
  let meanY = 0;
  for (let i = 0; i < n; i++) {
    meanX += x[i] / n;
    meanY += y[i] / n;
  }
  let sxx = 0;
  let sxy = 0;
  for (let i = 0; i < n; i++) {
    sxx += (x[i] - meanX) ** 2;
    sxy += (x[i] - meanX) * (y[i] - meanY);
  }
  const slope = sxy / sxx;
  const intercept = meanY - slope * meanX;
  const residuals = y.map((value, i) => value - intercept - slope * x[i]);
  const degrees = n - 2;
  const variance = residuals.reduce((sum, e) => sum + e * e, 0) / degrees;
  return {
    intercept,
    slope,
    deviation: Math.sqrt(variance),
    interceptVariance: variance * (1 / n + meanX ** 2 / sxx),
    slopeVariance: variance / sxx,
    covariance: (-variance * meanX) / sxx,
    residuals,
    degrees,
  };
}
