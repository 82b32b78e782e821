import { DEFAULT_LEVEL, type Estimate } from '../estimate.ts';
import { type GradedClaim, gradeClaim } from '../evidence.ts';
import { quantileNormal } from '../numeric/distribution.ts';
import type { Panel, Treatment } from '../panel.ts';
import { augmentedSyntheticControl } from './augmented.ts';
import { bstsPanel } from './bsts.ts';
import { conformal } from './conformal.ts';
import { widenInterval } from './economics.ts';
import { type Equivalence, equivalence } from './equivalence.ts';
import { type ClaimInputs, runGates } from './gates/run-gates.ts';
import type { GateId, GateResult, PanelEstimator } from './gates/types.ts';
import { type LiftOptions, measureLift } from './index.ts';
import { type LiftResult, widenResult } from './lift-result.ts';
import { type NullReading, nullReadings } from './panel-calibration.ts';
import { type PanelView, panelView, treatedMean } from './panel-view.ts';
import { syntheticControl } from './synthetic-control.ts';
import { syntheticDid } from './synthetic-did.ts';
import { tbrPanel } from './tbr.ts';

export interface PanelClaimOptions {
  level?: number;
  seed?: number;
  /** random placebo sets of the primary test where not all can be enumerated, default 999 */
  draws?: number;
  /** largest relative lift anyone would believe, default 0.1; a weaker test that finds nothing is inconclusive */
  plausibleLift?: number;
  /** smallest effect worth having per unit and period, for equivalence; no equivalence without it */
  margin?: number;
  /** p-values of the other questions that were looked at */
  lookedAt?: readonly number[];
  /** inputs that only the caller has: assignment log, calendar, engagement, neighbours, the time after the test */
  inputs?: ClaimInputs;
  thresholds?: Partial<Record<GateId, Readonly<Record<string, number>>>>;
  /** placebo assignments of the calibration gate (default 200) and placebo sets for each of them (default 39) */
  calibration?: { assignments?: number; draws?: number };
}

/** Independent pieces of a claim that were worked on elsewhere; what is absent is computed here. */
export interface ClaimParts {
  /** of `liftReplicates` with `claimOptions` */
  replicates?: Float64Array;
  /** of `nullReadings` with `calibrationOf` */
  nulls?: readonly NullReading[];
}

export interface PanelClaim {
  /** the primary reading as its test gives it */
  result: LiftResult;
  /** the same with the interval of `estimate`: what is shown of it */
  headline: LiftResult;
  /** the headline; its interval is widened, and its p-value dropped, when the test cries wolf on the user's own data */
  estimate: Estimate;
  gates: GateResult[];
  graded: GradedClaim;
  /** range of all estimators, beside the headline */
  spread: { method: string; value: number }[];
  /** smallest effect per unit and period that would have been found, from the empirical null; null when it could not be tried */
  mde: number | null;
  equivalence: Equivalence | null;
}

/**
 * Measures a panel and puts the whole battery on the result: de-meaned synthetic control read by the refined studentised placebo,
 * checked by block conformal, placebo windows, leave-one-out, the other estimators and the user's own placebo assignments.
 *
 * @param panel      units x periods, complete
 * @param treatment  one common start
 * @param parts      work done elsewhere; the same claim with or without
 * @throws InputError as `measureLift`
 */
export function panelClaim(
  panel: Panel,
  treatment: Treatment,
  options: PanelClaimOptions = {},
  parts: ClaimParts = {},
): PanelClaim {
  const primary = claimOptions(options);
  const { level, seed } = primary;
  const view = panelView(panel, treatment);
  const result = measureLift(panel, treatment, primary, parts.replicates);
  const estimate = asEstimate(result);
  const { assignments, draws: nullDraws } = calibrationOf(options);
  const nulls = parts.nulls ?? nullReadings(view, assignments, nullDraws, { level, seed });
  const preRmspe = result.diagnostics.pre_rmspe as number;
  const mde = mdeOf(
    nulls.map(({ studentised }) => studentised),
    preRmspe,
    level,
  );
  const counterfactual = mean(result.series.slice(view.pre).map((period) => period.counterfactual));
  const spread = otherEstimates(panel, treatment, view, estimate.value, seed);
  const same = options.margin === undefined ? null : equivalence(estimate, options.margin);
  const block = conformal(view, estimate.value, { level, seed, bands: false });
  const testAt: PanelEstimator = (p, t) => {
    const { estimate: found } = measureLift(p, t, {
      method: 'sc',
      standardError: 'placebo_refined',
      level,
      seed,
      draws: 99,
    });
    return { value: found.value, pValue: found.p_value };
  };
  const placebos = result.diagnostics.placebos as number | undefined;
  const inputs: ClaimInputs = {
    data: { panel, treatment },
    pre_fit: preFit(result, view),
    convex_hull: hull(view),
    placebo_time: { panel, treatment, estimate: testAt, effect: estimate.value },
    placebo_space:
      estimate.pValue === null || placebos === undefined
        ? { notRun: String(estimate.diagnostics.reason ?? 'no placebo set could be formed') }
        : { pValue: estimate.pValue, placebos },
    block_conformal:
      block.pValue === null
        ? { notRun: String(block.diagnostics.reason) }
        : { pValue: block.pValue, interval: block.interval, effect: estimate.value, placeboEffect: estimate.value },
    leave_one_out: {
      panel,
      treatment,
      estimate: (p, t) => ({ value: syntheticControl(panelView(p, t)).effect, pValue: null }),
      effect: estimate.value,
      weights: Object.fromEntries(result.weights.units.map(({ unit, weight }) => [unit, weight])),
      margin: same?.equivalent === true ? same.margin : undefined,
    },
    multiverse: {
      primary: estimate.value,
      estimates: spread,
      margin: same?.equivalent === true ? same.margin : undefined,
    },
    residuals: { residuals: preGapOf(result, view), needsIndependence: false },
    calibration:
      nulls.length === 0
        ? { notRun: 'too few untreated units or earlier periods to assign a placebo' }
        : { pValues: Float64Array.from(nulls, ({ pValue }) => pValue) },
    recovery:
      mde === null
        ? { notRun: 'no placebo assignment to plant an effect in' }
        : // weights come from before the start, so a planted effect moves estimate and interval by itself
          { planted: mde, intervals: nulls.map(({ interval }) => shifted(interval, mde)) },
    multiplicity:
      estimate.pValue === null
        ? { notRun: 'the estimate has no p-value' }
        : { pValues: [estimate.pValue, ...(options.lookedAt ?? [])], index: 0 },
    power:
      mde === null || estimate.pValue === null
        ? { notRun: 'the smallest effect that would have been found is unknown' }
        : {
            pValue: estimate.pValue,
            mde,
            plausible: (options.plausibleLift ?? 0.1) * Math.abs(counterfactual),
            plausibleLift: options.plausibleLift ?? 0.1,
          },
    ...options.inputs,
  };
  const gates = runGates('panel', inputs, options.thresholds);
  const graded = gradeClaim({ design: 'panel', gates, estimate, equivalence: same });
  return {
    result,
    ...widened(result, estimate, rescaleOf(gates)),
    gates,
    graded,
    spread,
    mde,
    equivalence: same,
  };
}

/** By how much the interval is too narrow, as the test's own trials on the user's data have it; 1 where it is not. */
export function rescaleOf(gates: readonly GateResult[]): number {
  const rescale = gates.find(({ gate }) => gate === 'calibration')?.details.rescale;
  return typeof rescale === 'number' ? rescale : 1;
}

/** What is shown of a reading whose interval has to be wider. */
export function widened(
  result: LiftResult,
  estimate: Estimate,
  rescale: number,
): Pick<PanelClaim, 'headline' | 'estimate'> {
  return {
    headline: widenResult(result, rescale),
    estimate: rescale > 1 ? widenInterval(estimate, rescale) : estimate,
  };
}

/** The headline of a claim, as `measureLift` takes it. */
export function claimOptions(options: PanelClaimOptions): LiftOptions & { level: number; seed: number } {
  const { level = DEFAULT_LEVEL, seed = 1, draws = 999 } = options;
  return { method: 'sc', standardError: 'placebo_refined', level, seed, draws };
}

/** Placebo assignments of the calibration gate, and placebo sets for each. */
export function calibrationOf({ calibration = {} }: PanelClaimOptions): { assignments: number; draws: number } {
  return { assignments: calibration.assignments ?? 200, draws: calibration.draws ?? 39 };
}

function asEstimate(result: LiftResult): Estimate {
  const { value, standard_error, interval, level, p_value, n } = result.estimate;
  const bounded = interval !== null && interval.lo !== null && interval.hi !== null;
  return {
    value,
    standardError: standard_error,
    interval: bounded ? { lo: interval.lo!, hi: interval.hi!, level, kind: 'confidence' } : null,
    pValue: p_value,
    method: result.method,
    n,
    diagnostics: bounded ? result.diagnostics : { no_interval: 'unbounded at this level', ...result.diagnostics },
  };
}

/** (z_level + z_power) times the spread of placebo effects, scaled to the misfit of the treated units. */
function mdeOf(studentised: readonly number[], preRmspe: number, level: number): number | null {
  if (studentised.length < 20) return null;
  const center = mean(studentised);
  const variance = mean(studentised.map((s) => (s - center) ** 2));
  return (quantileNormal(0.5 + level / 2) + quantileNormal(0.8)) * Math.sqrt(variance) * preRmspe;
}

function otherEstimates(
  panel: Panel,
  treatment: Treatment,
  view: PanelView,
  primary: number,
  seed: number,
): { method: string; value: number }[] {
  const augmented = augmentedSyntheticControl(view, {});
  return [
    { method: 'sc', value: primary },
    { method: 'did', value: syntheticDid(view, { variant: 'did' }).effect },
    { method: 'sdid', value: syntheticDid(view).effect },
    // where the guard refuses the ridge, what is left is synthetic control again and says nothing new
    ...(augmented.augmented ? [{ method: 'ascm', value: augmented.effect }] : []),
    { method: 'tbr', value: tbrPanel(panel, treatment).estimate.value },
    { method: 'bsts', value: bstsPanel(panel, treatment, { seed }).estimate.value },
  ];
}

function preGapOf(result: LiftResult, view: PanelView): Float64Array {
  return Float64Array.from(result.series.slice(0, view.pre), ({ actual, counterfactual }) => actual - counterfactual);
}

function preFit(result: LiftResult, view: PanelView): NonNullable<ClaimInputs['pre_fit']> {
  const length = view.pre + view.post;
  const actual = treatedMean(view);
  const uniform = new Float64Array(length);
  for (let u = 0; u < view.controls; u++) {
    for (let t = 0; t < length; t++) uniform[t] += view.outcome[u * length + t] / view.controls;
  }
  const gap = actual.map((y, t) => y - uniform[t]).subarray(0, view.pre);
  const center = mean(Array.from(gap));
  return {
    preGap: preGapOf(result, view),
    uniformPreGap: gap.map((value) => value - center),
    preMean: mean(Array.from(actual.subarray(0, view.pre))),
    weights: Float64Array.from(result.weights.units, ({ weight }) => weight),
  };
}

function hull(view: PanelView): { treated: Float64Array; donors: Float64Array } {
  const length = view.pre + view.post;
  const donors = new Float64Array(view.controls * view.pre);
  for (let u = 0; u < view.controls; u++) {
    donors.set(view.outcome.subarray(u * length, u * length + view.pre), u * view.pre);
  }
  return { treated: treatedMean(view).subarray(0, view.pre), donors };
}

function shifted(
  { lo, hi }: { lo: number | null; hi: number | null },
  by: number,
): { lo: number | null; hi: number | null } {
  return { lo: lo === null ? null : lo + by, hi: hi === null ? null : hi + by };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
