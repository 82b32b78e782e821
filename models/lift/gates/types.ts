import type { Panel, Treatment } from '../../panel.ts';

/** What a gate found. `not_run` means it should have run and could not; `not_applicable` means the design has no use for it. */
export type Verdict = 'passed' | 'failed' | 'not_run' | 'not_applicable';

/** Rungs of the evidence ladder; X is inconclusive or refuted. */
export type Grade = 'A' | 'B' | 'C' | 'D' | 'E' | 'X';

/** How the comparison came about; it sets the best grade that can be reached. */
export type Design = 'users' | 'geo_experiment' | 'switchback' | 'panel' | 'series' | 'calibrated_mix' | 'association';

export type GateId =
  | 'data'
  | 'assignment'
  | 'pre_fit'
  | 'convex_hull'
  | 'placebo_time'
  | 'placebo_space'
  | 'block_conformal'
  | 'leave_one_out'
  | 'multiverse'
  | 'reverse_causality'
  | 'pre_trend'
  | 'residuals'
  | 'negative_controls'
  | 'dose_response'
  | 'calendar'
  | 'unobserved_confounder'
  | 'spillover'
  | 'persistence'
  | 'calibration'
  | 'recovery'
  | 'multiplicity'
  | 'power';

/** One gate's verdict with the number it looked at and the threshold that judged it. */
export interface GateResult {
  gate: GateId;
  /** 1..22, the order in which they are reported */
  number: number;
  /** must pass for grade B */
  blocking: boolean;
  verdict: Verdict;
  /** what was measured; null when nothing was */
  value: number | null;
  /** thresholds by name, kept with the result so that a later change of defaults cannot change the past */
  threshold: Readonly<Record<string, number>>;
  sentence: string;
  /** best grade that this verdict leaves; null when it costs nothing */
  cap: Grade | null;
  /** asks for an effect that stands out, so a shown absence of effect does not fail by it */
  needsEffect: boolean;
  details: Readonly<Record<string, unknown>>;
}

/** One number of one estimator on one panel. */
export interface PanelEffect {
  /** mean effect per treated unit and period */
  value: number;
  /** of the test that reads the result; null where the estimator has none */
  pValue: number | null;
}

/** Any estimator of this package, wrapped by the caller; deterministic for its arguments. */
export type PanelEstimator = (panel: Panel, treatment: Treatment) => PanelEffect;

/** Why an input that the design calls for is not there. */
export interface NotRun {
  notRun: string;
}

export function isNotRun(input: object): input is NotRun {
  return 'notRun' in input;
}
