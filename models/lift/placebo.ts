import { type DonorFit, type DonorFitter, rootMeanSquare } from './block.ts';
import { type Bounds, type Inference, noInference } from './inference.ts';
import { others, type PlaceboSets } from './placebo-sets.ts';

/**
 * Fits of placebo sets, packed so that a range can travel between threads:
 * per set `[effect, pre-RMSPE, gap of each post-period ...]`, `2 + post` numbers.
 */
export type PlaceboTable = Float64Array;

/**
 * Fits the placebo sets `from .. to`: each set plays the treated units, the other controls are its donors; truly treated units take no
 * part.
 *
 * @param fitter    donor rows and treated rows -> fit
 * @param controls  number of control rows
 * @returns         (to - from) x (2 + post)
 */
export function placeboTable(
  fitter: DonorFitter,
  sets: PlaceboSets,
  controls: number,
  pre: number,
  from = 0,
  to = sets.count,
): PlaceboTable {
  const parts: Float64Array[] = [];
  for (let i = from; i < to; i++) {
    const chosen = sets.at(i);
    const { effect, preRmspe, gap } = fitter(others(controls, chosen), chosen);
    parts.push(Float64Array.of(effect, preRmspe, ...gap.subarray(pre)));
  }
  const width = parts.length > 0 ? parts[0].length : 0;
  const table = new Float64Array(parts.length * width);
  parts.forEach((part, i) => {
    table.set(part, i * width);
  });
  return table;
}

/**
 * Studentised in-space placebo: is the effect large for its pre-period misfit, compared with sets of untreated units?
 *
 *     s = effect / pre-RMSPE;   p = (1 + #{|s_k| >= |s|}) / (K + 1)
 *     interval = effect -+ pre-RMSPE * c,   c = the m-th smallest |s_k|, m = floor(level (K + 1)) + 1
 *
 * p < 1 - level exactly when the interval excludes 0. With m > K the interval has no bounds: p cannot fall below 1 / (K + 1).
 * `standardError` is pre-RMSPE times the sd of s_k, a description that neither p nor the interval uses.
 *
 * @param fit    of the treated units
 * @param table  of `placeboTable`, all sets
 * @param level  in (0, 1)
 * @see Abadie, Diamond & Hainmueller (2010), section 3.4; Firpo & Possebom (2018) for the inversion
 */
export function studentisedPlacebo(fit: DonorFit, table: PlaceboTable, post: number, level: number): Inference {
  const method = 'placebo_studentised';
  const width = 2 + post;
  const count = table.length / width;
  const pre = fit.gap.length - post;
  if (count === 0) return noInference(method, level, 'no placebo set: needs more controls than treated units');
  if (!(fit.preRmspe > 1e-9 * spread(fit.gap.subarray(pre), table))) {
    return noInference(
      method,
      level,
      'the pre-period fit is perfect, so there is no misfit to compare the effect with: fewer donors or more pre-periods are needed',
    );
  }
  const ratios = new Float64Array(count);
  for (let k = 0; k < count; k++) ratios[k] = ratio(table[k * width], table[k * width + 1]);
  const own = fit.effect / fit.preRmspe;
  const beyond = (test: (s: number) => boolean): number =>
    (1 + ratios.reduce((n, s) => n + (test(s) ? 1 : 0), 0)) / (count + 1);
  const bands: Bounds[] = [];
  const period = new Float64Array(count);
  for (let t = 0; t < post; t++) {
    for (let k = 0; k < count; k++) period[k] = ratio(table[k * width + 2 + t], table[k * width + 1]);
    bands.push(around(fit.gap[pre + t], fit.preRmspe, period, level));
  }
  const interval = around(fit.effect, fit.preRmspe, ratios, level);
  return {
    method,
    standardError: ratios.every(Number.isFinite) && count > 1 ? fit.preRmspe * sampleSd(ratios) : null,
    interval,
    pValue: beyond((s) => Math.abs(s) >= Math.abs(own)),
    level,
    bands,
    diagnostics: {
      studentised: finiteOrNull(own),
      pre_rmspe: fit.preRmspe,
      placebos: count,
      p_floor: 1 / (count + 1),
      p_greater: beyond((s) => s >= own),
      p_less: beyond((s) => s <= own),
      ...rmspeRatio(fit, table, post),
      max_abs_placebo: finiteOrNull(ratios.reduce((most, s) => Math.max(most, Math.abs(s)), 0)),
      ...(interval.lo === null
        ? { unbounded: 'both', reason: `${count} placebo sets are too few for level ${level}` }
        : {}),
    },
  };
}

/**
 * Post-period over pre-period RMSPE and its rank among the placebos: sensitive to any departure, whatever its sign or shape.
 *
 * @see Abadie, Diamond & Hainmueller (2010), section 3.4
 */
function rmspeRatio(fit: DonorFit, table: PlaceboTable, post: number): { rmspe_ratio: number; rmspe_ratio_p: number } {
  const width = 2 + post;
  const count = table.length / width;
  const pre = fit.gap.length - post;
  const own = rootMeanSquare(fit.gap, pre, pre + post) / fit.preRmspe;
  let beyond = 1;
  for (let k = 0; k < count; k++) {
    const row = table.subarray(k * width, (k + 1) * width);
    if (rootMeanSquare(row, 2, width) >= own * row[1]) beyond++;
  }
  return { rmspe_ratio: own, rmspe_ratio_p: beyond / (count + 1) };
}

/** Rank of the limit among K values so that being beyond it means p < 1 - level, exactly. */
export function limitRank(count: number, level: number): number {
  // 0.9 * 1000 must be 900, not 899.999...
  return Math.floor(level * (count + 1) + 1e-9) + 1;
}

function around(effect: number, scale: number, ratios: Float64Array, level: number): Bounds {
  const rank = limitRank(ratios.length, level);
  if (rank > ratios.length) return { lo: null, hi: null };
  const limit = ratios.map(Math.abs).sort()[rank - 1];
  if (!Number.isFinite(limit)) return { lo: null, hi: null };
  return { lo: effect - scale * limit, hi: effect + scale * limit };
}

// a placebo that fits perfectly counts as extreme, which only widens the interval
function ratio(effect: number, rmspe: number): number {
  return rmspe > 0 ? effect / rmspe : Math.sign(effect) * Number.POSITIVE_INFINITY || Number.POSITIVE_INFINITY;
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function spread(gap: Float64Array, table: Float64Array): number {
  let most = 0;
  for (const x of gap) most = Math.max(most, Math.abs(x));
  for (const x of table) most = Math.max(most, Math.abs(x));
  return most;
}

function sampleSd(values: Float64Array): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1));
}
