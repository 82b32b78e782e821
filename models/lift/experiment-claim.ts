import type { Estimate } from '../estimate.ts';
import { type GradedClaim, gradeClaim } from '../evidence.ts';
import { quantileNormal } from '../numeric/distribution.ts';
import { type Equivalence, equivalence } from './equivalence.ts';
import type { AssignmentInput } from './gates/assignment.ts';
import type { DataInput } from './gates/data.ts';
import { type ClaimInputs, runGates } from './gates/run-gates.ts';
import type { GateId, GateResult } from './gates/types.ts';

export interface ExperimentClaimOptions {
  design: 'users' | 'geo_experiment' | 'switchback';
  /** of the registered test; ITT, CUPED, always-valid, paired geos or posting schedule */
  estimate: Estimate;
  data: DataInput;
  assignment: Extract<AssignmentInput, { kind: 'randomised' }>;
  /** largest effect that anyone would believe, unit of the estimate */
  plausible: number;
  /** the same as a share of what would have been without treatment, for the words */
  plausibleLift?: number;
  /** smallest effect that would have been found; from the standard error when absent */
  mde?: number;
  /** smallest effect worth having, for equivalence */
  margin?: number;
  /** p-values of the other questions that were looked at */
  lookedAt?: readonly number[];
  /** re-drawn assignments behind the p-value; geo experiments and switchbacks */
  assignments?: number;
  inputs?: ClaimInputs;
  thresholds?: Partial<Record<GateId, Readonly<Record<string, number>>>>;
}

export interface ExperimentClaim {
  estimate: Estimate;
  gates: GateResult[];
  graded: GradedClaim;
  mde: number | null;
  equivalence: Equivalence | null;
}

/**
 * Grades a randomised test: its gates, its ceiling A, and X when it was too weak or could not tell.
 *
 * MDE = (z_level + z_power) x standard error, power 0.8, unless a planned one is given.
 */
export function experimentClaim(options: ExperimentClaimOptions): ExperimentClaim {
  const { design, estimate, assignments } = options;
  const level = estimate.interval?.level ?? 0.9;
  const factor = quantileNormal(0.5 + level / 2) + quantileNormal(0.8);
  const mde = options.mde ?? (estimate.standardError === null ? null : factor * estimate.standardError);
  const p = estimate.pValue;
  const none = { notRun: String(estimate.diagnostics.no_interval ?? 'the estimate has no p-value') };
  const same = options.margin === undefined ? null : equivalence(estimate, options.margin);
  const gates = runGates(
    design,
    {
      data: options.data,
      assignment: options.assignment,
      ...(design === 'users' || assignments === undefined
        ? {}
        : { placebo_space: p === null ? none : { pValue: p, placebos: assignments - 1 } }),
      multiplicity: p === null ? none : { pValues: [p, ...(options.lookedAt ?? [])], index: 0 },
      power:
        p === null || mde === null
          ? { notRun: 'the smallest effect that would have been found is unknown' }
          : { pValue: p, mde, plausible: options.plausible, plausibleLift: options.plausibleLift },
      ...options.inputs,
    },
    options.thresholds,
  );
  return {
    estimate,
    gates,
    graded: gradeClaim({ design, gates, estimate, equivalence: same }),
    mde,
    equivalence: same,
  };
}
