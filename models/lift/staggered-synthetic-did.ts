import { InputError } from '../errors.ts';
import { random } from '../numeric/random.ts';
import type { Panel, Treatment } from '../panel.ts';
import { rows } from './block.ts';
import { type Inference, noInference } from './inference.ts';
import { normalInference } from './normal-inference.ts';
import { type PanelView, panelView, treatedMean } from './panel-view.ts';
import { others } from './placebo-sets.ts';
import {
  type SyntheticDidFit,
  type SyntheticDidFitter,
  type SyntheticDidOptions,
  syntheticDidFitter,
} from './synthetic-did.ts';

/** The units that start together, compared with the units that never start. */
interface Cohort {
  /** index of the first treated period */
  start: number;
  view: PanelView;
  fit: SyntheticDidFit;
  /** share of the treated cells, the weight of this cohort in the average */
  share: number;
}

export interface StaggeredSyntheticDid {
  /** mean effect per treated cell, unit of the outcome */
  effect: number;
  cohorts: Cohort[];
  inference: Inference;
  /** mean outcome of the treated cells */
  seen: number;
  /** treated units x periods */
  cells: number;
  controls: number;
  treated: number;
}

/**
 * Synthetic difference-in-differences with several starts: one fit per cohort on the units that are never treated, averaged by treated
 * cells.
 *
 *     effect = sum_g N1_g T1_g effect_g / sum_g N1_g T1_g
 *
 * Placebo error: as many controls as there are treated units are drawn, split into cohorts of the same sizes and starts, and refitted
 * on the other controls; se = sqrt((B - 1) / B) * sd.
 *
 * @param draws  placebo draws
 * @throws InputError `bad_panel` as `panelView` for each cohort, or when no unit is never treated
 * @see Arkhangelsky et al. (2021), appendix A; Clarke, Pailanir, Athey & Imbens (2023)
 */
export function staggeredSyntheticDid(
  panel: Panel,
  treatment: Treatment,
  options: SyntheticDidOptions & { level: number; seed: number; draws: number },
  replicates?: Float64Array,
): StaggeredSyntheticDid {
  const { parts, cohorts, never, treated, cells } = fitCohorts(panel, treatment, options);
  const effect = cohorts.reduce((sum, { share, fit }) => sum + share * fit.effect, 0);
  const seen = cohorts.reduce(
    (sum, { view, share }) =>
      sum +
      (share *
        treatedMean(view)
          .subarray(view.pre)
          .reduce((a, b) => a + b, 0)) /
        view.post,
    0,
  );
  const inference =
    never > treated
      ? placeboInference(replicates ?? placeboEffects(parts, cohorts, treated, options), effect, options.level)
      : noInference(
          'placebo',
          options.level,
          `${never} controls for ${treated} treated units: the placebo error needs more controls`,
        );
  return { effect, cohorts, inference, seen, cells, controls: never, treated };
}

/** The placebo draws behind `staggeredSyntheticDid`, for splitting over workers; null where controls are too few for them. */
export function staggeredSyntheticDidReplicates(
  panel: Panel,
  treatment: Treatment,
  options: SyntheticDidOptions & { seed: number; draws: number },
): { count: number; run(from?: number, to?: number): Float64Array } | null {
  const { parts, cohorts, never, treated } = fitCohorts(panel, treatment, options);
  if (never <= treated) return null;
  return {
    count: options.draws,
    run: (from, to) => placeboEffects(parts, cohorts, treated, options, from, to),
  };
}

interface FittedCohorts {
  parts: { start: number; view: PanelView; fitter: SyntheticDidFitter; fit: SyntheticDidFit }[];
  cohorts: Cohort[];
  never: number;
  treated: number;
  cells: number;
}

function fitCohorts(panel: Panel, treatment: Treatment, options: SyntheticDidOptions): FittedCohorts {
  const end = Math.min(treatment.end ?? panel.periods.length, panel.periods.length);
  const starts = [...new Set(treatment.firstTreated.values())].filter((start) => start < end).sort((a, b) => a - b);
  const never = panel.units.filter((unit) => (treatment.firstTreated.get(unit) ?? end) >= end);
  if (never.length === 0) {
    throw new InputError('bad_panel', 'every unit is treated in the end; add units that never are');
  }
  const parts = starts.map((start) => {
    const own = panel.units.filter((unit) => treatment.firstTreated.get(unit) === start);
    const view = panelView(subPanel(panel, [...never, ...own]), {
      firstTreated: new Map(own.map((unit) => [unit, start])),
      end,
    });
    const fitter = syntheticDidFitter(view, options);
    return { start, view, fitter, fit: fitter.fit(rows(0, view.controls), rows(view.controls, view.units.length)) };
  });
  const cells = parts.reduce((sum, { view }) => sum + view.treated * view.post, 0);
  const cohorts = parts.map(
    ({ start, view, fit }): Cohort => ({
      start,
      view,
      fit,
      share: (view.treated * view.post) / cells,
    }),
  );
  const treated = cohorts.reduce((sum, { view }) => sum + view.treated, 0);
  return { parts, cohorts, never: never.length, treated, cells };
}

function placeboEffects(
  parts: FittedCohorts['parts'],
  cohorts: readonly Cohort[],
  treated: number,
  { seed, draws }: { seed: number; draws: number },
  from = 0,
  to = draws,
): Float64Array {
  const { controls } = parts[0].view;
  return Float64Array.from({ length: to - from }, (_, i) => {
    const order = random(seed, 'staggered-placebo', from + i).shuffle(rows(0, controls));
    const donors = others(controls, order.slice(0, treated).sort());
    let at = 0;
    return parts.reduce((sum, { fitter, fit, view }, c) => {
      const chosen = order.slice(at, at + view.treated).sort();
      at += view.treated;
      return sum + cohorts[c].share * fitter.fit(donors, chosen, { periods: fit.periodWeights }).effect;
    }, 0);
  });
}

function placeboInference(effects: Float64Array, effect: number, level: number): Inference {
  const draws = effects.length;
  const mean = effects.reduce((sum, x) => sum + x, 0) / draws;
  const error = Math.sqrt(effects.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws);
  return normalInference('placebo', effect, error, new Float64Array(), null, level, {
    replicates: draws,
    exhaustive: false,
  });
}

function subPanel(panel: Panel, units: readonly string[]): Panel {
  const length = panel.periods.length;
  const at = new Map(panel.units.map((unit, u) => [unit, u]));
  const outcome = new Float64Array(units.length * length);
  units.forEach((unit, row) => {
    const u = at.get(unit)!;
    outcome.set(panel.outcome.subarray(u * length, (u + 1) * length), row * length);
  });
  return { units, periods: panel.periods, outcome, covariates: {} };
}
