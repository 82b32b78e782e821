import { gateResult, show, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

export interface PowerInput {
  pValue: number;
  /** smallest effect that would have been found, known before the result; same unit as `plausible` */
  mde: number;
  /** largest effect that anyone would believe */
  plausible: number;
}

/** Gate 22: could the test have found a believable effect at all? A miss of a weak test says nothing: grade X. */
export function powerGate(input: PowerInput, changes?: Readonly<Record<string, number>>): GateResult {
  const threshold = thresholdsOf('power', changes);
  const passed = input.pValue <= threshold.alpha || input.mde <= input.plausible;
  return gateResult(
    'power',
    passed ? 'passed' : 'failed',
    input.mde,
    passed
      ? `The test could find effects from ${show(input.mde)}.`
      : `The test could only have found effects from ${show(input.mde)}, and more than ${show(input.plausible)} is not plausible.`,
    { threshold: { ...threshold, plausible: input.plausible }, cap: passed ? null : 'X' },
  );
}
