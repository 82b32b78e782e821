import type { Design, GateId, GateResult, Grade, Verdict } from './types.ts';

export interface GateDefinition {
  number: number;
  title: string;
  blocking: boolean;
  /** default thresholds; every one can be overridden and is stored with the result */
  threshold: Readonly<Record<string, number>>;
  needsEffect: boolean;
}

const define = (
  number: number,
  title: string,
  kind: 'blocking' | 'advisory',
  threshold: Readonly<Record<string, number>>,
  needsEffect = false,
): GateDefinition => ({ number, title, blocking: kind === 'blocking', threshold, needsEffect });

/** The 22 gates: what they ask, whether they block grade B, and their default thresholds. */
export const GATES: Readonly<Record<GateId, GateDefinition>> = {
  data: define(1, 'Data', 'blocking', { pre_per_test_period: 4, pre_periods: 25, donors: 10, users_per_arm: 2 }),
  assignment: define(2, 'Assignment honest', 'blocking', { trigger_z: 2.5, sample_ratio_p: 0.001 }),
  pre_fit: define(3, 'Pre-fit', 'blocking', { scaled_l2: 0.5, rmspe_share: 0.15, overfit_scaled_l2: 0.02 }),
  convex_hull: define(4, 'Convex hull', 'blocking', { share_inside: 0.95 }),
  placebo_time: define(5, 'Placebo in time', 'blocking', { windows: 3, training_per_test: 2, p: 0.1 }, true),
  placebo_space: define(6, 'Placebo in space', 'blocking', { p: 0.1 }, true),
  block_conformal: define(7, 'Block conformal', 'blocking', { p: 0.1 }, true),
  leave_one_out: define(8, 'Leave one out', 'blocking', { weight: 0.01, change: 0.5 }),
  multiverse: define(9, 'Multiverse', 'blocking', { same_sign_share: 5 / 6, estimators: 4 }),
  reverse_causality: define(10, 'Reverse causality', 'blocking', { p: 0.1, leads: 4 }),
  pre_trend: define(11, 'Pre-trend', 'advisory', { p: 0.1, breakdown: 1 }),
  residuals: define(12, 'Residuals', 'advisory', {
    durbin_watson_low: 1.5,
    durbin_watson_high: 2.5,
    ljung_box_p: 0.05,
  }),
  negative_controls: define(13, 'Negative controls', 'advisory', { p: 0.1 }),
  dose_response: define(14, 'Dose-response', 'advisory', { p: 0.1 }),
  calendar: define(15, 'Confounder calendar', 'advisory', { change: 0.5 }),
  unobserved_confounder: define(16, 'Unobserved confounder', 'advisory', { strength: 1 }),
  spillover: define(17, 'Spillover', 'advisory', { standard_errors: 1 }),
  persistence: define(18, 'Persistence and cannibalisation', 'advisory', { kept_share: 0.5 }),
  calibration: define(19, 'A/A calibration', 'blocking', { assignments: 200, alpha: 0.1, binomial_errors: 2 }),
  recovery: define(20, 'Simulation recovery', 'advisory', { runs: 50, share: 0.9, binomial_errors: 2 }),
  multiplicity: define(21, 'Multiplicity', 'advisory', { false_discovery_rate: 0.1 }, true),
  power: define(22, 'Power', 'advisory', { alpha: 0.1 }),
};

export const GATE_IDS = Object.keys(GATES) as readonly GateId[];

/** Gates that must be answered for a design: without input they are `not_run`. The others are then `not_applicable`. */
export const REQUIRED_GATES: Readonly<Record<Design, readonly GateId[]>> = {
  users: ['data', 'assignment', 'multiplicity', 'power'],
  geo_experiment: ['data', 'assignment', 'placebo_space', 'multiplicity', 'power'],
  switchback: ['data', 'assignment', 'multiplicity', 'power'],
  panel: [
    'data',
    'pre_fit',
    'convex_hull',
    'placebo_time',
    'placebo_space',
    'block_conformal',
    'leave_one_out',
    'multiverse',
    'residuals',
    'calibration',
    'recovery',
    'multiplicity',
    'power',
  ],
  series: ['data', 'placebo_time', 'residuals', 'multiplicity', 'power'],
  calibrated_mix: [],
  association: [],
};

/**
 * A result with the catalogue's number, title and thresholds.
 *
 * @param overrides  thresholds that differ from the defaults; `cap` where a failure costs more or less than grade C
 */
export function gateResult(
  gate: GateId,
  verdict: Verdict,
  value: number | null,
  sentence: string,
  overrides: {
    threshold?: Readonly<Record<string, number>>;
    cap?: Grade | null;
    details?: Readonly<Record<string, unknown>>;
  } = {},
): GateResult {
  const { number, blocking, needsEffect, threshold } = GATES[gate];
  const costs = verdict === 'failed' || verdict === 'not_run' ? 'C' : null;
  return {
    gate,
    number,
    blocking,
    verdict,
    value,
    threshold: { ...threshold, ...overrides.threshold },
    sentence,
    cap: overrides.cap === undefined ? costs : overrides.cap,
    needsEffect,
    details: overrides.details ?? {},
  };
}

/** The defaults of a gate with the caller's changes. */
export function thresholdsOf(gate: GateId, changes?: Readonly<Record<string, number>>): Record<string, number> {
  return { ...GATES[gate].threshold, ...changes };
}

/** A number for a sentence: three significant digits. */
export function show(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** A share for a sentence. */
export function percent(share: number): string {
  return `${show(100 * share)} %`;
}
