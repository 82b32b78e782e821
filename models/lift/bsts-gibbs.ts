import { type Matrix, zeros } from '../numeric/matrix.ts';
import type { Random } from '../numeric/random.ts';
import { drawLocalLevel } from './bsts-local-level.ts';
import { type SeasonalVariances, type Seasons, seasonalSampler } from './bsts-seasonal.ts';
import { gammaAbove, spikeSlabSampler } from './bsts-spike-slab.ts';

/** Everything the sampler needs, in units of the pre-period sd of the outcome. */
export interface GibbsModel {
  /** length pre, standardised, NaN = missing */
  outcome: Float64Array;
  /** (pre + post) x P, standardised by pre-period moments; column 0 is the intercept */
  columns: Matrix;
  /** slab precision, P x P */
  precision: Matrix;
  inclusion: number;
  residualPrior: { weight: number; variance: number; largestDeviation: number };
  levelPrior: { weight: number; deviation: number; largestDeviation: number };
  seasons: Seasons | null;
  seasonPrior: { weight: number; deviation: number; largestDeviation: number };
}

/** Kept draws; `predictions` hold the outcome that would have been seen without treatment. */
export interface GibbsDraws {
  draws: number;
  /** draws x post */
  predictions: Float64Array;
  /** length pre + post: mean and variance over draws of level + season + regression */
  stateMean: Float64Array;
  stateVariance: Float64Array;
  /** length P */
  inclusion: Float64Array;
  coefficientMean: Float64Array;
  coefficientVariance: Float64Array;
  residualDeviation: Float64Array;
  levelDeviation: Float64Array;
  /** length pre: mean of the seasonal effect over draws; zeros without seasons */
  seasonMean: Float64Array;
}

/** X'X over the rows for which `use` says yes. */
export function gramOver(columns: Matrix, use: (row: number) => boolean): Matrix {
  const size = columns.cols;
  const out = zeros(size, size);
  for (let row = 0; row < columns.rows; row++) {
    if (!use(row)) continue;
    const at = row * size;
    for (let i = 0; i < size; i++) {
      const x = columns.data[at + i];
      for (let j = 0; j <= i; j++) out.data[i * size + j] += x * columns.data[at + j];
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) out.data[j * size + i] = out.data[i * size + j];
  return out;
}

/**
 * Gibbs sampler of the structural model outcome = level (+ season) + regression + noise.
 *
 * Each iteration draws inclusion, residual variance and coefficients given the level; the level (and season) variance given
 * the level; and the level given all else by a simulation smoother. Periods after the treatment start carry no information
 * (their outcome is missing), so the smoother stops at the start and the rest is simulated forward.
 *
 * @param iterations  in all, > burn
 * @param burn        first iterations that are thrown away
 */
export function gibbs(model: GibbsModel, iterations: number, burn: number, rng: Random): GibbsDraws {
  const { outcome, columns, seasons, residualPrior, levelPrior, seasonPrior } = model;
  const pre = outcome.length;
  const all = columns.rows;
  const post = all - pre;
  const size = columns.cols;
  const x = columns.data;
  const observed = Array.from(outcome.keys()).filter((t) => !Number.isNaN(outcome[t]));
  const sampler = spikeSlabSampler({
    gram: gramOver(columns, (row) => row < pre && !Number.isNaN(outcome[row])),
    precision: model.precision,
    inclusion: model.inclusion,
    ...residualPrior,
    n: observed.length,
  });
  const smoother = seasons === null ? null : seasonalSampler(pre, seasons, 1);
  const state = {
    included: new Uint8Array(size).fill(model.inclusion < 1 ? 0 : 1),
    beta: new Float64Array(size),
    residualVariance: residualPrior.variance,
  };
  const variances: SeasonalVariances = {
    observation: residualPrior.variance,
    level: levelPrior.deviation ** 2,
    season: seasonPrior.deviation ** 2,
  };
  const firstLevel = outcome[observed[0]];
  const level = new Float64Array(pre);
  const season = new Float64Array(pre);
  const fit = new Float64Array(all);
  const target = new Float64Array(pre);
  const filtered = new Float64Array(2 * pre);
  const products = new Float64Array(size);
  const future = new Float64Array(seasons?.count ?? 1);
  const kept = iterations - burn;
  const out: GibbsDraws = {
    draws: kept,
    predictions: new Float64Array(kept * post),
    stateMean: new Float64Array(all),
    stateVariance: new Float64Array(all),
    inclusion: new Float64Array(size),
    coefficientMean: new Float64Array(size),
    coefficientVariance: new Float64Array(size),
    residualDeviation: new Float64Array(kept),
    levelDeviation: new Float64Array(kept),
    seasonMean: new Float64Array(pre),
  };

  const drawState = (): void => {
    for (let t = 0; t < pre; t++) target[t] = outcome[t] - fit[t];
    if (smoother === null) {
      drawLocalLevel(target, variances.observation, variances.level, firstLevel, 1, rng, level, filtered);
      return;
    }
    const { shockSquares, shocks } = smoother.draw(target, variances, firstLevel, rng, level, season);
    variances.season = varianceDraw(seasonPrior, shocks, shockSquares, rng);
  };

  const drawRegression = (): void => {
    products.fill(0);
    let sumOfSquares = 0;
    for (const t of observed) {
      const r = outcome[t] - level[t] - season[t];
      sumOfSquares += r * r;
      const at = t * size;
      for (let j = 0; j < size; j++) products[j] += x[at + j] * r;
    }
    sampler.draw(state, products, sumOfSquares, rng);
    variances.observation = state.residualVariance;
    fit.fill(0);
    for (let j = 0; j < size; j++) {
      const b = state.beta[j];
      if (b !== 0) for (let t = 0; t < all; t++) fit[t] += b * x[t * size + j];
    }
  };

  const drawLevelVariance = (): void => {
    let steps = 0;
    for (let t = 1; t < pre; t++) steps += (level[t] - level[t - 1]) ** 2;
    variances.level = varianceDraw(levelPrior, pre - 1, steps, rng);
  };

  const keep = (draw: number): void => {
    const noise = Math.sqrt(variances.observation);
    out.residualDeviation[draw] = noise;
    out.levelDeviation[draw] = Math.sqrt(variances.level);
    for (let j = 0; j < size; j++) {
      out.inclusion[j] += state.included[j];
      out.coefficientMean[j] += state.beta[j];
      out.coefficientVariance[j] += state.beta[j] ** 2;
    }
    for (let t = 0; t < pre; t++) {
      const value = level[t] + season[t] + fit[t];
      out.stateMean[t] += value;
      out.stateVariance[t] += value * value;
      out.seasonMean[t] += season[t];
    }
    future[0] = level[pre - 1];
    if (smoother !== null) future.set(smoother.last);
    const step = Math.sqrt(variances.level);
    for (let k = 0; k < post; k++) {
      if (smoother === null) future[0] += step * rng.normal();
      else smoother.step(future, pre + k, variances, rng);
      const value = future[0] + (smoother === null ? 0 : future[1]) + fit[pre + k];
      out.stateMean[pre + k] += value;
      out.stateVariance[pre + k] += value * value;
      out.predictions[draw * post + k] = value + noise * rng.normal();
    }
  };

  drawState();
  for (let i = 0; i < iterations; i++) {
    drawRegression();
    drawLevelVariance();
    drawState();
    if (i >= burn) keep(i - burn);
  }
  average(out);
  return out;
}

/** Inverse-gamma draw of the variance of `count` shocks, its root truncated. */
function varianceDraw(
  prior: { weight: number; deviation: number; largestDeviation: number },
  count: number,
  squares: number,
  rng: Random,
): number {
  const shape = (prior.weight + count) / 2;
  const rate = (prior.weight * prior.deviation ** 2 + squares) / 2;
  return 1 / gammaAbove(shape, rate, 1 / prior.largestDeviation ** 2, rng);
}

/** Turns sums over draws into means and variances. */
function average(out: GibbsDraws): void {
  const { draws } = out;
  const finish = (sum: Float64Array, squares: Float64Array): void => {
    for (let i = 0; i < sum.length; i++) {
      sum[i] /= draws;
      squares[i] = Math.max(0, squares[i] / draws - sum[i] ** 2);
    }
  };
  finish(out.stateMean, out.stateVariance);
  finish(out.coefficientMean, out.coefficientVariance);
  for (let j = 0; j < out.inclusion.length; j++) out.inclusion[j] /= draws;
  for (let t = 0; t < out.seasonMean.length; t++) out.seasonMean[t] /= draws;
}
