import { InputError } from '../errors.ts';
import type { TimeColumns } from './baseline.ts';
import type { ResolvedDriver } from './driver.ts';
import type { ExposedDriver } from './exposure.ts';
import { checkPrior, type Prior } from './prior.ts';
import type { MixProblem, ParameterPlaces, ProblemDriver } from './problem.ts';

/**
 * Gives every parameter its place, name and prior: first what all geos share (drivers, time, controls, noise), then what
 * belongs to one geo each (levels, geo effects).
 */
export function placeParameters(
  geos: readonly string[],
  exposed: readonly ExposedDriver[],
  causes: readonly ResolvedDriver[],
  time: TimeColumns,
  controls: MixProblem['controls'],
  level: { mean: number; sd: number },
  geoSpread: Prior = { family: 'half_normal', sd: 0.5 },
): { drivers: ProblemDriver[]; names: string[]; priors: Prior[]; at: ParameterPlaces } {
  checkPrior(geoSpread, 'geoSpread');
  if (!['half_normal', 'log_normal', 'gamma'].includes(geoSpread.family)) {
    throw new InputError(
      'bad_config',
      `geoSpread: ${geoSpread.family} is not a prior of a positive number without a ceiling`,
    );
  }
  const names: string[] = [];
  const priors: Prior[] = [];
  const add = (name: string, prior: Prior): number => {
    priors.push(prior);
    return names.push(name) - 1;
  };
  const drivers: ProblemDriver[] = exposed.map(({ resolved, ...driver }) => {
    const shapeAt = names.length;
    resolved.shapeNames.forEach((shape, i) => {
      add(`${shape}[${driver.name}]`, resolved.shapePriors[i]);
    });
    if (resolved.prior === null) throw new RangeError(`placeParameters: ${driver.name} has no prior`);
    const effectAt = add(`${driver.on}[${driver.name}]`, resolved.prior.distribution);
    const spreadAt = driver.byGeo ? add(`geo_spread[${driver.name}]`, geoSpread) : -1;
    return { ...driver, shapeAt, effectAt, spreadAt, geoAt: -1 };
  });
  const at = { time: names.length, controls: 0, sigma: 0, level: 0, local: 0, geoEffects: 0, dimension: 0 };
  time.names.forEach((name, i) => {
    add(name, { family: 'normal', mean: 0, sd: time.sds[i] });
  });
  at.controls = names.length;
  for (const control of controls) {
    const prior = causes.find((driver) => driver.name === control.name)?.prior?.distribution;
    const mean = prior?.family === 'normal' ? prior.mean : 0;
    add(`effect[${control.name}]`, { family: 'normal', mean, sd: control.sd });
  }
  at.sigma = add('sigma', { family: 'half_normal', sd: 1 });
  at.level = names.length;
  at.local = names.length;
  for (const geo of geos) add(geos.length > 1 ? `level[${geo}]` : 'level', { family: 'normal', ...level });
  at.geoEffects = names.length;
  for (const driver of drivers) {
    if (!driver.byGeo) continue;
    driver.geoAt = names.length;
    for (const geo of geos) add(`geo_effect[${driver.name}, ${geo}]`, { family: 'normal', mean: 0, sd: 1 });
  }
  at.dimension = names.length;
  return { drivers, names, priors, at };
}
