import { describe, expect, it } from 'vitest';
import { augmentedFitter, augmentedSyntheticControl } from '../../../models/lift/augmented.ts';
import { block, rows } from '../../../models/lift/block.ts';
import { panelView } from '../../../models/lift/panel-view.ts';
import { syntheticControl } from '../../../models/lift/synthetic-control.ts';
import { type Matrix, solve } from '../../../models/numeric/matrix.ts';
import { geos, golden, hasGolden } from './golden-panel.ts';
import { simulatedView } from './simulated-view.ts';

describe('augmentedSyntheticControl', () => {
  const view = simulatedView({ controls: 10, treated: 1, pre: 30, post: 6, effect: 3, seed: 11 });

  it('is synthetic control when the ridge is very large', () => {
    const plain = syntheticControl(view);
    const fit = augmentedFitter(block(view, true), 1e12)(rows(0, 10), rows(10, 11));
    fit.weights.forEach((w, i) => {
      expect(w).toBeCloseTo(plain.weights[i], 6);
    });
  });

  it('agrees with the correction written out over periods', () => {
    // w + Xc (Xc'Xc + lambda I)^-1 (x1 - Xc'w), the primal form, by LU
    const data = block(view, true);
    const lambda = 40;
    const plain = syntheticControl(view);
    const fit = augmentedFitter(data, lambda)(rows(0, 10), rows(10, 11));
    const length = 36;
    const system: Matrix = { rows: 30, cols: 30, data: new Float64Array(900) };
    const x = (u: number, t: number): number => data.series[u * length + t];
    for (let s = 0; s < 30; s++) {
      for (let t = 0; t < 30; t++) {
        for (let u = 0; u < 10; u++) system.data[s * 30 + t] += x(u, s) * x(u, t);
      }
      system.data[s * 30 + s] += lambda;
    }
    const right = solve(system, { rows: 30, cols: 1, data: plain.gap.slice(0, 30) })!;
    for (let u = 0; u < 10; u++) {
      let w = plain.weights[u];
      for (let t = 0; t < 30; t++) w += x(u, t) * right.data[t];
      expect(fit.weights[u]).toBeCloseTo(w, 9);
    }
    expect(fit.weights.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
  });

  it('fits the pre-period better than synthetic control does, and keeps the planted effect', () => {
    const fit = augmentedSyntheticControl(view);
    expect(fit.augmented).toBe(true);
    expect(fit.preRmspe).toBeLessThanOrEqual(syntheticControl(view).preRmspe);
    expect(Math.abs(fit.effect - 3)).toBeLessThan(2);
  });

  it('refuses to interpolate with more donors than pre-periods, and says so', () => {
    const wide = simulatedView({ controls: 40, treated: 1, pre: 12, post: 4, effect: 3, seed: 2 });
    const fit = augmentedSyntheticControl(wide);
    expect(fit.augmented).toBe(false);
    expect(fit.refused[0]).toBe('40 donors and only 12 pre-periods');
    expect(fit.effect).toBe(syntheticControl(wide).effect);
  });

  it('says when there are too few periods to choose the ridge by', () => {
    const short = simulatedView({ controls: 5, treated: 1, pre: 2, post: 2, effect: 0, seed: 2 });
    expect(augmentedSyntheticControl(short)).toMatchObject({ augmented: false, lambda: null });
  });
});

describe.skipIf(!hasGolden)('augmentedSyntheticControl against augsynth 0.2.0 on 200 x 180', () => {
  it('chooses its ridge and gives its estimate; the guard refuses it', () => {
    // augsynth(progfunc = "Ridge", fixedeff = TRUE): lambda 0.73047791817, att 41.8184700802, scaled L2 0.00063901420763
    const { panel, treatment } = geos();
    const view = panelView(panel, treatment);
    const expected = golden('timing_panel_200x180').augsynth_Ridge_fe;
    const fit = augmentedSyntheticControl(view, { guard: false });
    expect(fit.lambda).toBeCloseTo(expected.lambda, 6);
    expect(Math.abs(fit.effect / expected.att - 1)).toBeLessThan(1e-6);
    expect(fit.scaledL2).toBeCloseTo(expected.scaled_l2, 8);
    const guarded = augmentedSyntheticControl(view, { lambda: fit.lambda! });
    expect(guarded.augmented).toBe(false);
    expect(guarded.refused).toHaveLength(3);
  });
});
