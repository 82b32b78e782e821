import { gradeClaim } from '../../models/evidence.ts';
import { measureLift } from '../../models/lift/index.ts';
import { type StaggeredClaim, type StaggeredMethod, staggeredClaim } from '../../models/lift/staggered-claim.ts';
import type { Panel, Treatment } from '../../models/panel.ts';
import {
  type EstimateRow,
  estimateOf,
  type Measured,
  relativeOf,
  rowOf,
  type SeriesRow,
  totalOf,
  type WeightRow,
} from './claim.ts';
import { type PanelStudy, unitsOf } from './measure-panel.ts';
import { placebosOf } from './read-draws.ts';
import type { StudyPanel } from './read-panels.ts';
import { type PanelReader, refutationInputs } from './refute-panel.ts';

/**
 * Measures treated geos that began on different days against untreated ones: by cohorts, each with the whole battery.
 *
 * @throws InputError when a cohort cannot be read
 */
export function measureStaggered(cut: StudyPanel, study: PanelStudy): Measured {
  const { panel, treatment } = cut;
  const { level, seed } = study;
  const method = study.method as StaggeredMethod;
  const { before, seen, cells } = treatedCells(panel, treatment);
  const margin = study.margin(before);
  const again: PanelReader = (other, chosen) => estimateOf(measureLift(other, chosen, { method, level, seed }));
  const claim = staggeredClaim(panel, treatment, method, {
    level,
    seed,
    plausibleLift: study.plausibleLift,
    launchedBecauseOutcomeMoved: study.becauseSalesMoved,
    margin: margin === null ? undefined : margin / cells,
    inputs: {
      data: { panel: cut.whole, treatment: cut.wholeTreatment },
      ...study.inputs,
      ...refutationInputs(panel, treatment, study.refutation, again, again(panel, treatment).value),
    },
  });
  const total = totalOf(claim.estimate, cells);
  const readings = claim.spread.slice(1).map(
    ({ method: other, value }): EstimateRow => ({
      method: other,
      value: value * cells,
      lo: null,
      hi: null,
      level: null,
      standardError: null,
      pValue: null,
      relative: seen - value * cells > 0 ? (value * cells) / (seen - value * cells) : null,
      diagnostics: { cohorts: claim.cohorts.length },
    }),
  );
  const treated = [...treatment.firstTreated.keys()];
  const start = Math.min(...treatment.firstTreated.values());
  return {
    design: 'panel',
    preStart: panel.periods[0],
    estimate: total,
    relative: relativeOf(total, seen),
    gates: claim.gates,
    graded: gradeClaim({
      design: 'panel',
      gates: claim.gates,
      estimate: claim.estimate,
      equivalence: claim.equivalence,
    }),
    equivalence: claim.equivalence,
    mde: claim.mde === null ? null : claim.mde * cells,
    counterfactual: seen - total.value,
    estimates: [rowOf(method, total, relativeOf(total, seen)?.value ?? null), ...readings],
    series: seriesOf(claim, panel, start),
    weights: weightsOf(claim),
    ...placebosOf(method, claim.estimate, null, false, level, cells),
    units: unitsOf(cut, treated),
    treatedUnits: treated.length,
    controlUnits: panel.units.length - treated.length,
    periods: panel.periods.length - start,
    health: [],
  };
}

/** What the treated cells brought, and what as many cells brought before each geo's own start. */
function treatedCells(panel: Panel, { firstTreated }: Treatment): { before: number; seen: number; cells: number } {
  const days = panel.periods.length;
  let [before, seen, cells] = [0, 0, 0];
  for (const [unit, start] of firstTreated) {
    const row = panel.units.indexOf(unit) * days;
    const sum = (from: number, to: number): number =>
      panel.outcome.subarray(row + from, row + to).reduce((total, value) => total + value, 0);
    before += (sum(0, start) / start) * (days - start);
    seen += sum(start, days);
    cells += days - start;
  }
  return { before, seen, cells };
}

/** Synthetic controls of all cohorts added up; before a cohort begins, its geos are told with their own counterfactual too. */
function seriesOf({ cohorts }: StaggeredClaim, panel: Panel, start: number): SeriesRow[] {
  let cumulative = 0;
  return panel.periods.map((period, t) => {
    let [actual, counterfactual] = [0, 0];
    for (const { units, start: began, claim } of cohorts) {
      const row = claim.result.series[t];
      actual += row.actual * units.length;
      counterfactual += row.counterfactual * units.length;
      if (period >= began) cumulative += (row.actual - row.counterfactual) * units.length;
    }
    return { method: 'sc', period, actual, counterfactual, lo: null, hi: null, cumulative, isTreated: t >= start };
  });
}

/** Donors of each cohort, averaged by its treated cells. */
function weightsOf({ cohorts }: StaggeredClaim): WeightRow[] {
  const weights = new Map<string, number>();
  for (const { share, claim } of cohorts)
    for (const { unit, weight } of claim.result.weights.units)
      weights.set(unit, (weights.get(unit) ?? 0) + share * weight);
  return [...weights].flatMap(([name, weight]): WeightRow[] =>
    Math.abs(weight) >= 1e-6 ? [{ method: 'sc', kind: 'unit', name, weight }] : [],
  );
}
