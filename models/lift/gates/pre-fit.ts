import { gateResult, percent, show, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

export interface PreFitInput {
  /** treated minus counterfactual before the treatment */
  preGap: Float64Array;
  /** the same with equal donor weights */
  uniformPreGap: Float64Array;
  /** mean outcome of the treated units before the treatment */
  preMean: number;
  /** donor weights, >= 0 where they are shares */
  weights: Float64Array;
}

/**
 * Gate 3: does the counterfactual follow the treated units before the treatment, and not too well?
 *
 *     scaled L2 = ||gap|| / ||gap of equal weights||,  effective donors = 1 / sum(share^2)
 */
export function preFitGate(input: PreFitInput, changes?: Readonly<Record<string, number>>): GateResult {
  const threshold = thresholdsOf('pre_fit', changes);
  const { preGap, uniformPreGap, preMean, weights } = input;
  const norm = (gap: Float64Array): number => Math.sqrt(gap.reduce((sum, value) => sum + value * value, 0));
  const uniform = norm(uniformPreGap);
  const scaledL2 = uniform > 0 ? norm(preGap) / uniform : Number.POSITIVE_INFINITY;
  const rmspeShare = norm(preGap) / Math.sqrt(preGap.length) / Math.abs(preMean);
  const total = weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
  const effective = total ** 2 / weights.reduce((sum, weight) => sum + weight * weight, 0);
  const problems: string[] = [];
  if (scaledL2 > threshold.scaled_l2)
    problems.push(`hardly better than the plain average (scaled L2 ${show(scaledL2)})`);
  if (!(rmspeShare <= threshold.rmspe_share)) problems.push(`misses by ${percent(rmspeShare)} of the mean`);
  if (scaledL2 < threshold.overfit_scaled_l2) problems.push(`suspiciously perfect (scaled L2 ${show(scaledL2)})`);
  if (effective > preGap.length) {
    problems.push(`spread over ${show(effective)} donors, more than the ${preGap.length} periods they were fitted to`);
  }
  return gateResult(
    'pre_fit',
    problems.length === 0 ? 'passed' : 'failed',
    scaledL2,
    problems.length === 0
      ? `Before the test the counterfactual follows the treated units to ${percent(rmspeShare)} of their mean.`
      : `The counterfactual before the test is ${problems.join('; ')}.`,
    { threshold, details: { scaled_l2: scaledL2, rmspe_share: rmspeShare, effective_donors: effective, problems } },
  );
}
