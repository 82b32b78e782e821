import { benjaminiHochberg } from '../multiplicity.ts';
import { gateResult, show, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

export interface MultiplicityInput {
  /** p-values of all questions that were looked at, this one among them */
  pValues: readonly number[];
  /** which of them is this one */
  index: number;
}

/** Gate 21: is it still there after counting everything that was looked at? */
export function multiplicityGate(input: MultiplicityInput, changes?: Readonly<Record<string, number>>): GateResult {
  const threshold = thresholdsOf('multiplicity', changes);
  const looked = input.pValues.length;
  const adjusted = benjaminiHochberg(input.pValues)[input.index];
  return gateResult(
    'multiplicity',
    adjusted <= threshold.false_discovery_rate ? 'passed' : 'failed',
    adjusted,
    looked === 1
      ? `One question was looked at (p = ${show(adjusted)}).`
      : `${looked} questions were looked at; adjusted for that p = ${show(adjusted)}.`,
    { threshold, details: { looked_at: looked } },
  );
}
