import type { Panel, Treatment } from '../panel.ts';
import { callawaySantanna } from './callaway-santanna.ts';
import { type LiftResult, probabilityPositive, relativeEffect, scaled } from './lift-result.ts';
import { normalInference } from './normal-inference.ts';
import { staggeredSyntheticDid } from './staggered-synthetic-did.ts';

/** `callawaySantanna` in the shape of `measureLift`: the headline is the average over all treated cells. */
export function staggeredLift(
  panel: Panel,
  treatment: Treatment,
  options: {
    level: number;
    seed: number;
    draws?: number;
    control?: 'never' | 'not_yet';
    base?: 'varying' | 'universal';
  },
): LiftResult {
  const { level, seed } = options;
  const found = callawaySantanna(panel, treatment, options);
  const { groupTime, aggregates, bands, preTest } = found;
  const { effect, standardError } = aggregates.simple.overall;
  const inference = normalInference('cluster', effect, standardError, new Float64Array(), null, level, {});
  const { interval, pValue } = inference;
  const { seen, cells } = treatedCells(panel, treatment);
  const overall = (name: 'dynamic' | 'group' | 'calendar'): Record<string, number> => ({
    effect: aggregates[name].overall.effect,
    standard_error: aggregates[name].overall.standardError,
  });
  return {
    schema_version: 1,
    method: 'callaway_santanna',
    estimate: {
      value: effect,
      standard_error: inference.standardError,
      interval,
      level,
      p_value: pValue,
      n: groupTime.n,
    },
    relative: relativeEffect(effect, interval, seen, level),
    cumulative: scaled(effect, interval, cells, level),
    weights: { units: [], periods: [] },
    series: [],
    event_study: bands.dynamic.effects.map(({ key, uniformLo, uniformHi, standardError: error, ...rest }) => ({
      event_time: key,
      standard_error: error,
      uniform_lo: uniformLo,
      uniform_hi: uniformHi,
      ...rest,
    })),
    diagnostics: {
      inference: 'cluster',
      ...inference.diagnostics,
      control: options.control ?? 'never',
      base: options.base ?? 'varying',
      groups: [...groupTime.shares].map(([start, share]) => ({ start: panel.periods[start], share })),
      group_time: groupTime.cells.map(({ group, period, effect: value, standardError: error }) => ({
        group: panel.periods[group],
        period: panel.periods[period],
        effect: value,
        standard_error: error,
      })),
      aggregates: { dynamic: overall('dynamic'), group: overall('group'), calendar: overall('calendar') },
      pre_test: preTest && { statistic: preTest.statistic, degrees: preTest.degrees, p_value: preTest.pValue },
      uniform_critical_value: bands.dynamic.critical,
      always_treated: groupTime.alwaysTreated,
      without_control: groupTime.withoutControl.length,
      seed,
      ...probabilityPositive(inference.diagnostics),
    },
  };
}

/** `staggeredSyntheticDid` in the shape of `measureLift`; the cohorts stand in `diagnostics`. */
export function staggeredSdidLift(
  panel: Panel,
  treatment: Treatment,
  options: Parameters<typeof staggeredSyntheticDid>[2],
): LiftResult {
  const { effect, cohorts, inference, seen, cells, controls, treated } = staggeredSyntheticDid(
    panel,
    treatment,
    options,
  );
  const { level, interval, standardError, pValue } = inference;
  return {
    schema_version: 1,
    method: 'sdid',
    estimate: { value: effect, standard_error: standardError, interval, level, p_value: pValue, n: controls + treated },
    relative: relativeEffect(effect, interval, seen, level),
    cumulative: scaled(effect, interval, cells, level),
    weights: { units: [], periods: [] },
    series: [],
    diagnostics: {
      inference: inference.method,
      treated_units: treated,
      control_units: controls,
      cohorts: cohorts.map(({ start, view, fit, share }) => ({
        start: panel.periods[start],
        units: view.units.slice(view.controls),
        effect: fit.effect,
        pre_rmspe: fit.preRmspe,
        share,
        converged: fit.converged,
      })),
      seed: options.seed,
      ...inference.diagnostics,
      ...probabilityPositive(inference.diagnostics),
    },
  };
}

/** Mean outcome and number of the treated cells that have a period before the start. */
function treatedCells(panel: Panel, treatment: Treatment): { seen: number; cells: number } {
  const length = Math.min(treatment.end ?? panel.periods.length, panel.periods.length);
  let sum = 0;
  let cells = 0;
  panel.units.forEach((unit, u) => {
    const start = treatment.firstTreated.get(unit);
    if (start === undefined || start <= 0) return;
    for (let t = start; t < length; t++) {
      sum += panel.outcome[u * panel.periods.length + t];
      cells++;
    }
  });
  return { seen: sum / cells, cells };
}
