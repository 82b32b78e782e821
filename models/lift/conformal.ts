import { random } from '../numeric/random.ts';
import { type Bounds, type Inference, noInference } from './inference.ts';
import type { PanelView } from './panel-view.ts';
import { type NullFit, type ResidualPath, residualPath } from './residual-path.ts';
import { confidenceHull, type LinearPiece, type PiecePValue, stepsOf, supremum } from './step-function.ts';

export interface ConformalOptions extends Partial<NullFit> {
  level: number;
  /** `block` (default): the cyclic shifts, valid under autocorrelation; `iid`: seeded permutations, invalid under it */
  scheme?: 'block' | 'iid';
  /** permutations of the iid scheme, the identity apart (default 1,000) */
  permutations?: number;
  seed?: number;
  /** bounds for each post-period too: found here (default), not at all, or already found by `conformalBands` */
  bands?: boolean | Float64Array;
}

/**
 * Conformal inference on the mean effect: under "the effect is h in every period", take h out, refit on **all** periods, and ask
 * whether the residuals after the start stand out among those of other blocks of the same length.
 *
 *     u(h) = residuals of y1 - h * post on the donors, all T periods;   S = |sum of u over a block|
 *     p(h) = #{blocks with S >= S(post)} / T,   blocks = the T cyclic shifts (iid: B random sets, (1 + #) / (B + 1))
 *
 * The weights are piecewise linear in h, so p(h) is an exact step function, found without a grid. The interval is the smallest that
 * holds every h with p(h) >= 1 - level. The p-value is min(sup over h <= 0, sup over h >= 0) of p(h): never below p(0), and below
 * 1 - level exactly when the interval excludes 0, even where p(h) has more than one hump.
 *
 * @param view    checked panel, controls first
 * @param effect  point estimate, where the search begins, unit of the outcome
 * @returns       an empty or unbounded interval is told in `diagnostics`; the method is never switched
 * @see Chernozhukov, Wuthrich & Zhu (2021), An Exact and Robust Conformal Inference Method for Counterfactual and Synthetic Controls
 */
export function conformal(view: PanelView, effect: number, options: ConformalOptions): Inference {
  const { level } = options;
  const method = `conformal_${options.scheme ?? 'block'}`;
  const path = residualPath(view, nullFit(options), effect);
  if (!path.complete) return noInference(method, level, 'the path of weights has too many corners to follow');
  const sets = comparisonSets(view, options);
  const steps = pValues(path, sets, view.post);
  const interval = confidenceHull(steps, 1 - level);
  return {
    method,
    standardError: null,
    interval: interval ?? null,
    pValue: Math.min(supremum(steps, Number.NEGATIVE_INFINITY, 0), supremum(steps, 0, Number.POSITIVE_INFINITY)),
    level,
    bands: bandsOf(view, effect, options),
    diagnostics: {
      p_at_zero: supremum(steps, 0, 0),
      p_floor: sets.share(1),
      p_greater: oneSided(path, sets),
      comparisons: sets.count,
      ...shapeOfSet(interval, effect),
    },
  };
}

/**
 * p-value of one null hypothesis, for comparing statistics; `conformal` gives the p-value that matches an interval.
 *
 * @param statistic  `abs_sum` |sum u|, sensitive to a mean effect; `sum_abs` sum |u|, to any change (GeoLift's default);
 *                   `sum` one-sided, greater
 */
export function conformalPValue(
  view: PanelView,
  nullEffect: number,
  statistic: 'abs_sum' | 'sum_abs' | 'sum',
  options: Omit<ConformalOptions, 'level'>,
): number {
  const path = residualPath(view, nullFit(options), nullEffect);
  const residual = residualAt(path, nullEffect);
  const sets = comparisonSets(view, options);
  const value = (set: number): number => {
    let sum = 0;
    for (let i = 0; i < view.post; i++) {
      const u = residual[sets.periods[set * view.post + i]];
      sum += statistic === 'sum_abs' ? Math.abs(u) : u;
    }
    return statistic === 'abs_sum' ? Math.abs(sum) : sum;
  };
  const observed = value(0) - TIE * path.scale * view.post;
  let count = 0;
  for (let k = 0; k < sets.count; k++) if (value(k) >= observed) count++;
  return sets.share(count);
}

/** Sums this close, relative to the size of the series, are the same. */
const TIE = 1e-10;

function nullFit(options: Partial<NullFit>): NullFit {
  return { weights: options.weights ?? 'simplex', demean: options.demean ?? true, ridge: options.ridge };
}

/** Sets of as many periods as there are post-periods; set 0 is the post-periods themselves. */
interface ComparisonSets {
  count: number;
  /** count x post */
  periods: Int32Array;
  share(count: number): number;
}

function comparisonSets(view: PanelView, options: Omit<ConformalOptions, 'level'>): ComparisonSets {
  const { pre, post } = view;
  const length = pre + post;
  if ((options.scheme ?? 'block') === 'block') {
    const periods = new Int32Array(length * post);
    for (let k = 0; k < length; k++) {
      for (let i = 0; i < post; i++) periods[k * post + i] = (pre + k + i) % length;
    }
    return { count: length, periods, share: (count) => count / length };
  }
  const count = 1 + (options.permutations ?? 1000);
  const periods = new Int32Array(count * post);
  const draw = random(options.seed ?? 1, 'conformal');
  const order = Int32Array.from({ length }, (_, t) => t);
  for (let i = 0; i < post; i++) periods[i] = pre + i;
  for (let k = 1; k < count; k++) periods.set(draw.shuffle(order).subarray(0, post), k * post);
  return { count, periods, share: (n) => n / count };
}

function pValues(path: ResidualPath, sets: ComparisonSets, post: number): PiecePValue[] {
  const sums = path.parts.map(({ lo, hi, base, slope }): LinearPiece => {
    const a = new Float64Array(sets.count);
    const b = new Float64Array(sets.count);
    for (let k = 0; k < sets.count; k++) {
      for (let i = 0; i < post; i++) {
        const t = sets.periods[k * post + i];
        a[k] += base[t];
        b[k] += slope[t];
      }
    }
    return { lo, hi, base: a, slope: b };
  });
  return stepsOf(sums, TIE * path.scale * post, sets.share);
}

function residualAt(path: ResidualPath, h: number): Float64Array {
  const part = path.parts.find(({ lo, hi }) => lo <= h && h <= hi);
  if (!part) throw new RangeError(`residualAt: no piece holds ${h}`);
  return part.base.map((a, t) => a + h * part.slope[t]);
}

function oneSided(path: ResidualPath, sets: ComparisonSets): number {
  const residual = residualAt(path, 0);
  const post = sets.periods.length / sets.count;
  const sum = (k: number): number =>
    sets.periods.subarray(k * post, (k + 1) * post).reduce((s, t) => s + residual[t], 0);
  const observed = sum(0) - TIE * path.scale * post;
  let count = 0;
  for (let k = 0; k < sets.count; k++) if (sum(k) >= observed) count++;
  return sets.share(count);
}

/**
 * The same inversion for each of the post-periods `from .. to` alone: the pre-periods and that one.
 *
 * @returns  per period lower and upper bound, NaN = none
 */
export function conformalBands(
  view: PanelView,
  effect: number,
  options: ConformalOptions,
  from = 0,
  to = view.post,
): Float64Array {
  const out = new Float64Array(2 * (to - from)).fill(Number.NaN);
  for (let t = from; t < to; t++) {
    const single = onePostPeriod(view, t);
    const path = residualPath(single, nullFit(options), effect);
    const sets = comparisonSets(single, options);
    // an empty set has no bounds to draw
    const hull = path.complete ? confidenceHull(pValues(path, sets, 1), 1 - options.level) : null;
    out.set([hull?.lo ?? Number.NaN, hull?.hi ?? Number.NaN], 2 * (t - from));
  }
  return out;
}

function bandsOf(view: PanelView, effect: number, options: ConformalOptions): Bounds[] | null {
  const { bands = true } = options;
  if (bands === false) return null;
  const found = bands === true ? conformalBands(view, effect, options) : bands;
  const bound = (value: number): number | null => (Number.isNaN(value) ? null : value);
  return Array.from({ length: view.post }, (_, t) => ({ lo: bound(found[2 * t]), hi: bound(found[2 * t + 1]) }));
}

/** The view with only the `t`-th post-period. */
function onePostPeriod(view: PanelView, t: number): PanelView {
  const { pre, post } = view;
  const outcome = new Float64Array(view.units.length * (pre + 1));
  for (let u = 0; u < view.units.length; u++) {
    const base = u * (pre + post);
    outcome.set(view.outcome.subarray(base, base + pre), u * (pre + 1));
    outcome[u * (pre + 1) + pre] = view.outcome[base + pre + t];
  }
  return { ...view, periods: [...view.periods.slice(0, pre), view.periods[pre + t]], post: 1, outcome };
}

function shapeOfSet(set: Bounds | null, effect: number): Record<string, unknown> {
  if (!set) return { empty: true, reason: 'no constant effect agrees with the residuals at this level' };
  const open = [set.lo === null ? 'low' : '', set.hi === null ? 'high' : ''].filter(Boolean);
  return {
    ...(open.length > 0 ? { unbounded: open.length === 2 ? 'both' : open[0] } : {}),
    ...((set.lo ?? effect) > effect || (set.hi ?? effect) < effect ? { estimate_outside: true } : {}),
  };
}
