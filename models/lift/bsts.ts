import { InputError } from '../errors.ts';
import { DEFAULT_LEVEL, type Estimate } from '../estimate.ts';
import { quantileNormal } from '../numeric/distribution.ts';
import { quantileSorted } from '../numeric/quantile.ts';
import { random } from '../numeric/random.ts';
import type { Panel, Treatment } from '../panel.ts';
import { type GibbsDraws, type GibbsModel, gibbs } from './bsts-gibbs.ts';
import { chooseStructure, priors, type Standardised, standardise } from './bsts-model.ts';
import { residualDiagnostics } from './bsts-residuals.ts';
import type { Seasons } from './bsts-seasonal.ts';
import { chainDiagnostics } from './chain-diagnostics.ts';
import { summarizeDraws } from './draw-summary.ts';
import { panelView, treatedMean } from './panel-view.ts';

/** One treated series and the series that predict it. */
export interface InterventionSeries {
  /** length T, NaN = missing */
  outcome: Float64Array;
  /** each length T, finite; untouched by the treatment */
  covariates: Readonly<Record<string, Float64Array>>;
  /** index of the first treated period */
  start: number;
  /** index after the last treated period; T when absent */
  end?: number;
}

export interface BstsOptions {
  /** Gibbs iterations in all, default 1000 */
  iterations?: number;
  /** of which thrown away, default a tenth */
  burn?: number;
  level?: number;
  seed: number;
  /** sd of one level step in units of the sd of the outcome, or chosen by the pre-period (default) */
  levelDeviation?: number | 'chosen';
  /** seasons to model; a list: the candidate that the pre-period clearly asks for, or none */
  seasons?: Seasons | readonly Seasons[];
  /** number of columns expected to matter, default 3 */
  expectedSize?: number;
  /** `causalimpact`: the priors of that package's defaults instead of ours */
  compat?: 'causalimpact';
}

export interface BstsResult {
  /** mean effect per treated period, unit of the outcome */
  estimate: Estimate;
  /** total effect over the treated periods */
  cumulative: Estimate;
  /** total effect / total counterfactual */
  relative: Estimate;
  /** length end: what was seen, what would have been seen, and its band at `level` */
  series: { actual: Float64Array; counterfactual: Float64Array; lo: Float64Array; hi: Float64Array };
  /** posterior probability that a column matters, by name */
  inclusion: Record<string, number>;
  /** coefficients in units of the outcome's sd per sd of the column */
  coefficients: Record<string, { mean: number; standardDeviation: number }>;
  /** draws of the total effect, for ratios such as iROAS */
  cumulativeDraws: Float64Array;
  /** standardised one-step prediction errors of the observed pre-periods but the first */
  oneStepErrors: Float64Array;
}

/**
 * Bayesian structural time series: what the treated series would have been, from its own level, seasons and covariates.
 *
 *     y[t] = level[t] + season[t] + x[t]'beta + e[t],   level[t + 1] = level[t] + eta[t]
 *
 * Spike and slab on beta. The prior guess of sd(eta) is the candidate that predicts the pre-period best one step ahead; the
 * popular fixed guess of 0.01 sd(y) is right for white noise only. Intervals are posterior quantiles of observed minus
 * predicted, and the p-value belongs to the same draws. `diagnostics.residuals` holds Ljung-Box on the one-step errors of the
 * pre-period: when it fails, the interval is not to be trusted.
 *
 * @throws InputError `insufficient_data` for fewer than 8 observed pre-periods or no observed treated period, `bad_panel` for a
 *   constant pre-period or a covariate with gaps, `bad_parameter` for impossible options
 * @see Brodersen et al. (2015), Inferring causal impact using Bayesian structural time-series models
 */
export function bsts(series: InterventionSeries, options: BstsOptions): BstsResult {
  const end = series.end ?? series.outcome.length;
  const level = options.level ?? DEFAULT_LEVEL;
  const iterations = options.iterations ?? 1000;
  const burn = options.burn ?? Math.floor(iterations / 10);
  checkOptions(level, iterations, burn, options.seasons);
  const data = standardise(series, end);
  const base = priors(data, options);
  const choice = chooseStructure(base, data, options);
  const levelPrior = { ...base.levelPrior, deviation: choice.level.chosen };
  const model: GibbsModel = { ...base, levelPrior, seasons: choice.seasons };
  const draws = gibbs(model, iterations, burn, random(options.seed, 'bsts'));

  const { start } = series;
  const post = end - start;
  const seen = Array.from({ length: post }, (_, k) => k).filter((k) => !Number.isNaN(series.outcome[start + k]));
  const total = seen.reduce((sum, k) => sum + series.outcome[start + k], 0);
  const cumulativeDraws = new Float64Array(draws.draws);
  const relativeDraws = new Float64Array(draws.draws);
  let lowestCounterfactual = Number.POSITIVE_INFINITY;
  for (let d = 0; d < draws.draws; d++) {
    let predicted = 0;
    for (const k of seen) predicted += data.mean + data.deviation * draws.predictions[d * post + k];
    cumulativeDraws[d] = total - predicted;
    relativeDraws[d] = total / predicted - 1;
    lowestCounterfactual = Math.min(lowestCounterfactual, predicted);
  }
  const counterfactual = draws.stateMean.map((value) => data.mean + data.deviation * value);
  const value = seen.reduce((sum, k) => sum + series.outcome[start + k] - counterfactual[start + k], 0);
  const residuals = residualDiagnostics(model, draws);
  const diagnostics = {
    level_deviation: choice.level,
    seasons: choice.seasons,
    season_candidates: choice.seasonCandidates,
    residuals: residuals.diagnostics,
    chain: chainDiagnostics(cumulativeDraws),
    residual_deviation: meanOf(draws.residualDeviation) * data.deviation,
    level_step_deviation: meanOf(draws.levelDeviation) * data.deviation,
    dropped_covariates: data.dropped,
    iterations,
    burn,
    seed: options.seed,
  };
  const n = data.observed;
  const estimateOf = (of: Float64Array, center: number, extra: Record<string, unknown> = {}): Estimate => {
    const summary = summarizeDraws(of, level);
    return {
      value: center,
      standardError: summary.standardDeviation,
      interval: summary.interval,
      pValue: summary.pValue,
      method: 'bsts',
      n,
      diagnostics: { probability_positive: summary.probabilityAbove, ...extra },
    };
  };
  return {
    estimate: estimateOf(
      cumulativeDraws.map((draw) => draw / seen.length),
      value / seen.length,
      diagnostics,
    ),
    cumulative: estimateOf(cumulativeDraws, value),
    relative: relativeEstimate(relativeDraws, lowestCounterfactual, estimateOf),
    series: { actual: series.outcome.slice(0, end), counterfactual, ...bands(draws, data, start, end, level) },
    inclusion: Object.fromEntries(data.names.map((name, j) => [name, draws.inclusion[j + 1]])),
    coefficients: Object.fromEntries(
      data.names.map((name, j) => [
        name,
        { mean: draws.coefficientMean[j + 1], standardDeviation: Math.sqrt(draws.coefficientVariance[j + 1]) },
      ]),
    ),
    cumulativeDraws,
    oneStepErrors: residuals.errors,
  };
}

/**
 * `bsts` on a panel: the mean of the treated units, predicted by every control unit's own series.
 *
 * @throws InputError as `panelView` and `bsts`
 */
export function bstsPanel(panel: Panel, treatment: Treatment, options: BstsOptions): BstsResult {
  const view = panelView(panel, treatment);
  const length = view.pre + view.post;
  const covariates: Record<string, Float64Array> = {};
  for (let u = 0; u < view.controls; u++) {
    covariates[view.units[u]] = view.outcome.subarray(u * length, (u + 1) * length);
  }
  return bsts({ outcome: treatedMean(view), covariates, start: view.pre }, options);
}

function checkOptions(level: number, iterations: number, burn: number, seasons: BstsOptions['seasons']): void {
  if (!(level > 0 && level < 1))
    throw new InputError('bad_parameter', `level is ${level}; give a share between 0 and 1`);
  if (!Number.isInteger(iterations) || !Number.isInteger(burn) || burn < 0 || iterations - burn < 100) {
    throw new InputError('bad_parameter', `${iterations} iterations less ${burn} burn-in; keep at least 100 draws`);
  }
  if (2 / (iterations - burn + 1) >= 1 - level) {
    throw new InputError('bad_parameter', `${iterations - burn} kept draws are too few for level ${level}`);
  }
  const all: readonly Seasons[] = Array.isArray(seasons) ? seasons : seasons === undefined ? [] : [seasons as Seasons];
  for (const { count, duration } of all) {
    if (Number.isInteger(count) && Number.isInteger(duration) && count >= 2 && duration >= 1) continue;
    throw new InputError(
      'bad_parameter',
      'seasons need a whole count of at least 2 and a whole duration of at least 1',
    );
  }
}

/** The relative effect exists only where every draw of the counterfactual total is positive. */
function relativeEstimate(
  draws: Float64Array,
  lowestCounterfactual: number,
  estimateOf: (of: Float64Array, center: number, extra?: Record<string, unknown>) => Estimate,
): Estimate {
  if (lowestCounterfactual > 0) return estimateOf(draws, meanOf(draws));
  return {
    ...estimateOf(draws, Number.NaN),
    standardError: null,
    interval: null,
    pValue: null,
    diagnostics: { no_interval: 'the counterfactual total may be zero or less, so a relative effect has no meaning' },
  };
}

/** Treated periods: quantiles of predicted outcomes. Earlier periods: normal band from posterior and residual variance. */
function bands(
  draws: GibbsDraws,
  data: Standardised,
  start: number,
  end: number,
  level: number,
): { lo: Float64Array; hi: Float64Array } {
  const lo = new Float64Array(end);
  const hi = new Float64Array(end);
  const tail = (1 - level) / 2;
  const z = quantileNormal(1 - tail);
  const residual = meanOf(draws.residualDeviation.map((deviation) => deviation ** 2));
  for (let t = 0; t < start; t++) {
    const half = z * Math.sqrt(draws.stateVariance[t] + residual);
    lo[t] = data.mean + data.deviation * (draws.stateMean[t] - half);
    hi[t] = data.mean + data.deviation * (draws.stateMean[t] + half);
  }
  const post = end - start;
  const column = new Float64Array(draws.draws);
  for (let k = 0; k < post; k++) {
    for (let d = 0; d < draws.draws; d++) column[d] = draws.predictions[d * post + k];
    column.sort();
    lo[start + k] = data.mean + data.deviation * quantileSorted(column, tail);
    hi[start + k] = data.mean + data.deviation * quantileSorted(column, 1 - tail);
  }
  return { lo, hi };
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
