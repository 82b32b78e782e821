import { countBelow } from '../numeric/quantile.ts';
import type { Panel, Treatment } from '../panel.ts';
import { block, type DonorFitter } from './block.ts';
import type { PanelEstimator } from './gates/types.ts';
import { type PairOutcome, pairedGeos } from './paired-geos.ts';
import { type PanelView, panelView, treatedMean } from './panel-view.ts';
import { acceptance, perfectFit, refinedPlaceboTable, refinedPValue } from './placebo-refined.ts';
import { others, placeboSets } from './placebo-sets.ts';
import { syntheticControlFitter } from './synthetic-control.ts';

/** What the test would say if the treated outcome in the window had been multiplied by 1 + lift. */
export interface LiftReading {
  pValue: number;
  /** estimated relative lift */
  lift: number;
}

/** A test made ready on one placement: reading it at another planted lift must be cheap, because power asks often. */
export type PreparedTest = (lift: number) => LiftReading;

/** The very test that will read the result, injected into the design. */
export type GeoReadOut = (panel: Panel, treatment: Treatment) => PreparedTest;

/**
 * Any estimator as a read-out: plants the lift and runs it again.
 *
 * @param estimate  mean effect per treated unit and period, with the p-value of the test
 */
export function plantingReadOut(estimate: PanelEstimator): GeoReadOut {
  return (panel, treatment) => (lift) => {
    const planted = plantLift(panel, treatment, lift);
    const { value, pValue } = estimate(planted, treatment);
    const seen = treatedPostMean(planted, treatment);
    return { pValue: pValue ?? 1, lift: value / (seen - value) };
  };
}

/**
 * The refined studentised placebo on de-meaned synthetic control, the default test of geos, as a read-out.
 *
 * Weights come from before the start and placebos leave the treated units out, so a planted lift moves the effect by lift times the
 * treated mean and nothing else: one placebo table serves every lift.
 *
 * @param options  random placebo sets where not all can be enumerated (default 199), and their seed
 */
export function placeboReadOut(options: { draws?: number; seed: number }): GeoReadOut {
  return (panel, treatment) => {
    const view = panelView(panel, treatment);
    const { controls, treated, pre, post } = view;
    const sets = placeboSets(controls, treated, options.draws ?? 199, options.seed);
    const fitter = syntheticControlFitter(block(view, true));
    const all = Int32Array.from({ length: controls + treated }, (_, i) => i);
    const fit = fitter(all.slice(0, controls), all.slice(controls));
    const seen = treatedMean(view)
      .subarray(pre)
      .reduce((sum, y) => sum + y / post, 0);
    const lifted = (lift: number): number => relativeLift(fit.effect, seen, lift);
    if (perfectFit(fit, post)) return (lift) => ({ pValue: 1, lift: lifted(lift) });
    const steps = acceptance(refinedPlaceboTable(fitter, sets, controls, all.slice(controls), pre), post);
    return (lift) => ({ pValue: refinedPValue(steps, lift * seen), lift: lifted(lift) });
  };
}

/**
 * The randomisation test of geos that a coin chose within pairs, as a read-out: change of the treated geo less that of the other one,
 * against all coins that could have fallen.
 *
 * @param pairs    of which the treatment holds exactly one geo each
 * @param options  coins drawn where not all can be enumerated (default 999), and their seed
 */
export function pairedReadOut(
  pairs: readonly (readonly [string, string])[],
  options: { draws?: number; seed: number },
): GeoReadOut {
  return (panel, treatment) => {
    const start = Math.min(...treatment.firstTreated.values());
    const end = treatment.end ?? panel.periods.length;
    const means = (name: string): PairOutcome['treated'] => {
      const row = panel.units.indexOf(name) * panel.periods.length;
      const mean = (from: number, to: number): number =>
        panel.outcome.subarray(row + from, row + to).reduce((sum, y) => sum + y, 0) / (to - from);
      return { before: mean(0, start), during: mean(start, end) };
    };
    const read = pairs.map(([a, b]): PairOutcome => {
      const [on, off] = treatment.firstTreated.has(a) ? [a, b] : [b, a];
      if (!treatment.firstTreated.has(on) || treatment.firstTreated.has(off)) {
        throw new RangeError(`pairedReadOut: of ${a} and ${b} exactly one must be treated`);
      }
      return { name: `${a} / ${b}`, treated: means(on), control: means(off) };
    });
    const seen = read.reduce((sum, { treated }) => sum + treated.during, 0) / read.length;
    return (lift) => {
      const planted = read.map(({ treated, ...pair }) => ({
        ...pair,
        treated: { ...treated, during: treated.during * (1 + lift) },
      }));
      const { value, pValue } = pairedGeos(planted, { seed: options.seed, draws: options.draws ?? 999 });
      return { pValue: pValue ?? 1, lift: value / (seen * (1 + lift) - value) };
    };
  };
}

/**
 * A quick read-out for ranking many candidate sets: the plain studentised placebo, whose sets are drawn once per window from all geos
 * and shared by every candidate of the same size. In a history without tests every geo is untreated, so the reference is as good; it is
 * not the very test, which is why `geoDesign` judges the best candidates again with that.
 */
export function screeningReadOut(options: { draws?: number; seed: number }): GeoReadOut {
  const windows = new WeakMap<Panel, Map<number, Window>>();
  return (panel, treatment) => {
    const start = Math.min(...treatment.firstTreated.values());
    const known = windows.get(panel) ?? new Map<number, Window>();
    windows.set(panel, known);
    const window = known.get(start) ?? openWindow(panel, start);
    known.set(start, window);
    const size = treatment.firstTreated.size;
    const ratios = window.ratios.get(size) ?? sharedRatios(window, size, options.draws ?? 199, options.seed);
    window.ratios.set(size, ratios);
    const treated = Int32Array.from([...treatment.firstTreated.keys()], (unit) => panel.units.indexOf(unit)).sort();
    const fit = window.fit(others(panel.units.length, treated), treated);
    return preparedTest(fit, ratios, postMean(panel, treated, start));
  };
}

interface Window {
  geos: number;
  fit: DonorFitter;
  /** by set size: ascending |effect / pre-RMSPE| of random sets */
  ratios: Map<number, Float64Array>;
}

function openWindow(panel: Panel, start: number): Window {
  const periods = panel.periods.length;
  const geos = panel.units.length;
  const view: PanelView = {
    units: panel.units,
    periods: panel.periods,
    controls: geos,
    treated: 0,
    pre: start,
    post: periods - start,
    outcome: panel.outcome,
  };
  return { geos, fit: syntheticControlFitter(block(view, true)), ratios: new Map() };
}

function sharedRatios(window: Window, size: number, draws: number, seed: number): Float64Array {
  const sets = placeboSets(window.geos, size, draws, seed);
  const count = Math.min(sets.count, draws);
  // an enumeration is gone through in even steps when it is longer than asked
  return Float64Array.from({ length: count }, (_, k) => {
    const chosen = sets.at(Math.floor((k * sets.count) / count));
    const { effect, preRmspe } = window.fit(others(window.geos, chosen), chosen);
    return Math.abs(effect / preRmspe);
  }).sort();
}

function postMean(panel: Panel, rows: Int32Array, start: number): number {
  const periods = panel.periods.length;
  let sum = 0;
  for (const u of rows) for (let t = start; t < periods; t++) sum += panel.outcome[u * periods + t];
  return sum / rows.length / (periods - start);
}

/** A planted lift moves the effect by lift times the treated mean, and the weights not at all. */
function preparedTest(fit: { effect: number; preRmspe: number }, ratios: Float64Array, seen: number): PreparedTest {
  return (lift) => {
    const own = Math.abs(fit.effect + lift * seen) / fit.preRmspe;
    return {
      pValue: (1 + ratios.length - countBelow(ratios, own)) / (ratios.length + 1),
      lift: relativeLift(fit.effect, seen, lift),
    };
  };
}

/** What is read as relative lift when `lift` is planted in a window with the treated mean `seen`. */
function relativeLift(effect: number, seen: number, lift: number): number {
  const found = effect + lift * seen;
  return found / (seen * (1 + lift) - found);
}

/** A copy of the panel with the treated outcome in the window multiplied by 1 + lift. */
export function plantLift(panel: Panel, treatment: Treatment, lift: number): Panel {
  const periods = panel.periods.length;
  const outcome = Float64Array.from(panel.outcome);
  panel.units.forEach((unit, u) => {
    const start = treatment.firstTreated.get(unit);
    if (start === undefined) return;
    for (let t = start; t < (treatment.end ?? periods); t++) outcome[u * periods + t] *= 1 + lift;
  });
  return { ...panel, outcome };
}

function treatedPostMean(panel: Panel, treatment: Treatment): number {
  const view = panelView(panel, treatment);
  return treatedMean(view)
    .subarray(view.pre)
    .reduce((sum, y) => sum + y / view.post, 0);
}
