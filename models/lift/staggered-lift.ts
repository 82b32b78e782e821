import { InputError } from '../errors.ts';
import type { Panel, Treatment } from '../panel.ts';
import type { LiftError } from './block-method.ts';
import { type CallawaySantanna, callawaySantanna } from './callaway-santanna.ts';
import { type GroupTimeEffects, type GroupTimeOptions, groupTimeEffects } from './group-time.ts';
import { aggregateGroupTime } from './group-time-aggregate.ts';
import type { Inference } from './inference.ts';
import { type LiftResult, probabilityPositive, relativeEffect, scaled, untied } from './lift-result.ts';
import { normalInference } from './normal-inference.ts';
import {
  deviation,
  placeboBounds,
  type StaggeredPlacebos,
  type StaggeredPlaceboWork,
  staggeredPlaceboInference,
  staggeredPlacebos,
  staggeredPlaceboWork,
} from './staggered-placebo.ts';
import { staggeredSyntheticDid } from './staggered-synthetic-did.ts';

interface StaggeredOptions extends GroupTimeOptions {
  standardError?: LiftError;
  level: number;
  seed: number;
  draws?: number;
}

/** Below these numbers of units, or of units in the smallest cohort, errors clustered by unit are far too small. */
const FEW = { units: 20, cohort: 5 } as const;

/**
 * `callawaySantanna` in the shape of `measureLift`: the headline is the average over all treated cells.
 *
 * Errors come from influence functions clustered by unit. A cohort of one has none: its own change is its mean, so it seems certain.
 * With fewer than 20 units or a cohort of fewer than 5 the default is therefore the in-space placebo (`default_changed`).
 *
 * @throws InputError `bad_parameter` when clustered errors are asked for and a cohort has one unit only
 */
export function staggeredLift(
  panel: Panel,
  treatment: Treatment,
  options: StaggeredOptions,
  replicates?: Float64Array,
): LiftResult {
  const { level, seed } = options;
  const found = callawaySantanna(panel, treatment, options);
  const { groupTime } = found;
  const { smallest, few, treated } = cohortSizes(groupTime);
  const asked = options.standardError ?? (few ? 'placebo' : 'cluster');
  if (asked === 'cluster' && smallest.units === 1) {
    throw new InputError(
      'bad_parameter',
      `only one unit starts in period ${panel.periods[smallest.start]}, and clustered errors take a single unit for certain; use standard error placebo`,
    );
  }
  const work = asked === 'cluster' ? null : placeboWork(panel, treatment, groupTime, options);
  const placebos = work && staggeredPlacebos(work, replicates ?? work.run());
  const read = asked === 'cluster' ? clustered(found, level) : byPlacebo(found, placebos, level, treated);
  const { effect } = found.aggregates.simple.overall;
  const { inference } = read;
  const { seen, cells } = treatedCells(panel, treatment);
  return {
    schema_version: 1,
    method: 'callaway_santanna',
    estimate: {
      value: effect,
      standard_error: inference.standardError,
      interval: inference.interval,
      level,
      p_value: untied(inference.pValue, level),
      n: groupTime.n,
    },
    relative: relativeEffect(effect, inference.interval, seen, level),
    cumulative: scaled(effect, inference.interval, cells, level),
    weights: { units: [], periods: [] },
    series: [],
    event_study: read.events,
    diagnostics: {
      inference: inference.method,
      ...(options.standardError === undefined && few
        ? { default_changed: 'few units, or few in a cohort: placebo instead of cluster' }
        : {}),
      ...inference.diagnostics,
      control: options.control ?? 'never',
      base: options.base ?? 'varying',
      groups: [...groupTime.shares].map(([start, share]) => ({ start: panel.periods[start], share })),
      group_time: groupTime.cells.map(({ group, period, effect: value, standardError: error }) => ({
        group: panel.periods[group],
        period: panel.periods[period],
        effect: value,
        standard_error: asked === 'cluster' ? error : null,
      })),
      ...read.diagnostics,
      always_treated: groupTime.alwaysTreated,
      without_control: groupTime.withoutControl.length,
      seed,
      ...probabilityPositive(inference.diagnostics),
    },
  };
}

/** The placebos behind `staggeredLift`, for splitting over workers; null where it needs none. */
export function staggeredReplicates(
  panel: Panel,
  treatment: Treatment,
  options: StaggeredOptions,
): StaggeredPlaceboWork | null {
  const groupTime = groupTimeEffects(panel, treatment, options);
  const asked = options.standardError ?? (cohortSizes(groupTime).few ? 'placebo' : 'cluster');
  return asked === 'cluster' ? null : placeboWork(panel, treatment, groupTime, options);
}

function cohortSizes(groupTime: GroupTimeEffects): {
  smallest: { start: number; units: number };
  few: boolean;
  treated: number;
} {
  const sizes = [...groupTime.shares].map(([start, share]) => ({ start, units: Math.round(share * groupTime.n) }));
  const smallest = sizes.reduce((least, size) => (size.units < least.units ? size : least));
  return {
    smallest,
    few: groupTime.n < FEW.units || smallest.units < FEW.cohort,
    treated: sizes.reduce((sum, { units }) => sum + units, 0),
  };
}

function placeboWork(
  panel: Panel,
  treatment: Treatment,
  groupTime: GroupTimeEffects,
  options: StaggeredOptions,
): StaggeredPlaceboWork | null {
  const eventTimes = aggregateGroupTime(groupTime, 'dynamic').parts.map(({ key }) => key);
  return staggeredPlaceboWork(panel, treatment, eventTimes, { ...options, draws: options.draws ?? 999 });
}

/** One way to get uncertainty: of the headline, of the event study, and what goes with it. */
interface StaggeredReading {
  inference: Inference;
  events: NonNullable<LiftResult['event_study']>;
  diagnostics: Record<string, unknown>;
}

function clustered({ aggregates, bands, preTest }: CallawaySantanna, level: number): StaggeredReading {
  const { effect, standardError } = aggregates.simple.overall;
  const overall = (name: 'dynamic' | 'group' | 'calendar'): Record<string, number> => ({
    effect: aggregates[name].overall.effect,
    standard_error: aggregates[name].overall.standardError,
  });
  return {
    inference: normalInference('cluster', effect, standardError, new Float64Array(), null, level, {}),
    events: bands.dynamic.effects.map(({ key, uniformLo, uniformHi, standardError: error, ...rest }) => ({
      event_time: key,
      standard_error: error,
      uniform_lo: uniformLo,
      uniform_hi: uniformHi,
      ...rest,
    })),
    diagnostics: {
      aggregates: { dynamic: overall('dynamic'), group: overall('group'), calendar: overall('calendar') },
      pre_test: preTest && { statistic: preTest.statistic, degrees: preTest.degrees, p_value: preTest.pValue },
      uniform_critical_value: bands.dynamic.critical,
    },
  };
}

function byPlacebo(
  { aggregates }: CallawaySantanna,
  placebos: StaggeredPlacebos | null,
  level: number,
  treated: number,
): StaggeredReading {
  const { parts } = aggregates.dynamic;
  const { effect } = aggregates.simple.overall;
  const table = parts.map((_, j) => Float64Array.from(placebos?.events ?? [], (row) => row[j]));
  const errors = table.map(deviation);
  // widest of the events, each in units of its own spread: what all of them together stay under
  const widest = Float64Array.from(placebos?.events ?? [], (row) =>
    row.reduce((most, e, j) => (errors[j] > 0 ? Math.max(most, Math.abs(e) / errors[j]) : most), 0),
  );
  const joint = placeboBounds(0, widest, level).hi;
  const overall = (name: 'dynamic' | 'group' | 'calendar'): Record<string, number | null> => ({
    effect: aggregates[name].overall.effect,
    standard_error: null,
  });
  return {
    inference: staggeredPlaceboInference(effect, placebos, level, treated),
    events: parts.map(({ key, effect: value }, j) => {
      const own = placebos === null ? { lo: null, hi: null } : placeboBounds(value, table[j], level);
      // a joint band is never narrower than the bounds of one effect
      const half = own.hi === null || joint === null ? null : Math.max(own.hi - value, joint * errors[j]);
      return {
        event_time: key,
        effect: value,
        standard_error: placebos === null ? null : errors[j],
        ...own,
        uniform_lo: half === null ? null : value - half,
        uniform_hi: half === null ? null : value + half,
      };
    }),
    diagnostics: {
      aggregates: { dynamic: overall('dynamic'), group: overall('group'), calendar: overall('calendar') },
      pre_test: null,
      uniform_critical_value: joint,
    },
  };
}

/** `staggeredSyntheticDid` in the shape of `measureLift`; the cohorts stand in `diagnostics`. */
export function staggeredSdidLift(
  panel: Panel,
  treatment: Treatment,
  options: Parameters<typeof staggeredSyntheticDid>[2],
  replicates?: Float64Array,
): LiftResult {
  const { effect, cohorts, inference, seen, cells, controls, treated } = staggeredSyntheticDid(
    panel,
    treatment,
    options,
    replicates,
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
