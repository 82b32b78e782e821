import { InputError } from '../errors.ts';
import type { MixProblem, ProblemExperiment } from './problem.ts';
import type { MixExperiment } from './spec.ts';

/**
 * Places each study in the problem's geos and weeks and puts its estimate on the scale of the model.
 *
 * @throws InputError `unknown_name` on an unknown driver, geo or period, `bad_config` on an impossible study
 */
export function compileExperiments(problem: MixProblem, experiments: readonly MixExperiment[]): ProblemExperiment[] {
  return experiments.map((experiment) => compileExperiment(problem, experiment));
}

function compileExperiment(problem: MixProblem, experiment: MixExperiment): ProblemExperiment {
  const where = `experiments.${experiment.name}`;
  const fail = (message: string): never => {
    throw new InputError('bad_config', `${where}: ${message}`);
  };
  const week = (name: string): number => {
    const index = problem.weeks.indexOf(name);
    if (index < 0) {
      throw new InputError(
        'unknown_name',
        `${where}: ${name} is no week of the table (${problem.weeks[0]} to ${problem.weeks.at(-1)})`,
      );
    }
    return index;
  };
  const start = week(experiment.start);
  const end = week(experiment.end) + 1;
  const readStart = week(experiment.readStart ?? experiment.start);
  const readEnd = week(experiment.readEnd ?? experiment.end) + 1;
  if (end <= start) fail('end is before start');
  if (readEnd <= readStart) fail('readEnd is before readStart');
  if (readEnd <= start) fail('the reading window ends before the media changed');
  if (!Number.isFinite(experiment.estimate)) fail(`estimate is ${experiment.estimate}`);
  const inflation = experiment.inflation ?? 1;
  if (!(experiment.standardError > 0)) fail(`standardError is ${experiment.standardError}; it must be above 0`);
  if (!(inflation >= 1)) fail(`inflation is ${inflation}; it widens the standard error, so it is at least 1`);
  const geos = Int32Array.from(experiment.geos ?? problem.geos, (geo) => {
    const index = typeof geo === 'string' ? problem.geos.indexOf(geo) : -1;
    if (index < 0) throw new InputError('unknown_name', `${where}: no geo ${geo}`);
    return index;
  });
  geos.forEach((g, i) => {
    if (geos.indexOf(g) < i) fail(`geo ${problem.geos[g]} is named twice`);
  });
  if (experiment.drivers.length === 0) fail('names no driver');
  const T = problem.weeks.length;
  let spendChange = 0;
  const parts = experiment.drivers.map((name) => {
    const index = problem.drivers.findIndex((driver) => driver.name === name);
    if (index < 0) throw new InputError('unknown_name', `${where}: no driver ${name} that is fitted with an effect`);
    const driver = problem.drivers[index];
    const given = experiment.counterfactual?.[name];
    const factor = experiment.counterfactualFactor;
    if (given === undefined && factor === undefined) fail(`give counterfactualFactor or counterfactual.${name}`);
    if (given !== undefined && given.length !== geos.length * (end - start)) {
      fail(`counterfactual.${name} has ${given.length} values for ${geos.length} geos x ${end - start} weeks`);
    }
    if (factor !== undefined && !(factor >= 0)) fail(`counterfactualFactor is ${factor}`);
    const counterfactual = new Float64Array(geos.length * T);
    let changed = false;
    for (let i = 0; i < geos.length; i++) {
      for (let t = 0; t < T; t++) {
        const cell = geos[i] * T + t;
        const actual = driver.x[cell];
        let value = actual;
        if (t >= start && t < end) {
          const divisor = driver.perSize ? problem.size[geos[i]] * driver.scale : driver.scale;
          const raw = given?.[i * (end - start) + t - start];
          if (raw === undefined) value = actual * (factor as number);
          else if (!Number.isFinite(raw) || (driver.perSize && raw < 0)) fail(`counterfactual.${name} has ${raw}`);
          else value = driver.perSize ? raw / divisor : (raw - driver.reference) / divisor;
          if (driver.spend) {
            // spend moves in proportion to exposure, at the price of that week (or of the window when nothing ran)
            const price = actual > 0 ? driver.spend[cell] / actual : averagePrice(problem, index);
            spendChange += price * (actual - value);
          }
        }
        if (value !== actual) changed = true;
        counterfactual[i * T + t] = value;
      }
    }
    if (!changed) fail(`the counterfactual of ${name} equals what ran; the study changed nothing there`);
    return { driver: index, counterfactual };
  });
  let toOutcome = 1;
  if (experiment.estimand === 'iroas') {
    if (problem.valuePerOutcome === null) fail('an iroas needs valuePerOutcome');
    if (spendChange === 0) fail('an iroas needs a change in spend; give the drivers a spend column');
    // a positive iroas means outcome moves with spend, so it is the signed change of spend that multiplies it
    toOutcome = spendChange / (problem.valuePerOutcome as number);
  }
  return {
    name: experiment.name,
    estimate: (experiment.estimate * toOutcome) / problem.unit,
    standardError: (experiment.standardError * inflation * Math.abs(toOutcome)) / problem.unit,
    grade: experiment.grade ?? null,
    geos,
    readStart,
    readEnd,
    parts,
  };
}

/** Money per scaled exposure over the whole window of one driver. */
function averagePrice(problem: MixProblem, driver: number): number {
  const { x, spend } = problem.drivers[driver];
  if (!spend) return 0;
  const T = problem.weeks.length;
  let money = 0;
  let exposure = 0;
  for (let g = 0; g < problem.geos.length; g++) {
    for (let t = problem.start; t < T; t++) {
      money += spend[g * T + t];
      exposure += x[g * T + t];
    }
  }
  return money / exposure;
}
