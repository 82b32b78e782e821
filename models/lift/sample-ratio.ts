import { InputError } from '../errors.ts';
import { upperChiSquare } from '../numeric/distribution.ts';

/** Do the arms have the sizes that were planned? */
export interface SampleRatio {
  statistic: number;
  pValue: number;
  /** fewer than 100 users in all: shown, never judged */
  enough: boolean;
  /** p < 0.001 with enough users: assignment or logging is broken and the result must not be read */
  mismatch: boolean;
}

/** Below this p-value the arms' sizes block the result. */
const SAMPLE_RATIO_ALPHA = 0.001;

/**
 * Sample ratio mismatch: chi-square of the arms' counts against the planned split.
 *
 * @param counts   users per arm
 * @param planned  planned shares, same order; any positive scale
 * @throws InputError `bad_parameter` for a share that is not positive, or counts and shares of different lengths
 */
export function sampleRatio(counts: readonly number[], planned: readonly number[]): SampleRatio {
  if (counts.length !== planned.length || counts.length < 2 || planned.some((share) => !(share > 0))) {
    throw new InputError('bad_parameter', 'give one positive planned share per arm, at least two arms');
  }
  const n = counts.reduce((a, b) => a + b, 0);
  const scale = planned.reduce((a, b) => a + b, 0);
  const statistic = counts.reduce((sum, count, i) => {
    const expected = (n * planned[i]) / scale;
    return expected > 0 ? sum + (count - expected) ** 2 / expected : sum;
  }, 0);
  const pValue = upperChiSquare(statistic, counts.length - 1);
  const enough = n >= 100;
  return { statistic, pValue, enough, mismatch: enough && pValue < SAMPLE_RATIO_ALPHA };
}
