import type { ChainResult } from './chain.ts';
import { createPosterior } from './posterior.ts';
import type { MixProblem } from './problem.ts';
import { type Quantity, quantityOf } from './quantity.ts';
import { makeResponse, respond, responseScratch } from './response.ts';

/** One point of a response curve: the driver's history with every week scaled by the same factor. */
export interface ResponsePoint {
  factor: number;
  /** money over the window at this factor, null for drivers without cost */
  spend: number | null;
  /** outcome caused over the window */
  contribution: Quantity;
  /** share of the exposure that lies above the highest week ever seen in its geo; above 0 the curve rests on its shape */
  beyond_observed: number;
  extrapolated: boolean;
}

const FACTORS = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.2];

/**
 * Response curves of all drivers, along their historical flighting.
 *
 * @param draws  draws per chain that are used, spread evenly over the chain
 * @returns      one list of points per driver
 */
export function responseCurves(
  problem: MixProblem,
  chains: readonly ChainResult[],
  draws: number,
  level: number,
): ResponsePoint[][] {
  const posterior = createPosterior(problem);
  const n = posterior.dimension;
  const G = problem.geos.length;
  const T = problem.weeks.length;
  const N = Math.min(...chains.map((chain) => chain.draws.length / n));
  const used = Math.min(N, draws);
  const scratch = responseScratch(G * T, Math.max(1, ...problem.drivers.map((driver) => driver.lags)));
  const values = problem.drivers.map(() => FACTORS.map(() => chains.map(() => new Float64Array(used))));
  const scaled = new Float64Array(G * T);
  const buffers = problem.drivers.map((driver) => makeResponse(driver, G * T));
  chains.forEach((chain, c) => {
    for (let k = 0; k < used; k++) {
      const d = Math.floor(((k + 0.5) * N) / used);
      const state = posterior.forward(chain.draws.subarray(d * n, d * n + n));
      problem.drivers.forEach((driver, j) => {
        FACTORS.forEach((factor, f) => {
          if (factor === 0) return;
          for (let i = 0; i < scaled.length; i++) scaled[i] = driver.x[i] * factor;
          respond(driver, state.values, scaled, G, T, scratch, buffers[j]);
          let total = 0;
          for (let g = 0; g < G; g++) {
            let sum = 0;
            for (let i = g * T + problem.start; i < g * T + T; i++) sum += buffers[j].h[i];
            total += problem.unit * problem.size[g] * state.coefficients[j * G + g] * sum;
          }
          values[j][f][c][k] = total;
        });
      });
    }
  });
  return problem.drivers.map((driver, j) =>
    FACTORS.map((factor, f) => {
      const beyond = beyondObserved(problem, j, factor);
      return {
        factor,
        spend: driver.spend ? factor * windowSpend(problem, j) : null,
        contribution: quantityOf(values[j][f], level),
        beyond_observed: beyond,
        extrapolated: beyond > 0,
      };
    }),
  );
}

/** Money spent on a driver in the window; 0 when it has no spend. */
export function windowSpend(problem: MixProblem, driver: number): number {
  let sum = 0;
  for (let g = 0; g < problem.geos.length; g++) sum += geoSpend(problem, driver, g);
  return sum;
}

/** Money spent on a driver in one geo in the window; 0 when it has no spend. */
export function geoSpend(problem: MixProblem, driver: number, geo: number): number {
  const { spend } = problem.drivers[driver];
  const T = problem.weeks.length;
  let sum = 0;
  for (let t = problem.start; t < T; t++) sum += spend?.[geo * T + t] ?? 0;
  return sum;
}

function beyondObserved(problem: MixProblem, j: number, factor: number): number {
  const driver = problem.drivers[j];
  const T = problem.weeks.length;
  let all = 0;
  let above = 0;
  for (let g = 0; g < problem.geos.length; g++) {
    const unit = driver.perSize ? problem.size[g] * driver.scale : driver.scale;
    const ceiling = (driver.largest[g] - (driver.perSize ? 0 : driver.reference)) / unit;
    for (let t = problem.start; t < T; t++) {
      const value = factor * driver.x[g * T + t];
      all += Math.abs(value);
      // a hair of tolerance, because the ceiling is itself one of the values
      if (value > ceiling * (1 + 1e-9)) above += value - ceiling;
    }
  }
  return all > 0 ? above / all : 0;
}
