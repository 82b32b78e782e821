import type { Bounds, Inference } from './inference.ts';
import { type PanelView, treatedMean } from './panel-view.ts';

/** One reading of a panel, as `liftproof model lift --json` prints it. Numbers that cannot be given are null, never Infinity. */
export interface LiftResult {
  schema_version: 1;
  method: string;
  /** mean effect per treated unit and period, unit of the outcome */
  estimate: LiftEstimate;
  /** effect as a share of the counterfactual (0.06 = +6 %) */
  relative: LiftAmount | null;
  /** effect summed over treated units and periods, unit of the outcome */
  cumulative: LiftAmount;
  weights: { units: { unit: string; weight: number }[]; periods: { period: string; weight: number }[] };
  /** mean of the treated units per period; `lo`, `hi` bound the counterfactual of one period at the level of the estimate */
  series: LiftPeriod[];
  /** only for staggered starts: effects by periods since the start, with bounds for one and for all together */
  event_study?: LiftEvent[];
  diagnostics: Record<string, unknown>;
}

interface LiftEstimate {
  value: number;
  standard_error: number | null;
  interval: Bounds | null;
  level: number;
  p_value: number | null;
  /** units in the comparison, treated and controls */
  n: number;
}

export interface LiftAmount extends Bounds {
  value: number;
  level: number;
}

interface LiftPeriod extends Bounds {
  period: string;
  actual: number;
  counterfactual: number;
}

interface LiftEvent {
  /** periods since the first treated one; negative before it */
  event_time: number;
  effect: number;
  standard_error: number | null;
  lo: number | null;
  hi: number | null;
  uniform_lo: number | null;
  uniform_hi: number | null;
}

/** Puts a fit and its inference into the shape that leaves the house. */
export function liftResult(
  method: string,
  view: PanelView,
  fit: { effect: number; gap: Float64Array; weights: Float64Array; periodWeights?: Float64Array },
  inference: Inference,
  diagnostics: Record<string, unknown>,
): LiftResult {
  const { pre, post, controls, treated } = view;
  const actual = treatedMean(view);
  const { level, interval } = inference;
  const seen = actual.subarray(pre).reduce((sum, y) => sum + y, 0) / post;
  const periods = fit.periodWeights;
  return {
    schema_version: 1,
    method,
    estimate: {
      value: fit.effect,
      standard_error: inference.standardError,
      interval,
      level,
      p_value: untied(inference.pValue, level),
      n: view.units.length,
    },
    relative: relativeEffect(fit.effect, interval, seen, level),
    cumulative: scaled(fit.effect, interval, treated * post, level),
    weights: {
      units: Array.from(fit.weights, (weight, u) => ({ unit: view.units[u], weight })).slice(0, controls),
      periods: periods ? Array.from(periods, (weight, t) => ({ period: view.periods[t], weight })) : [],
    },
    series: view.periods.map((period, t) => {
      const band = t >= pre ? inference.bands?.[t - pre] : undefined;
      return {
        period,
        actual: actual[t],
        counterfactual: actual[t] - fit.gap[t],
        lo: below(actual[t], band?.hi),
        hi: below(actual[t], band?.lo),
      };
    }),
    diagnostics: {
      inference: inference.method,
      units: view.units.length,
      treated_units: treated,
      control_units: controls,
      pre_periods: pre,
      post_periods: post,
      ...diagnostics,
      ...inference.diagnostics,
      ...probabilityPositive(inference.diagnostics),
    },
  };
}

/**
 * Widens every interval of a result around its value, for a test that rejects too often on the user's own data (gate 19).
 *
 * The p-value is dropped, as `widenInterval` does for an estimate: it belongs to the interval that was not wide enough.
 */
export function widenResult(result: LiftResult, factor: number): LiftResult {
  if (!(factor > 1)) return result;
  const around = <T extends Bounds>(bounds: T, value: number): T => ({
    ...bounds,
    lo: bounds.lo === null ? null : value - factor * (value - bounds.lo),
    hi: bounds.hi === null ? null : value + factor * (bounds.hi - value),
  });
  const { estimate, relative, cumulative, series } = result;
  const { value, interval, standard_error: error } = estimate;
  const wide = interval === null ? null : around(interval, value);
  const after = series.slice(result.diagnostics.pre_periods as number);
  const seen =
    after.length > 0
      ? after.reduce((sum, { actual }) => sum + actual, 0) / after.length
      : // several starts have no common series: effect and share tell what was seen
        value + value / (relative?.value ?? Number.NaN);
  return {
    ...result,
    estimate: { ...estimate, standard_error: error === null ? null : error * factor, interval: wide, p_value: null },
    relative: relative && relativeEffect(value, wide, seen, relative.level),
    cumulative: around(cumulative, cumulative.value),
    series: series.map((period) => around(period, period.counterfactual)),
    diagnostics: { ...result.diagnostics, widened_by: factor },
  };
}

/** A p-value equal to 1 - level but for rounding must not fall below it: the interval keeps 0 then. */
export function untied(p: number | null, level: number): number | null {
  return p !== null && Math.abs(p - (1 - level)) < 1e-12 ? Math.max(p, 1 - level) : p;
}

function below(actual: number, effect: number | null | undefined): number | null {
  return effect == null || !Number.isFinite(effect) ? null : actual - effect;
}

/**
 * effect / (seen - effect), bounds carried over: rising in the effect as long as the counterfactual stays above 0.
 *
 * @param seen  mean outcome of the treated after the start
 * @returns     null when the counterfactual is not positive; a bound that reaches it is null
 */
export function relativeEffect(
  effect: number,
  interval: Bounds | null,
  seen: number,
  level: number,
): LiftAmount | null {
  const share = (x: number): number | null => (seen - x > 0 ? x / (seen - x) : null);
  const value = share(effect);
  if (value === null) return null;
  const bound = (x: number | null | undefined): number | null => (x == null ? null : share(x));
  return { value, lo: bound(interval?.lo), hi: bound(interval?.hi), level };
}

/** An effect and its bounds times a number of cells. */
export function scaled(effect: number, interval: Bounds | null, cells: number, level: number): LiftAmount {
  const bound = (x: number | null | undefined): number | null => (x == null ? null : x * cells);
  return { value: effect * cells, lo: bound(interval?.lo), hi: bound(interval?.hi), level };
}

/** P(effect > 0) as one minus the one-sided p-value of the same test, where there is one. */
export function probabilityPositive({ p_greater }: Record<string, unknown>): Record<string, unknown> {
  return typeof p_greater === 'number' ? { probability_positive: 1 - p_greater } : {};
}
