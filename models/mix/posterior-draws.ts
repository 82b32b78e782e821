import type { ChainResult } from './chain.ts';
import { contributions } from './decomposition.ts';
import type { Draws } from './diagnostics.ts';
import { createPosterior } from './posterior.ts';
import type { MixProblem } from './problem.ts';
import { makeResponse, respond, responseScratch } from './response.ts';

/** All draws in the units of the answers, chains x draws each. */
export interface PosteriorDraws {
  /** one per parameter, natural values in `parameterUnit` */
  parameters: Draws[];
  /** outcome caused by each driver over the window and all geos */
  contribution: Draws[];
  /** the same per driver and geo, driver-major; empty for a national model */
  contributionByGeo: Draws[];
  /** extra outcome from 1 % more of each driver, over the window */
  onePercentMore: Draws[];
  /** model reading of each experiment, in outcome */
  lifts: Draws[];
  /** expected outcome of the window less all drivers: what remains without them */
  withoutDrivers: Draws;
}

/** Share by which a driver is raised to read its marginal effect. */
export const MARGINAL_STEP = 0.01;

/** Evaluates the model at every draw. */
export function posteriorDraws(problem: MixProblem, chains: readonly ChainResult[]): PosteriorDraws {
  const posterior = createPosterior(problem);
  const n = posterior.dimension;
  const G = problem.geos.length;
  const T = problem.weeks.length;
  const J = problem.drivers.length;
  const N = Math.min(...chains.map((chain) => chain.draws.length / n));
  const make = (): Float64Array[] => chains.map(() => new Float64Array(N));
  const scale = problem.names.map((_, i) => parameterUnit(problem, i).factor);
  const out = {
    parameters: problem.names.map(make),
    contribution: problem.drivers.map(make),
    contributionByGeo: G > 1 ? Array.from({ length: J * G }, make) : [],
    onePercentMore: problem.drivers.map(make),
    lifts: problem.experiments.map(make),
    withoutDrivers: make(),
  };
  const raised = problem.drivers.map((driver) => driver.x.map((value) => value * (1 + MARGINAL_STEP)));
  const scratch = responseScratch(G * T, Math.max(1, ...problem.drivers.map((driver) => driver.lags)));
  const more = problem.drivers.map((driver) => makeResponse(driver, G * T));
  const byGeo = new Float64Array(J * G);
  chains.forEach((chain, c) => {
    for (let d = 0; d < N; d++) {
      const state = posterior.forward(chain.draws.subarray(d * n, d * n + n));
      for (let i = 0; i < n; i++) out.parameters[i][c][d] = state.values[i] * scale[i];
      contributions(problem, state, byGeo);
      let drivers = 0;
      for (let j = 0; j < J; j++) {
        let sum = 0;
        for (let g = 0; g < G; g++) {
          sum += byGeo[j * G + g];
          if (G > 1) out.contributionByGeo[j * G + g][c][d] = byGeo[j * G + g];
        }
        out.contribution[j][c][d] = sum;
        drivers += sum;
        respond(problem.drivers[j], state.values, raised[j], G, T, scratch, more[j]);
        let extra = 0;
        for (let g = 0; g < G; g++) {
          let difference = 0;
          for (let i = g * T + problem.start; i < g * T + T; i++) difference += more[j].h[i] - state.responses[j].h[i];
          extra += problem.unit * problem.size[g] * state.coefficients[j * G + g] * difference;
        }
        out.onePercentMore[j][c][d] = extra;
      }
      let expected = 0;
      for (let g = 0; g < G; g++) {
        let sum = 0;
        for (let i = g * T + problem.start; i < g * T + T; i++) sum += state.expected[i];
        expected += problem.unit * problem.size[g] * sum;
      }
      out.withoutDrivers[c][d] = expected - drivers;
      for (let e = 0; e < state.lifts.length; e++) out.lifts[e][c][d] = state.lifts[e] * problem.unit;
    }
  });
  return out;
}

/** Unit of a parameter in tables, and the factor from the model's scale to it. Per-geo amounts are those of a geo of average size. */
export function parameterUnit(problem: MixProblem, index: number): { unit: string; factor: number } {
  const { at } = problem;
  if (index >= at.geoEffects) return { unit: 'log ratio', factor: 1 };
  if (index >= at.time) return { unit: 'outcome', factor: problem.unit };
  for (const driver of problem.drivers) {
    const shape = index - driver.shapeAt;
    if (shape >= 0 && shape < driver.shapeNames.length) {
      if (driver.shapeNames[shape] === 'half_saturation') return { unit: 'exposure', factor: driver.scale };
      return {
        unit: driver.shapeNames[shape] === 'peak' || driver.shapeNames[shape] === 'scale' ? 'weeks' : 'number',
        factor: 1,
      };
    }
    if (index === driver.spreadAt) return { unit: 'log ratio', factor: 1 };
    if (index === driver.effectAt) {
      if (driver.on === 'effect') return { unit: 'outcome', factor: problem.unit };
      return { unit: driver.on === 'roi' ? 'money per money' : 'share', factor: 1 };
    }
  }
  throw new RangeError(`parameterUnit: no parameter ${index}`);
}
