import { cholesky, type Matrix, zeros } from '../numeric/matrix.ts';

/**
 * Guesses of the sd of one level step, in units of the sd of the outcome, among which the pre-period chooses. The two smallest stand
 * for a level that does not move; without them white noise gets intervals that are too wide.
 */
const LEVEL_PRIOR_CANDIDATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3] as const;

export interface LevelPriorChoice {
  chosen: number;
  /** sum of log one-step predictive densities over the pre-period, one per candidate */
  logPredictive: { levelDeviation: number; logLikelihood: number }[];
}

/**
 * Chooses the level prior by how well each candidate predicts the pre-period one step ahead.
 *
 * For a given level sd and residual sd the coefficients are integrated out exactly: the same Kalman filter runs over the
 * outcome and over every column, and what is left is a conjugate regression of innovations on innovations. The residual sd
 * is integrated out on a grid under its inverse-gamma prior. The sum of log one-step predictive densities is then the log
 * marginal likelihood. Deterministic.
 *
 * @param outcome    length n, standardised, pre-period, NaN = missing
 * @param columns    standardised regressors, each length n, intercept not needed
 * @param precision  slab precision over the columns, in units of 1 / residual variance
 * @param prior      residual variance: inverse gamma worth `weight` observations of `variance`
 */
export function chooseLevelPrior(
  outcome: Float64Array,
  columns: readonly Float64Array[],
  precision: Matrix,
  prior: { weight: number; variance: number },
  candidates: readonly number[] = LEVEL_PRIOR_CANDIDATES,
): LevelPriorChoice {
  const grid = residualGrid();
  const logPredictive = candidates.map((levelDeviation) => {
    const terms = grid.map((deviation) => {
      const variance = deviation ** 2;
      // inverse-gamma density of the variance times d(variance)/d(log deviation), up to constants
      const logPrior = -(prior.weight / 2) * Math.log(variance) - (prior.weight * prior.variance) / (2 * variance);
      return logPrior + logMarginal(outcome, columns, precision, variance, levelDeviation ** 2);
    });
    const highest = Math.max(...terms);
    return {
      levelDeviation,
      logLikelihood: highest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - highest), 0)),
    };
  });
  const best = logPredictive.reduce((a, b) => (b.logLikelihood > a.logLikelihood ? b : a));
  return { chosen: best.levelDeviation, logPredictive };
}

/** Residual sds from 1.2 (the truncation of the prior) down, evenly spaced in logs. */
function residualGrid(): number[] {
  return Array.from({ length: 16 }, (_, i) => 1.2 * 0.02 ** (i / 15));
}

/** Log density of the outcome with level and coefficients integrated out, variances given. */
function logMarginal(
  outcome: Float64Array,
  columns: readonly Float64Array[],
  precision: Matrix,
  observation: number,
  level: number,
): number {
  const size = columns.length;
  const means = new Float64Array(size);
  const innovations = new Float64Array(size);
  const info = zeros(size, size);
  const score = new Float64Array(size);
  let mean = outcome.find((value) => !Number.isNaN(value)) ?? 0;
  let variance = 1;
  let log = 0;
  for (let t = 0; t < outcome.length; t++) {
    if (!Number.isNaN(outcome[t])) {
      const total = variance + observation;
      const gain = variance / total;
      const error = outcome[t] - mean;
      mean += gain * error;
      for (let j = 0; j < size; j++) {
        innovations[j] = columns[j][t] - means[j];
        means[j] += gain * innovations[j];
      }
      for (let i = 0; i < size; i++) {
        const weighted = innovations[i] / total;
        score[i] += weighted * error;
        for (let j = 0; j <= i; j++) info.data[i * size + j] += weighted * innovations[j];
      }
      log -= 0.5 * (Math.log(2 * Math.PI * total) + (error * error) / total);
      variance *= 1 - gain;
    }
    variance += level;
  }
  if (size === 0) return log;
  const scaled = zeros(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const slab = precision.data[i * size + j] / observation;
      scaled.data[i * size + j] = slab;
      info.data[i * size + j] += slab;
    }
  }
  const before = cholesky(scaled);
  const after = cholesky(info);
  if (before === null || after === null) return Number.NEGATIVE_INFINITY;
  const half = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let sum = score[i];
    for (let k = 0; k < i; k++) sum -= after.data[i * size + k] * half[k];
    half[i] = sum / after.data[i * size + i];
    log += 0.5 * half[i] ** 2 + Math.log(before.data[i * size + i] / after.data[i * size + i]);
  }
  return log;
}
