import { type AssignmentInput, assignmentGate } from './assignment.ts';
import { type BlockConformalInput, blockConformalGate } from './block-conformal.ts';
import { type CalendarInput, calendarGate } from './calendar.ts';
import { type CalibrationInput, calibrationGate } from './calibration.ts';
import { GATE_IDS, gateResult, REQUIRED_GATES } from './catalogue.ts';
import { type ConvexHullInput, convexHullGate } from './convex-hull.ts';
import { type DataInput, dataGate } from './data.ts';
import { type DoseResponseInput, doseResponseGate } from './dose-response.ts';
import { type LeaveOneOutInput, leaveOneOutGate } from './leave-one-out.ts';
import { type MultiplicityInput, multiplicityGate } from './multiplicity.ts';
import { type MultiverseInput, multiverseGate } from './multiverse.ts';
import { type NegativeControlsInput, negativeControlsGate } from './negative-controls.ts';
import { type PersistenceInput, persistenceGate } from './persistence.ts';
import { type PlaceboSpaceInput, placeboSpaceGate } from './placebo-space.ts';
import { type PlaceboTimeInput, placeboTimeGate } from './placebo-time.ts';
import { type PowerInput, powerGate } from './power.ts';
import { type PreFitInput, preFitGate } from './pre-fit.ts';
import { type PreTrendInput, preTrendGate } from './pre-trend.ts';
import { type RecoveryInput, recoveryGate } from './recovery.ts';
import { type ResidualsInput, residualsGate } from './residuals.ts';
import { type ReverseCausalityInput, reverseCausalityGate } from './reverse-causality.ts';
import { type SpilloverInput, spilloverGate } from './spillover.ts';
import { type Design, type GateId, type GateResult, isNotRun, type NotRun } from './types.ts';
import { type UnobservedConfounderInput, unobservedConfounderGate } from './unobserved-confounder.ts';

/** What each gate reads. */
export interface GateInputs {
  data: DataInput;
  assignment: AssignmentInput;
  pre_fit: PreFitInput;
  convex_hull: ConvexHullInput;
  placebo_time: PlaceboTimeInput;
  placebo_space: PlaceboSpaceInput;
  block_conformal: BlockConformalInput;
  leave_one_out: LeaveOneOutInput;
  multiverse: MultiverseInput;
  reverse_causality: ReverseCausalityInput;
  pre_trend: PreTrendInput;
  residuals: ResidualsInput;
  negative_controls: NegativeControlsInput;
  dose_response: DoseResponseInput;
  calendar: CalendarInput;
  unobserved_confounder: UnobservedConfounderInput;
  spillover: SpilloverInput;
  persistence: PersistenceInput;
  calibration: CalibrationInput;
  recovery: RecoveryInput;
  multiplicity: MultiplicityInput;
  power: PowerInput;
}

/** Inputs at hand: the data, or the reason why they are missing although the design calls for them. */
export type ClaimInputs = { readonly [G in GateId]?: GateInputs[G] | NotRun };

const RUN: {
  readonly [G in GateId]: (input: GateInputs[G], changes?: Readonly<Record<string, number>>) => GateResult;
} = {
  data: dataGate,
  assignment: assignmentGate,
  pre_fit: preFitGate,
  convex_hull: convexHullGate,
  placebo_time: placeboTimeGate,
  placebo_space: placeboSpaceGate,
  block_conformal: blockConformalGate,
  leave_one_out: leaveOneOutGate,
  multiverse: multiverseGate,
  reverse_causality: reverseCausalityGate,
  pre_trend: preTrendGate,
  residuals: residualsGate,
  negative_controls: negativeControlsGate,
  dose_response: doseResponseGate,
  calendar: calendarGate,
  unobserved_confounder: unobservedConfounderGate,
  spillover: spilloverGate,
  persistence: persistenceGate,
  calibration: calibrationGate,
  recovery: recoveryGate,
  multiplicity: multiplicityGate,
  power: powerGate,
};

/**
 * Runs all 22 gates on a claim, in order.
 *
 * A gate without input is `not_run` when the design calls for it (`REQUIRED_GATES`) and `not_applicable` otherwise, so that
 * leaving something out can never raise a grade.
 *
 * @param inputs     per gate, what it reads
 * @param thresholds per gate, changes to the defaults; stored with the result
 * @returns          22 results
 */
export function runGates(
  design: Design,
  inputs: ClaimInputs,
  thresholds: Partial<Record<GateId, Readonly<Record<string, number>>>> = {},
): GateResult[] {
  return GATE_IDS.map((gate) => runGate(gate, design, inputs, thresholds[gate]));
}

function runGate(
  gate: GateId,
  design: Design,
  inputs: ClaimInputs,
  changes: Readonly<Record<string, number>> | undefined,
): GateResult {
  const input = inputs[gate];
  if (input === undefined) {
    return REQUIRED_GATES[design].includes(gate)
      ? gateResult(gate, 'not_run', null, 'Nothing was given to run it with.', { threshold: changes })
      : gateResult(gate, 'not_applicable', null, 'It does not apply here.', { threshold: changes });
  }
  if (isNotRun(input)) {
    return gateResult(gate, 'not_run', null, `${input.notRun.charAt(0).toUpperCase()}${input.notRun.slice(1)}.`, {
      threshold: changes,
    });
  }
  // gate and input belong together by `ClaimInputs`; 22 generic alternatives are more than the compiler will carry
  const run = RUN[gate] as (input: unknown, changes?: Readonly<Record<string, number>>) => GateResult;
  return run(input, changes);
}
