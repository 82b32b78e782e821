import { InputError } from '../../models/errors.ts';
import type { Estimate } from '../../models/estimate.ts';
import { readPostingSchedule } from '../../models/lift/design-posting.ts';
import { experimentClaim } from '../../models/lift/experiment-claim.ts';
import { postingClaims } from '../../models/lift/posting-instrument.ts';
import { type PostingSchedule, postingSchedule } from '../../models/lift/posting-schedule.ts';
import type { Panel } from '../../models/panel.ts';
import { daysBetween, type Study } from '../config-studies.ts';
import { type Measured, rowOf, totalOf } from './claim.ts';
import { drawnAnew } from './read-draws.ts';
import { type AssignedUnit, isControlArm } from './read-panels.ts';

/** What a posting study says of its three claims; an error stands for a claim that cannot be measured, with its reason. */
export interface PostingFindings {
  posting_sales: Measured | InputError;
  posting_engagement: Measured | InputError;
  engagement_sales: Measured | InputError;
}

export interface PostingInput {
  study: Study;
  schedule: PostingSchedule;
  draw: { loggedBefore: boolean; registeredBefore: boolean };
  sales: Panel;
  engagement: Panel;
  margin: (before: number) => number | null;
}

/**
 * The schedule that was drawn, from its log (`FR-IDF@2026-04-02`, `on` or `off`) or, without one, from its seed and the study's geos in
 * their order.
 *
 * @throws InputError `insufficient_data` when the log is not such a schedule
 */
export function scheduleOf(study: Study, log: readonly AssignedUnit[]): PostingSchedule {
  const blockLength = study.block_days!;
  const blocks = daysBetween(study.start, study.end) / blockLength;
  const { washout_days: washout, seed } = study;
  if (log.length === 0) {
    if (study.treated.length === 0)
      throw new InputError(
        'insufficient_data',
        'its schedule was not loaded (plain_assignment), and treated names no geos to draw it for',
      );
    return postingSchedule({ regions: study.treated, blocks, blockLength, washout, seed });
  }
  const cells = log.map(({ unit, arm }) => {
    const at = unit.lastIndexOf('@');
    const day = unit.slice(at + 1);
    const block = (daysBetween(study.start, day) - 1) / blockLength;
    return { region: unit.slice(0, Math.max(0, at)), day, block, on: !isControlArm(arm) };
  });
  const regions = [...new Set(cells.map(({ region }) => region))];
  const posting = new Uint8Array(regions.length * blocks).fill(2);
  for (const { region, day, block, on } of cells) {
    if (!(Number.isInteger(block) && block >= 0 && block < blocks))
      throw new InputError(
        'insufficient_data',
        `its schedule has a block on ${day}, which is not one of the ${blocks} blocks of ${blockLength} days from ${study.start} on`,
      );
    posting[regions.indexOf(region) * blocks + block] = on ? 1 : 0;
  }
  for (let at = 0; at < posting.length; at += 2) {
    if (posting[at] + posting[at + 1] === 1) continue;
    const region = regions[Math.floor(at / blocks)];
    throw new InputError(
      'insufficient_data',
      `its schedule for ${region}, blocks ${(at % blocks) + 1} and ${(at % blocks) + 2}, is not one on and one off as "liftproof plan posting" draws them`,
    );
  }
  return { regions, blocks, blockLength, washout, seed, posting };
}

/** Reads a randomised posting schedule, the three claims apart. */
export function measurePosting(input: PostingInput): PostingFindings {
  const { schedule, sales, engagement, study } = input;
  const from = (panel: Panel): number => panel.periods.indexOf(study.start);
  const claimOf = (panel: Panel): Measured | InputError =>
    attempt(() =>
      postingMeasured(
        input,
        panel,
        readPostingSchedule(schedule, inReach(panel, study), { level: study.level, start: from(panel) }),
      ),
    );
  return {
    posting_sales: claimOf(sales),
    posting_engagement: claimOf(engagement),
    engagement_sales: attempt(() => {
      if (from(sales) !== from(engagement)) throw new RangeError('the two panels do not have the same days');
      const claims = postingClaims(schedule, inReach(sales, study), inReach(engagement, study), {
        level: study.level,
        start: from(sales),
      });
      if (claims.perEngagement === null)
        throw new InputError(
          'insufficient_data',
          `posting moved engagement too little to say what one engagement sells: first-stage F is ${claims.firstStageF.toPrecision(3)}, above 10 is needed`,
        );
      const measured = postingMeasured(input, sales, {
        estimate: {
          ...claims.perEngagement,
          diagnostics: { ...claims.perEngagement.diagnostics, first_stage_f: claims.firstStageF },
        },
        relative: null,
      });
      return measured;
    }),
  };
}

function postingMeasured(
  { study, schedule, draw, margin }: PostingInput,
  panel: Panel,
  found: {
    estimate: Estimate;
    relative: { value: number; lo: number | null; hi: number | null } | null;
    carryover?: { value: number; pValue: number };
    draws?: readonly (readonly [number, number])[];
  },
): Measured {
  const { regions, blocks, blockLength, washout, posting } = schedule;
  const { estimate, relative, carryover, draws } = found;
  const perEngagement = relative === null;
  const cells = posting.reduce((sum, on) => sum + on, 0) * (blockLength - washout);
  const start = panel.periods.indexOf(study.start);
  const off = perEngagement ? 0 : estimate.value / (relative.value || Number.NaN);
  const worth = margin(off * cells);
  const cut: Panel = {
    ...panel,
    units: regions,
    periods: panel.periods.slice(start, start + blocks * blockLength),
    outcome: Float64Array.from({ length: regions.length * blocks * blockLength }, (_, i) => {
      const row = panel.units.indexOf(regions[Math.floor(i / (blocks * blockLength))]);
      return panel.outcome[row * panel.periods.length + start + (i % (blocks * blockLength))];
    }),
  };
  const claim = experimentClaim({
    design: 'switchback',
    estimate,
    data: {
      panel: cut,
      treatment: { firstTreated: new Map(regions.map((region) => [region, 0])) },
      donorsNeeded: false,
    },
    assignment: { kind: 'randomised', ...draw, sampleRatio: null },
    plausible: perEngagement ? Math.abs(estimate.value) : study.plausible_lift * Math.abs(off),
    ...(perEngagement ? {} : { plausibleLift: study.plausible_lift }),
    ...(worth === null || perEngagement || !(worth > 0) ? {} : { margin: worth / cells }),
    assignments: (estimate.diagnostics.draws as number) + 1,
    // the coin carries the claim; there is no time before
    thresholds: { data: { pre_per_test_period: 0, pre_periods: 0 } },
  });
  const total = perEngagement ? estimate : totalOf(estimate, cells);
  const told = carryover === undefined ? {} : { carryover };
  const primary = { ...total, diagnostics: { ...total.diagnostics, ...told } };
  return {
    design: 'switchback',
    preStart: null,
    estimate: primary,
    relative: relative !== null && Number.isFinite(relative.value) ? relative : null,
    gates: claim.gates,
    graded: claim.graded,
    equivalence: claim.equivalence,
    mde: claim.mde === null ? null : perEngagement ? claim.mde : claim.mde * cells,
    counterfactual: perEngagement ? null : off * cells,
    estimates: [
      rowOf('switchback', primary, relative !== null && Number.isFinite(relative.value) ? relative.value : null),
    ],
    series: [],
    weights: [],
    units: regions.map((name) => ({ name, arm: 'both' as const })),
    // a ratio of two effects has no distribution of its own under the draw
    ...(draws === undefined
      ? { placebos: [], power: [] }
      : drawnAnew('switchback', estimate, draws, study.level, cells)),
    treatedUnits: regions.length,
    controlUnits: regions.length,
    periods: blocks,
    health: [],
  };
}

function inReach(panel: Panel, study: Study): Panel {
  const last = panel.periods.findLastIndex((_, t) =>
    panel.units.some((_, u) => !Number.isNaN(panel.outcome[u * panel.periods.length + t])),
  );
  const start = panel.periods.indexOf(study.start);
  if (last < 0 || start < 0 || panel.periods[last] < study.end)
    throw new InputError(
      'insufficient_data',
      last < 0
        ? 'it was not loaded with the places where it happened; load it by country and region'
        : `it runs until ${study.end} and data reach ${panel.periods[last]}; it is read when its window is over, not before`,
    );
  return panel;
}

function attempt(measure: () => Measured): Measured | InputError {
  try {
    return measure();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}
