import { gateResult, percent, show, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

export interface PowerInput {
  pValue: number;
  /** smallest effect that would have been found, known before the result; same unit as `plausible` */
  mde: number;
  /** largest effect that anyone would believe */
  plausible: number;
  /** the same as a share of what would have been without treatment; with it the sentence speaks of shares, which need no unit */
  plausibleLift?: number;
}

/** Gate 22: could the test have found a believable effect at all? A miss of a weak test says nothing: grade X. */
export function powerGate(input: PowerInput, changes?: Readonly<Record<string, number>>): GateResult {
  const threshold = thresholdsOf('power', changes);
  const passed = input.pValue <= threshold.alpha || input.mde <= input.plausible;
  const { mde, plausible, plausibleLift } = input;
  const isShare = plausibleLift !== undefined && plausible > 0;
  const found = isShare ? percent((mde / plausible) * plausibleLift) : show(mde);
  return gateResult(
    'power',
    passed ? 'passed' : 'failed',
    input.mde,
    passed
      ? `The test could find effects of ${found} or more.`
      : `The test could only have found effects of ${found} or more, and more than ${isShare ? percent(plausibleLift) : show(plausible)} is not plausible.`,
    { threshold: { ...threshold, plausible: input.plausible }, cap: passed ? null : 'X' },
  );
}
