import { describe, expect, it } from 'vitest';
import { staggeredClaim } from '../../../models/lift/staggered-claim.ts';
import { random } from '../../../models/numeric/random.ts';
import type { Panel, Treatment } from '../../../models/panel.ts';

/** Two cohorts of two units, from period 84 and from period 90, among 18 units that follow one path more or less closely. */
function world(seed: number, effect: number): { panel: Panel; treatment: Treatment } {
  const [units, periods] = [18, 98];
  const rng = random(seed, 'staggered world');
  const path = Float64Array.from({ length: periods }, () => rng.normal());
  const outcome = new Float64Array(units * periods);
  const starts = [84, 84, 90, 90];
  for (let u = 0; u < units; u++) {
    const load = [1.2, 1.4, 3, 3.2][u] ?? 0.3 * (u - 3);
    for (let t = 0; t < periods; t++)
      outcome[u * periods + t] =
        60 + u + 3 * load * path[t] + rng.normal() + (t >= (starts[u] ?? periods) ? effect : 0);
  }
  return {
    panel: {
      units: Array.from({ length: units }, (_, u) => `g${String(u).padStart(2, '0')}`),
      periods: Array.from({ length: periods }, (_, t) => `p${String(t).padStart(3, '0')}`),
      outcome,
      covariates: {},
    },
    treatment: { firstTreated: new Map(starts.map((start, u) => [`g${String(u).padStart(2, '0')}`, start])) },
  };
}
const quick = { draws: 99, calibration: { draws: 11 } };

describe('staggeredClaim', () => {
  const { panel, treatment } = world(1, 4);
  const claim = staggeredClaim(panel, treatment, 'sdid', quick);

  it('finds what was planted, with a grade and gates that name their cohort', () => {
    expect(claim.estimate.interval!.lo).toBeLessThan(4);
    expect(claim.estimate.interval!.hi).toBeGreaterThan(4);
    expect(claim.gates).toHaveLength(22);
    expect(claim.gates.map(({ number }) => number)).toEqual(Array.from({ length: 22 }, (_, i) => i + 1));
    expect(claim.graded).toMatchObject({ ceiling: 'B', grade: 'B', against: [] });
    expect(claim.gates.find(({ gate }) => gate === 'pre_fit')!.sentence).toMatch(/^Of g0\d, g0\d \(from p0(84|90)\): /);
    // 2 x 14 cells against 2 x 8
    expect(claim.gates.find(({ gate }) => gate === 'block_conformal')!.sentence).toMatch(/from p084/);
  });

  it('averages the cohorts by their treated cells', () => {
    expect(claim.cohorts.map(({ start, share }) => [start, share])).toEqual([
      ['p084', 28 / 44],
      ['p090', 16 / 44],
    ]);
    const sdid = claim.cohorts.reduce(
      (sum, { share, claim: own }) => sum + share * own.spread.find(({ method }) => method === 'sdid')!.value,
      0,
    );
    expect(claim.estimate.value).toBeCloseTo(sdid, 9);
    expect(claim.spread.map(({ method }) => method)).toEqual(
      expect.arrayContaining(['sdid', 'sc', 'did', 'tbr', 'bsts', 'callaway_santanna']),
    );
  });

  it('fails by the cohort that fails, not by the average', () => {
    const other = world(1, 4);
    // the second cohort goes its own way before it begins
    for (const u of [2, 3]) for (let t = 40; t < 98; t++) other.panel.outcome[u * 98 + t] += 3 * (t - 40);
    const { gates, graded } = staggeredClaim(other.panel, other.treatment, 'sdid', quick);
    const fit = gates.find(({ gate }) => gate === 'convex_hull')!;
    expect(fit).toMatchObject({ verdict: 'failed' });
    expect(fit.sentence).toMatch(/^Of g02, g03 \(from p090\)/);
    expect(graded.grade).not.toBe('B');
  });

  it('judges the assignment of every cohort where a log tells of it', () => {
    const logged = staggeredClaim(panel, treatment, 'sdid', { ...quick, launchedBecauseOutcomeMoved: true });
    expect(logged.gates.find(({ gate }) => gate === 'assignment')).toMatchObject({ verdict: 'failed', cap: 'C' });
    expect(claim.gates.find(({ gate }) => gate === 'assignment')).toMatchObject({ verdict: 'not_applicable' });
  });

  it('does not call chance an effect', () => {
    const none = world(2, 0);
    const { graded, estimate } = staggeredClaim(none.panel, none.treatment, 'callaway_santanna', quick);
    expect(['C', 'X']).toContain(graded.grade);
    expect(estimate.diagnostics.inference).toBe('placebo');
  });

  it('says the same again', () => {
    expect(staggeredClaim(panel, treatment, 'sdid', quick)).toEqual(claim);
  });
});
