import { gateResult, show, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

export interface SpilloverInput {
  effect: number;
  standardError: number;
  /** the effect when donors next to treated geos, or with much traffic from them, are left out */
  effectWithoutNeighbours: number;
  /** donors that were left out */
  neighbours: readonly string[];
}

/** Gate 17: did the treatment leak into the units it is compared with? */
export function spilloverGate(input: SpilloverInput, changes?: Readonly<Record<string, number>>): GateResult {
  const threshold = thresholdsOf('spillover', changes);
  const change = Math.abs(input.effectWithoutNeighbours - input.effect) / input.standardError;
  const passed = change <= threshold.standard_errors;
  return gateResult(
    'spillover',
    passed ? 'passed' : 'failed',
    change,
    `Without ${input.neighbours.length} neighbouring units the effect moves by ${show(change)} standard errors.`,
    { threshold, details: { neighbours: input.neighbours, effect_without: input.effectWithoutNeighbours } },
  );
}
