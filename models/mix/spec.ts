import type { MixDriver } from './driver.ts';
import type { Prior } from './prior.ts';

/** Everything that is decided before the data are seen. Periods are named as in the panel. */
export interface MixSpec {
  drivers: readonly MixDriver[];
  /** piecewise-linear, a knot every so many weeks, knot-to-knot steps ~ N(0, sd) in units of the outcome's own sd */
  trend?: { everyWeeks?: number; sd?: number } | 'none';
  /** Fourier terms of one year, coefficients ~ N(0, sd) in units of the outcome's own sd */
  season?: { order?: number; periodWeeks?: number; sd?: number } | 'none';
  /** named sets of periods with an effect of their own ~ N(0, sd), the same in each of them and in every geo */
  holidays?: readonly { name: string; periods: readonly string[]; sd?: number }[];
  noise?: { kind: 'normal' } | { kind: 'student_t'; df?: number };
  /** money per unit of outcome: 1 when the outcome is revenue (default), the value of an order when it counts orders,
   *  null when it has none (then no ROI against money is reported, only outcome per money) */
  valuePerOutcome?: number | null;
  /** size of each geo by name; default the mean outcome of the geo relative to all */
  population?: Readonly<Record<string, number>>;
  experiments?: readonly MixExperiment[];
  /** prior of the spread of log effects between geos; default HalfNormal(0.5) */
  geoSpread?: Prior;
}

/**
 * A lift study, entered as it was run: what was changed where and when, and what was read in which window.
 *
 *     estimate ~ Normal(Delta, standardError * inflation)
 *     Delta = outcome(actual media) - outcome(counterfactual media), summed over `geos` and the reading window
 */
export interface MixExperiment {
  name: string;
  /** drivers that the study changed together */
  drivers: readonly string[];
  /** geos in the study; all when absent */
  geos?: readonly string[];
  /** periods in which the media differed from the counterfactual, inclusive */
  start: string;
  end: string;
  /** periods over which the outcome was read, inclusive; default `start` to `end` */
  readStart?: string;
  readEnd?: string;
  /** the media path that the estimate compares with: actual exposure times this factor (0 = switched off; 1.25 = what a
   *  20 % cut would otherwise have been), or `counterfactual` values */
  counterfactualFactor?: number;
  /** driver -> exposures, geos x periods from start to end in that order */
  counterfactual?: Readonly<Record<string, Float64Array>>;
  /** `outcome`: incremental outcome over geos and window; `iroas`: incremental money per unit of changed spend */
  estimand: 'outcome' | 'iroas';
  estimate: number;
  standardError: number;
  /** factor on the standard error for age or changed circumstances; default 1 */
  inflation?: number;
  /** evidence grade of the study; A or B raises the channel from E to D */
  grade?: 'A' | 'B' | 'C' | 'D' | 'E' | 'X';
}
