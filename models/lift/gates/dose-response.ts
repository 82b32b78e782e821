import { cumulativeNormal } from '../../numeric/distribution.ts';
import { gateResult, show, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

export interface DoseResponseInput {
  /** engagement intensity per treated geo or period; equal values form one group */
  dose: Float64Array;
  /** effect there, same length; `sign` of the claim is +1 or -1 */
  effect: Float64Array;
  sign: 1 | -1;
}

/**
 * Gate 14: more engagement, more effect? Jonckheere-Terpstra trend test over groups of equal dose, in the claim's direction.
 *
 * A flat dose is a warning and costs nothing; a dose that runs against the claim fails.
 */
export function doseResponseGate(input: DoseResponseInput, changes?: Readonly<Record<string, number>>): GateResult {
  const threshold = thresholdsOf('dose_response', changes);
  const z = jonckheere(input.dose, input.effect);
  if (z === null) {
    return gateResult('dose_response', 'not_run', null, 'Engagement does not vary enough to compare doses.', {
      threshold,
    });
  }
  const rising = cumulativeNormal(-z * input.sign);
  const passed = rising < threshold.p;
  const against = 1 - rising < threshold.p;
  return gateResult(
    'dose_response',
    passed ? 'passed' : 'failed',
    rising,
    passed
      ? `The effect grows with engagement (p = ${show(rising)}).`
      : against
        ? `The effect shrinks where engagement is stronger (p = ${show(1 - rising)}).`
        : `Warning: the effect does not grow with engagement (p = ${show(rising)}).`,
    { threshold, cap: against ? 'C' : null, details: { z, warning: !passed && !against } },
  );
}

/**
 * Jonckheere-Terpstra z over groups of equal dose, with the variance under ties in dose and in effect.
 *
 * @returns null with fewer than two groups or four values, or when nothing varies
 * @see Hollander, Wolfe & Chicken (2014), Nonparametric Statistical Methods, 6.2
 */
export function jonckheere(dose: Float64Array, effect: Float64Array): number | null {
  const n = dose.length;
  let statistic = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (dose[i] < dose[j]) statistic += effect[i] < effect[j] ? 1 : effect[i] === effect[j] ? 0.5 : 0;
    }
  }
  const groups = sizes(dose);
  const ties = sizes(effect);
  if (n < 4 || groups.length < 2 || ties.length < 2) return null;
  const sum = (counts: number[], f: (c: number) => number): number => counts.reduce((total, c) => total + f(c), 0);
  const mean = (n * n - sum(groups, (c) => c * c)) / 4;
  const cubic = (c: number): number => c * (c - 1) * (2 * c + 5);
  const triple = (c: number): number => c * (c - 1) * (c - 2);
  const double = (c: number): number => c * (c - 1);
  const variance =
    (cubic(n) - sum(groups, cubic) - sum(ties, cubic)) / 72 +
    (sum(groups, triple) * sum(ties, triple)) / (36 * n * (n - 1) * (n - 2)) +
    (sum(groups, double) * sum(ties, double)) / (8 * n * (n - 1));
  return variance > 0 ? (statistic - mean) / Math.sqrt(variance) : null;
}

function sizes(values: Float64Array): number[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()];
}
