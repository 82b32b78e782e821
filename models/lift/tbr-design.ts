import { InputError } from '../errors.ts';
import { quantileF, quantileT } from '../numeric/distribution.ts';
import { durbinWatson } from './ljung-box.ts';
import { fitLine, tbr } from './tbr.ts';

/** One diagnostic of a planned time-based regression, with the threshold that judged it. */
export interface DesignCheck {
  name: 'correlation' | 'durbin_watson' | 'brownian_bridge' | 'placebo';
  passed: boolean;
  value: number;
  threshold: string;
}

export interface TbrDesign {
  checks: DesignCheck[];
  passed: boolean;
  /** smallest total effect over the test that will be found with `power` at `significance`, unit of the response */
  requiredImpact: number;
}

export interface TbrDesignOptions {
  /** planned number of test periods */
  testPeriods: number;
  /** one-sided, default 0.9 */
  significance?: number;
  /** default 0.8 */
  power?: number;
  /** quantile at which the unknown control mean of the test is taken, default 0.9 */
  meanShift?: number;
}

/**
 * Can a time-based regression of these two groups find an effect? Four diagnostics on the pre-period, and the required impact.
 *
 *     correlation >= 0.8;  Durbin-Watson in (1.5, 2.5);  |cumsum(residual / sigma)[k]| <= 3 sqrt(k (1 - k / n)) for all k;
 *     the A/A interval of the last `testPeriods` pre-periods contains 0
 *     impact = sigma (t_sig + t_pow) m sqrt(phi (n + 1) / (n m (n - 1)) + 1 / n + 1 / m),  sigma = sd(y, n - 2) sqrt(1 - r^2)
 *
 * @param treated, control  pre-period series, equal lengths n >= testPeriods + 4
 * @throws InputError `insufficient_data` when the pre-period is too short for the A/A check
 * @see Au (2018), A time-based regression matched markets approach for designing geo experiments
 */
export function tbrDesign(treated: Float64Array, control: Float64Array, options: TbrDesignOptions): TbrDesign {
  const n = treated.length;
  const m = options.testPeriods;
  if (!(Number.isInteger(m) && m >= 1) || n < m + 4) {
    throw new InputError('insufficient_data', `${n} pre-periods for a test of ${m}; give at least ${m + 4}`);
  }
  const fit = fitLine(control, treated);
  const meanY = treated.reduce((sum, y) => sum + y, 0) / n;
  const total = treated.reduce((sum, y) => sum + (y - meanY) ** 2, 0);
  const unexplained = fit.residuals.reduce((sum, e) => sum + e * e, 0);
  const correlation = total > 0 ? Math.sign(fit.slope) * Math.sqrt(Math.max(0, 1 - unexplained / total)) : 0;
  const durbin = durbinWatson(fit.residuals);
  const bridge = brownianBridge(fit.residuals);
  const placebo = tbr(
    { treated, control, start: n - m },
    { errors: 'iid', level: 2 * (options.significance ?? 0.9) - 1 },
  );
  // a line that fits perfectly leaves no interval: then anything but nothing is a finding
  const { lo, hi } = placebo.cumulative.interval ?? { lo: placebo.cumulative.value, hi: placebo.cumulative.value };
  const checks: DesignCheck[] = [
    { name: 'correlation', passed: correlation >= 0.8, value: correlation, threshold: '>= 0.8' },
    { name: 'durbin_watson', passed: durbin > 1.5 && durbin < 2.5, value: durbin, threshold: 'in (1.5, 2.5)' },
    { name: 'brownian_bridge', passed: bridge <= 3, value: bridge, threshold: '<= 3 sqrt(k (1 - k / n)) for every k' },
    { name: 'placebo', passed: lo <= 0 && hi >= 0, value: placebo.cumulative.value, threshold: 'interval contains 0' },
  ];
  const sigma = Math.sqrt(total / (n - 2)) * Math.sqrt(Math.max(0, 1 - correlation ** 2));
  return {
    checks,
    passed: checks.every((check) => check.passed),
    requiredImpact: requiredImpact(sigma, n, m, options),
  };
}

function requiredImpact(sigma: number, n: number, m: number, options: TbrDesignOptions): number {
  const degrees = n - 2;
  const factor = quantileT(options.significance ?? 0.9, degrees) + quantileT(options.power ?? 0.8, degrees);
  const phi = quantileF(options.meanShift ?? 0.9, 1, n - 1);
  return sigma * factor * m * Math.sqrt((phi * (n + 1)) / (n * m * (n - 1)) + 1 / n + 1 / m);
}

/** Largest |cumulative standardised residual| in units of its sd under a stable relation. */
function brownianBridge(residuals: Float64Array): number {
  const n = residuals.length;
  const sigma = Math.sqrt(residuals.reduce((sum, e) => sum + e * e, 0) / (n - 2));
  if (!(sigma > 0)) return 0;
  let sum = 0;
  let highest = 0;
  for (let k = 1; k < n; k++) {
    sum += residuals[k - 1] / sigma;
    highest = Math.max(highest, Math.abs(sum) / Math.sqrt(k * (1 - k / n)));
  }
  return highest;
}
