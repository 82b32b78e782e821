import { gateResult, show, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

export interface BlockConformalInput {
  pValue: number;
  /** null: the set of accepted effects is empty, so no constant effect fits */
  interval: { lo: number | null; hi: number | null } | null;
  /** estimates of this test and of the in-space placebo, whose signs must agree */
  effect: number;
  placeboEffect: number;
}

/** Gate 7: moving-block conformal test of the mean effect. */
export function blockConformalGate(input: BlockConformalInput, changes?: Readonly<Record<string, number>>): GateResult {
  const threshold = thresholdsOf('block_conformal', changes);
  const problems: string[] = [];
  if (input.pValue > threshold.p)
    problems.push(`the test days do not stand out from earlier days (p = ${show(input.pValue)})`);
  if (input.interval === null) problems.push('no constant effect fits the test days');
  const opposite = Math.sign(input.effect) !== Math.sign(input.placeboEffect);
  if (opposite) problems.push('its sign differs from that of the placebo test');
  return gateResult(
    'block_conformal',
    problems.length === 0 ? 'passed' : 'failed',
    input.pValue,
    problems.length === 0
      ? `The test days stand out from runs of earlier days (p = ${show(input.pValue)}).`
      : `Block test: ${problems.join('; ')}.`,
    { threshold, details: { problems, empty: input.interval === null } },
  );
}
