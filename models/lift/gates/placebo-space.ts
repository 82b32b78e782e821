import { gateResult, show, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

export interface PlaceboSpaceInput {
  /** of the studentised in-space placebo, or of re-drawing the assignment */
  pValue: number;
  /** sets that were tried */
  placebos: number;
}

/** Gate 6: is the effect large among untreated units that are treated on paper only? */
export function placeboSpaceGate(input: PlaceboSpaceInput, changes?: Readonly<Record<string, number>>): GateResult {
  const threshold = thresholdsOf('placebo_space', changes);
  if (1 / (input.placebos + 1) > threshold.p) {
    return gateResult(
      'placebo_space',
      'not_run',
      input.pValue,
      `${input.placebos} untreated sets cannot give a p-value of ${threshold.p} or less.`,
      { threshold },
    );
  }
  const passed = input.pValue <= threshold.p;
  return gateResult(
    'placebo_space',
    passed ? 'passed' : 'failed',
    input.pValue,
    passed
      ? `Few of ${input.placebos} untreated sets move as much for their fit (p = ${show(input.pValue)}).`
      : `Of ${input.placebos} untreated sets many move as much for their fit (p = ${show(input.pValue)}).`,
    { threshold },
  );
}
