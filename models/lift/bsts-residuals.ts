import type { GibbsDraws, GibbsModel } from './bsts-gibbs.ts';
import { localLevelErrors } from './bsts-local-level.ts';
import { durbinWatson, ljungBox } from './ljung-box.ts';

/** Are the one-step errors of the pre-period white? If not, the posterior interval is too narrow or too wide. */
export interface ResidualDiagnostics {
  ljung_box: { statistic: number; lags: number; p_value: number } | null;
  durbin_watson: number;
  /** mean over observed pre-periods of |standardised one-step error|; 0.8 when the model is right */
  mean_absolute_error: number;
  autocorrelated: boolean;
}

/** Runs the Kalman filter once at the posterior means and tests its standardised one-step errors. */
export function residualDiagnostics(
  model: GibbsModel,
  draws: GibbsDraws,
): { errors: Float64Array; diagnostics: ResidualDiagnostics } {
  const pre = model.outcome.length;
  const { cols, data } = model.columns;
  const observation = mean(draws.residualDeviation.map((deviation) => deviation ** 2));
  const level = mean(draws.levelDeviation.map((deviation) => deviation ** 2));
  const target = new Float64Array(pre);
  for (let t = 0; t < pre; t++) {
    let fit = draws.seasonMean[t];
    for (let j = 0; j < cols; j++) fit += data[t * cols + j] * draws.coefficientMean[j];
    target[t] = model.outcome[t] - fit;
  }
  const first = target.find((value) => !Number.isNaN(value)) ?? 0;
  // the first error starts from the value itself and says nothing
  const errors = localLevelErrors(target, observation, level, first, 1)
    .filter((value) => !Number.isNaN(value))
    .slice(1);
  const test = ljungBox(errors);
  const diagnostics = {
    ljung_box: test === null ? null : { statistic: test.statistic, lags: test.lags, p_value: test.pValue },
    durbin_watson: durbinWatson(errors),
    mean_absolute_error: mean(errors.map(Math.abs)),
    autocorrelated: test !== null && test.pValue < 0.05,
  };
  return { errors, diagnostics };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
