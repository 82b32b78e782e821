import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conformal, conformalPValue } from '../../../models/lift/conformal.ts';
import { excludesZero } from '../../../models/lift/inference.ts';
import { type PanelView, panelView } from '../../../models/lift/panel-view.ts';
import { syntheticControl } from '../../../models/lift/synthetic-control.ts';
import { california, geos, golden, hasGolden } from './golden-panel.ts';
import { simulatedView } from './simulated-view.ts';

describe('conformal', () => {
  it('by hand: uniform weights, one post-period, four periods', () => {
    // treated less donor mean: 1, -1, 0, 5 - h; de-meaned over all periods by (5 - h) / 4
    const view: PanelView = {
      units: ['a', 'b', 'x'],
      periods: ['1', '2', '3', '4'],
      controls: 2,
      treated: 1,
      pre: 3,
      post: 1,
      outcome: Float64Array.from([1, 2, 3, 4, 1, 2, 3, 4, 2, 1, 3, 9]),
    };
    const inference = conformal(view, 5, { level: 0.6, weights: 'uniform' });
    // p(h) falls below 2/4 where |u4| exceeds all of |u1..u3|: 3 |5 - h| / 4 > |1 + |5 - h| / 4|, that is |5 - h| > 2
    expect(inference.interval!.lo).toBeCloseTo(3, 9);
    expect(inference.interval!.hi).toBeCloseTo(7, 9);
    expect(inference.pValue).toBe(0.25);
    expect(inference.diagnostics).toMatchObject({ p_at_zero: 0.25, p_floor: 0.25, comparisons: 4 });
  });

  it('agrees with a grid of separate refits about where p(h) lies above alpha', () => {
    const view = simulatedView({ controls: 9, treated: 2, pre: 24, post: 6, effect: 2, seed: 5, rho: 0.4 });
    const alpha = 0.2;
    const { interval, pValue } = conformal(view, 2, { level: 1 - alpha, bands: false });
    const grid = Array.from({ length: 1601 }, (_, i) => -20 + i * 0.025);
    const p = grid.map((h) => conformalPValue(view, h, 'abs_sum', {}));
    const inside = grid.filter((_, i) => p[i] >= alpha);
    expect(Math.abs(inside[0] - interval!.lo!)).toBeLessThan(0.026);
    expect(Math.abs(inside[inside.length - 1] - interval!.hi!)).toBeLessThan(0.026);
    const sup = (keep: (h: number) => boolean): number => Math.max(...p.filter((_, i) => keep(grid[i])));
    expect(pValue).toBeCloseTo(
      Math.min(
        sup((h) => h <= 0),
        sup((h) => h >= 0),
      ),
      9,
    );
  });

  it('has p < alpha exactly when the interval excludes 0, with either scheme', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 10_000 }),
        fc.double({ min: -4, max: 4, noNaN: true }),
        fc.constantFrom(0.7, 0.8, 0.9),
        fc.constantFrom('block' as const, 'iid' as const),
        fc.integer({ min: 2, max: 40 }),
        (seed, effect, level, scheme, controls) => {
          const view = simulatedView({ controls, treated: 1, pre: 15, post: 5, effect, seed, rho: 0.3 });
          const { effect: value } = syntheticControl(view);
          const found = conformal(view, value, { level, scheme, permutations: 99, bands: false });
          const excluded = found.interval === null || excludesZero(found.interval);
          expect(found.pValue! < 1 - level - 1e-12).toBe(excluded);
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it('is the same whatever the seed under the block scheme, and moves with the outcome', () => {
    const view = simulatedView({ controls: 9, treated: 1, pre: 20, post: 5, effect: 1, seed: 8 });
    const options = { level: 0.8, bands: false };
    const first = conformal(view, 1, { ...options, seed: 1 });
    expect(conformal(view, 1, { ...options, seed: 2 })).toEqual(first);
    const scaled = conformal({ ...view, outcome: view.outcome.map((y) => 10 * y + 3) }, 10, options);
    expect(scaled.pValue).toBe(first.pValue);
    expect(scaled.interval!.lo).toBeCloseTo(10 * first.interval!.lo!, 6);
  });

  it('calls a perfect fit unbounded instead of inventing precision', () => {
    // more donors than periods: every h can be fitted without residual
    const view = simulatedView({ controls: 60, treated: 1, pre: 8, post: 2, effect: 0, seed: 3 });
    const { pValue, interval } = conformal(view, 0, { level: 0.9, bands: false });
    expect(pValue).toBeGreaterThan(0.1);
    expect(excludesZero(interval!)).toBe(false);
  });

  it('rejects a true null at its level, with autocorrelated noise', () => {
    let rejected = 0;
    const runs = 150;
    for (let seed = 1; seed <= runs; seed++) {
      const view = simulatedView({ controls: 12, treated: 1, pre: 50, post: 6, effect: 0, seed, rho: 0.6 });
      if (conformal(view, 0, { level: 0.9, bands: false }).pValue! < 0.1) rejected++;
    }
    expect(rejected / runs).toBeLessThan(0.1 + 2.5 * Math.sqrt(0.09 / runs));
  });
});

describe.skipIf(!hasGolden)('conformal against scinference 0.0.0.9000 on the California panel', () => {
  const expected = hasGolden ? golden('cwz_conformal').california_prop99 : {};
  const view = hasGolden ? panelView(california().panel, california().treatment) : ({} as PanelView);

  it('gives its block p-values for 161 null effects (sum of absolute residuals)', () => {
    expected.sc_block_constant_effect.h.forEach((h: number, i: number) => {
      const p = conformalPValue(view, h, 'sum_abs', { demean: false });
      expect(p).toBeCloseTo(expected.sc_block_constant_effect.p[i], 9);
    });
    expect(conformalPValue(view, 0, 'sum_abs', { demean: false })).toBeCloseTo(expected.sc.p_block_theta0, 9);
    expect(conformalPValue(view, 0, 'sum_abs', { weights: 'uniform' })).toBeCloseTo(expected.did.p_block_theta0, 9);
  });

  it.each([
    ['sc', { demean: false }],
    ['did', { weights: 'uniform' }],
  ] as const)('gives its bounds per period for %s, to its grid of 0.5', (kind, options) => {
    // the package keeps p > .1 where we keep p >= .1, and p is a multiple of .05 here: a level a little below .9 tells them apart
    const { bands } = conformal(view, -19, { ...options, level: 0.8999 });
    bands!.forEach(({ lo, hi }, t) => {
      const { lb, ub } = expected[kind].pointwise_ci90;
      expect(lb[t] - lo!).toBeGreaterThanOrEqual(-1e-9);
      expect(lb[t] - lo!).toBeLessThan(0.5 + 1e-9);
      expect(hi! - ub[t]).toBeGreaterThanOrEqual(-1e-9);
      expect(hi! - ub[t]).toBeLessThan(0.5 + 1e-9);
    });
  });
});

describe.skipIf(!hasGolden)('conformal on 200 x 180', () => {
  const { panel, treatment } = hasGolden ? geos() : { panel: null, treatment: null };
  const view = panel ? panelView(panel, treatment) : ({} as PanelView);

  it('gives p = 1 / 180 and the interval of the reference grid', () => {
    const expected = golden('recommended_inference_panel_200x180').block_conformal_abs_sum;
    const { pValue, interval } = conformal(view, 39, { level: 0.9, bands: false });
    expect(pValue).toBeCloseTo(expected.p_at_0, 8);
    expect(Math.abs(interval!.lo! - expected.ci90_grid1[0])).toBeLessThan(1);
    expect(Math.abs(interval!.hi! - expected.ci90_grid1[1])).toBeLessThan(1);
  });

  it('gives the block p-values of augsynth 0.2.0, without and with ridge', () => {
    const expected = golden('timing_panel_200x180');
    expect(conformalPValue(view, 0, 'sum_abs', {})).toBeCloseTo(expected.augsynth_None_fe.conformal_p_block_sumabs, 9);
    const ridge = expected.augsynth_Ridge_fe;
    expect(conformalPValue(view, 0, 'sum_abs', { ridge: ridge.lambda })).toBeCloseTo(ridge.conformal_p_block_sumabs, 9);
  });
});
