import type { Estimate } from '../estimate.ts';
import { gradeClaim } from '../evidence.ts';
import { quantileNormal } from '../numeric/distribution.ts';
import type { Panel, Treatment } from '../panel.ts';
import { equivalence } from './equivalence.ts';
import { type ClaimInputs, runGates } from './gates/run-gates.ts';
import type { GateId, GateResult, PanelEstimator } from './gates/types.ts';
import { measureLift } from './index.ts';
import { type PanelClaim, type PanelClaimOptions, panelClaim, rescaleOf, widened } from './panel-claim.ts';
import { panelView } from './panel-view.ts';
import { syntheticControl } from './synthetic-control.ts';

export type StaggeredMethod = 'sdid' | 'callaway_santanna';

/** The units that began together against those that never did, with the whole battery on them. */
export interface StaggeredCohort {
  /** label of its first treated period */
  start: string;
  units: readonly string[];
  /** share of the treated cells */
  share: number;
  claim: PanelClaim;
}

export interface StaggeredClaimOptions extends PanelClaimOptions {
  /** whether the log says that it was launched because the outcome had moved; without a log the gate of the assignment does not apply */
  launchedBecauseOutcomeMoved?: boolean;
}

/** As of a panel with one start; `spread` has the estimators over all treated cells beside the headline. */
export interface StaggeredClaim extends PanelClaim {
  cohorts: StaggeredCohort[];
}

/** Gates of the fit and of the test: every cohort has to pass them. */
const OF_EVERY_COHORT = [
  'assignment',
  'pre_fit',
  'convex_hull',
  'residuals',
  'calibration',
  'recovery',
] as const satisfies GateId[];
/** Gates that ask for an effect that stands out: a small cohort would fail them for its size, so the one with most treated cells speaks. */
const OF_THE_LARGEST = ['placebo_time', 'block_conformal'] as const satisfies GateId[];

/**
 * Measures a panel whose units began at different times, and puts the battery on it.
 *
 * The headline is `sdid` by cohorts or `callaway_santanna`, by placebos where there are few units. Each cohort is also read on its own against
 * the units that never began (`panelClaim`); other estimators are its cohorts' values, averaged by treated cells.
 *
 *     value = sum_g share_g value_g,  share_g = treated cells of cohort g / all treated cells
 *
 * Leave-one-out is on all cohorts together, by synthetic control; placebo in space is the headline's own p-value.
 *
 * @param panel      units x periods, complete
 * @param treatment  two starts or more; units that never began are needed
 * @throws InputError as `measureLift` and, for each cohort, `panelClaim`
 */
export function staggeredClaim(
  panel: Panel,
  treatment: Treatment,
  method: StaggeredMethod,
  options: StaggeredClaimOptions = {},
): StaggeredClaim {
  const { level = 0.9, seed = 1, margin } = options;
  const result = measureLift(panel, treatment, { method, level, seed });
  const { value, standard_error: error, interval, p_value: p, n } = result.estimate;
  const bounded = interval !== null && interval.lo !== null && interval.hi !== null;
  const estimate: Estimate = {
    value,
    standardError: error,
    interval: bounded ? { lo: interval.lo!, hi: interval.hi!, level, kind: 'confidence' } : null,
    pValue: p,
    method,
    n,
    diagnostics: bounded ? result.diagnostics : { no_interval: 'unbounded at this level', ...result.diagnostics },
  };
  const cohorts = cohortsOf(panel, treatment).map(({ start, units, share, part, began }): StaggeredCohort => {
    const { inputs: _, margin: __, lookedAt: ___, launchedBecauseOutcomeMoved: moved, ...own } = options;
    const assignment =
      moved === undefined
        ? undefined
        : {
            kind: 'observed' as const,
            start,
            loggedStart: start,
            preGap: syntheticControl(panelView(part, began)).gap.subarray(0, start),
            launchedBecauseOutcomeMoved: moved,
          };
    return {
      start: panel.periods[start],
      units,
      share,
      claim: panelClaim(part, began, { ...own, inputs: { assignment } }),
    };
  });
  const largest = cohorts.reduce((a, b) => (b.share > a.share ? b : a));
  const same = margin === undefined ? null : equivalence(estimate, margin);
  const spread = spreadOf(panel, treatment, cohorts, { method, value });
  const byControl: PanelEstimator = (p, t) => ({ value: averageEffect(p, t), pValue: null });
  const scEffect = averageEffect(panel, treatment);
  const mde = error === null ? null : (quantileNormal(0.5 + level / 2) + quantileNormal(0.8)) * error;
  const placebos = (result.diagnostics.placebos ?? result.diagnostics.replicates) as number | undefined;
  const counterfactual = result.relative === null ? null : value / result.relative.value;
  const plausibleLift = options.plausibleLift ?? 0.1;
  const inputs: ClaimInputs = {
    data: { panel, treatment },
    placebo_space:
      p === null
        ? { notRun: String(estimate.diagnostics.reason ?? 'no placebo set could be formed') }
        : // errors clustered by unit rest on the number of units
          { pValue: p, placebos: placebos ?? n },
    leave_one_out: {
      panel,
      treatment,
      estimate: byControl,
      effect: scEffect,
      weights: donorWeights(cohorts),
      margin: same?.equivalent === true ? same.margin : undefined,
    },
    multiverse: {
      primary: value,
      estimates: spread,
      margin: same?.equivalent === true ? same.margin : undefined,
    },
    multiplicity:
      p === null ? { notRun: 'the estimate has no p-value' } : { pValues: [p, ...(options.lookedAt ?? [])], index: 0 },
    power:
      mde === null || p === null || counterfactual === null || !Number.isFinite(counterfactual)
        ? { notRun: 'the smallest effect that would have been found is unknown' }
        : { pValue: p, mde, plausible: plausibleLift * Math.abs(counterfactual), plausibleLift },
    ...options.inputs,
  };
  const own = runGates('panel', inputs, options.thresholds);
  const gates = own.map((gate) => {
    if (includes(OF_EVERY_COHORT, gate.gate)) return weakest(cohorts, gate.gate);
    return includes(OF_THE_LARGEST, gate.gate) ? named(largest, gateOf(largest, gate.gate)) : gate;
  });
  const graded = gradeClaim({ design: 'panel', gates, estimate, equivalence: same });
  const rescale = Math.max(...cohorts.map(({ claim }) => rescaleOf(claim.gates)));
  return {
    result,
    ...widened(result, estimate, rescale),
    gates,
    graded,
    spread,
    mde,
    equivalence: same,
    cohorts,
  };
}

interface CohortPanel {
  /** index of its first treated period */
  start: number;
  units: string[];
  share: number;
  part: Panel;
  began: Treatment;
}

/** Each cohort with the units that never begin, in the order of the starts. */
function cohortsOf(panel: Panel, { firstTreated, end = panel.periods.length }: Treatment): CohortPanel[] {
  const never = panel.units.filter((unit) => !firstTreated.has(unit));
  const days = panel.periods.length;
  const starts = [...new Set(firstTreated.values())].sort((a, b) => a - b);
  const cells = [...firstTreated.values()].reduce((sum, start) => sum + end - start, 0);
  return starts.map((start) => {
    const units = panel.units.filter((unit) => firstTreated.get(unit) === start);
    const kept = panel.units.filter((unit) => never.includes(unit) || units.includes(unit));
    const outcome = new Float64Array(kept.length * days);
    kept.forEach((unit, row) => {
      const u = panel.units.indexOf(unit);
      outcome.set(panel.outcome.subarray(u * days, (u + 1) * days), row * days);
    });
    return {
      start,
      units,
      share: (units.length * (end - start)) / cells,
      part: { units: kept, periods: panel.periods, outcome, covariates: {} },
      began: { firstTreated: new Map(units.map((unit) => [unit, start])), end },
    };
  });
}

/** Synthetic control of every cohort, averaged by treated cells. */
function averageEffect(panel: Panel, treatment: Treatment): number {
  return cohortsOf(panel, treatment).reduce(
    (sum, { share, part, began }) => sum + share * syntheticControl(panelView(part, began)).effect,
    0,
  );
}

/** The headline, then every estimator that reads all cohorts. */
function spreadOf(
  panel: Panel,
  treatment: Treatment,
  cohorts: readonly StaggeredCohort[],
  headline: { method: StaggeredMethod; value: number },
): StaggeredClaim['spread'] {
  const ofAll = cohorts[0].claim.spread
    .map(({ method }) => method)
    .filter((method) => cohorts.every(({ claim }) => claim.spread.some((one) => one.method === method)))
    .map((method) => ({
      method,
      value: cohorts.reduce(
        (sum, { share, claim }) => sum + share * claim.spread.find((one) => one.method === method)!.value,
        0,
      ),
    }));
  const all = ofAll.some(({ method }) => method === 'callaway_santanna')
    ? ofAll
    : [
        ...ofAll,
        {
          method: 'callaway_santanna',
          value: measureLift(panel, treatment, { method: 'callaway_santanna', standardError: 'placebo', draws: 20 })
            .estimate.value,
        },
      ];
  return [headline, ...all.filter(({ method }) => method !== headline.method)];
}

/** Largest weight of each donor in any cohort. */
function donorWeights(cohorts: readonly StaggeredCohort[]): Record<string, number> {
  const weights: Record<string, number> = {};
  for (const { claim } of cohorts) {
    for (const { unit, weight } of claim.result.weights.units) weights[unit] = Math.max(weights[unit] ?? 0, weight);
  }
  return weights;
}

const VERDICTS = ['failed', 'not_run', 'passed', 'not_applicable'] as const satisfies GateResult['verdict'][];

/** The gate of the cohort that does worst by it. */
function weakest(cohorts: readonly StaggeredCohort[], id: GateId): GateResult {
  const order = (cohort: StaggeredCohort): number => VERDICTS.indexOf(gateOf(cohort, id).verdict);
  const worst = cohorts.reduce((a, b) => (order(b) < order(a) ? b : a));
  return named(worst, gateOf(worst, id));
}

function gateOf({ claim }: StaggeredCohort, id: GateId): GateResult {
  return claim.gates.find(({ gate }) => gate === id)!;
}

function named({ start, units }: StaggeredCohort, gate: GateResult): GateResult {
  if (gate.verdict === 'not_applicable') return gate;
  return { ...gate, sentence: `Of ${units.join(', ')} (from ${start}): ${gate.sentence}` };
}

function includes(ids: readonly GateId[], id: GateId): boolean {
  return ids.includes(id);
}
