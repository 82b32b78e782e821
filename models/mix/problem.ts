import type { AdstockKind } from './adstock.ts';
import type { TimeColumns } from './baseline.ts';
import type { DriverKind, DriverSign, PriorOn } from './driver.ts';
import type { Prior } from './prior.ts';
import type { SaturationKind } from './saturation.ts';

/**
 * One mix model with its data, ready to be sampled: plain data only, so it can be sent to a worker as it is.
 *
 * Cells are geo-major, `data[geo * weeks + week]`. Outcome is scaled: `y = outcome / (size[geo] * unit)`.
 *
 *     y[g,t] = level[g] + time[t] + controls[g,t] + sum over j of b[g,j] * (h_j[g,t] - mean of h_j[g] over the window) + noise
 *     h_j    = saturation_j(adstock_j(x_j))
 *     b[g,j] = sign_j * Q_j * K_j * exp(s[g,j]) / sum over g of size[g] * exp(s[g,j]) * sum over t of h_j[g,t]
 *
 *     s[g,j] ~ Normal(0, spread_j)
 *
 * Q_j is the sampled effect (ROI or contribution share) and K_j the spend or outcome total that turns it into outcome.
 */
export interface MixProblem {
  geos: readonly string[];
  /** names of the weeks, history included */
  weeks: readonly string[];
  /** first week of the window; earlier weeks are media history only */
  start: number;
  /** scaled outcome, 0 where it is not fitted */
  y: Float64Array;
  /** 1 where the outcome is fitted, 0 where it is missing, held out or history */
  weight: Float64Array;
  /** outcome as it came (NaN = missing), for fit statistics and hold-out */
  outcome: Float64Array;
  size: Float64Array;
  unit: number;
  /** null when the outcome has no money value */
  valuePerOutcome: number | null;
  /** outcome of the window in its own unit, from the fitted weeks: what a contribution share is a share of */
  outcomeTotal: number;
  /** weeks at the end that are held out of the fit */
  holdoutWeeks: number;
  time: TimeColumns;
  /** z-scored within geo; one geos x weeks column each */
  controls: { name: string; column: Float64Array; sd: number }[];
  drivers: ProblemDriver[];
  /** Infinity = normal noise */
  degreesOfFreedom: number;
  experiments: ProblemExperiment[];
  /** drivers declared as mediators, left out */
  mediators: readonly string[];
  /** one per coordinate of the sampler, in its order */
  names: string[];
  priors: Prior[];
  at: ParameterPlaces;
  /** per driver and geo, in [0, 1]: how far the sampler's coordinate of a geo effect is the effect itself */
  centring: Float64Array;
}

/** Where each block of coordinates starts; a driver's own places are on the driver. */
export interface ParameterPlaces {
  time: number;
  controls: number;
  sigma: number;
  level: number;
  /** coordinates before this one are shared by all geos; those after it belong to one geo each */
  local: number;
  /** first of the geo effects, which come last */
  geoEffects: number;
  dimension: number;
}

export interface ProblemDriver {
  name: string;
  kind: DriverKind;
  sign: DriverSign;
  on: PriorOn;
  /** exposure / (size * scale) for media, (x - reference) / scale for treatments; geos x weeks */
  x: Float64Array;
  scale: number;
  /** whether x is per unit of geo size */
  perSize: boolean;
  reference: number;
  /** largest exposure of any geo-week of the window, in the exposure's unit, per geo */
  largest: Float64Array;
  /** money per geo and week, or null */
  spend: Float64Array | null;
  adstock: AdstockKind;
  lags: number;
  saturation: SaturationKind;
  shapeNames: readonly string[];
  adstockParameters: number;
  /** `total`: Q * K is the driver's whole contribution; `direct`: Q * K is its coefficient */
  mode: 'total' | 'direct';
  /** K above, in scaled outcome */
  factor: number;
  byGeo: boolean;
  /** first shape coordinate; the effect and the geo spread follow the shapes */
  shapeAt: number;
  effectAt: number;
  /** -1 when the effect is common to all geos */
  spreadAt: number;
  /** first of `geos` log effects relative to the common one */
  geoAt: number;
}

export interface ProblemExperiment {
  name: string;
  /** scaled outcome */
  estimate: number;
  standardError: number;
  grade: 'A' | 'B' | 'C' | 'D' | 'E' | 'X' | null;
  geos: Int32Array;
  readStart: number;
  /** week after the last one read */
  readEnd: number;
  parts: {
    driver: number;
    /** counterfactual x of the study's geos, geos x weeks, on the scale of the driver's x */
    counterfactual: Float64Array;
  }[];
}
