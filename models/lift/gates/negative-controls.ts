import { gateResult, show, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

export interface NegativeControlsInput {
  /** outcomes that the campaign cannot have moved, each read by the same test */
  controls: readonly { name: string; pValue: number }[];
}

/** Gate 13: do outcomes that cannot have been moved stay still? The level is shared out over the controls. */
export function negativeControlsGate(
  input: NegativeControlsInput,
  changes?: Readonly<Record<string, number>>,
): GateResult {
  const threshold = thresholdsOf('negative_controls', changes);
  const { controls } = input;
  if (controls.length === 0) {
    return gateResult('negative_controls', 'not_run', null, 'No negative control was named.', { threshold });
  }
  const worst = controls.reduce((a, b) => (b.pValue < a.pValue ? b : a));
  const adjusted = Math.min(1, worst.pValue * controls.length);
  const passed = adjusted > threshold.p;
  return gateResult(
    'negative_controls',
    passed ? 'passed' : 'failed',
    adjusted,
    passed
      ? `None of ${controls.length} outcomes that cannot have been moved did move.`
      : `${worst.name}, which the campaign cannot have moved, moved too (p = ${show(adjusted)} over ${controls.length} controls).`,
    { threshold, details: { controls } },
  );
}
