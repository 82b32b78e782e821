import type { Estimate } from '../../models/estimate.ts';
import { type PowerPoint, powerOfDraws, powerOfError } from '../../models/lift/power-curve.ts';

/** What the registered test of a claim showed where nothing was done: a total, infinite where a placebo counts as extreme. */
export interface PlaceboRow {
  method: string;
  effect: number;
}

export interface PowerRow extends PowerPoint {
  method: 'placebo' | 'randomisation' | 'standard_error';
}

/** The draws behind a p-value with the power that follows from them; both empty where there are none. */
export interface Drawn {
  placebos: PlaceboRow[];
  power: PowerRow[];
}

/**
 * Draws of a randomisation test: the readings `a` of the outcome as it is, which the headline is ranked among, and power from the same
 * readings with the estimated effect taken out.
 *
 * @param draws  `[a, b]` as `randomisationTest` takes them
 * @param cells  units and periods that a total is summed over
 */
export function drawnAnew(
  method: string,
  { value }: Estimate,
  draws: readonly (readonly [number, number])[],
  level: number,
  cells: number,
): Drawn {
  const nulls = {
    readings: Float64Array.from(draws, ([a, b]) => a - value * b),
    shares: Float64Array.from(draws, ([, b]) => b),
  };
  return {
    placebos: draws.map(([a]) => ({ method, effect: a * cells })),
    power: powerOfDraws(nulls, level).map((point) => total(point, cells, 'randomisation')),
  };
}

/**
 * Placebos in space. Where the test ranks the estimate among them, power comes from them too; where it only takes its standard error
 * from them, from that.
 *
 * @param readings  of `placeboReadings`; null when the method has none
 * @param ranked    whether the p-value is a rank among the placebos
 */
export function placebosOf(
  method: string,
  estimate: Estimate,
  readings: Float64Array | null,
  ranked: boolean,
  level: number,
  cells: number,
): Drawn {
  const placebos = Array.from(readings ?? [], (effect) => ({ method, effect: effect * cells }));
  if (readings === null || !ranked) return { placebos, power: powerByError(estimate, level, cells) };
  // a test that cried wolf on the user's own data has lost its p-value: it has no level that power could be told for
  if (estimate.pValue === null) return { placebos, power: [] };
  const nulls = { readings, shares: new Float64Array(readings.length) };
  return { placebos, power: powerOfDraws(nulls, level).map((point) => total(point, cells, 'placebo')) };
}

/** Power from the standard error alone; none where the estimate has no test. */
export function powerByError({ standardError, pValue }: Estimate, level: number, cells = 1): PowerRow[] {
  if (standardError === null || pValue === null) return [];
  return powerOfError(standardError, level).map((point) => total(point, cells, 'standard_error'));
}

function total({ effect, power }: PowerPoint, cells: number, method: PowerRow['method']): PowerRow {
  return { method, effect: effect * cells, power };
}
