import type { MixCheck } from './checks.ts';
import type { SamplingReport } from './convergence.ts';
import type { DriverKind, DriverSign } from './driver.ts';
import type { FitStatistics } from './fit-statistics.ts';
import type { InformedBy } from './informed.ts';
import type { Quantity } from './quantity.ts';
import type { ResponsePoint } from './response-curve.ts';

/** The answer of the mix model, in the shape it is written as JSON. */
export interface MixResult {
  schema_version: 1;
  status: 'ok' | 'not_converged' | 'stopped';
  /** empty unless the status is `ok` */
  drivers: DriverAnswer[];
  parameters: ParameterAnswer[];
  decomposition: DecompositionAnswer | null;
  fit: {
    fitted: FitStatistics;
    holdout: FitStatistics | null;
    /** correlation of residuals with those of the week before; intervals assume 0 */
    residual_autocorrelation: number;
  } | null;
  experiments: ExperimentAnswer[];
  diagnostics: MixDiagnostics;
}

export interface DriverAnswer {
  name: string;
  kind: DriverKind;
  sign: DriverSign;
  /** outcome caused over the window, negative where it cost outcome */
  contribution: Quantity;
  /** contribution as a share of the observed outcome of the window */
  contribution_share: Quantity;
  spend?: number;
  /** money per money; only with spend and a money value of the outcome */
  roi?: Quantity;
  mroi?: Quantity;
  probability_roi_above_one?: number;
  /** outcome per money, and median money per outcome: only with spend */
  outcome_per_spend?: Quantity;
  cost_per_outcome?: number;
  /** probability that the contribution is above 0 */
  probability_positive: number;
  prior: { on: string; prior: Quantity; posterior: Quantity; overlap: number; learnt: number };
  informed_by: InformedBy;
  /** D when a study of grade A or B from the last 52 weeks calibrates this driver, else E */
  grade: 'D' | 'E';
  response_curve: ResponsePoint[];
  /** contribution and spend of each geo; absent from a national model */
  by_geo?: { geo: string; contribution: Quantity; spend?: number }[];
}

export interface ParameterAnswer {
  name: string;
  unit: string;
  mean: number;
  sd: number;
  q5: number;
  q95: number;
  mcse: number;
  rhat: number;
  ess_bulk: number;
  ess_tail: number;
}

export interface DecompositionAnswer {
  /** window totals; the means add up to `expected` */
  totals: { part: string; amount: Quantity }[];
  expected: Quantity;
  observed: number;
  probability_baseline_negative: number;
  weeks: string[];
  /** per part: mean and interval of each week, summed over geos */
  series: { part: string; mean: number[]; lo: number[]; hi: number[] }[];
  fitted: { mean: number[]; lo: number[]; hi: number[] };
  /** observed outcome per week over geos; null in a week where a geo's outcome is missing */
  actual: (number | null)[];
  level: number;
}

export interface ExperimentAnswer {
  name: string;
  drivers: string[];
  grade: string | null;
  /** as entered, in outcome */
  estimate: number;
  standard_error: number;
  /** the model's reading of the same contrast */
  model: Quantity;
  /** (estimate - model mean) / sqrt(standard error^2 + model sd^2) */
  z: number;
}

export interface MixDiagnostics extends SamplingReport {
  seed: number | string;
  chains: number;
  draws: number;
  warmup: number;
  mode_converged: boolean;
  geos: number;
  weeks: number;
  fitted_cells: number;
  parameters: number;
  checks: MixCheck[];
}
