import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../models/errors.ts';
import { geoDesign } from '../../../models/lift/design-geo.ts';
import { postingPower, readPostingSchedule } from '../../../models/lift/design-posting.ts';
import { userDesign, userMde } from '../../../models/lift/design-users.ts';
import { candidateSets, pairGeos, randomiseWithinPairs } from '../../../models/lift/geo-candidates.ts';
import {
  pairedReadOut,
  placeboReadOut,
  plantingReadOut,
  plantLift,
  screeningReadOut,
} from '../../../models/lift/geo-read-out.ts';
import { measureLift } from '../../../models/lift/index.ts';
import { pairedGeos } from '../../../models/lift/paired-geos.ts';
import { postingRows, postingSchedule, redraw } from '../../../models/lift/posting-schedule.ts';
import { armSums } from '../../../models/lift/user-arms.ts';
import { userCuped } from '../../../models/lift/user-cuped.ts';
import { random } from '../../../models/numeric/random.ts';
import type { Panel } from '../../../models/panel.ts';
import { makePanel, plainDid } from './gates/panels.ts';

describe('users', () => {
  test('by hand: sd 2, mean 1, lift 10 %, 90 % two-sided, power 80 %', () => {
    // per arm 2 (1.644854 + .841621)^2 * 4 / .01 = 4946.0
    const design = userDesign({ mean: 1, deviation: 2, lift: 0.1 });
    expect(design.users).toBe(Math.ceil((4 * 4 * (1.6448536 + 0.8416212) ** 2) / 0.01));
    expect(design.treated + design.control).toBe(design.users);
    const history = userDesign({ mean: 1, deviation: 2, lift: 0.1, correlation: 0.6, usersPerDay: 500 });
    expect(history.users / design.users).toBeCloseTo(0.64, 3);
    expect(history.savedByHistory).toBe(design.users - history.users);
    expect(history.days).toBe(Math.ceil(history.users / 500));
    expect(userDesign({ mean: 1, deviation: 2, lift: 0.1, exposureRate: 0.5 }).users / design.users).toBeCloseTo(4, 2);
  });

  test('the MDE of the planned size is the planned lift', () => {
    const options = { mean: 4, deviation: 13, correlation: 0.3, exposureRate: 0.6, treatedShare: 0.3 };
    expect(userMde(options, userDesign({ ...options, lift: 0.07 }).users)).toBeCloseTo(0.07, 5);
  });

  test('a test of the planned size finds the planned lift about as often as asked', () => {
    const { treated, control } = userDesign({ mean: 10, deviation: 5, correlation: 0.8, lift: 0.08 });
    let found = 0;
    for (let s = 1; s <= 300; s++) {
      const rng = random(s, 'user power');
      const arm = (n: number, lift: number) => {
        const before = Float64Array.from({ length: n }, () => 10 + 5 * rng.normal());
        return armSums({ before, outcome: before.map((b) => 0.8 * b + 2 + 3 * rng.normal() + lift) });
      };
      found += Number(userCuped(arm(control, 0), arm(treated, 0.8)).absolute.pValue! < 0.1);
    }
    expect(found / 300).toBeGreaterThan(0.8 - 2.5 * Math.sqrt(0.16 / 300));
    expect(found / 300).toBeLessThan(0.8 + 3.5 * Math.sqrt(0.16 / 300));
  });

  test('impossible wishes are refused', () => {
    expect(() => userDesign({ mean: 0, deviation: 1, lift: 0.1 })).toThrow(/mean/);
    expect(() => userDesign({ mean: 1, deviation: 1, lift: 0 })).toThrow(/lift/);
    expect(() => userDesign({ mean: 1, deviation: 1, lift: 0.1, correlation: 1 })).toThrow(/correlation/);
    expect(() => userMde({ mean: 1, deviation: 1 }, 0)).toThrow(/users/);
  });
});

function market(seed: number, regions: number, periods: number, effectOf: (r: number, t: number) => number): Panel {
  const rng = random(seed, 'posting market');
  const outcome = new Float64Array(regions * periods);
  const shared = Float64Array.from(
    { length: periods },
    (_, t) => 8 * Math.sin((2 * Math.PI * t) / 7) + 2 * rng.normal(),
  );
  for (let r = 0; r < regions; r++) {
    let e = 0;
    for (let t = 0; t < periods; t++) {
      e = 0.5 * e + 2 * rng.normal();
      outcome[r * periods + t] = 100 + 10 * r + shared[t] + e + effectOf(r, t);
    }
  }
  return {
    units: Array.from({ length: regions }, (_, r) => `r${r}`),
    periods: Array.from({ length: periods }, (_, t) => `p${t}`),
    outcome,
    covariates: {},
  };
}

describe('posting schedule', () => {
  const options = { regions: ['r0', 'r1', 'r2', 'r3'], blocks: 8, blockLength: 7, washout: 2, seed: 7 };
  const on = (schedule: ReturnType<typeof postingSchedule>) => (r: number, t: number) =>
    schedule.posting[r * 8 + Math.floor(t / 7)];

  test('each pair of blocks holds one with and one without posting, and the seed gives it back', () => {
    const schedule = postingSchedule(options);
    for (let at = 0; at < 32; at += 2) expect(schedule.posting[at] + schedule.posting[at + 1]).toBe(1);
    expect(postingSchedule(options)).toEqual(schedule);
    expect(redraw(schedule, 3)).toEqual(redraw(schedule, 3));
    expect(postingRows(schedule)[1]).toMatchObject({ region: 'r0', block: 1, from: 7, to: 13 });
  });

  test('never lets all regions do the same', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const { posting } = postingSchedule({ ...options, regions: ['a', 'b'], blocks: 4, seed });
      expect(Array.from(posting.slice(0, 4))).not.toEqual(Array.from(posting.slice(4)));
    }
  });

  test('reads the effect exactly when there is no noise, washout left out', () => {
    const schedule = postingSchedule(options);
    const panel = market(1, 4, 56, () => 0);
    const clean = {
      ...panel,
      outcome: panel.outcome.map((_, i) => {
        const [r, t] = [Math.floor(i / 56), i % 56];
        // the first two periods of each block still feel the last one
        return 100 + 5 * r + Math.floor(t / 7) + (t % 7 < 2 ? 99 : 5 * on(schedule)(r, t));
      }),
    };
    const { estimate, relative } = readPostingSchedule(schedule, clean);
    expect(estimate.value).toBeCloseTo(5, 9);
    expect(estimate.pValue).toBeLessThan(0.01);
    expect(relative.value).toBeGreaterThan(0.04);
  });

  test('90 % intervals cover the truth in 85 to 95 % of 200 tests, and nulls are rejected at their level', () => {
    let covered = 0;
    let rejected = 0;
    for (let s = 1; s <= 200; s++) {
      const schedule = postingSchedule({ ...options, seed: s });
      const lifted = market(s, 4, 56, (r, t) => 3 * on(schedule)(r, t));
      const { interval } = readPostingSchedule(schedule, lifted, { draws: 99 }).estimate;
      covered += Number(interval!.lo <= 3 && 3 <= interval!.hi);
      const none = market(s, 4, 56, () => 0);
      rejected += Number(readPostingSchedule(schedule, none, { draws: 99 }).estimate.pValue! < 0.1);
    }
    expect(covered / 200).toBeGreaterThan(0.85);
    expect(covered / 200).toBeLessThan(0.95);
    expect(rejected / 200).toBeLessThan(0.1 + 2.5 * Math.sqrt(0.09 / 200));
  });

  test('p is below alpha exactly when the interval excludes zero', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: -4, max: 4, noNaN: true }), (seed, effect) => {
        const schedule = postingSchedule({ ...options, seed });
        const panel = market(seed, 4, 56, (r, t) => effect * on(schedule)(r, t));
        const { interval, pValue, value } = readPostingSchedule(schedule, panel, { draws: 99 }).estimate;
        expect(pValue! < 0.1).toBe(interval!.lo > 0 || interval!.hi < 0);
        expect(interval!.lo <= value && value <= interval!.hi).toBe(true);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  test('what posting leaves behind shows as carry-over', () => {
    let found = 0;
    for (let s = 1; s <= 20; s++) {
      const schedule = postingSchedule({ ...options, blocks: 16, seed: s });
      const panel = market(s, 4, 112, (r, t) => {
        const block = Math.floor(t / 7);
        const before = block > 0 ? schedule.posting[r * 16 + block - 1] : 0;
        return 6 * schedule.posting[r * 16 + block] + 5 * before;
      });
      found += Number(readPostingSchedule(schedule, panel, { draws: 199 }).carryover.pValue < 0.1);
    }
    expect(found).toBeGreaterThan(15);
  });

  test('one region with few blocks has no interval and says why', () => {
    const schedule = postingSchedule({ ...options, regions: ['r0'], blocks: 4 });
    const { estimate } = readPostingSchedule(
      schedule,
      market(1, 1, 28, () => 0),
    );
    expect(estimate.interval).toBeNull();
    expect(estimate.diagnostics.no_interval).toContain('few blocks');
  });

  test('power rises with the effect and is the level without one', () => {
    const history = market(3, 4, 120, () => 0);
    const { curve, mde } = postingPower(history, options, [0.02, 0.04, 0.08], { runs: 40, draws: 99 });
    expect(curve[0].power).toBeLessThan(0.25);
    expect(curve[3].power).toBeGreaterThan(0.9);
    expect(mde).toBeLessThanOrEqual(0.08);
    expect(() =>
      postingPower(
        market(3, 4, 20, () => 0),
        options,
        [0.1],
      ),
    ).toThrow(InputError);
  });

  test('bad schedules and panels are refused', () => {
    expect(() => postingSchedule({ ...options, blocks: 7 })).toThrow(/even/);
    expect(() => postingSchedule({ ...options, washout: 7 })).toThrow(/washout/);
    expect(() => postingSchedule({ ...options, regions: [] })).toThrow(InputError);
    expect(() => postingSchedule({ ...options, regions: ['a', 'a'] })).toThrow(/twice/);
    const schedule = postingSchedule(options);
    expect(() =>
      readPostingSchedule(
        schedule,
        market(1, 3, 56, () => 0),
      ),
    ).toThrow(/r3/);
    expect(() =>
      readPostingSchedule(
        schedule,
        market(1, 4, 50, () => 0),
      ),
    ).toThrow(InputError);
    const gappy = market(1, 4, 56, () => 0);
    gappy.outcome[10] = Number.NaN;
    expect(() => readPostingSchedule(schedule, gappy)).toThrow(/p10/);
  });
});

describe('geo design', () => {
  const history = makePanel(4, { units: 14, periods: 90, noise: 1 }).panel;

  test('the fast read-out says what planting and measuring again says', () => {
    const treatment = {
      firstTreated: new Map([
        ['u3', 70],
        ['u5', 70],
      ]),
    };
    const fast = placeboReadOut({ seed: 1, draws: 60 })(history, treatment);
    const slow = plantingReadOut((panel, treat) => {
      const { estimate } = measureLift(panel, treat, { method: 'sc', draws: 60, seed: 1 });
      return { value: estimate.value, pValue: estimate.p_value };
    })(history, treatment);
    for (const lift of [0, 0.01, 0.03, 0.1]) {
      expect(fast(lift).pValue).toBeCloseTo(slow(lift).pValue, 10);
      expect(fast(lift).lift).toBeCloseTo(slow(lift).lift, 8);
    }
  });

  test('the read-out of a coin is the test of pairs on a planted panel', () => {
    const pairs = pairGeos(history).pairs;
    const treated = randomiseWithinPairs(pairs, 3);
    const treatment = { firstTreated: new Map(treated.map((unit) => [unit, 70])) };
    const prepared = pairedReadOut(pairs, { seed: 1 })(history, treatment);
    const slow = plantingReadOut((panel, treat) => {
      const mean = (unit: string, from: number, to: number): number => {
        const row = panel.outcome.subarray(panel.units.indexOf(unit) * 90, (panel.units.indexOf(unit) + 1) * 90);
        return row.subarray(from, to).reduce((sum, y) => sum + y, 0) / (to - from);
      };
      const outcome = (unit: string) => ({ before: mean(unit, 0, 70), during: mean(unit, 70, 90) });
      const { value, pValue } = pairedGeos(
        pairs.map(([a, b]) => {
          const [on, off] = treat.firstTreated.has(a) ? [a, b] : [b, a];
          return { name: a, treated: outcome(on), control: outcome(off) };
        }),
        { seed: 1 },
      );
      return { value, pValue };
    })(history, treatment);
    for (const lift of [0, 0.03, 0.1]) {
      expect(prepared(lift).pValue).toBeCloseTo(slow(lift).pValue, 10);
      expect(prepared(lift).lift).toBeCloseTo(slow(lift).lift, 8);
    }
    expect(prepared(0.5).pValue).toBeLessThan(0.05);
  });

  test('finds the cheapest design that can answer, with a rising power curve', () => {
    const plan = geoDesign(history, {
      readOut: placeboReadOut({ seed: 1, draws: 40 }),
      sizes: [1, 2],
      durations: [10, 20],
      effects: [0.01, 0.02, 0.05],
      target: 0.05,
      holdoutShare: 0.5,
      cost: { perGeoPeriod: 10, fixed: 100 },
      windows: 6,
    });
    const { cheapest } = plan;
    expect(cheapest!.canAnswer).toBe(true);
    expect(cheapest!.mde).toBeLessThanOrEqual(0.05);
    expect(cheapest!.cost).toBe(100 + 10 * cheapest!.treated.length * cheapest!.periods);
    for (const design of plan.designs.filter((d) => d.canAnswer))
      expect(design.cost).toBeGreaterThanOrEqual(cheapest!.cost!);
    expect(cheapest!.curve[3].power).toBeGreaterThanOrEqual(cheapest!.curve[1].power);
    expect(cheapest!.windows).toBe(6);
    expect(plan.shortest).toBe(10);
    for (const design of plan.designs) expect(design.holdoutShare).toBeGreaterThanOrEqual(0.5);
  });

  test('screening ranks much as the real test does, and only confirmed designs can answer', () => {
    const common = { sizes: [1], durations: [10], effects: [0.01, 0.02, 0.03, 0.05], target: 0.05, windows: 6 };
    const readOut = placeboReadOut({ seed: 1, draws: 40 });
    const whole = geoDesign(history, { ...common, readOut });
    const quick = geoDesign(history, {
      ...common,
      readOut,
      screen: screeningReadOut({ seed: 1, draws: 40 }),
      confirm: 4,
    });
    expect(quick.designs).toHaveLength(whole.designs.length);
    expect(quick.designs.filter(({ confirmed }) => confirmed)).toHaveLength(4);
    for (const design of quick.designs) {
      if (!design.confirmed) expect(design.canAnswer).toBe(false);
      else expect(whole.designs).toContainEqual(design);
    }
    expect(Math.abs(quick.cheapest!.mde! - whole.designs[0].mde!)).toBeLessThan(0.011);
  });

  test('a test that cries wolf has no MDE, and no design can answer a target below all MDEs', () => {
    const wolf = geoDesign(history, {
      readOut: () => (lift) => ({ pValue: 0.01, lift }),
      sets: [['u1']],
      durations: [10],
      effects: [0.05],
    });
    expect(wolf.designs[0]).toMatchObject({ mde: null, falsePositives: 1, canAnswer: false, cost: null });
    const low = geoDesign(history, {
      readOut: plantingReadOut(plainDid),
      sets: [['u1']],
      durations: [10],
      effects: [0.05, 0.3],
      target: 0.0001,
    });
    expect(low.cheapest).toBeNull();
  });

  test('must-include and must-exclude geos are kept to', () => {
    for (const set of candidateSets(history, { sizes: [2, 3], include: ['u2'], exclude: ['u7'] })) {
      expect(set).toContain('u2');
      expect(set).not.toContain('u7');
    }
    expect(() => candidateSets(history, { sizes: [1], include: ['nowhere'] })).toThrow(/nowhere/);
  });

  test('pairs put like with like and a coin picks one of each', () => {
    const periods = 30;
    const rng = random(1);
    const rows = [1, 1, 5, 5, 20, 20, 80].map((scale) =>
      Float64Array.from({ length: periods }, () => scale * (10 + 0.1 * rng.normal())),
    );
    const outcome = new Float64Array(7 * periods);
    rows.forEach((row, u) => {
      outcome.set(row, u * periods);
    });
    const panel = { units: ['a', 'b', 'c', 'd', 'e', 'f', 'g'], periods: rows[0] as never, outcome, covariates: {} };
    const { pairs, single } = pairGeos({ ...panel, periods: Array.from({ length: periods }, (_, t) => `p${t}`) });
    expect(pairs).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'f'],
    ]);
    expect(single).toBe('g');
    const treated = randomiseWithinPairs(pairs, 4);
    expect(treated).toHaveLength(3);
    expect(randomiseWithinPairs(pairs, 4)).toEqual(treated);
  });

  test('planting multiplies the treated window and nothing else', () => {
    const planted = plantLift(history, { firstTreated: new Map([['u1', 80]]), end: 85 }, 0.5);
    const changed = planted.outcome.filter((value, i) => value !== history.outcome[i]);
    expect(changed).toHaveLength(5);
    expect(planted.outcome[90 + 80]).toBeCloseTo(1.5 * history.outcome[90 + 80], 12);
  });

  test('short histories and mixed effects are refused', () => {
    const readOut = placeboReadOut({ seed: 1 });
    expect(() => geoDesign(history, { readOut, durations: [40] })).toThrow(/shorter test/);
    expect(() => geoDesign(history, { readOut, durations: [5], effects: [0.1, -0.1] })).toThrow(/one sign/);
  });
});
