import { InputError } from '../errors.ts';
import { quantile } from '../numeric/quantile.ts';
import { ADSTOCK_PARAMETERS } from './adstock.ts';
import type { ResolvedDriver } from './driver.ts';
import type { ProblemDriver } from './problem.ts';

/** A driver with its data and scales but without its place among the parameters. */
export type ExposedDriver = Omit<ProblemDriver, 'shapeAt' | 'effectAt' | 'spreadAt' | 'geoAt'> & {
  resolved: ResolvedDriver;
};

interface Surroundings {
  geos: readonly string[];
  weeks: readonly string[];
  start: number;
  trainEnd: number;
  size: Float64Array;
  unit: number;
  outcomeTotal: number;
  valuePerOutcome: number | null;
}

/**
 * Scales every driver's exposure and finds K, the amount that turns its sampled effect into outcome.
 *
 * @param column  reads a panel column, geos x weeks
 * @throws InputError `bad_panel` on missing or negative exposure, `insufficient_data` on one that never changes
 */
export function compileDrivers(
  drivers: readonly ResolvedDriver[],
  column: (name: string) => Float64Array,
  around: Surroundings,
): ExposedDriver[] {
  const exposures = drivers.map((driver) => scaleExposure(driver, column(driver.column), around));
  const spends = drivers.map((driver) => (driver.spendColumn === null ? null : spendOf(driver, column, around)));
  const windowSpend = spends.map((spend) => (spend === null ? 0 : sumOver(spend, around)));
  drivers.forEach((driver, j) => {
    const needsSpend = driver.prior === null || driver.prior.on === 'roi';
    if (needsSpend && !(windowSpend[j] > 0)) {
      throw new InputError(
        'insufficient_data',
        `mix: ${driver.name} has no spend in the window; leave it out or declare it organic`,
      );
    }
  });
  // outcome without a money value: the paid total has mean 40 % and sd 20 % of the outcome (Meridian's rule)
  const unpriced = drivers.map((driver, j) => (driver.prior === null ? windowSpend[j] : 0));
  const spendTotal = unpriced.reduce((a, b) => a + b, 0);
  const spendNorm = Math.sqrt(unpriced.reduce((a, b) => a + b * b, 0));
  return drivers.map((driver, j) => {
    const exposure = exposures[j];
    let { prior } = driver;
    if (prior === null) {
      const mean = (0.4 * around.outcomeTotal) / spendTotal;
      const sd = (0.2 * around.outcomeTotal) / spendNorm;
      const variance = Math.log1p((sd / mean) ** 2);
      const mu = Math.log(mean) - 0.5 * variance;
      prior = { on: 'roi', distribution: { family: 'log_normal', mu, sigma: Math.sqrt(variance) } };
    }
    const total =
      prior.on === 'roi'
        ? windowSpend[j] / ((around.valuePerOutcome ?? 1) * around.unit)
        : around.outcomeTotal / around.unit;
    const isPlain = driver.adstock === 'none' && driver.saturation === 'linear' && !driver.byGeo;
    const mode = prior.on === 'effect' || isPlain ? 'direct' : 'total';
    const factor = prior.on === 'effect' ? 1 : mode === 'total' ? total : total / absoluteSum(exposure.x, around);
    return {
      name: driver.name,
      kind: driver.kind,
      sign: driver.sign,
      on: prior.on,
      ...exposure,
      spend: spends[j],
      adstock: driver.adstock,
      lags: driver.adstock === 'none' ? 1 : driver.maxLag + 1,
      saturation: driver.saturation,
      shapeNames: driver.shapeNames,
      adstockParameters: ADSTOCK_PARAMETERS[driver.adstock].length,
      mode,
      factor,
      byGeo: driver.byGeo && around.geos.length > 1,
      resolved: { ...driver, prior },
    };
  });
}

function scaleExposure(driver: ResolvedDriver, values: Float64Array, around: Surroundings) {
  const { geos, weeks, start, size } = around;
  const perSize = driver.kind !== 'treatment';
  const active: number[] = [];
  const largest = new Float64Array(geos.length);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let g = 0; g < geos.length; g++) {
    for (let t = 0; t < weeks.length; t++) {
      const value = values[g * weeks.length + t];
      const place = `${driver.column} in ${geos[g]}, ${weeks[t]}`;
      if (!Number.isFinite(value)) {
        throw new InputError('bad_panel', `mix: ${place} is missing; write 0 where nothing ran`);
      }
      if (perSize && value < 0)
        throw new InputError('bad_panel', `mix: ${place} is ${value}; volumes are never negative`);
      if (t < start) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
      largest[g] = Math.max(largest[g], value);
      if (value > 0) active.push(perSize ? value / size[g] : value);
    }
  }
  if (!(high > low)) {
    const what = high === 0 ? 'is 0 in every week' : `is ${high} in every week of every geo`;
    throw new InputError(
      'insufficient_data',
      `mix: ${driver.name} ${what}; there is nothing to learn from, leave it out`,
    );
  }
  const reference = driver.reference === 'min' ? low : driver.reference === 'max' ? high : driver.reference;
  const scale = perSize ? quantile(Float64Array.from(active), 0.5) : high - low;
  const x = values.map((value, i) =>
    perSize ? value / (size[Math.floor(i / weeks.length)] * scale) : (value - reference) / scale,
  );
  if (!perSize && (driver.adstock !== 'none' || driver.saturation !== 'linear') && x.some((value) => value < 0)) {
    throw new InputError('bad_config', `mix: ${driver.name} goes below its reference; a curve needs values above it`);
  }
  return { x, scale, perSize, reference, largest };
}

function spendOf(driver: ResolvedDriver, column: (name: string) => Float64Array, around: Surroundings): Float64Array {
  const name = driver.spendColumn as string;
  const values = column(name);
  values.forEach((value, i) => {
    if (Number.isFinite(value) && value >= 0) return;
    const place = `${around.geos[Math.floor(i / around.weeks.length)]}, ${around.weeks[i % around.weeks.length]}`;
    throw new InputError(
      'bad_panel',
      `mix: spend ${name} of ${driver.name} in ${place} is ${value}; write 0 where none was`,
    );
  });
  return values;
}

/** Sum over the window of all geos. */
function sumOver(values: Float64Array, { geos, weeks, start }: Surroundings): number {
  let sum = 0;
  for (let g = 0; g < geos.length; g++) {
    for (let t = start; t < weeks.length; t++) sum += values[g * weeks.length + t];
  }
  return sum;
}

/** Sum over the window of size x |x|. */
function absoluteSum(x: Float64Array, { geos, weeks, start, size }: Surroundings): number {
  let sum = 0;
  for (let g = 0; g < geos.length; g++) {
    for (let t = start; t < weeks.length; t++) sum += size[g] * Math.abs(x[g * weeks.length + t]);
  }
  return sum;
}
