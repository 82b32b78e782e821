import { InputError } from '../errors.ts';

/**
 * What is measured per user. `before` variables are from a window strictly before assignment; a user without history has 0.
 */
export type UserVariable = 'outcome' | 'denominator' | 'before' | 'before_denominator' | 'exposed';

/**
 * Sufficient statistics of one arm: one `group by` gives them, and no user's row has to move.
 *
 *     select arm, count(*), sum(outcome), sum(outcome * outcome), sum(outcome * before), ... group by arm
 */
export interface ArmSums {
  /** assigned users, whether or not they bought, came or saw anything */
  n: number;
  /** sum over users, per variable */
  sums: Readonly<Partial<Record<UserVariable, number>>>;
  /** sum of products over users, keyed `a*b` in either order */
  products: Readonly<Record<string, number>>;
}

/**
 * Sums of one arm from users' values, for bare files and tests.
 *
 * @param columns  per variable, one value per user of the arm, equal lengths
 * @throws InputError `bad_input` for a value that is not finite
 */
export function armSums(columns: Readonly<Partial<Record<UserVariable, Float64Array>>>): ArmSums {
  const names = Object.keys(columns) as UserVariable[];
  const n = columns[names[0]]?.length ?? 0;
  const sums: Partial<Record<UserVariable, number>> = {};
  const products: Record<string, number> = {};
  names.forEach((a, i) => {
    const values = columns[a]!;
    if (values.length !== n) throw new RangeError(`armSums: ${a} has ${values.length} users, ${names[0]} has ${n}`);
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new InputError('bad_input', `user ${bad + 1}: ${a} is ${values[bad]}; give a number, 0 for none`);
    sums[a] = values.reduce((sum, value) => sum + value, 0);
    for (const b of names.slice(i)) {
      const others = columns[b]!;
      let sum = 0;
      for (let u = 0; u < n; u++) sum += values[u] * others[u];
      products[`${a}*${b}`] = sum;
    }
  });
  return { n, sums, products };
}

/**
 * Mean of a variable over the users of an arm.
 * @throws InputError `bad_input` when the arm does not carry the variable
 */
export function armMean(arm: ArmSums, variable: UserVariable): number {
  const sum = arm.sums[variable];
  if (sum === undefined) throw new InputError('bad_input', `the arm has no sum of ${variable}; add it to the query`);
  return sum / arm.n;
}

/**
 * Sample covariance (n - 1) of two variables over the users of an arm; the variance when they are the same.
 * @throws InputError `bad_input` when the arm does not carry the product
 */
export function armCovariance(arm: ArmSums, a: UserVariable, b: UserVariable): number {
  const product = arm.products[`${a}*${b}`] ?? arm.products[`${b}*${a}`];
  if (product === undefined) {
    throw new InputError('bad_input', `the arm has no sum of ${a} * ${b}; add it to the query`);
  }
  return (product - arm.n * armMean(arm, a) * armMean(arm, b)) / (arm.n - 1);
}

/**
 * Variance of a weighted sum of variables: weights' covariance weights.
 *
 * @param weights  per variable; a gradient of the delta method
 */
export function armVariance(arm: ArmSums, weights: Readonly<Partial<Record<UserVariable, number>>>): number {
  const names = (Object.keys(weights) as UserVariable[]).filter((name) => weights[name] !== 0);
  let variance = 0;
  for (const a of names) {
    for (const b of names) variance += weights[a]! * weights[b]! * armCovariance(arm, a, b);
  }
  return Math.max(0, variance);
}

/** @throws InputError `insufficient_data` for an arm of fewer than two users */
export function checkArms(control: ArmSums, treated: ArmSums): void {
  for (const [name, arm] of [
    ['control', control],
    ['treated', treated],
  ] as const) {
    if (!(arm.n >= 2)) {
      throw new InputError('insufficient_data', `the ${name} arm has ${arm.n} users; a comparison needs at least two`);
    }
  }
}
