import { describe, expect, it } from 'vitest';
import { block, rootMeanSquare, rows } from '../../../models/lift/block.ts';
import { panelView } from '../../../models/lift/panel-view.ts';
import { scaledL2, syntheticControl } from '../../../models/lift/synthetic-control.ts';
import type { Panel } from '../../../models/panel.ts';
import { california, geos, golden, hasGolden } from './golden-panel.ts';

function panel(units: string[], series: number[][]): Panel {
  return {
    units,
    periods: series[0].map((_, t) => `p${t}`),
    outcome: Float64Array.from(series.flat()),
    covariates: {},
  };
}

const start = (unit: string, at: number) => ({ firstTreated: new Map([[unit, at]]) });

describe('syntheticControl', () => {
  it('by hand: the mean of two donors plus a level, and an effect of 5', () => {
    const view = panelView(
      panel(
        ['a', 'b', 'x'],
        [
          [1, 5, 3, 9],
          [3, 1, 5, 1],
          [102, 103, 104, 110],
        ],
      ),
      start('x', 3),
    );
    const fit = syntheticControl(view);
    expect(fit.weights[0]).toBeCloseTo(0.5, 10);
    expect(fit.effect).toBeCloseTo(5, 9);
    expect(fit.preRmspe).toBeCloseTo(0, 9);
  });

  it('keeps to the hull of the levels when it does not de-mean', () => {
    const view = panelView(
      panel(
        ['a', 'b', 'x'],
        [
          [1, 2, 3, 4],
          [5, 6, 7, 8],
          [4, 5, 6, 9],
        ],
      ),
      start('x', 3),
    );
    const fit = syntheticControl(view, { demean: false });
    expect([...fit.weights]).toEqual([expect.closeTo(0.25, 9), expect.closeTo(0.75, 9)]);
    expect(fit.effect).toBeCloseTo(2, 9);
  });

  it('does not change when a level is added to any unit or a common path to all', () => {
    const series = [
      [1, 4, 2, 6, 5],
      [2, 2, 5, 3, 8],
      [7, 5, 3, 4, 4],
      [3, 4, 4, 5, 9],
    ];
    const plain = syntheticControl(panelView(panel(['a', 'b', 'c', 'x'], series), start('x', 3)));
    const moved = series.map((row, u) => row.map((y, t) => y + 10 * u + t * t));
    const shifted = syntheticControl(panelView(panel(['a', 'b', 'c', 'x'], moved), start('x', 3)));
    expect(shifted.effect).toBeCloseTo(plain.effect, 9);
  });
});

describe.skipIf(!hasGolden)('syntheticControl against published numbers', () => {
  it('reaches the exact optimum on the California tobacco panel', () => {
    // quadprog on Abadie, Diamond & Hainmueller (2010), outcome only: -19.513628405044, objective 2.743661656808
    const { panel: states, treatment } = california();
    const expected = golden('synthdid_california_prop99').sc_exact_qp;
    const fit = syntheticControl(panelView(states, treatment), { demean: false });
    expect(Math.abs(fit.effect / expected.estimate - 1)).toBeLessThan(1e-6);
    expect(rootMeanSquare(fit.gap, 0, 19) ** 2).toBeLessThanOrEqual(expected.objective_exact + 1e-9);
    states.units
      .filter((unit) => unit !== 'California')
      .forEach((unit, i) => {
        expect(fit.weights[i]).toBeCloseTo(expected.omega[unit], 6);
      });
  });

  it('agrees with augsynth 0.2.0 (fixed effects, no ridge) on 200 x 180', () => {
    // augsynth(progfunc = "None", fixedeff = TRUE): att 39.0498938505, scaled L2 0.49163040868
    const { panel: markets, treatment } = geos();
    const expected = golden('timing_panel_200x180').augsynth_None_fe;
    const view = panelView(markets, treatment);
    const fit = syntheticControl(view);
    expect(Math.abs(fit.effect / expected.att - 1)).toBeLessThan(1e-6);
    const fitL2 = scaledL2(block(view, true), rows(0, 180), fit.weights, rows(180, 200));
    expect(fitL2).toBeCloseTo(expected.scaled_l2, 6);
    expect(fit.preRmspe).toBeCloseTo(golden('recommended_inference_panel_200x180').pre_rmspe, 5);
  });
});
