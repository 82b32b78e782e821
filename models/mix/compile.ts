import { InputError } from '../errors.ts';
import type { Panel } from '../panel.ts';
import { centred, fourierColumns, type TimeColumns, trendColumns, yearPhase } from './baseline.ts';
import { type ResolvedDriver, resolveDriver } from './driver.ts';
import { compileExperiments } from './experiment.ts';
import { compileDrivers } from './exposure.ts';
import { placeParameters } from './parameters.ts';
import type { MixProblem } from './problem.ts';
import type { MixSpec } from './spec.ts';

/**
 * Turns data and declaration into a problem: scales, columns, priors and the place of every parameter.
 *
 * Weeks before the first outcome are media history; weeks after the last one are dropped. Scales use fitted weeks only.
 *
 * @param panel         geos x weeks; one unit = national
 * @param holdoutWeeks  weeks at the end whose outcome is kept from the fit, >= 0
 * @throws InputError `bad_config`, `bad_panel`, `bad_parameter`, `unknown_name`, `insufficient_data`
 */
export function compileProblem(panel: Panel, spec: MixSpec, holdoutWeeks = 0): MixProblem {
  const geos = panel.units;
  const { start, end } = outcomeWindow(panel);
  const weeks = panel.periods.slice(0, end);
  const trainEnd = end - holdoutWeeks;
  if (!Number.isInteger(holdoutWeeks) || holdoutWeeks < 0 || trainEnd - start < 10) {
    throw new InputError(
      'insufficient_data',
      `mix: ${end - start} weeks with an outcome and ${holdoutWeeks} held out leave fewer than 10 to fit`,
    );
  }
  const outcome = sliceWeeks(panel.outcome, geos.length, panel.periods.length, end);
  const scales = outcomeScales(outcome, geos, weeks.length, start, trainEnd, spec.population);
  const valuePerOutcome = spec.valuePerOutcome === undefined ? 1 : spec.valuePerOutcome;
  if (valuePerOutcome !== null && !(valuePerOutcome > 0)) {
    throw new InputError('bad_config', `valuePerOutcome is ${valuePerOutcome}; it must be above 0, or null`);
  }
  const resolved = spec.drivers.map((driver) => resolveDriver(driver, valuePerOutcome !== null));
  const seen = new Set<string>();
  for (const { name } of resolved) {
    if (seen.has(name)) throw new InputError('bad_config', `drivers: ${name} is declared twice`);
    seen.add(name);
  }
  const causes = resolved.filter((driver) => driver.role === 'cause');
  const column = (name: string): Float64Array => {
    const values = panel.covariates[name];
    if (!values) {
      throw new InputError('unknown_name', `mix: no column ${name}; the table has ${Object.keys(panel.covariates)}`);
    }
    return sliceWeeks(values, geos.length, panel.periods.length, end);
  };
  const shape = { geos, weeks, start, trainEnd, size: scales.size };
  const drivers = compileDrivers(
    causes.filter((driver) => driver.kind !== 'control'),
    column,
    { ...shape, unit: scales.unit, outcomeTotal: scales.total, valuePerOutcome },
  );
  const controls = causes
    .filter((driver) => driver.kind === 'control')
    .map((driver) => controlColumn(driver, column(driver.column), shape));
  const df = spec.noise?.kind === 'student_t' ? (spec.noise.df ?? 5) : Number.POSITIVE_INFINITY;
  if (!(df > 1)) throw new InputError('bad_parameter', `noise.df is ${df}; it must be above 1`);
  const time = timeColumns(weeks, start, trainEnd, spec);
  const places = placeParameters(geos, drivers, causes, time, controls, scales.level, spec.geoSpread);
  const weight = new Float64Array(outcome.length);
  const y = new Float64Array(outcome.length);
  for (let g = 0; g < geos.length; g++) {
    for (let t = start; t < trainEnd; t++) {
      const i = g * weeks.length + t;
      if (Number.isNaN(outcome[i])) continue;
      weight[i] = 1;
      y[i] = outcome[i] / (scales.size[g] * scales.unit);
    }
  }
  const problem: MixProblem = {
    geos,
    weeks,
    start,
    y,
    weight,
    outcome,
    size: scales.size,
    unit: scales.unit,
    valuePerOutcome,
    outcomeTotal: scales.total,
    holdoutWeeks,
    time,
    controls,
    drivers: places.drivers,
    degreesOfFreedom: df,
    experiments: [],
    mediators: resolved.filter((driver) => driver.role === 'mediator').map((driver) => driver.name),
    names: places.names,
    priors: places.priors,
    at: places.at,
    centring: new Float64Array(drivers.length * geos.length),
  };
  problem.experiments = compileExperiments(problem, spec.experiments ?? []);
  return problem;
}

function outcomeWindow(panel: Panel): { start: number; end: number } {
  const n = panel.periods.length;
  if (panel.outcome.length !== panel.units.length * n) throw new RangeError('mix: outcome is not units x periods');
  let start = n;
  let end = 0;
  for (let g = 0; g < panel.units.length; g++) {
    for (let t = 0; t < n; t++) {
      if (Number.isNaN(panel.outcome[g * n + t])) continue;
      start = Math.min(start, t);
      end = Math.max(end, t + 1);
    }
  }
  if (end === 0) throw new InputError('insufficient_data', 'mix: the outcome is missing in every week');
  return { start, end };
}

function sliceWeeks(values: Float64Array, geos: number, from: number, to: number): Float64Array {
  const out = new Float64Array(geos * to);
  for (let g = 0; g < geos; g++) out.set(values.subarray(g * from, g * from + to), g * to);
  return out;
}

/** Size of each geo, the common unit (pooled sd within geos) and the prior of a geo's level. */
function outcomeScales(
  outcome: Float64Array,
  geos: readonly string[],
  weeks: number,
  start: number,
  end: number,
  population: Readonly<Record<string, number>> | undefined,
) {
  const size = new Float64Array(geos.length).fill(1);
  const means = new Float64Array(geos.length);
  let total = 0;
  for (let g = 0; g < geos.length; g++) {
    let n = 0;
    let sum = 0;
    for (let t = start; t < end; t++) {
      const value = outcome[g * weeks + t];
      if (Number.isNaN(value)) continue;
      n++;
      sum += value;
    }
    if (n < 8)
      throw new InputError('insufficient_data', `mix: geo ${geos[g]} has an outcome in only ${n} fitted weeks`);
    means[g] = sum / n;
    total += means[g] * (weeks - start);
  }
  if (geos.length > 1) {
    const given = geos.map((geo, g) => (population ? population[geo] : Math.abs(means[g])));
    const average = given.reduce((a, b) => a + b, 0) / geos.length;
    for (let g = 0; g < geos.length; g++) {
      if (!(given[g] > 0)) {
        const wrong = given[g] === undefined ? `population lacks ${geos[g]}` : `population.${geos[g]} is ${given[g]}`;
        const what = population ? wrong : `the mean outcome of ${geos[g]} is 0`;
        throw new InputError('bad_config', `mix: ${what}; give every geo a population above 0`);
      }
      size[g] = given[g] / average;
    }
  }
  let within = 0;
  let cells = 0;
  const levels = means.map((mean, g) => mean / size[g]);
  const centre = levels.reduce((a, b) => a + b, 0) / geos.length;
  for (let g = 0; g < geos.length; g++) {
    for (let t = start; t < end; t++) {
      const value = outcome[g * weeks + t];
      if (Number.isNaN(value)) continue;
      within += (value / size[g] - levels[g]) ** 2;
      cells++;
    }
  }
  const unit = Math.sqrt(within / cells);
  if (!(unit > 1e-12 * Math.abs(centre)) || !(total !== 0)) {
    throw new InputError('insufficient_data', 'mix: the outcome is constant; there is nothing to explain');
  }
  const between = Math.sqrt(levels.reduce((sum, level) => sum + (level - centre) ** 2, 0) / geos.length) / unit;
  return { size, unit, total: Math.abs(total), level: { mean: centre / unit, sd: 2 * Math.max(1, between) } };
}

function timeColumns(weeks: readonly string[], start: number, trainEnd: number, spec: MixSpec): TimeColumns {
  const columns: Float64Array[] = [];
  const out: TimeColumns = { names: [], parts: [], sds: new Float64Array(0), data: new Float64Array(0) };
  const sds: number[] = [];
  const add = (name: string, part: TimeColumns['parts'][number], column: Float64Array, sd: number): void => {
    if (!(sd > 0)) throw new InputError('bad_parameter', `${name}: prior sd is ${sd}; it must be above 0`);
    out.names.push(name);
    out.parts.push(part);
    columns.push(centred(column, start));
    sds.push(sd);
  };
  if (spec.trend !== 'none') {
    const every = spec.trend?.everyWeeks ?? 13;
    if (!(every >= 2)) throw new InputError('bad_parameter', `trend.everyWeeks is ${every}; at least 2`);
    const steps = trendColumns(weeks.length, start, trainEnd, every);
    steps.forEach((step, k) => {
      add(`trend[${k + 1}]`, 'trend', step, spec.trend === 'none' ? 1 : (spec.trend?.sd ?? 0.5));
    });
  }
  if (spec.season !== 'none') {
    const phase = yearPhase(weeks, spec.season?.periodWeeks ?? 365.25 / 7);
    fourierColumns(phase, spec.season?.order ?? 2).forEach((column, i) => {
      const name = `season[${i % 2 === 0 ? 'sin' : 'cos'} ${Math.floor(i / 2) + 1}]`;
      add(name, 'season', column, spec.season === 'none' ? 1 : (spec.season?.sd ?? 1));
    });
  }
  for (const holiday of spec.holidays ?? []) {
    const on = new Set(holiday.periods);
    const column = Float64Array.from(weeks, (week, t) => (t >= start && on.has(week) ? 1 : 0));
    // a holiday that no fitted week has cannot be learnt and would only repeat its prior
    if (!column.some((value, t) => value === 1 && t < trainEnd)) continue;
    add(`holiday[${holiday.name}]`, 'holiday', column, holiday.sd ?? 2);
  }
  const p = columns.length;
  out.sds = Float64Array.from(sds);
  out.data = new Float64Array(weeks.length * p);
  for (let t = 0; t < weeks.length; t++) for (let i = 0; i < p; i++) out.data[t * p + i] = columns[i][t];
  return out;
}

function controlColumn(
  driver: ResolvedDriver,
  values: Float64Array,
  shape: { geos: readonly string[]; weeks: readonly string[]; start: number; trainEnd: number },
): MixProblem['controls'][number] {
  const { geos, weeks, start, trainEnd } = shape;
  const column = new Float64Array(values.length);
  let squares = 0;
  for (let g = 0; g < geos.length; g++) {
    const base = g * weeks.length;
    let sum = 0;
    for (let t = start; t < weeks.length; t++) {
      if (Number.isNaN(values[base + t])) {
        throw new InputError(
          'bad_panel',
          `mix: ${driver.column} is missing in ${geos[g]}, ${weeks[t]}; controls need every week`,
        );
      }
      if (t < trainEnd) sum += values[base + t];
    }
    const mean = sum / (trainEnd - start);
    for (let t = start; t < weeks.length; t++) {
      column[base + t] = values[base + t] - mean;
      if (t < trainEnd) squares += column[base + t] ** 2;
    }
  }
  const sd = Math.sqrt(squares / (geos.length * (trainEnd - start)));
  if (!(sd > 0)) {
    throw new InputError('insufficient_data', `mix: ${driver.name} never changes within a geo; leave it out`);
  }
  const prior = driver.prior?.distribution;
  return { name: driver.name, column: column.map((v) => v / sd), sd: prior?.family === 'normal' ? prior.sd : 1 };
}
