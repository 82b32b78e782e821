import type { SampleRatio } from '../sample-ratio.ts';
import { gateResult, show, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

export type AssignmentInput =
  | {
      kind: 'randomised';
      /** assignment was written down before the first outcome */
      loggedBefore: boolean;
      /** metric, window and test were registered before they were looked at */
      registeredBefore: boolean;
      /** null where arms are not counted in users */
      sampleRatio: SampleRatio | null;
    }
  | {
      kind: 'observed';
      /** index of the first treated period as the analysis has it */
      start: number;
      /** the same as the event log has it */
      loggedStart: number;
      /** treated minus counterfactual before the start, in time order */
      preGap: Float64Array;
      /** the log says the campaign was launched because sales or engagement moved */
      launchedBecauseOutcomeMoved: boolean;
      /** length of the last stretch looked at; default a twentieth of the pre-period, at least 3 */
      lastPeriods?: number;
    };

/**
 * Gate 2: was the treatment assigned without looking at the outcome?
 *
 * Observed: the start must come from the event log, and the treated units must not already have moved away just before it. The
 * mean gap of the last k pre-periods is compared with the means of all earlier blocks of k periods.
 */
export function assignmentGate(input: AssignmentInput, changes?: Readonly<Record<string, number>>): GateResult {
  const threshold = thresholdsOf('assignment', changes);
  return input.kind === 'randomised' ? randomised(input, threshold) : observed(input, threshold);
}

function randomised(
  input: Extract<AssignmentInput, { kind: 'randomised' }>,
  threshold: Record<string, number>,
): GateResult {
  const { sampleRatio } = input;
  const value = sampleRatio?.pValue ?? null;
  const problems: string[] = [];
  if (!input.loggedBefore) problems.push('the assignment was not logged before the outcomes');
  if (!input.registeredBefore) problems.push('metric, window and test were not registered beforehand');
  const mismatch = sampleRatio?.enough === true && sampleRatio.pValue < threshold.sample_ratio_p;
  if (mismatch) problems.push(`the arms do not have the planned sizes (p = ${show(sampleRatio.pValue)})`);
  return gateResult(
    'assignment',
    problems.length === 0 ? 'passed' : 'failed',
    value,
    problems.length === 0
      ? 'Assignment was randomised and logged before the outcomes; the arms have the planned sizes.'
      : `Assignment: ${problems.join('; ')}.`,
    // arms of the wrong sizes mean that randomisation or logging broke: nothing can be read from them
    { threshold, cap: problems.length === 0 ? null : mismatch ? 'X' : 'C', details: { problems } },
  );
}

function observed(
  input: Extract<AssignmentInput, { kind: 'observed' }>,
  threshold: Record<string, number>,
): GateResult {
  const { preGap } = input;
  const k = input.lastPeriods ?? Math.max(3, Math.round(preGap.length / 20));
  const blocks: number[] = [];
  for (let end = preGap.length; end >= k; end -= k) {
    blocks.push(preGap.subarray(end - k, end).reduce((sum, gap) => sum + gap, 0) / k);
  }
  const [last, ...earlier] = blocks;
  if (earlier.length < 4) {
    return gateResult(
      'assignment',
      'not_run',
      null,
      'Assignment: too few periods to see what came before the launch.',
      {
        threshold,
      },
    );
  }
  const mean = earlier.reduce((sum, block) => sum + block, 0) / earlier.length;
  const variance = earlier.reduce((sum, block) => sum + (block - mean) ** 2, 0) / (earlier.length - 1);
  const z = variance > 0 ? (last - mean) / Math.sqrt(variance * (1 + 1 / earlier.length)) : 0;
  const problems: string[] = [];
  if (input.start !== input.loggedStart) problems.push('the start of the test is not the one in the event log');
  if (input.launchedBecauseOutcomeMoved) problems.push('the campaign was launched because the outcome had moved');
  if (Math.abs(z) > threshold.trigger_z) {
    problems.push(`the treated units had already moved in the last ${k} periods before the start (z = ${show(z)})`);
  }
  return gateResult(
    'assignment',
    problems.length === 0 ? 'passed' : 'failed',
    z,
    problems.length === 0
      ? 'The start comes from the event log, and nothing had moved before it.'
      : `Assignment: ${problems.join('; ')}.`,
    { threshold, details: { problems, last_periods: k } },
  );
}
