import { gradeClaim } from '../../models/evidence.ts';
import type { ChainDiagnostics } from '../../models/lift/chain-diagnostics.ts';
import { doseResponseGate } from '../../models/lift/gates/dose-response.ts';
import type { ClaimInputs } from '../../models/lift/gates/run-gates.ts';
import type { GateResult } from '../../models/lift/gates/types.ts';
import { seriesClaim } from '../../models/lift/series-claim.ts';
import { type Measured, rowOf, type SeriesRow } from './claim.ts';
import { powerByError } from './read-draws.ts';
import type { StudyPanel } from './read-panels.ts';

export interface SeriesStudy {
  level: number;
  seed: number;
  plausibleLift: number;
  margin: (before: number) => number | null;
  /** what the gates need and only the workspace has */
  inputs: ClaimInputs;
  /** how strong the treatment was on each day of the window, and in which direction it is said to act; null when nobody counts it */
  dose: { byDay: ReadonlyMap<string, number>; sign: 1 | -1 } | null;
}

const WEEK = { count: 7, duration: 1 };

/**
 * A before-and-after reading of the whole market: structural model with a level and, where the days ask for it, weekdays. Days that
 * were not loaded are missing to the model. Grade C at most: nothing untreated shows what else happened.
 *
 * @throws InputError as `seriesClaim`
 */
export function measureSeries(cut: StudyPanel, study: SeriesStudy): Measured {
  const { whole, wholeTreatment } = cut;
  const { level, seed } = study;
  const name = whole.units[0];
  const start = wholeTreatment.firstTreated.get(name)!;
  const series = { outcome: whole.outcome, covariates: {}, start, end: whole.periods.length };
  const known = (from: number, to: number): number[] =>
    Array.from(whole.outcome.subarray(from, to)).filter((value) => !Number.isNaN(value));
  const beforeDays = known(0, start);
  const days = known(start, whole.periods.length).length;
  const before = (beforeDays.reduce((sum, value) => sum + value, 0) / beforeDays.length) * days;
  const margin = study.margin(before);
  const options = {
    level,
    seed,
    seasons: [WEEK],
    plausibleLift: study.plausibleLift,
    ...(margin === null ? {} : { margin: margin / days }),
  };
  const claim = seriesClaim(name, whole.periods, series, { ...options, inputs: study.inputs });
  const { result } = claim;
  const gap = result.series.actual.map((value, t) => value - result.series.counterfactual[t]);
  const gates = study.dose === null ? claim.gates : withDose(claim.gates, study.dose, whole.periods, gap, start);
  const total = result.cumulative;
  const estimate = { ...total, diagnostics: { ...result.estimate.diagnostics, ...total.diagnostics } };
  const relative = result.relative;
  const chain = result.estimate.diagnostics.chain as ChainDiagnostics;
  const seen = known(start, whole.periods.length).reduce((sum, value) => sum + value, 0);
  let cumulative = 0;
  const rows = whole.periods.flatMap((period, t): SeriesRow[] => {
    const actual = result.series.actual[t];
    if (Number.isNaN(actual)) return [];
    if (t >= start) cumulative += gap[t];
    const { counterfactual, lo, hi } = result.series;
    return [
      {
        method: 'bsts',
        period,
        actual,
        counterfactual: counterfactual[t],
        lo: lo[t],
        hi: hi[t],
        cumulative,
        isTreated: t >= start,
      },
    ];
  });
  return {
    design: 'series',
    preStart: whole.periods[0],
    estimate,
    relative: Number.isFinite(relative.value)
      ? { value: relative.value, lo: relative.interval?.lo ?? null, hi: relative.interval?.hi ?? null }
      : null,
    gates,
    graded: gradeClaim({ design: 'series', gates, estimate: result.estimate, equivalence: claim.equivalence }),
    equivalence: claim.equivalence,
    mde: claim.mde * days,
    counterfactual: seen - total.value,
    estimates: [rowOf('bsts', estimate, Number.isFinite(relative.value) ? relative.value : null)],
    series: rows,
    weights: [],
    placebos: [],
    power: powerByError(estimate, level),
    treatedUnits: 1,
    controlUnits: 0,
    periods: days,
    health: [
      {
        check: 'convergence',
        ok: chain.converged,
        sentence: 'The sampler of the model has not settled.',
      },
    ],
  };
}

/** Where more was done, more must have happened: the effect of each day against the dose of the day. */
function withDose(
  gates: readonly GateResult[],
  { byDay, sign }: NonNullable<SeriesStudy['dose']>,
  periods: readonly string[],
  gap: Float64Array,
  start: number,
): GateResult[] {
  const days = periods.flatMap((day, t) => (t >= start && byDay.has(day) && !Number.isNaN(gap[t]) ? [t] : []));
  const gate = doseResponseGate({
    dose: Float64Array.from(days, (t) => byDay.get(periods[t])!),
    effect: Float64Array.from(days, (t) => gap[t]),
    sign,
  });
  return gates.map((other) => (other.gate === 'dose_response' ? gate : other));
}
