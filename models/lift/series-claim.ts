import { type GradedClaim, gradeClaim } from '../evidence.ts';
import { quantileNormal } from '../numeric/distribution.ts';
import { type BstsOptions, type BstsResult, bsts, type InterventionSeries } from './bsts.ts';
import { type Equivalence, equivalence } from './equivalence.ts';
import { type ClaimInputs, runGates } from './gates/run-gates.ts';
import type { GateId, GateResult, PanelEstimator } from './gates/types.ts';

export interface SeriesClaimOptions extends BstsOptions {
  /** largest relative lift anyone would believe, default 0.1 */
  plausibleLift?: number;
  margin?: number;
  lookedAt?: readonly number[];
  inputs?: ClaimInputs;
  thresholds?: Partial<Record<GateId, Readonly<Record<string, number>>>>;
}

export interface SeriesClaim {
  result: BstsResult;
  gates: GateResult[];
  graded: GradedClaim;
  mde: number;
  equivalence: Equivalence | null;
}

/**
 * A before-and-after question on one series: structural model, earlier windows as placebos, residuals. Grade C at best, because
 * nothing untreated shows what else happened.
 *
 * @param name     of the series, for sentences
 * @param periods  labels, as long as the series
 * @throws InputError as `bsts`
 */
export function seriesClaim(
  name: string,
  periods: readonly string[],
  series: InterventionSeries,
  options: SeriesClaimOptions,
): SeriesClaim {
  const result = bsts(series, options);
  const { estimate } = result;
  const { start } = series;
  const end = series.end ?? series.outcome.length;
  const panel = { units: [name], periods, outcome: series.outcome, covariates: {} };
  const treatment = { firstTreated: new Map([[name, start]]), end };
  const again: PanelEstimator = (_, moved) => {
    const found = bsts({ ...series, start: moved.firstTreated.get(name)!, end: moved.end }, options).estimate;
    return { value: found.value, pValue: found.pValue };
  };
  const level = estimate.interval!.level;
  const mde = (quantileNormal(0.5 + level / 2) + quantileNormal(0.8)) * estimate.standardError!;
  const expected = result.series.counterfactual.subarray(start).reduce((sum, y) => sum + y / (end - start), 0);
  const same = options.margin === undefined ? null : equivalence(estimate, options.margin);
  const gates = runGates(
    'series',
    {
      data: { panel, treatment, donorsNeeded: false },
      placebo_time: { panel, treatment, estimate: again, effect: estimate.value },
      residuals: { residuals: result.oneStepErrors, needsIndependence: true },
      multiplicity: { pValues: [estimate.pValue!, ...(options.lookedAt ?? [])], index: 0 },
      power: {
        pValue: estimate.pValue!,
        mde,
        plausible: (options.plausibleLift ?? 0.1) * Math.abs(expected),
        plausibleLift: options.plausibleLift ?? 0.1,
      },
      ...options.inputs,
    },
    options.thresholds,
  );
  return {
    result,
    gates,
    graded: gradeClaim({ design: 'series', gates, estimate, equivalence: same }),
    mde,
    equivalence: same,
  };
}
