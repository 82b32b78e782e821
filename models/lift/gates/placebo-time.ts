import type { Panel, Treatment } from '../../panel.ts';
import { gateResult, show, thresholdsOf } from './catalogue.ts';
import type { GateResult, PanelEstimator } from './types.ts';

export interface PlaceboTimeInput {
  panel: Panel;
  /** one common start */
  treatment: Treatment;
  /** the very estimator and test of the claim */
  estimate: PanelEstimator;
  /** what it says of the real test window */
  effect: number;
}

/**
 * Gate 5: pretend the test had happened earlier. All non-overlapping windows of the test's length before it, each with at least
 * twice that length to learn from; fewer than three windows is `not_run`, never passed.
 *
 * The real effect must exceed every placebo in absolute value, and no placebo may be significant (level shared out over the
 * windows). Failing means that the placebo shows the same as the test: grade X.
 */
export function placeboTimeGate(input: PlaceboTimeInput, changes?: Readonly<Record<string, number>>): GateResult {
  const threshold = thresholdsOf('placebo_time', changes);
  const { panel, treatment, effect } = input;
  const start = Math.min(...treatment.firstTreated.values());
  const length = (treatment.end ?? panel.periods.length) - start;
  const starts: number[] = [];
  for (let s = start - length; s >= threshold.training_per_test * length; s -= length) starts.push(s);
  if (starts.length < threshold.windows) {
    return gateResult(
      'placebo_time',
      'not_run',
      starts.length,
      `Only ${starts.length} earlier windows of the test's length; ${threshold.windows} are needed to try it where nothing happened.`,
      { threshold },
    );
  }
  const placebos = starts.map((s) => {
    const pretended = {
      firstTreated: new Map([...treatment.firstTreated.keys()].map((unit) => [unit, s])),
      end: s + length,
    };
    return { period: panel.periods[s], ...input.estimate(panel, pretended) };
  });
  const largest = placebos.reduce((most, placebo) => Math.max(most, Math.abs(placebo.value)), 0);
  const significant = placebos.filter(({ pValue }) => pValue !== null && pValue <= threshold.p / placebos.length);
  const standsOut = Math.abs(effect) > largest;
  const passed = standsOut && significant.length === 0;
  return gateResult(
    'placebo_time',
    passed ? 'passed' : 'failed',
    largest,
    passed
      ? `In ${placebos.length} earlier windows without a campaign the largest "effect" was ${show(largest)}, the real one is ${show(effect)}.`
      : standsOut
        ? `The method finds a significant "effect" in ${significant.length} of ${placebos.length} windows without a campaign.`
        : `A window without a campaign shows ${show(largest)}, as much as the test itself (${show(effect)}).`,
    { threshold, cap: passed ? null : standsOut ? 'C' : 'X', details: { placebos } },
  );
}
