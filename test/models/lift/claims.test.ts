import { expect, test } from 'vitest';
import { saleVerdict } from '../../../models/evidence.ts';
import { readPostingSchedule } from '../../../models/lift/design-posting.ts';
import { experimentClaim } from '../../../models/lift/experiment-claim.ts';
import { pairedGeos } from '../../../models/lift/paired-geos.ts';
import { postingSchedule } from '../../../models/lift/posting-schedule.ts';
import { sampleRatio } from '../../../models/lift/sample-ratio.ts';
import { seriesClaim } from '../../../models/lift/series-claim.ts';
import { armSums } from '../../../models/lift/user-arms.ts';
import { userItt } from '../../../models/lift/user-itt.ts';
import { random } from '../../../models/numeric/random.ts';

const logged = { kind: 'randomised' as const, loggedBefore: true, registeredBefore: true, sampleRatio: null };

function userTest(seed: number, lift: number, n = 2000) {
  const rng = random(seed, 'claim users');
  const arm = (extra: number) =>
    armSums({ outcome: Float64Array.from({ length: n }, () => 10 + extra + 4 * rng.normal()) });
  const [control, treated] = [arm(0), arm(lift)];
  return experimentClaim({
    design: 'users',
    estimate: userItt(control, treated).relative,
    data: { arms: [n, n] },
    assignment: { ...logged, sampleRatio: sampleRatio([n, n], [1, 1]) },
    plausible: 0.1,
    margin: 0.05,
  });
}

test('a user test that finds its lift is A and a yes', () => {
  const { graded, estimate } = userTest(1, 1);
  expect(graded).toMatchObject({ grade: 'A', against: [] });
  expect(saleVerdict({ estimate, graded, health: [] }).word).toBe('yes');
});

test('a strong user test without lift says no useful effect, a weak one cannot tell', () => {
  const strong = userTest(2, 0);
  expect(strong.equivalence!.equivalent).toBe(true);
  expect(saleVerdict({ ...strong, health: [] }).word).toBe('no_useful_effect');
  const weak = userTest(2, 0, 60);
  expect(weak.graded.grade).toBe('X');
  expect(weak.graded.against.join(' ')).toContain('could only have found');
  expect(saleVerdict({ ...weak, health: [] }).word).toBe('cannot_tell');
});

test('a harmful campaign is said to cost sales', () => {
  const { graded, estimate } = userTest(3, -1);
  expect(saleVerdict({ estimate, graded, health: [] }).word).toBe('cost_sales');
});

test('an unregistered or unlogged experiment is C at most', () => {
  const claim = userTest(1, 1);
  const estimate = claim.estimate;
  const late = experimentClaim({
    design: 'users',
    estimate,
    data: { arms: [2000, 2000] },
    assignment: { ...logged, registeredBefore: false },
    plausible: 0.1,
  });
  expect(late.graded.grade).toBe('C');
});

test('a posting schedule and paired geos that find their effect are A; without assignments to compare with they are not', () => {
  const schedule = postingSchedule({ regions: ['a', 'b', 'c'], blocks: 10, blockLength: 7, washout: 1, seed: 3 });
  const rng = random(4, 'claim posting');
  const outcome = Float64Array.from({ length: 210 }, (_, i) => {
    const [r, t] = [Math.floor(i / 70), i % 70];
    return 50 + rng.normal() + 3 * schedule.posting[r * 10 + Math.floor(t / 7)];
  });
  const panel = {
    units: ['a', 'b', 'c'],
    periods: Array.from({ length: 70 }, (_, t) => `d${t}`),
    outcome,
    covariates: {},
  };
  const posting = readPostingSchedule(schedule, panel, { draws: 199 }).estimate;
  const claim = experimentClaim({
    design: 'switchback',
    estimate: posting,
    data: { arms: [15, 15] },
    assignment: logged,
    plausible: 10,
    assignments: 200,
  });
  expect(claim.graded.grade).toBe('A');

  const pairs = Array.from({ length: 12 }, (_, i) => ({
    name: `p${i}`,
    treated: { before: 100 + i, during: 105 + i + rng.normal() },
    control: { before: 100 + i, during: 100 + i + rng.normal() },
  }));
  const estimate = pairedGeos(pairs, { seed: 1 });
  const geo = {
    design: 'geo_experiment' as const,
    estimate,
    data: { arms: [12, 12] },
    assignment: logged,
    plausible: 20,
  };
  expect(experimentClaim({ ...geo, assignments: 4096 }).graded.grade).toBe('A');
  expect(experimentClaim(geo).graded.grade).toBe('C');
});

test('a before-and-after reading is C at best, and X where an earlier window shows as much', () => {
  const rng = random(9, 'claim series');
  const n = 140;
  const x = Float64Array.from({ length: n }, () => 100 + 5 * rng.normal());
  const base = x.map((v) => 20 + 0.8 * v + rng.normal());
  const periods = Array.from({ length: n }, (_, t) => `d${t}`);
  const lifted = base.map((y, t) => y + (t >= 120 ? 6 : 0));
  const options = { seed: 1, iterations: 400 };
  const real = seriesClaim('shop', periods, { outcome: lifted, covariates: { x }, start: 120 }, options);
  expect(real.graded).toMatchObject({ grade: 'C', ceiling: 'C' });
  expect(saleVerdict({ estimate: real.result.estimate, graded: real.graded, health: [] }).word).toBe('perhaps');
  const bump = lifted.map((y, t) => y + (t >= 80 && t < 100 ? 12 : 0));
  const refuted = seriesClaim('shop', periods, { outcome: bump, covariates: { x }, start: 120 }, options);
  expect(refuted.graded.grade).toBe('X');
});
