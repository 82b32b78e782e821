import type { ModelState } from './posterior.ts';
import type { MixProblem } from './problem.ts';

/** What the outcome is made of, part by part; the parts sum to the expected outcome exactly, draw by draw. */
export interface Decomposition {
  /** `baseline`, `trend`, `season`, `holidays`, `controls`, then the drivers by name */
  parts: string[];
  /** parts x window weeks, summed over geos, in the outcome's unit */
  series: Float64Array;
  /** window weeks, expected outcome summed over geos */
  expected: Float64Array;
}

const TIME_PARTS = { trend: 1, season: 2, holiday: 3 } as const;
const FIRST_DRIVER = 5;

/** Names of the parts of a problem's decomposition, in their order. */
export function partNames(problem: MixProblem): string[] {
  return ['baseline', 'trend', 'season', 'holidays', 'controls', ...problem.drivers.map((driver) => driver.name)];
}

/**
 * Decomposes one draw. Trend, season and controls average to zero over the window; a holiday counts what it adds in its own
 * weeks. Baseline is each geo's level less the window mean of its drivers: what remains when all drivers
 * are at zero (treatments: at their reference).
 *
 * @param state  from `Posterior.forward`
 */
export function decompose(problem: MixProblem, state: ModelState): Decomposition {
  const { drivers, controls, time, at, start } = problem;
  const G = problem.geos.length;
  const T = problem.weeks.length;
  const W = T - start;
  const P = time.names.length;
  const parts = partNames(problem);
  const series = new Float64Array(parts.length * W);
  const expected = new Float64Array(W);
  // columns are centred for sampling; outside its weeks a holiday adds nothing
  const quiet = Float64Array.from({ length: P }, (_, p) => {
    if (time.parts[p] !== 'holiday') return 0;
    let low = Number.POSITIVE_INFINITY;
    for (let t = start; t < T; t++) low = Math.min(low, time.data[t * P + p]);
    return low;
  });
  for (let g = 0; g < G; g++) {
    const money = problem.size[g] * problem.unit;
    let base = state.values[at.level + g];
    for (let j = 0; j < drivers.length; j++) base -= state.coefficients[j * G + g] * state.means[j * G + g];
    for (let p = 0; p < P; p++) base += state.values[at.time + p] * quiet[p];
    for (let w = 0; w < W; w++) {
      const t = start + w;
      const cell = g * T + t;
      series[w] += money * base;
      for (let p = 0; p < P; p++) {
        series[TIME_PARTS[time.parts[p]] * W + w] +=
          money * state.values[at.time + p] * (time.data[t * P + p] - quiet[p]);
      }
      for (let c = 0; c < controls.length; c++) {
        series[4 * W + w] += money * state.values[at.controls + c] * controls[c].column[cell];
      }
      for (let j = 0; j < drivers.length; j++) {
        series[(FIRST_DRIVER + j) * W + w] += money * state.coefficients[j * G + g] * state.responses[j].h[cell];
      }
      expected[w] += money * state.expected[cell];
    }
  }
  return { parts, series, expected };
}

/**
 * Outcome caused by each driver over the window, and per geo.
 *
 * @param into  drivers x geos, overwritten, in the outcome's unit
 */
export function contributions(problem: MixProblem, state: ModelState, into: Float64Array): Float64Array {
  const G = problem.geos.length;
  const window = problem.weeks.length - problem.start;
  for (let j = 0; j < problem.drivers.length; j++) {
    for (let g = 0; g < G; g++) {
      const i = j * G + g;
      into[i] = problem.unit * problem.size[g] * state.coefficients[i] * state.means[i] * window;
    }
  }
  return into;
}
