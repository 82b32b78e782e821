import type { Estimate } from '../../models/estimate.ts';
import type { GradedClaim, HealthCheck } from '../../models/evidence.ts';
import type { Equivalence } from '../../models/lift/equivalence.ts';
import type { Design, GateResult } from '../../models/lift/gates/types.ts';
import type { LiftResult } from '../../models/lift/lift-result.ts';
import type { Drawn } from './read-draws.ts';

export type ClaimId = 'posting_engagement' | 'posting_sales' | 'engagement_sales' | 'spend_sales' | 'boycott_sales';

/** What is asked, of whom, when: all that is known before anything is measured. */
export interface ClaimHead {
  studyId: string;
  study: string;
  kind: string;
  question: string;
  claim: ClaimId;
  isRegistered: boolean;
  outcome: string;
  /** currency code or `count` */
  unit: string;
  /** campaigns or channels that are treated */
  driver: string | null;
  /** what acted, for sentences */
  subject: string;
  geos: readonly string[] | null;
  start: string;
  end: string;
  method: string;
  level: number;
}

/** One estimator's reading, as a total. */
export interface EstimateRow {
  method: string;
  value: number | null;
  lo: number | null;
  hi: number | null;
  level: number | null;
  standardError: number | null;
  pValue: number | null;
  relative: number | null;
  diagnostics: Readonly<Record<string, unknown>>;
}

export interface SeriesRow {
  method: string;
  period: string;
  actual: number;
  counterfactual: number;
  lo: number | null;
  hi: number | null;
  cumulative: number;
  isTreated: boolean;
}

export interface WeightRow {
  method: string;
  kind: 'unit' | 'period';
  name: string;
  weight: number;
}

/** A place of a study, and what it was in it. */
export interface UnitRow {
  name: string;
  arm: 'treated' | 'control' | 'left_out' | 'both';
}

/** What was found. Estimates are totals over treated units and periods, unless the claim is worth per engagement. */
export interface Measured extends Drawn {
  design: Design;
  preStart: string | null;
  estimate: Estimate;
  relative: { value: number; lo: number | null; hi: number | null } | null;
  gates: GateResult[];
  graded: GradedClaim;
  equivalence: Equivalence | null;
  /** smallest total that would have been found */
  mde: number | null;
  /** what would have been there without the treatment */
  counterfactual: number | null;
  estimates: EstimateRow[];
  series: SeriesRow[];
  weights: WeightRow[];
  /** places that are compared; absent where the design compares none */
  units?: readonly UnitRow[];
  treatedUnits: number;
  controlUnits: number;
  periods: number;
  health: HealthCheck[];
}

/** A claim, measured or not yet. */
export interface Claim {
  head: ClaimHead;
  measured: Measured | null;
  /** why it was not measured */
  reason: string | null;
}

/** An effect per unit and period as the sum over so many of them. */
export function totalOf(estimate: Estimate, cells: number): Estimate {
  const { interval, standardError } = estimate;
  return {
    ...estimate,
    value: estimate.value * cells,
    standardError: standardError === null ? null : standardError * cells,
    interval: interval === null ? null : { ...interval, lo: interval.lo * cells, hi: interval.hi * cells },
  };
}

/** What a method on a panel says, in the shape of all estimates. */
export function estimateOf(result: LiftResult): Estimate {
  const { value, standard_error, interval, level, p_value, n } = result.estimate;
  const bounded = interval !== null && interval.lo !== null && interval.hi !== null;
  return {
    value,
    standardError: standard_error,
    interval: bounded ? { lo: interval.lo!, hi: interval.hi!, level, kind: 'confidence' } : null,
    pValue: p_value,
    method: result.method,
    n,
    diagnostics: bounded ? result.diagnostics : { no_interval: 'unbounded at this level', ...result.diagnostics },
  };
}

export function rowOf(method: string, estimate: Estimate, relative: number | null): EstimateRow {
  return {
    method,
    value: estimate.value,
    lo: estimate.interval?.lo ?? null,
    hi: estimate.interval?.hi ?? null,
    level: estimate.interval?.level ?? null,
    standardError: estimate.standardError,
    pValue: estimate.pValue,
    relative,
    diagnostics: estimate.diagnostics,
  };
}

/** Total effect over what would have been: bounds carried over, null where that is not positive. */
export function relativeOf(estimate: Estimate, seen: number): Measured['relative'] {
  const share = (effect: number | undefined): number | null =>
    effect === undefined || !(seen - effect > 0) ? null : effect / (seen - effect);
  const value = share(estimate.value);
  return value === null ? null : { value, lo: share(estimate.interval?.lo), hi: share(estimate.interval?.hi) };
}
