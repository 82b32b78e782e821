import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../models/errors.ts';
import type { Estimate } from '../../../models/estimate.ts';
import { fieller } from '../../../models/lift/fieller.ts';
import { sampleRatio } from '../../../models/lift/sample-ratio.ts';
import { type ArmSums, armCovariance, armSums } from '../../../models/lift/user-arms.ts';
import { userCuped, userCupedRatio } from '../../../models/lift/user-cuped.ts';
import { userItt } from '../../../models/lift/user-itt.ts';
import { userLate } from '../../../models/lift/user-late.ts';
import { userRatio } from '../../../models/lift/user-ratio.ts';
import { alwaysValid, mixingVariance } from '../../../models/lift/user-sequential.ts';
import { userStratified } from '../../../models/lift/user-strata.ts';
import { random } from '../../../models/numeric/random.ts';
import { goldenColumns, goldenJson, haveGoldens } from './golden.ts';

interface Published {
  expected: number;
  ci: [number, number];
  uplift: { stddev: number };
  pValue: number;
}

function expectPublished(estimate: Estimate, golden: Published): void {
  expect(estimate.value).toBeCloseTo(golden.expected, 9);
  expect(estimate.standardError).toBeCloseTo(golden.uplift.stddev, 9);
  expect(estimate.interval!.lo).toBeCloseTo(golden.ci[0], 9);
  expect(estimate.interval!.hi).toBeCloseTo(golden.ci[1], 9);
  expect(estimate.pValue).toBeCloseTo(golden.pValue, 9);
}

describe.skipIf(!haveGoldens)('gbstats 0.8.0 on user_itt.csv (20,000 users, level 0.95)', () => {
  const golden = haveGoldens ? goldenJson('user_itt_gbstats.json') : {};
  const columns = haveGoldens ? goldenColumns('user_itt.csv') : {};
  const arm = (assigned: number, outcome = 'revenue'): ArmSums => {
    const pick = (name: string): Float64Array => columns[name].filter((_, i) => columns.assigned[i] === assigned);
    return armSums({
      outcome: pick(outcome),
      denominator: pick('sessions'),
      before: pick('pre_revenue'),
      before_denominator: pick('pre_sessions'),
      exposed: pick('exposed'),
    });
  };
  const [control, treated] = haveGoldens ? [arm(0), arm(1)] : [];
  const level = { level: 0.95 };

  test('intention to treat, absolute and relative', () => {
    const { absolute, relative } = userItt(control!, treated!, level);
    expectPublished(absolute, golden.welch_revenue_absolute);
    expectPublished(relative, golden.welch_revenue_relative);
  });

  test('a binary outcome has variance p (1 - p)', () => {
    const { absolute, relative } = userItt(arm(0, 'converted'), arm(1, 'converted'), { ...level, binary: true });
    expectPublished(absolute, golden.conversion_absolute);
    expectPublished(relative, golden.conversion_relative);
  });

  test('CUPED and its theta', () => {
    const { absolute, relative } = userCuped(control!, treated!, level);
    expect(absolute.diagnostics.theta).toBeCloseTo(golden.cuped_theta, 9);
    expectPublished(absolute, golden.cuped_revenue_absolute);
    expectPublished(relative, golden.cuped_revenue_relative);
  });

  test('revenue per session by the delta method, plain and CUPED', () => {
    const plain = userRatio(control!, treated!, level);
    expectPublished(plain.absolute, golden.ratio_rev_per_session_absolute);
    expectPublished(plain.relative, golden.ratio_rev_per_session_relative);
    const cuped = userCupedRatio(control!, treated!, level);
    expectPublished(cuped.absolute, golden.cuped_ratio_absolute);
    expectPublished(cuped.relative, golden.cuped_ratio_relative);
  });

  test('always-valid intervals with N* = 5000', () => {
    expect(Math.sqrt(mixingVariance(0.05, 5000))).toBeCloseTo(golden['seq_rho_alpha.05_N5000'], 12);
    const plain = userItt(control!, treated!, level);
    const cuped = userCuped(control!, treated!, level);
    expectPublished(alwaysValid(plain.absolute, 5000, 0.95), golden.seq_revenue_absolute);
    expectPublished(alwaysValid(plain.relative, 5000, 0.95), golden.seq_revenue_relative);
    expectPublished(alwaysValid(cuped.absolute, 5000, 0.95), golden.cuped_seq_revenue_absolute);
    expectPublished(alwaysValid(cuped.relative, 5000, 0.95), golden.cuped_seq_revenue_relative);
  });

  test('sample ratio, exposure, LATE and what the naive comparison claims', () => {
    expect(sampleRatio([control!.n, treated!.n], [1, 1]).pValue).toBeCloseTo(golden.srm_p, 9);
    const late = userLate(control!, treated!, level);
    expect(late.itt.value).toBeCloseTo(golden.itt, 9);
    expect(late.exposureRate).toBeCloseTo(golden.exposure_rate, 12);
    expect(late.late.value).toBeCloseTo(golden.late_cace, 9);
    expect(late.late.standardError).toBeCloseTo(golden.late_se_wald, 9);
    expect(late.naive!.difference).toBeCloseTo(golden.naive_exposed_minus_all_unexposed, 9);
    expect(100 * late.naive!.relative).toBeCloseTo(golden.lift_pct_naive, 8);
    expect(100 * late.liftOnExposed!).toBeCloseTo(golden.lift_pct_exposed_ITT_based, 8);
  });
});

const arms = (seed: number, lift: number, n = 200): [ArmSums, ArmSums] => {
  const rng = random(seed, 'users');
  const make = (treated: boolean): ArmSums => {
    const before = Float64Array.from({ length: n }, () => 10 + 3 * rng.normal());
    const exposed = Float64Array.from({ length: n }, () => (treated && rng.uniform() < 0.6 ? 1 : 0));
    const outcome = before.map((b, u) => 0.8 * b + 2 * rng.normal() + lift * exposed[u]);
    const denominator = Float64Array.from({ length: n }, () => 1 + rng.integer(4));
    return armSums({ outcome, denominator, before, before_denominator: denominator, exposed });
  };
  return [make(false), make(true)];
};

test('Welch by hand: {1, 2, 3} against {2, 4, 9}', () => {
  // difference 3, variances 1 and 13, se sqrt(14/3); df = 14^2 / ((1^2 + 13^2) / 2) = 2.30588
  const effect = userItt(
    armSums({ outcome: Float64Array.of(1, 2, 3) }),
    armSums({ outcome: Float64Array.of(2, 4, 9) }),
  );
  expect(effect.absolute.value).toBeCloseTo(3, 12);
  expect(effect.absolute.standardError).toBeCloseTo(Math.sqrt(14 / 3), 12);
  expect(effect.absolute.diagnostics.degrees_of_freedom).toBeCloseTo(196 / 85, 12);
  expect(effect.relative.value).toBeCloseTo(1.5, 12);
});

test('covariance from sums is the covariance of the rows', () => {
  const arm = armSums({ outcome: Float64Array.of(1, 2, 6), before: Float64Array.of(4, 0, 2) });
  expect(armCovariance(arm, 'outcome', 'before')).toBeCloseTo(-1, 12);
  expect(armCovariance(arm, 'before', 'outcome')).toBeCloseTo(-1, 12);
});

test('p is below alpha exactly when the interval excludes zero, for every user-level method', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: -1, max: 2, noNaN: true }), (seed, lift) => {
      const [control, treated] = arms(seed, lift, 60);
      const level = 0.9;
      const found = [
        ...Object.values(userItt(control, treated, { level })),
        ...Object.values(userItt(control, treated, { level, relative: 'fieller' })),
        ...Object.values(userCuped(control, treated, { level })),
        ...Object.values(userRatio(control, treated, { level })),
        ...Object.values(userCupedRatio(control, treated, { level })),
        userLate(control, treated, { level }).late,
        alwaysValid(userItt(control, treated, { level }).absolute, 120, level),
      ] as Estimate[];
      for (const { interval, pValue, value } of found) {
        expect(pValue! < 0.1).toBe(interval!.lo > 0 || interval!.hi < 0);
        expect(interval!.lo <= value && value <= interval!.hi).toBe(true);
      }
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('90 % intervals of ITT, CUPED and LATE cover the truth in 85 to 95 % of 400 tests', () => {
  const covered = { itt: 0, cuped: 0, late: 0, relative: 0 };
  const inside = (estimate: Estimate, truth: number): number =>
    Number(estimate.interval!.lo <= truth && truth <= estimate.interval!.hi);
  for (let s = 1; s <= 400; s++) {
    const [control, treated] = arms(s, 1);
    covered.itt += inside(userItt(control, treated).absolute, 0.6);
    covered.relative += inside(userItt(control, treated, { relative: 'fieller' }).relative, 0.6 / 8);
    covered.cuped += inside(userCuped(control, treated).absolute, 0.6);
    covered.late += inside(userLate(control, treated).late, 1);
  }
  for (const count of Object.values(covered)) {
    expect(count).toBeGreaterThanOrEqual(340);
    expect(count).toBeLessThanOrEqual(380);
  }
});

test('looking every day: the fixed test errs far above its level, the always-valid one does not', () => {
  let fixed = 0;
  let valid = 0;
  for (let s = 1; s <= 200; s++) {
    const rng = random(s, 'peek');
    const [a, b] = [[], []] as number[][];
    let [sawFixed, sawValid] = [false, false];
    for (let day = 1; day <= 20; day++) {
      for (let u = 0; u < 25; u++) {
        a.push(rng.normal());
        b.push(rng.normal());
      }
      const { absolute } = userItt(
        armSums({ outcome: Float64Array.from(a) }),
        armSums({ outcome: Float64Array.from(b) }),
      );
      sawFixed ||= absolute.pValue! < 0.1;
      sawValid ||= alwaysValid(absolute, 1000).pValue! < 0.1;
    }
    fixed += Number(sawFixed);
    valid += Number(sawValid);
  }
  expect(fixed / 200).toBeGreaterThan(0.25);
  expect(valid / 200).toBeLessThan(0.15);
});

test('history takes out most of the noise that it explains', () => {
  const [control, treated] = arms(3, 1, 2000);
  const { absolute } = userCuped(control, treated);
  // var(0.8 before) / var(outcome) = 5.76 / 9.76
  expect(absolute.diagnostics.variance_reduction).toBeCloseTo(0.59, 1);
});

test('strata weigh the effects within them: by hand, and better than one lump when arms are uneven', () => {
  const arm = (...values: number[]): ArmSums => armSums({ outcome: Float64Array.from(values) });
  const estimate = userStratified([
    { name: 'small', control: arm(1, 3), treated: arm(2, 4) },
    { name: 'large', control: arm(10, 10, 12, 12), treated: arm(14, 16) },
  ]);
  expect(estimate.value).toBeCloseTo((4 / 10) * 1 + (6 / 10) * 4, 12);
  expect(estimate.standardError).toBeCloseTo(Math.sqrt(0.16 * (1 + 1) + 0.36 * (1 / 3 + 1)), 12);
  expect(() => userStratified([{ name: 'x', control: arm(1), treated: arm(1, 2) }])).toThrow(InputError);
});

test('Fieller: the set is exactly the ratios that a t-test does not refuse', () => {
  const parts = {
    numerator: 3,
    denominator: 2,
    numeratorVariance: 1,
    denominatorVariance: 0.2,
    covariance: 0.1,
    degrees: Number.POSITIVE_INFINITY,
  };
  const { lo, hi } = fieller(parts, 0.9).interval!;
  for (const r of [lo, hi]) expect((3 - 2 * r) ** 2 / (1 - 0.2 * r + 0.2 * r * r)).toBeCloseTo(1.6448536 ** 2, 5);
  expect(fieller({ ...parts, denominator: 0.1 }, 0.9).interval).toBeNull();
  expect(fieller({ ...parts, denominator: 0.1, numerator: 0.1 }, 0.9).unbounded).toBe('everything');
  expect(fieller({ ...parts, denominator: 0.1, numerator: 9 }, 0.9).unbounded).toBe('outside');
});

test('sample ratio: small tests are not judged, broken splits are', () => {
  expect(sampleRatio([10, 60], [1, 1])).toMatchObject({ enough: false, mismatch: false });
  expect(sampleRatio([5000, 5400], [1, 1]).mismatch).toBe(true);
  expect(sampleRatio([900, 100], [9, 1]).pValue).toBeCloseTo(1, 12);
  expect(() => sampleRatio([1, 2], [1, 0])).toThrow(InputError);
});

test('what cannot be answered says so instead of printing a number', () => {
  const flat = armSums({ outcome: Float64Array.of(2, 2, 2), exposed: Float64Array.of(0, 0, 0) });
  expect(userItt(flat, flat).absolute.interval).toBeNull();
  expect(userItt(flat, flat).absolute.diagnostics.no_interval).toContain('vary');
  const zero = armSums({ outcome: Float64Array.of(-1, 0, 1) });
  expect(userItt(zero, zero).relative.interval).toBeNull();
  expect(() => userLate(flat, flat)).toThrow(InputError);
  expect(() => userItt(armSums({ outcome: Float64Array.of(1) }), flat)).toThrow(/at least two/);
  expect(() => userCuped(flat, flat)).toThrow(/before/);
  expect(() => userRatio(flat, flat)).toThrow(/denominator/);
  expect(() => armSums({ outcome: Float64Array.of(1, Number.NaN) })).toThrow(/user 2/);
  expect(() => alwaysValid(userItt(flat, flat).absolute, 100)).toThrow(InputError);
});
