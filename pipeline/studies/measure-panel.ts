import { InputError } from '../../models/errors.ts';
import type { Estimate } from '../../models/estimate.ts';
import { gradeClaim } from '../../models/evidence.ts';
import { type Equivalence, equivalence } from '../../models/lift/equivalence.ts';
import { experimentClaim } from '../../models/lift/experiment-claim.ts';
import type { ClaimInputs } from '../../models/lift/gates/run-gates.ts';
import type { Design, GateResult } from '../../models/lift/gates/types.ts';
import { type LiftMethod, liftReplicates, measureLift } from '../../models/lift/index.ts';
import type { LiftResult } from '../../models/lift/lift-result.ts';
import { claimOptions, panelClaim } from '../../models/lift/panel-claim.ts';
import { panelView } from '../../models/lift/panel-view.ts';
import { placeboReadings } from '../../models/lift/placebo-readings.ts';
import { syntheticControl } from '../../models/lift/synthetic-control.ts';
import type { Study } from '../config-studies.ts';
import { claimPartsInWorkers } from '../workers/lift.ts';
import {
  type EstimateRow,
  estimateOf,
  type Measured,
  relativeOf,
  rowOf,
  type SeriesRow,
  totalOf,
  type UnitRow,
  type WeightRow,
} from './claim.ts';
import { meanOf, readDrawn } from './read-drawn.ts';
import { type Drawn, drawnAnew, placebosOf } from './read-draws.ts';
import type { StudyPanel } from './read-panels.ts';
import { type PanelReader, type Refutation, refutationInputs } from './refute-panel.ts';

/** Estimators that are put side by side on a panel. */
const PANEL_METHODS = ['sc', 'sdid', 'did', 'ascm', 'tbr', 'bsts'] as const satisfies readonly LiftMethod[];

export interface PanelStudy {
  method: string;
  level: number;
  seed: number;
  plausibleLift: number;
  /** smallest total worth having, by what the treated had before; null when nobody said */
  margin: (before: number) => number | null;
  pairs: Study['pairs'];
  becauseSalesMoved: boolean;
  /** the draw as it was logged; null when nobody was drawn */
  draw: { loggedBefore: boolean; registeredBefore: boolean } | null;
  /** what the gates need and only the workspace has */
  inputs: ClaimInputs;
  refutation: Refutation;
}

/**
 * Measures treated geos against untreated ones: by the draw that chose them where there was one, else by synthetic control with the
 * whole battery. Every other estimator that applies stands beside it.
 *
 * @throws InputError when the panel cannot be read by the registered method
 */
export async function measurePanel(cut: StudyPanel, study: PanelStudy): Promise<Measured> {
  const { panel, treatment } = cut;
  const treated = [...treatment.firstTreated.keys()];
  const start = treatment.firstTreated.get(treated[0])!;
  const days = panel.periods.length - start;
  const cells = treated.length * days;
  const before = meanOf(panel, treated, 0, start);
  const seen = meanOf(panel, treated, start, panel.periods.length) * cells;
  const margin = study.margin(before * cells);
  const drawn = study.method === 'randomised' || study.method === 'paired';
  // the battery reads synthetic control itself
  const others = readAll(cut, drawn ? PANEL_METHODS : PANEL_METHODS.filter((method) => method !== 'sc'), study);
  const least = margin === null ? undefined : margin / cells;
  const found = drawn ? byDraw(cut, study, least, before) : await byBattery(cut, study, others, least);
  const readings = found.sc === undefined ? others : [{ method: 'sc', result: found.sc, reason: '' }, ...others];
  const total = totalOf(found.estimate, cells);
  const rows = readings.map(({ method, result, reason }): EstimateRow => {
    if (result === null)
      return {
        method,
        value: null,
        lo: null,
        hi: null,
        level: null,
        standardError: null,
        pValue: null,
        relative: null,
        diagnostics: { reason },
      };
    return rowOf(method, totalOf(estimateOf(result), cells), result.relative?.value ?? null);
  });
  const primary = rowOf(study.method, total, relativeOf(total, seen)?.value ?? null);
  const withSeries =
    readings.find(({ method }) => method === study.method) ?? readings.find(({ result }) => result !== null);
  return {
    design: found.design,
    preStart: panel.periods[0],
    estimate: total,
    relative: relativeOf(total, seen),
    gates: found.gates,
    graded: gradeClaim({
      design: found.design,
      gates: found.gates,
      estimate: found.estimate,
      equivalence: found.equivalence,
    }),
    equivalence: found.equivalence,
    mde: found.mde === null ? null : found.mde * cells,
    counterfactual: seen - total.value,
    estimates: [primary, ...rows.filter(({ method }) => method !== study.method)],
    series: withSeries?.result ? seriesOf(withSeries.method, withSeries.result, treated.length, start) : [],
    weights: readings.flatMap(({ method, result }) => (result === null ? [] : weightsOf(method, result))),
    ...found.drawn(cells),
    units: unitsOf(cut, treated),
    treatedUnits: treated.length,
    controlUnits: panel.units.length - treated.length,
    periods: days,
    health: [],
  };
}

interface Found {
  design: Design;
  /** per unit and period */
  estimate: Estimate;
  gates: GateResult[];
  equivalence: Equivalence | null;
  mde: number | null;
  /** synthetic control as the battery read it */
  sc?: LiftResult;
  /** the draws behind the headline, as totals over so many cells */
  drawn(cells: number): Drawn;
}

/** The draw carries the claim: what came before only sharpens it, so the gate of the data asks for little of it. */
function byDraw(cut: StudyPanel, study: PanelStudy, margin: number | undefined, before: number): Found {
  const { panel, treatment } = cut;
  const { level, seed } = study;
  const pairs = study.method === 'paired' ? study.pairs : null;
  const { estimate, draws } = readDrawn(panel, treatment, pairs, { level, seed });
  const again: PanelReader = (other, chosen) => readDrawn(other, chosen, pairs, { level, seed }).estimate;
  const claim = experimentClaim({
    design: 'geo_experiment',
    estimate,
    data: { panel: cut.whole, treatment: cut.wholeTreatment },
    assignment: {
      kind: 'randomised',
      loggedBefore: study.draw?.loggedBefore ?? false,
      registeredBefore: study.draw?.registeredBefore ?? false,
      sampleRatio: null,
    },
    plausible: study.plausibleLift * Math.abs(before),
    plausibleLift: study.plausibleLift,
    margin,
    assignments: estimate.diagnostics.assignments as number,
    inputs: { ...study.inputs, ...refutationInputs(panel, treatment, study.refutation, again, estimate.value) },
    thresholds: { data: { pre_per_test_period: 0, pre_periods: 1, donors: 2 } },
  });
  return {
    design: 'geo_experiment',
    estimate,
    gates: claim.gates,
    equivalence: claim.equivalence,
    mde: claim.mde,
    drawn: (cells) => drawnAnew(study.method, estimate, draws, level, cells),
  };
}

/** The whole battery, judged on synthetic control; another registered method is the headline under the same gates. */
async function byBattery(
  cut: StudyPanel,
  study: PanelStudy,
  readings: readonly Reading[],
  margin: number | undefined,
): Promise<Found> {
  const { panel, treatment } = cut;
  const { level, seed, method } = study;
  const view = panelView(panel, treatment);
  const { effect, gap } = syntheticControl(view);
  const own = readings.find((reading) => reading.method === method);
  if (own !== undefined && own.result === null) throw new InputError('insufficient_data', own.reason);
  const headline = method === 'sc' || own === undefined ? null : estimateOf(own.result!);
  const design = method === 'tbr' || method === 'bsts' ? 'series' : 'panel';
  const same = headline === null || margin === undefined ? null : equivalence(headline, margin);
  const options = {
    level,
    seed,
    plausibleLift: study.plausibleLift,
    margin,
    inputs: {
      data: { panel: cut.whole, treatment: cut.wholeTreatment },
      assignment: {
        kind: 'observed' as const,
        start: view.pre,
        loggedStart: view.pre,
        preGap: gap.subarray(0, view.pre),
        launchedBecauseOutcomeMoved: study.becauseSalesMoved,
      },
      ...(headline === null || headline.pValue === null
        ? {}
        : { multiplicity: { pValues: [headline.pValue], index: 0 } }),
      ...study.inputs,
    },
  };
  const parts = await claimPartsInWorkers(panel, treatment, options);
  const replicates = parts.replicates ?? liftReplicates(panel, treatment, claimOptions(options))?.run();
  const again: PanelReader = (other, chosen) =>
    estimateOf(measureLift(other, chosen, claimOptions({ level, seed, draws: 199 })));
  const refuted = refutationInputs(panel, treatment, study.refutation, again, effect);
  const inputs = { ...options.inputs, ...refuted };
  const claim = panelClaim(panel, treatment, { ...options, inputs }, { ...parts, replicates });
  const estimate = headline ?? claim.estimate;
  const [result, table] = headline === null ? [claim.result, replicates] : [own!.result!, own!.table];
  const placebos = table === undefined ? null : placeboReadings(result, table);
  return {
    design,
    estimate,
    gates: claim.gates,
    equivalence: headline === null ? claim.equivalence : same,
    mde: claim.mde,
    sc: claim.headline,
    drawn: (cells) => placebosOf(method, estimate, placebos, result.diagnostics.inference !== 'placebo', level, cells),
  };
}

interface Reading {
  method: string;
  result: LiftResult | null;
  reason: string;
  /** replicates of the registered method */
  table?: Float64Array;
}

function readAll(
  { panel, treatment }: StudyPanel,
  methods: readonly LiftMethod[],
  { method: registered, level, seed }: PanelStudy,
): Reading[] {
  return methods.map((method) => {
    const options = { method, level, seed };
    try {
      const table = method === registered ? liftReplicates(panel, treatment, options)?.run() : undefined;
      return { method, result: measureLift(panel, treatment, options, table), reason: '', table };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return { method, result: null, reason: error.message };
    }
  });
}

function seriesOf(method: string, result: LiftResult, treated: number, start: number): SeriesRow[] {
  let cumulative = 0;
  return result.series.map(({ period, actual, counterfactual, lo, hi }, t) => {
    if (t >= start) cumulative += (actual - counterfactual) * treated;
    return {
      method,
      period,
      actual: actual * treated,
      counterfactual: counterfactual * treated,
      lo: lo === null ? null : lo * treated,
      hi: hi === null ? null : hi * treated,
      cumulative,
      isTreated: t >= start,
    };
  });
}

function weightsOf(method: string, { weights }: LiftResult): WeightRow[] {
  return [
    ...weights.units.map(({ unit, weight }): WeightRow => ({ method, kind: 'unit', name: unit, weight })),
    ...weights.periods.map(({ period, weight }): WeightRow => ({ method, kind: 'period', name: period, weight })),
  ].filter(({ weight }) => Math.abs(weight) >= 1e-6);
}

export function unitsOf({ panel, leftOut }: StudyPanel, treated: readonly string[]): UnitRow[] {
  return [
    ...panel.units.map((name): UnitRow => ({ name, arm: treated.includes(name) ? 'treated' : 'control' })),
    ...leftOut.map((name): UnitRow => ({ name, arm: 'left_out' })),
  ];
}
