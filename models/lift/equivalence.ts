import { InputError } from '../errors.ts';
import type { Estimate } from '../estimate.ts';

/** Is the effect shown to be too small to matter? */
export interface Equivalence {
  /** the whole interval lies strictly within -margin .. margin */
  equivalent: boolean;
  margin: number;
  /** level of the interval; the two one-sided tests have alpha = (1 - level) / 2 each */
  level: number;
}

/**
 * Two one-sided tests: "no effect" may only be said when every effect that the data allow is smaller than the margin.
 *
 * A p-value above alpha is not evidence of no effect; this is.
 *
 * @param estimate  with an interval; its level sets the test
 * @param margin    smallest effect worth having, > 0, unit of the estimate
 * @returns         not equivalent when the estimate has no interval
 * @throws InputError `bad_parameter` for a margin that is not positive
 * @see Schuirmann (1987), A comparison of the two one-sided tests procedure and the power approach
 */
export function equivalence(estimate: Estimate, margin: number): Equivalence {
  if (!(margin > 0))
    throw new InputError('bad_parameter', `margin is ${margin}; give the smallest effect worth having`);
  const { interval } = estimate;
  if (interval === null) return { equivalent: false, margin, level: Number.NaN };
  return { equivalent: interval.lo > -margin && interval.hi < margin, margin, level: interval.level };
}
