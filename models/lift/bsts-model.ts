import { InputError } from '../errors.ts';
import { type Matrix, zeros } from '../numeric/matrix.ts';
import { random } from '../numeric/random.ts';
import type { BstsOptions, InterventionSeries } from './bsts.ts';
import { type GibbsModel, gibbs, gramOver } from './bsts-gibbs.ts';
import { chooseLevelPrior, type LevelPriorChoice } from './bsts-level-prior.ts';
import type { Seasons } from './bsts-seasonal.ts';

/** Data in units of the pre-period sd. */
export interface Standardised {
  outcome: Float64Array;
  columns: Matrix;
  names: string[];
  dropped: string[];
  mean: number;
  deviation: number;
  observed: number;
}

/** Pre-period moments scale outcome and covariates; a covariate that does not vary in the pre-period is dropped and named. */
export function standardise(series: InterventionSeries, end: number): Standardised {
  const { outcome, start } = series;
  if (!(start > 0 && start < end && end <= outcome.length)) {
    throw new InputError(
      'bad_parameter',
      `treatment from period ${start} to ${end} of ${outcome.length}; it needs periods before it and must end inside`,
    );
  }
  const seen = outcome.subarray(0, start).filter((value) => !Number.isNaN(value));
  if (seen.length < 8) {
    throw new InputError(
      'insufficient_data',
      `${seen.length} observed pre-periods; give at least 8, better 25 or more`,
    );
  }
  if (outcome.subarray(start, end).every((value) => Number.isNaN(value))) {
    throw new InputError('insufficient_data', 'no outcome is observed after the treatment starts; add those periods');
  }
  const { mean, deviation } = moments(seen);
  if (!varies(seen)) throw new InputError('bad_panel', 'the outcome does not vary before the treatment');
  const names: string[] = [];
  const dropped: string[] = [];
  for (const [name, values] of Object.entries(series.covariates)) {
    if (values.length < end) throw new RangeError(`bsts: covariate ${name} has ${values.length} of ${end} periods`);
    const gap = values.subarray(0, end).findIndex((value) => !Number.isFinite(value));
    if (gap >= 0)
      throw new InputError('bad_panel', `covariate ${name} is missing in period ${gap + 1}; fill or drop it`);
    (varies(values.subarray(0, start)) ? names : dropped).push(name);
  }
  const columns = zeros(end, names.length + 1);
  for (let t = 0; t < end; t++) columns.data[t * columns.cols] = 1;
  names.forEach((name, j) => {
    const values = series.covariates[name];
    const scale = moments(values.subarray(0, start));
    for (let t = 0; t < end; t++) columns.data[t * columns.cols + j + 1] = (values[t] - scale.mean) / scale.deviation;
  });
  return {
    outcome: outcome.slice(0, start).map((value) => (value - mean) / deviation),
    columns,
    names,
    dropped,
    mean,
    deviation,
    observed: seen.length,
  };
}

/** Priors of `options.compat`, or ours; level prior and seasons are chosen later. */
export function priors(data: Standardised, options: BstsOptions): GibbsModel {
  const size = data.columns.cols;
  const all = gramOver(data.columns, () => true);
  const precision = zeros(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      // one hundredth of an average observation, correlations shrunk by half so that collinear columns stay proper
      precision.data[i * size + j] = (0.01 * (i === j ? 1 : 0.5) * all.data[i * size + j]) / data.columns.rows;
    }
  }
  const package_ = options.compat === 'causalimpact';
  return {
    outcome: data.outcome,
    columns: data.columns,
    precision,
    inclusion: Math.min(1, (options.expectedSize ?? 3) / size),
    // the package lets its guess of R2 = 0.8 weigh as much as 50 periods; ours gives way to the data
    residualPrior: { weight: package_ ? 50 : 5, variance: 0.2, largestDeviation: 1.2 },
    levelPrior: { weight: 32, deviation: 0.01, largestDeviation: 1 },
    seasons: null,
    seasonPrior: { weight: 0.01, deviation: 0.01, largestDeviation: 1 },
  };
}

export interface StructureChoice {
  level: LevelPriorChoice;
  seasons: Seasons | null;
  /** log predictive likelihood of the pre-period without seasons and with each candidate; empty when nothing was to be chosen */
  seasonCandidates: { seasons: Seasons | null; logLikelihood: number }[];
}

/** Seasons must predict the pre-period better by this much (natural log) to be taken: 20 to 1. */
const SEASON_EVIDENCE = 3;

/**
 * Level prior and seasons: as asked for, or what predicts the pre-period best over the columns that a short run keeps.
 *
 * @throws InputError `bad_parameter` for a level deviation outside (0, 1)
 */
export function chooseStructure(model: GibbsModel, data: Standardised, options: BstsOptions): StructureChoice {
  const asked = options.levelDeviation ?? (options.compat === 'causalimpact' ? 0.01 : 'chosen');
  if (asked !== 'chosen' && !(asked > 0 && asked < 1)) {
    throw new InputError('bad_parameter', `levelDeviation is ${asked}; give sds of the outcome, between 0 and 1`);
  }
  const given = options.seasons;
  const candidates: readonly (Seasons | null)[] = Array.isArray(given)
    ? [null, ...given]
    : [(given as Seasons) ?? null];
  if (asked !== 'chosen' && candidates.length === 1) {
    return { level: { chosen: asked, logPredictive: [] }, seasons: candidates[0], seasonCandidates: [] };
  }
  const pilot = { ...model, levelPrior: { ...model.levelPrior, deviation: 0.1 }, seasons: null };
  const { inclusion } = gibbs(pilot, 100, 20, random(options.seed, 'bsts pilot'));
  const kept = Array.from(inclusion.keys())
    .filter((j) => j > 0 && inclusion[j] >= 0.1)
    .sort((a, b) => inclusion[b] - inclusion[a])
    .slice(0, 20);
  const tried = candidates.map((seasons) => {
    const level = predictive(model, data, kept, seasons, asked === 'chosen' ? undefined : [asked]);
    const logLikelihood = Math.max(...level.logPredictive.map((entry) => entry.logLikelihood));
    return { seasons, level, logLikelihood };
  });
  const best = tried.reduce((a, b) => (b.logLikelihood > a.logLikelihood ? b : a));
  const chosen = best.logLikelihood > tried[0].logLikelihood + SEASON_EVIDENCE ? best : tried[0];
  return {
    level: chosen.level,
    seasons: chosen.seasons,
    seasonCandidates: tried.length > 1 ? tried.map(({ seasons, logLikelihood }) => ({ seasons, logLikelihood })) : [],
  };
}

function predictive(
  model: GibbsModel,
  data: Standardised,
  kept: readonly number[],
  seasons: Seasons | null,
  deviations: readonly number[] | undefined,
): LevelPriorChoice {
  const n = data.outcome.length;
  const dummies = seasons === null ? [] : seasonDummies(n, seasons);
  const columns = [...kept.map((j) => columnOf(data.columns, j, n)), ...dummies];
  const precision = zeros(columns.length, columns.length);
  for (let i = 0; i < columns.length; i++) {
    for (let j = 0; j < columns.length; j++) {
      const covariate = i < kept.length && j < kept.length;
      // seasons: about as vague as a tenth of an observation each
      const season = i === j ? 0.1 : 0;
      precision.data[i * columns.length + j] = covariate
        ? model.precision.data[kept[i] * model.precision.cols + kept[j]]
        : season;
    }
  }
  return chooseLevelPrior(data.outcome, columns, precision, model.residualPrior, deviations);
}

function columnOf(matrix: Matrix, j: number, rows: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => matrix.data[row * matrix.cols + j]);
}

/** Seasons as fixed columns, the last season being minus the sum of the others. */
function seasonDummies(n: number, seasons: { count: number; duration: number }): Float64Array[] {
  const seasonOf = (t: number): number => Math.floor(t / seasons.duration) % seasons.count;
  return Array.from({ length: seasons.count - 1 }, (_, s) =>
    Float64Array.from({ length: n }, (_, t) => {
      if (seasonOf(t) === s) return 1;
      return seasonOf(t) === seasons.count - 1 ? -1 : 0;
    }),
  );
}

/** Exact, where a sum of squares leaves rounding dust. */
function varies(values: Float64Array): boolean {
  return values.some((value) => value !== values[0]);
}

function moments(values: Float64Array): { mean: number; deviation: number } {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
