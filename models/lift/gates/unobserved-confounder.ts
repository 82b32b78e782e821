import { gateResult, percent, show, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

export interface UnobservedConfounderInput {
  effect: number;
  standardError: number;
  degrees: number;
  /** observed covariates: share of the left-over variance that each explains of the treatment and of the outcome */
  covariates: readonly { name: string; withTreatment: number; withOutcome: number }[];
}

/**
 * Gate 16: how strong would something unseen have to be to erase the effect, compared with the strongest thing seen?
 *
 *     f = |t| / sqrt(df),  robustness value = (sqrt(f^4 + 4 f^2) - f^2) / 2
 *
 * @see Cinelli & Hazlett (2020), Making sense of sensitivity: extending omitted variable bias
 */
export function unobservedConfounderGate(
  input: UnobservedConfounderInput,
  changes?: Readonly<Record<string, number>>,
): GateResult {
  const threshold = thresholdsOf('unobserved_confounder', changes);
  const robustness = robustnessValue(input.effect / input.standardError, input.degrees);
  if (input.covariates.length === 0) {
    return gateResult(
      'unobserved_confounder',
      'not_run',
      null,
      `Something unseen that explains ${percent(robustness)} of both would erase the effect; no observed covariate to compare it with.`,
      { threshold, details: { robustness_value: robustness } },
    );
  }
  const strengths = input.covariates.map((covariate) => ({
    name: covariate.name,
    strength: erasingStrength(input.effect / input.standardError, input.degrees, covariate),
  }));
  const closest = strengths.reduce((a, b) => (b.strength < a.strength ? b : a));
  const passed = closest.strength >= threshold.strength;
  return gateResult(
    'unobserved_confounder',
    passed ? 'passed' : 'failed',
    closest.strength,
    Number.isFinite(closest.strength)
      ? `A confounder ${show(closest.strength)} times as strong as ${closest.name} would erase the effect.`
      : `No multiple of ${closest.name} would erase the effect.`,
    { threshold, details: { robustness_value: robustness, strengths } },
  );
}

/** Share of both treatment and outcome that a confounder must explain to bring the estimate to zero. */
export function robustnessValue(t: number, degrees: number): number {
  const f2 = (t * t) / degrees;
  return (Math.sqrt(f2 * f2 + 4 * f2) - f2) / 2;
}

/** How many times as strong as an observed covariate a confounder must be to bring the estimate to zero. */
export function erasingStrength(
  t: number,
  degrees: number,
  covariate: { withTreatment: number; withOutcome: number },
): number {
  const needed = Math.abs(t) / Math.sqrt(degrees);
  const bias = (k: number): number => {
    const d = covariate.withTreatment;
    const treatment = (k * d) / (1 - d);
    const shared = (k * d * d) / ((1 - k * d) * (1 - d));
    if (treatment >= 1 || k * d >= 1 || shared >= 1) return Number.POSITIVE_INFINITY;
    const root = (Math.sqrt(k) + Math.sqrt(shared)) / Math.sqrt(1 - shared);
    const outcome = Math.min(1, (root * root * covariate.withOutcome) / (1 - covariate.withOutcome));
    return Math.sqrt((outcome * treatment) / (1 - treatment));
  };
  let high = 1;
  while (bias(high) < needed) {
    high *= 2;
    if (high > 1e9) return Number.POSITIVE_INFINITY;
  }
  let low = 0;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (bias(middle) < needed) low = middle;
    else high = middle;
  }
  return high;
}
