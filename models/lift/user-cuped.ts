import { InputError } from '../errors.ts';
import type { Estimate } from '../estimate.ts';
import { type ArmPart, differenceEstimate } from './difference.ts';
import { type ArmSums, armCovariance, armMean, armVariance, checkArms, type UserVariable } from './user-arms.ts';
import type { UserEffect, UserOptions } from './user-itt.ts';
import { ratioOf } from './user-ratio.ts';

type Weights = Partial<Record<UserVariable, number>>;

/**
 * CUPED: what users did before assignment takes out the part of the outcome that the treatment cannot explain.
 *
 *     theta = cov(outcome, before) / var(before) over all users;  adjusted mean = mean(outcome) - theta * mean(before)
 *
 * The relative lift divides by the unadjusted control mean. `diagnostics.variance_reduction` is the share of variance taken out.
 *
 * @param control, treated  sums and products of `outcome` and `before`; `before` strictly before assignment, 0 without history
 * @throws InputError `bad_input` when a sum is missing, `insufficient_data` for an arm of fewer than two users
 * @see Deng, Xu, Kohavi & Walker (2013), Improving the sensitivity of online controlled experiments
 */
export function userCuped(control: ArmSums, treated: ArmSums, options: UserOptions = {}): UserEffect {
  checkArms(control, treated);
  const both = mergeArms(control, treated);
  const spread = armCovariance(both, 'before', 'before');
  const theta = spread > 0 ? armCovariance(both, 'outcome', 'before') / spread : 0;
  const mc = armMean(control, 'outcome');
  const mt = armMean(treated, 'outcome');
  const difference = mt - mc - theta * (armMean(treated, 'before') - armMean(control, 'before'));
  const adjusted = { outcome: 1, before: -theta };
  return adjustedEffect(control, treated, options, {
    method: 'user_cuped',
    theta,
    difference,
    controlMean: mc,
    weights: [adjusted, adjusted],
    relativeControlWeights: { outcome: mt / mc, before: -theta },
    plain: [{ outcome: 1 }, { outcome: 1 }],
  });
}

/**
 * CUPED for a ratio of totals: the ratio before assignment adjusts the ratio after it.
 *
 *     theta = [cov_t(R, R_before) + cov_c(R, R_before)] / [var_t(R_before) + var_c(R_before)]   (linearised ratios)
 *
 * @param control, treated  sums and products of all four of `outcome`, `denominator`, `before`, `before_denominator`
 * @throws InputError as `userRatio`
 */
export function userCupedRatio(control: ArmSums, treated: ArmSums, options: UserOptions = {}): UserEffect {
  checkArms(control, treated);
  const arms = [treated, control].map((arm) => {
    const now = ratioOf(arm);
    const before = ratioOf(arm, 'before', 'before_denominator');
    return { arm, now, before };
  });
  const [t, c] = arms;
  const covariance = arms.reduce((sum, a) => sum + crossCovariance(a.arm, a.now.gradient, a.before.gradient), 0);
  const spread = arms.reduce((sum, a) => sum + armVariance(a.arm, a.before.gradient), 0);
  const theta = spread > 0 ? covariance / spread : 0;
  const difference = t.now.ratio - c.now.ratio - theta * (t.before.ratio - c.before.ratio);
  const adjusted = (a: (typeof arms)[number], scale = 1): Weights => ({
    ...scaled(a.now.gradient, scale),
    ...scaled(a.before.gradient, -theta),
  });
  return adjustedEffect(control, treated, options, {
    method: 'user_cuped_ratio',
    theta,
    difference,
    controlMean: c.now.ratio,
    weights: [adjusted(t), adjusted(c)],
    relativeControlWeights: adjusted(c, (difference + c.now.ratio) / c.now.ratio),
    plain: [t.now.gradient, c.now.gradient],
  });
}

interface Adjustment {
  method: string;
  theta: number;
  difference: number;
  /** unadjusted; what the relative lift divides by */
  controlMean: number;
  /** gradients of the adjusted statistic, treated then control */
  weights: readonly [Weights, Weights];
  /** gradient of controlMean * lift with respect to the control arm, sign reversed */
  relativeControlWeights: Weights;
  /** gradients without adjustment */
  plain: readonly [Weights, Weights];
}

function adjustedEffect(control: ArmSums, treated: ArmSums, options: UserOptions, adjustment: Adjustment): UserEffect {
  const { method, theta, difference, controlMean, weights, plain } = adjustment;
  const part = (arm: ArmSums, of: Weights): ArmPart => ({ variance: armVariance(arm, of) / arm.n, n: arm.n });
  const parts: [ArmPart, ArmPart] = [part(treated, weights[0]), part(control, weights[1])];
  const before = part(treated, plain[0]).variance + part(control, plain[1]).variance;
  const diagnostics = {
    theta,
    variance_reduction: before > 0 ? 1 - (parts[0].variance + parts[1].variance) / before : 0,
  };
  const absolute = differenceEstimate(difference, parts, { level: options.level, method, diagnostics });
  return { absolute, relative: relative() };

  function relative(): Estimate {
    if (options.relative === 'fieller') {
      throw new InputError('bad_parameter', `${method} has no Fieller interval; use relative: delta`);
    }
    if (!(controlMean > 0)) {
      const reason = 'the control mean is not positive, so a relative lift has no meaning';
      const n = control.n + treated.n;
      const none = { no_interval: reason };
      return { value: Number.NaN, standardError: null, interval: null, pValue: null, method, n, diagnostics: none };
    }
    const over = controlMean ** 2;
    const relativeParts: [ArmPart, ArmPart] = [
      { variance: parts[0].variance / over, n: treated.n },
      { variance: part(control, adjustment.relativeControlWeights).variance / over, n: control.n },
    ];
    return differenceEstimate(difference / controlMean, relativeParts, {
      level: options.level,
      method,
      diagnostics,
      degreesFrom: parts,
    });
  }
}

/** Sums over both arms together. */
function mergeArms(a: ArmSums, b: ArmSums): ArmSums {
  const add = (x: Readonly<Record<string, number>>, y: Readonly<Record<string, number>>): Record<string, number> =>
    Object.fromEntries(Object.keys(x).flatMap((key) => (key in y ? [[key, x[key] + y[key]]] : [])));
  return {
    n: a.n + b.n,
    sums: add(a.sums as Record<string, number>, b.sums as Record<string, number>),
    products: add(a.products, b.products),
  };
}

function crossCovariance(arm: ArmSums, a: Weights, b: Weights): number {
  let sum = 0;
  for (const [x, v] of Object.entries(a) as [UserVariable, number][]) {
    for (const [y, w] of Object.entries(b) as [UserVariable, number][]) sum += v * w * armCovariance(arm, x, y);
  }
  return sum;
}

function scaled(weights: Weights, factor: number): Weights {
  return Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, weight! * factor]));
}
