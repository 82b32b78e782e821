import { type DonorFit, type DonorFitter, rootMeanSquare } from './block.ts';
import { type Bounds, type Inference, noInference } from './inference.ts';
import { others, type PlaceboSets } from './placebo-sets.ts';
import { confidenceHull, type PiecePValue, supremum } from './step-function.ts';

/**
 * Fits the placebo sets `from .. to`, and for each the truly treated rows on the very donors that the placebo had. Per set
 * `[effect, pre-RMSPE, gap of each post-period ...]` of the placebo, then the same of the treated: `2 (2 + post)` numbers.
 *
 * @param treated  the truly treated rows
 */
export function refinedPlaceboTable(
  fitter: DonorFitter,
  sets: PlaceboSets,
  controls: number,
  treated: Int32Array,
  pre: number,
  from = 0,
  to = sets.count,
): Float64Array {
  const numbers: number[] = [];
  // the treated lose only a few of their donors each time, so the weights on all of them are near
  const { weights } = fitter(
    Int32Array.from({ length: controls }, (_, i) => i),
    treated,
  );
  const keep = ({ effect, preRmspe, gap }: DonorFit): void => {
    numbers.push(effect, preRmspe, ...gap.subarray(pre));
  };
  for (let i = from; i < to; i++) {
    const chosen = sets.at(i);
    const donors = others(controls, chosen);
    keep(fitter(donors, chosen));
    keep(
      fitter(
        donors,
        treated,
        Float64Array.from(donors, (donor) => weights[donor]),
      ),
    );
  }
  return Float64Array.from(numbers);
}

/**
 * Studentised placebo with equal donors: each placebo set is compared with the treated units fitted on the same donors, the ones that
 * remain when that set is out.
 *
 *     s_k = |effect_k| / RMSPE_k of placebo set k;   e_k, r_k = effect and pre-RMSPE of the treated on the donors of set k
 *     p(h) = (1 + #{k: |e_k - h| <= r_k s_k}) / (K + 1)
 *
 * The plain form lets the treated draw on more donors than any placebo, which makes it a little too eager: here treated and placebo
 * swap places without changing anything else. Costs two fits per set. Interval and p as in `conformal`: the smallest interval with
 * every h of p(h) >= 1 - level, and min(sup over h <= 0, sup over h >= 0).
 *
 * @param fit    of the treated units on all donors, whose effect is reported
 * @param table  of `refinedPlaceboTable`, all sets
 * @see Lei & Sudijono (2024), Inference for Synthetic Controls via Refined Placebo Tests
 */
export function refinedPlacebo(fit: DonorFit, table: Float64Array, post: number, level: number): Inference {
  const method = 'placebo_refined';
  const half = 2 + post;
  const count = table.length / (2 * half);
  if (count === 0) return noInference(method, level, 'no placebo set: needs more controls than treated units');
  if (perfectFit(fit, post)) {
    return noInference(
      method,
      level,
      'the pre-period fit is perfect, so there is no misfit to compare the effect with: fewer donors or more pre-periods are needed',
    );
  }
  const steps = acceptance(table, post, 0);
  const interval = confidenceHull(steps, 1 - level);
  const outside =
    interval !== null &&
    ((interval.lo !== null && fit.effect < interval.lo) || (interval.hi !== null && fit.effect > interval.hi));
  return {
    method,
    standardError: placeboDeviation(table, half, count),
    interval,
    pValue: refinedPValue(steps, 0),
    level,
    bands: Array.from(
      { length: post },
      (_, t) => confidenceHull(acceptance(table, post, 2 + t), 1 - level) ?? { lo: null, hi: null },
    ),
    diagnostics: {
      studentised: fit.effect / fit.preRmspe,
      placebos: count,
      p_floor: 1 / (count + 1),
      p_at_zero: supremum(steps, 0, 0),
      p_greater: oneSided(table, half, count, 1),
      p_less: oneSided(table, half, count, -1),
      ...rmspeRatio(fit, table, post),
      ...(interval === null ? { empty: true, reason: 'no constant effect is accepted at this level' } : {}),
      ...(outside ? { estimate_outside: true } : {}),
      ...(interval?.lo === null
        ? { unbounded: 'both', reason: `${count} placebo sets are too few for level ${level}` }
        : {}),
    },
  };
}

/** Whether the fit leaves no misfit before the start that an effect could be compared with. */
export function perfectFit(fit: DonorFit, post: number): boolean {
  let size = 0;
  for (const x of fit.gap.subarray(fit.gap.length - post)) size = Math.max(size, Math.abs(x));
  return !(fit.preRmspe > 1e-9 * size);
}

/**
 * p(h) of the mean effect (column 0), or of one post-period t (column 2 + t), as a step function of h.
 *
 * @param table  of `refinedPlaceboTable`, all sets
 */
export function acceptance(table: Float64Array, post: number, column = 0): PiecePValue[] {
  const half = 2 + post;
  const ranges: Bounds[] = [];
  for (let at = 0; at < table.length; at += 2 * half) {
    const reach = (table[at + half + 1] * Math.abs(table[at + column])) / table[at + 1];
    const own = table[at + half + column];
    // a placebo that fits perfectly counts as extreme
    ranges.push(Number.isFinite(reach) ? { lo: own - reach, hi: own + reach } : { lo: null, hi: null });
  }
  return coverage(ranges);
}

/**
 * p-value of "no effect" once `planted` has been added to every treated post-period: weights come from before the start, so all that
 * the treated show moves by it.
 *
 * @param steps  of `acceptance`
 */
export function refinedPValue(steps: readonly PiecePValue[], planted: number): number {
  return Math.min(
    supremum(steps, Number.NEGATIVE_INFINITY, -planted),
    supremum(steps, -planted, Number.POSITIVE_INFINITY),
  );
}

/** (1 + number of ranges that hold h) / (count + 1), as a step function of h. */
function coverage(ranges: readonly Bounds[]): PiecePValue[] {
  const p = (holding: number): number => (1 + holding) / (ranges.length + 1);
  const changes = ranges
    .flatMap(({ lo, hi }) =>
      lo === null || hi === null
        ? []
        : [
            { at: lo, by: 1 },
            { at: hi, by: -1 },
          ],
    )
    // ranges are closed: at a shared end one opens before the other closes
    .sort((a, b) => a.at - b.at || b.by - a.by);
  let holding = ranges.filter(({ lo }) => lo === null).length;
  let from = Number.NEGATIVE_INFINITY;
  const out: PiecePValue[] = [];
  for (const { at, by } of changes) {
    out.push({ lo: from, hi: at, p: p(holding) });
    holding += by;
    from = at;
  }
  out.push({ lo: from, hi: Number.POSITIVE_INFINITY, p: p(holding) });
  return out;
}

function oneSided(table: Float64Array, half: number, count: number, sign: 1 | -1): number {
  let beyond = 1;
  for (let k = 0; k < count; k++) {
    const [effect, rmspe] = table.subarray(2 * k * half, 2 * k * half + 2);
    const [own, ownRmspe] = table.subarray((2 * k + 1) * half, (2 * k + 1) * half + 2);
    if (sign * effect * ownRmspe >= sign * own * rmspe) beyond++;
  }
  return beyond / (count + 1);
}

/** sd of the placebo effects in the misfit of the treated: a description that neither p nor the interval uses. */
function placeboDeviation(table: Float64Array, half: number, count: number): number | null {
  const scaled = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    scaled[k] = (table[(2 * k + 1) * half + 1] * table[2 * k * half]) / table[2 * k * half + 1];
  }
  if (count < 2 || !scaled.every(Number.isFinite)) return null;
  const mean = scaled.reduce((sum, x) => sum + x, 0) / count;
  return Math.sqrt(scaled.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (count - 1));
}

/** Post-period over pre-period RMSPE of the treated; its p-value compares it on the donors of each placebo. */
function rmspeRatio(fit: DonorFit, table: Float64Array, post: number): { rmspe_ratio: number; rmspe_ratio_p: number } {
  const half = 2 + post;
  const count = table.length / (2 * half);
  const pre = fit.gap.length - post;
  let beyond = 1;
  for (let k = 0; k < count; k++) {
    const placebo = table.subarray(2 * k * half, (2 * k + 1) * half);
    const own = table.subarray((2 * k + 1) * half, (2 * k + 2) * half);
    if (rootMeanSquare(placebo, 2, half) * own[1] >= rootMeanSquare(own, 2, half) * placebo[1]) beyond++;
  }
  return {
    rmspe_ratio: rootMeanSquare(fit.gap, pre, pre + post) / fit.preRmspe,
    rmspe_ratio_p: beyond / (count + 1),
  };
}
