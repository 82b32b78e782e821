import { fillWeights } from './adstock.ts';
import type { ChainResult } from './chain.ts';
import { createPosterior } from './posterior.ts';
import type { MixProblem, ProblemDriver } from './problem.ts';
import { fillSaturation, type SaturationKind } from './saturation.ts';

/** Outcome of one channel as a function of the money planned for it. */
export interface BudgetCurve {
  /** posterior-mean outcome caused by `money` over the plan and its carry-out */
  value(money: number): number;
  /** d value / d money */
  slope(money: number): number;
  /** outcome caused by `money`, draw by draw */
  draws(money: number): Float64Array;
  isConcave: boolean;
}

/** A planned week may go this far beyond the highest week ever seen before it is refused. */
export const EXTRAPOLATION_LIMIT = 1.5;

const CONCAVE: readonly SaturationKind[] = ['linear', 'michaelis_menten', 'logistic', 'root'];

/**
 * The curve of one driver over a plan that follows the last week of the data. Planned money is spread over weeks by the
 * flighting and over geos as the driver's history was; what history still carries into the plan raises the level from
 * which the plan's own effect is counted, and weeks after the plan count until the carry-over is gone.
 *
 *     value(B) = mean over draws of sum over g, t of size b [h(a0 + B a1) - h(a0)]
 *
 * with a0 the adstock left by history and a1 the adstock of one unit of money.
 *
 * @param flighting  weights of the plan's weeks, summing to 1
 * @param draws      draws per chain that are used, spread evenly
 */
export function budgetCurve(
  problem: MixProblem,
  chains: readonly ChainResult[],
  driver: number,
  flighting: Float64Array,
  draws: number,
): BudgetCurve {
  const own = problem.drivers[driver];
  const posterior = createPosterior(problem);
  const n = posterior.dimension;
  const G = problem.geos.length;
  const H = flighting.length + own.lags - 1;
  const profile = moneyProfile(problem, own);
  const N = Math.min(...chains.map((chain) => chain.draws.length / n));
  const used = Math.min(N, draws);
  const D = used * chains.length;
  const amounts = new Float64Array(D * G);
  const shapes = new Float64Array(D * 2);
  const inherited = new Float64Array(D * G * H);
  const perMoney = new Float64Array(D * H);
  chains.forEach((chain, c) => {
    for (let k = 0; k < used; k++) {
      const d = Math.floor(((k + 0.5) * N) / used);
      const row = c * used + k;
      const state = posterior.forward(chain.draws.subarray(d * n, d * n + n));
      for (let g = 0; g < G; g++) {
        amounts[row * G + g] = problem.unit * problem.size[g] * state.coefficients[driver * G + g];
      }
      const at = own.shapeAt + own.adstockParameters;
      shapes[row * 2] = state.values[at];
      shapes[row * 2 + 1] = state.values[at + 1];
      const weights = kernel(own, state.values);
      for (let h = 0; h < H; h++) {
        for (let lag = 0; lag < weights.length; lag++) {
          if (h - lag >= 0 && h - lag < flighting.length) perMoney[row * H + h] += weights[lag] * flighting[h - lag];
        }
        for (let g = 0; g < G; g++) {
          let sum = 0;
          for (let lag = h + 1; lag < weights.length; lag++) {
            const t = problem.weeks.length + h - lag;
            if (t >= 0) sum += weights[lag] * own.x[g * problem.weeks.length + t];
          }
          inherited[(row * G + g) * H + h] = sum;
        }
      }
    }
  });

  const media = new Float64Array(H);
  const response = new Float64Array(H);
  const byMedia = new Float64Array(H);
  const unused = new Float64Array(H);
  /** Response and slope of one draw at some money, without taking off what history alone gives. */
  function gross(row: number, money: number): { value: number; slope: number } {
    let value = 0;
    let slope = 0;
    const p = shapes[row * 2];
    const s = shapes[row * 2 + 1];
    for (let g = 0; g < G; g++) {
      const from = (row * G + g) * H;
      const amount = amounts[row * G + g];
      for (let h = 0; h < H; h++) {
        media[h] = inherited[from + h] + money * profile[g] * perMoney[row * H + h];
        // a root curve is infinitely steep at 0; just above it the slope is finite and large, as it should be
        if (own.saturation === 'root' && media[h] < 1e-9) media[h] = 1e-9;
      }
      fillSaturation(own.saturation, media, 0, H, p, s, response, byMedia, unused, unused);
      for (let h = 0; h < H; h++) {
        value += amount * response[h];
        slope += amount * byMedia[h] * profile[g] * perMoney[row * H + h];
      }
    }
    return { value, slope };
  }
  const historyAlone = Float64Array.from({ length: D }, (_, row) => gross(row, 0).value);
  const evaluate = (row: number, money: number): { value: number; slope: number } => {
    const { value, slope } = gross(row, money);
    return { value: value - historyAlone[row], slope };
  };
  const mean = (pick: 'value' | 'slope', money: number): number => {
    let sum = 0;
    for (let row = 0; row < D; row++) sum += evaluate(row, money)[pick];
    return sum / D;
  };
  return {
    value: (money) => mean('value', money),
    slope: (money) => mean('slope', money),
    draws: (money) => Float64Array.from({ length: D }, (_, row) => evaluate(row, money).value),
    isConcave: CONCAVE.includes(own.saturation),
  };
}

/** Most money for which no planned week of any geo passes `limit` times the highest week ever seen there. */
export function observedCeiling(problem: MixProblem, driver: number, flighting: Float64Array, limit: number): number {
  const own = problem.drivers[driver];
  const profile = moneyProfile(problem, own);
  const peak = Math.max(...flighting);
  let ceiling = Number.POSITIVE_INFINITY;
  for (let g = 0; g < problem.geos.length; g++) {
    if (!(profile[g] > 0)) continue;
    const unit = own.perSize ? problem.size[g] * own.scale : own.scale;
    ceiling = Math.min(ceiling, (limit * own.largest[g]) / (unit * peak * profile[g]));
  }
  return ceiling;
}

/** Scaled exposure of each geo per unit of money, at the window's average price and geographic split. */
function moneyProfile(problem: MixProblem, driver: ProblemDriver): Float64Array {
  const T = problem.weeks.length;
  let money = 0;
  const exposure = new Float64Array(problem.geos.length);
  for (let g = 0; g < problem.geos.length; g++) {
    for (let t = problem.start; t < T; t++) {
      money += driver.spend?.[g * T + t] ?? 0;
      exposure[g] += driver.x[g * T + t];
    }
  }
  return exposure.map((value) => value / money);
}

function kernel(driver: ProblemDriver, values: Float64Array): Float64Array {
  const n = driver.lags;
  const weights = new Float64Array(n);
  const first = values[driver.shapeAt] ?? 0;
  const second = values[driver.shapeAt + 1] ?? 0;
  fillWeights(driver.adstock, first, second, n, weights, new Float64Array(n), new Float64Array(n));
  return weights;
}
