import { InputError } from '../errors.ts';
import { type ArmPart, differenceEstimate } from './difference.ts';
import { type ArmSums, armMean, armVariance, checkArms, type UserVariable } from './user-arms.ts';
import { relativeLift, type UserEffect, type UserOptions } from './user-itt.ts';

/**
 * Effect on a ratio of totals, such as revenue per session, where users and not sessions were randomised.
 *
 *     ratio = mean(outcome) / mean(denominator)
 *     variance = v_M / D^2 + v_D M^2 / D^4 - 2 cov(M, D) M / D^3   (delta method, per user, divided by n)
 *
 * @param control, treated  sums and products of `outcome` and `denominator`
 * @throws InputError `bad_input` when a mean denominator is zero or a sum is missing
 */
export function userRatio(control: ArmSums, treated: ArmSums, options: UserOptions = {}): UserEffect {
  checkArms(control, treated);
  const c = ratioOf(control);
  const t = ratioOf(treated);
  const parts: [ArmPart, ArmPart] = [
    { variance: armVariance(treated, t.gradient) / treated.n, n: treated.n },
    { variance: armVariance(control, c.gradient) / control.n, n: control.n },
  ];
  return {
    absolute: differenceEstimate(t.ratio - c.ratio, parts, { level: options.level, method: 'user_ratio' }),
    relative: relativeLift(t.ratio, c.ratio, parts, options, 'user_ratio'),
  };
}

/**
 * A ratio of two means of an arm and its gradient with respect to them.
 *
 * @throws InputError `bad_input` when the mean denominator is zero
 */
export function ratioOf(
  arm: ArmSums,
  over: 'outcome' | 'before' = 'outcome',
  under: 'denominator' | 'before_denominator' = 'denominator',
): { ratio: number; gradient: Partial<Record<UserVariable, number>> } {
  const numerator = armMean(arm, over);
  const denominator = armMean(arm, under);
  if (denominator === 0) {
    throw new InputError('bad_input', `the mean ${under} of an arm is 0; a ratio metric needs some in each arm`);
  }
  return {
    ratio: numerator / denominator,
    gradient: { [over]: 1 / denominator, [under]: -numerator / denominator ** 2 },
  };
}
