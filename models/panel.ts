/**
 * Units x periods: the one shape that lift and mix read.
 *
 * Matrices are row-major, `data[unit * periods.length + period]`; a missing cell is NaN and is never a zero.
 */
export interface Panel {
  units: readonly string[];
  /** in time order; ISO days (`2026-03-01`), or labels that sort by time */
  periods: readonly string[];
  /** units x periods, NaN = missing */
  outcome: Float64Array;
  /** named covariates or exposures, each units x periods */
  covariates: Readonly<Record<string, Float64Array>>;
}

/** What was done to whom and when. A unit that is absent from `firstTreated` was never treated. */
export interface Treatment {
  /** unit name -> index of its first treated period */
  firstTreated: ReadonlyMap<string, number>;
  /** index after the last treated period; panel end when absent (later periods are left out of the effect) */
  end?: number;
}
