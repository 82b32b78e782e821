import type { DonorFit, DonorFitter } from './block.ts';
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
  for (let i = from; i < to; i++) {
    const chosen = sets.at(i);
    const donors = others(controls, chosen);
    for (const rows of [chosen, treated]) {
      const { effect, preRmspe, gap } = fitter(donors, rows);
      numbers.push(effect, preRmspe, ...gap.subarray(pre));
    }
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
  const pre = fit.gap.length - post;
  let size = 0;
  for (const x of fit.gap.subarray(pre)) size = Math.max(size, Math.abs(x));
  if (!(fit.preRmspe > 1e-9 * size)) {
    return noInference(
      method,
      level,
      'the pre-period fit is perfect, so there is no misfit to compare the effect with',
    );
  }
  // column 0 is the mean effect, column 2 + t the gap of post-period t
  const acceptance = (column: number): PiecePValue[] => {
    const ranges: Bounds[] = [];
    for (let k = 0; k < count; k++) {
      const row = table.subarray(2 * k * half, 2 * (k + 1) * half);
      const reach = (row[half + 1] * Math.abs(row[column])) / row[1];
      // a placebo that fits perfectly counts as extreme
      if (!Number.isFinite(reach)) ranges.push({ lo: null, hi: null });
      else ranges.push({ lo: row[half + column] - reach, hi: row[half + column] + reach });
    }
    return coverage(ranges);
  };
  const steps = acceptance(0);
  const interval = confidenceHull(steps, 1 - level);
  return {
    method,
    standardError: null,
    interval,
    pValue: Math.min(supremum(steps, Number.NEGATIVE_INFINITY, 0), supremum(steps, 0, Number.POSITIVE_INFINITY)),
    level,
    bands: Array.from(
      { length: post },
      (_, t) => confidenceHull(acceptance(2 + t), 1 - level) ?? { lo: null, hi: null },
    ),
    diagnostics: {
      placebos: count,
      p_floor: 1 / (count + 1),
      p_at_zero: supremum(steps, 0, 0),
      p_greater: oneSided(table, half, count),
      ...(interval === null ? { empty: true, reason: 'no constant effect is accepted at this level' } : {}),
      ...(interval?.lo === null
        ? { unbounded: 'both', reason: `${count} placebo sets are too few for level ${level}` }
        : {}),
    },
  };
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

function oneSided(table: Float64Array, half: number, count: number): number {
  let beyond = 1;
  for (let k = 0; k < count; k++) {
    const [effect, rmspe] = table.subarray(2 * k * half, 2 * k * half + 2);
    const [own, ownRmspe] = table.subarray((2 * k + 1) * half, (2 * k + 1) * half + 2);
    if (effect * ownRmspe >= own * rmspe) beyond++;
  }
  return beyond / (count + 1);
}
