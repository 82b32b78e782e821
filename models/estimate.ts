/** How an interval was made; `model_spread` is a range over methods and carries no coverage. */
export type IntervalKind = 'confidence' | 'credible' | 'exact' | 'model_spread';

export interface Interval {
  lo: number;
  hi: number;
  /** nominal coverage in (0, 1) */
  level: number;
  kind: IntervalKind;
}

/**
 * One number that travels whole: never a point without its error, interval, method and size.
 *
 * `value` and `standardError` share a unit, which the producing function states.
 */
export interface Estimate {
  value: number;
  /** null where the method gives none (a permutation test, a flagged channel) */
  standardError: number | null;
  /** null only where `diagnostics` says why none can be given */
  interval: Interval | null;
  /** two-sided unless `diagnostics.alternative` says otherwise; from the same method as `interval` */
  pValue: number | null;
  method: string;
  /** number of independent units behind the estimate (persons, geos, journeys) */
  n: number;
  diagnostics: Record<string, unknown>;
}

/** The level of every interval unless a `level` says otherwise. */
export const DEFAULT_LEVEL = 0.9;
