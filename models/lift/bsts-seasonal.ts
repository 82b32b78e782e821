import type { Random } from '../numeric/random.ts';

/** `count` seasons, each lasting `duration` periods: 7 and 1 for weekdays in daily data. */
export interface Seasons {
  count: number;
  duration: number;
}

export interface SeasonalVariances {
  observation: number;
  level: number;
  season: number;
}

/** Draws of a state that starts at N(first, firstVariance): level, then count - 1 seasonal effects, newest first. */
export interface SeasonalSampler {
  /**
   * @param y       length n, NaN = missing
   * @param level   length n, receives the level
   * @param season  length n, receives the seasonal effect of each period
   * @returns       sum of squared seasonal shocks, and how many there were
   */
  draw(
    y: Float64Array,
    variances: SeasonalVariances,
    firstLevel: number,
    rng: Random,
    level: Float64Array,
    season: Float64Array,
  ): { shockSquares: number; shocks: number };
  /** the state of the last period of the last draw, length count */
  last: Float64Array;
  /** moves a state one period on, adding the shocks of period `to` */
  step(state: Float64Array, to: number, variances: SeasonalVariances, rng: Random): void;
}

/**
 * Simulation smoother for level plus dummy seasons: simulate the model, smooth the difference to the data, add it back.
 *
 *     y[t] = level[t] + season[t] + e
 *     season[new] = -(sum of the last count - 1 seasons) + omega, redrawn every `duration` periods
 *
 * @param n              number of periods
 * @param firstVariance  prior variance of every state in the first period
 * @see Durbin & Koopman (2002), A simple and efficient simulation smoother
 */
export function seasonalSampler(n: number, seasons: Seasons, firstVariance: number): SeasonalSampler {
  const size = seasons.count;
  const gains = new Float64Array(n * size);
  const errors = new Float64Array(n);
  const spread = new Float64Array(n);
  const residual = new Float64Array(n);
  const backward = new Float64Array((n + 1) * size);
  const simulatedLevel = new Float64Array(n);
  const simulatedSeason = new Float64Array(n);
  const state = new Float64Array(size);
  const first = new Float64Array(size);
  const last = new Float64Array(size);
  const covariance = new Float64Array(size * size);
  const moved = new Float64Array(size * size);
  const sums = new Float64Array(size);
  const starts = (t: number): boolean => t % seasons.duration === 0;

  const shift = (x: Float64Array): void => {
    let sum = 0;
    for (let j = 1; j < size; j++) sum += x[j];
    for (let j = size - 1; j > 1; j--) x[j] = x[j - 1];
    x[1] = -sum;
  };

  const moveCovariance = (): void => {
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let j = 1; j < size; j++) sum += covariance[i * size + j];
      sums[i] = sum;
    }
    let total = 0;
    for (let i = 1; i < size; i++) total += sums[i];
    moved[0] = covariance[0];
    moved[1] = -sums[0];
    moved[size] = -sums[0];
    moved[size + 1] = total;
    for (let j = 2; j < size; j++) {
      moved[j] = covariance[j - 1];
      moved[j * size] = covariance[j - 1];
      moved[size + j] = -sums[j - 1];
      moved[j * size + 1] = -sums[j - 1];
      for (let k = 2; k < size; k++) moved[j * size + k] = covariance[(j - 1) * size + k - 1];
    }
    covariance.set(moved);
  };

  const step = (x: Float64Array, to: number, variances: SeasonalVariances, rng: Random): void => {
    x[0] += Math.sqrt(variances.level) * rng.normal();
    if (!starts(to)) return;
    shift(x);
    x[1] += Math.sqrt(variances.season) * rng.normal();
  };

  const filter = (variances: SeasonalVariances, firstLevel: number): void => {
    state.fill(0);
    state[0] = firstLevel;
    covariance.fill(0);
    for (let i = 0; i < size; i++) covariance[i * size + i] = firstVariance;
    for (let t = 0; t < n; t++) {
      spread[t] = Number.NaN;
      if (!Number.isNaN(residual[t])) {
        const f = covariance[0] + 2 * covariance[1] + covariance[size + 1] + variances.observation;
        spread[t] = f;
        errors[t] = residual[t] - state[0] - state[1];
        for (let i = 0; i < size; i++) gains[t * size + i] = (covariance[i * size] + covariance[i * size + 1]) / f;
        for (let i = 0; i < size; i++) {
          const k = gains[t * size + i];
          state[i] += k * errors[t];
          for (let j = 0; j < size; j++) covariance[i * size + j] -= k * f * gains[t * size + j];
        }
      }
      if (t + 1 < n && starts(t + 1)) {
        shift(state);
        moveCovariance();
        covariance[size + 1] += variances.season;
      }
      covariance[0] += variances.level;
    }
  };

  // r[t] of Durbin & Koopman; row t of `backward` belongs to the state of period t
  const smooth = (): void => {
    backward.fill(0, n * size);
    for (let t = n - 1; t >= 0; t--) {
      const at = t * size;
      const next = at + size;
      if (t + 1 < n && starts(t + 1)) {
        backward[at] = backward[next];
        for (let j = 1; j < size; j++) {
          backward[at + j] = -backward[next + 1] + (j + 1 < size ? backward[next + j + 1] : 0);
        }
      } else backward.copyWithin(at, next, next + size);
      if (Number.isNaN(spread[t])) continue;
      let projected = errors[t] / spread[t];
      for (let i = 0; i < size; i++) projected -= gains[at + i] * backward[at + i];
      backward[at] += projected;
      backward[at + 1] += projected;
    }
  };

  return {
    last,
    step,
    draw(y, variances, firstLevel, rng, level, season) {
      const noise = Math.sqrt(variances.observation);
      const start = Math.sqrt(firstVariance);
      for (let i = 0; i < size; i++) state[i] = start * rng.normal();
      first.set(state);
      for (let t = 0; t < n; t++) {
        if (t > 0) step(state, t, variances, rng);
        simulatedLevel[t] = state[0];
        simulatedSeason[t] = state[1];
        residual[t] = y[t] - state[0] - state[1] - noise * rng.normal();
      }
      last.set(state);
      filter(variances, firstLevel);
      smooth();
      for (let i = 0; i < size; i++) state[i] = firstVariance * backward[i];
      state[0] += firstLevel;
      for (let i = 0; i < size; i++) first[i] += state[i];
      for (let t = 0; t < n; t++) {
        if (t > 0) {
          if (starts(t)) {
            shift(state);
            state[1] += variances.season * backward[t * size + 1];
          }
          state[0] += variances.level * backward[t * size];
        }
        level[t] = state[0] + simulatedLevel[t];
        season[t] = state[1] + simulatedSeason[t];
      }
      for (let i = 0; i < size; i++) last[i] += state[i];
      return seasonalShocks(season, seasons, first);
    },
  };
}

/** Squares of the seasonal shocks that the drawn seasons imply; `first` is the drawn state of period 0. */
function seasonalShocks(
  season: Float64Array,
  seasons: Seasons,
  first: Float64Array,
): { shockSquares: number; shocks: number } {
  const rows = Math.ceil(season.length / seasons.duration);
  const value = (row: number): number => (row < 0 ? first[1 - row] : season[row * seasons.duration]);
  let shockSquares = 0;
  for (let row = 1; row < rows; row++) {
    let sum = 0;
    for (let k = 0; k < seasons.count; k++) sum += value(row - k);
    shockSquares += sum * sum;
  }
  return { shockSquares, shocks: rows - 1 };
}
