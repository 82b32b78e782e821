import { InputError } from '../../models/errors.ts';
import type { Estimate } from '../../models/estimate.ts';
import type { HealthCheck } from '../../models/evidence.ts';
import { experimentClaim } from '../../models/lift/experiment-claim.ts';
import { sampleRatio } from '../../models/lift/sample-ratio.ts';
import type { ArmSums } from '../../models/lift/user-arms.ts';
import { userCuped } from '../../models/lift/user-cuped.ts';
import { userItt } from '../../models/lift/user-itt.ts';
import { userLate } from '../../models/lift/user-late.ts';
import { alwaysValid } from '../../models/lift/user-sequential.ts';
import { quantileNormal } from '../../models/numeric/distribution.ts';
import { type EstimateRow, type Measured, relativeOf, rowOf, totalOf } from './claim.ts';
import { powerByError } from './read-draws.ts';
import { type ArmRow, isControlArm } from './read-panels.ts';

export interface UserStudy {
  method: string;
  level: number;
  plausibleLift: number;
  margin: (before: number) => number | null;
  plannedShare: number | undefined;
  start: string;
  end: string;
  registered: string | undefined;
  /** users of both arms that a test is planned to end with, when it may be looked at before; null when it is read once */
  alwaysValidFor: number | null;
}

/** Share of assigned users who may stand in both arms before nothing is read. */
const MOST_CONTAMINATED = 0.01;

/**
 * Measures a randomised test of users from the sums of its arms: everyone counts in the arm they were assigned to.
 *
 * @param arms  one row per arm, `(several)` for users in more than one
 * @throws InputError `insufficient_data` when there are not two arms to compare
 */
export function measureUsers(arms: readonly ArmRow[], study: UserStudy, periods: number): Measured {
  const several = arms.find(({ arm }) => arm === '(several)');
  const single = arms.filter(({ arm }) => arm !== '(several)');
  const controls = single.filter(({ arm }) => isControlArm(arm));
  const treatments = single.filter(({ arm }) => !isControlArm(arm));
  if (controls.length !== 1 || treatments.length !== 1)
    throw new InputError(
      'insufficient_data',
      single.length === 0
        ? 'no user was assigned to it; load the assignment log (plain_assignment)'
        : `its assignment log has the arms ${single.map(({ arm }) => arm).join(', ')}; one treated and one control arm are needed`,
    );
  const control = sumsOf(controls[0]);
  const treated = sumsOf(treatments[0]);
  const { level } = study;
  const planned = study.alwaysValidFor;
  const valid = (estimate: Estimate): Estimate =>
    planned === null || estimate.standardError === null || !(estimate.standardError > 0)
      ? estimate
      : alwaysValid(estimate, planned, level);
  const [itt, cuped] = [userItt(control, treated, { level }), userCuped(control, treated, { level })].map(
    ({ absolute, relative }) => ({ absolute: valid(absolute), relative }),
  );
  const exposed = lateOf(control, treated, level);
  const late = exposed && { ...exposed, estimate: valid(exposed.estimate) };
  // the relative intervals of these tests are for one look: an early one carries the bounds of the total over
  const once = <T>(relative: T): T | null => (planned === null ? relative : null);
  const chosen = {
    itt: { perUser: itt.absolute, relative: once(itt.relative), cells: treated.n },
    cuped: { perUser: cuped.absolute, relative: once(cuped.relative), cells: treated.n },
    late: late && { perUser: late.estimate, relative: null, cells: late.exposed },
  }[study.method as 'itt' | 'cuped' | 'late'];
  if (!chosen)
    throw new InputError(
      'insufficient_data',
      'nobody was exposed more in one arm; load the exposure log (plain_exposure)',
    );
  const { perUser, cells } = chosen;
  const seen = treated.sums.outcome!;
  const mean = control.sums.outcome! / control.n;
  const margin = study.margin(mean * cells);
  const counts = [control.n, treated.n];
  const split = study.plannedShare === undefined ? null : [1 - study.plannedShare, study.plannedShare];
  const ratio = split === null ? null : sampleRatio(counts, split);
  const assigned = single.map(({ firstAssigned }) => firstAssigned).sort()[0];
  const claim = experimentClaim({
    design: 'users',
    estimate: perUser,
    data: { arms: counts },
    assignment: {
      kind: 'randomised',
      // outcomes count from a user's own assignment on
      loggedBefore: single.every(({ lastAssigned }) => lastAssigned <= study.end),
      registeredBefore: (study.registered ?? assigned) <= study.start,
      sampleRatio: ratio,
    },
    plausible: study.plausibleLift * Math.abs(mean),
    plausibleLift: study.plausibleLift,
    margin: margin === null || cells === 0 ? undefined : margin / cells,
    mde: planned === null ? undefined : earlyMde(perUser),
  });
  const total = totalOf(perUser, cells);
  const rows: EstimateRow[] = [
    rowOf('itt', totalOf(itt.absolute, treated.n), finite(itt.relative.value)),
    rowOf('cuped', totalOf(cuped.absolute, treated.n), finite(cuped.relative.value)),
    ...(late ? [rowOf('late', totalOf(late.estimate, late.exposed), late.liftOnExposed)] : []),
  ];
  const relative = chosen.relative;
  return {
    design: 'users',
    preStart: null,
    estimate: total,
    relative:
      relative === null || !Number.isFinite(relative.value)
        ? relativeOf(total, seen)
        : { value: relative.value, lo: relative.interval?.lo ?? null, hi: relative.interval?.hi ?? null },
    gates: claim.gates,
    graded: claim.graded,
    equivalence: claim.equivalence,
    mde: claim.mde === null ? null : claim.mde * cells,
    counterfactual: seen - total.value,
    estimates: [
      ...rows.filter(({ method }) => method === study.method),
      ...rows.filter(({ method }) => method !== study.method),
    ],
    series: [],
    weights: [],
    placebos: [],
    // a test that may end on any day has no one power
    power: planned === null ? powerByError(total, level) : [],
    treatedUnits: treated.n,
    controlUnits: control.n,
    periods,
    health: health(counts, ratio, several?.n ?? 0),
  };
}

/** Smallest effect that an always-valid interval of this width would have left zero out for, four times in five. */
function earlyMde({ interval, standardError }: Estimate): number | undefined {
  if (interval === null || standardError === null) return undefined;
  return (interval.hi - interval.lo) / 2 + quantileNormal(0.8) * standardError;
}

function health(
  counts: readonly number[],
  ratio: ReturnType<typeof sampleRatio> | null,
  several: number,
): HealthCheck[] {
  const all = counts.reduce((sum, n) => sum + n, several);
  return [
    ...(ratio === null
      ? []
      : [
          {
            check: 'sample_ratio' as const,
            ok: !ratio.mismatch,
            sentence: `The arms have ${counts[1]} treated and ${counts[0]} control users, which is not the planned split: assignment or logging is broken.`,
          },
        ]),
    {
      check: 'contamination' as const,
      ok: several <= MOST_CONTAMINATED * all,
      sentence: `${several} of ${all} users were assigned to both arms.`,
    },
  ];
}

function lateOf(
  control: ArmSums,
  treated: ArmSums,
  level: number,
): { estimate: Estimate; exposed: number; liftOnExposed: number | null } | null {
  try {
    const { late, liftOnExposed } = userLate(control, treated, { level });
    return { estimate: late, exposed: treated.sums.exposed!, liftOnExposed };
  } catch (error) {
    // equal exposure in both arms, usually none that was logged: nothing to divide by
    if (error instanceof InputError && error.code === 'insufficient_data') return null;
    throw error;
  }
}

function sumsOf({ n, sums, products }: ArmRow): ArmSums {
  return { n, sums, products };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
