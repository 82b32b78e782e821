import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excludesZero } from '../../../models/lift/inference.ts';
import { jackknifePlus } from '../../../models/lift/jackknife-plus.ts';
import { type PanelView, panelView } from '../../../models/lift/panel-view.ts';
import { syntheticControl } from '../../../models/lift/synthetic-control.ts';
import { geos, golden, hasGolden } from './golden-panel.ts';
import { simulatedView } from './simulated-view.ts';

describe('jackknifePlus', () => {
  it('agrees with refitting a panel that truly lacks the period', () => {
    const view = simulatedView({ controls: 6, treated: 1, pre: 12, post: 3, effect: 1, seed: 4 });
    const lower: number[] = [];
    const upper: number[] = [];
    for (let t = 0; t < 12; t++) {
      const keep = view.periods.map((_, s) => s).filter((s) => s !== t);
      const without: PanelView = {
        ...view,
        periods: keep.map((s) => view.periods[s]),
        pre: 11,
        outcome: Float64Array.from(view.units.flatMap((_, u) => keep.map((s) => view.outcome[u * 15 + s]))),
      };
      const fit = syntheticControl(without);
      // prediction of the dropped period: level of the treated unit plus the weighted deviations of the donors
      const mean = (u: number): number => keep.slice(0, 11).reduce((sum, s) => sum + view.outcome[u * 15 + s], 0) / 11;
      const deviation = (u: number): number => view.outcome[u * 15 + t] - mean(u);
      const miss = Math.abs(deviation(6) - fit.weights.reduce((sum, w, u) => sum + w * deviation(u), 0));
      lower.push(fit.effect - miss);
      upper.push(fit.effect + miss);
    }
    const type7 = (values: number[], p: number): number => {
      const sorted = values.sort((a, b) => a - b);
      const at = p * (sorted.length - 1);
      const k = Math.floor(at);
      return sorted[k] + (at - k) * ((sorted[k + 1] ?? sorted[k]) - sorted[k]);
    };
    const { interval } = jackknifePlus(view, { level: 0.8 });
    expect(interval!.lo).toBeCloseTo(type7(lower, 0.1), 8);
    expect(interval!.hi).toBeCloseTo(type7(upper, 0.9), 8);
  });

  it('has p < alpha exactly when the interval excludes 0', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 10_000 }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.constantFrom(0.5, 0.8, 0.9, 0.99),
        (seed, effect, level) => {
          const view = simulatedView({ controls: 5, treated: 1, pre: 14, post: 3, effect, seed });
          const { pValue, interval } = jackknifePlus(view, { level });
          expect(pValue! < 1 - level - 1e-12).toBe(excludesZero(interval!));
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it('gives no answer with two pre-periods', () => {
    const view = simulatedView({ controls: 5, treated: 1, pre: 2, post: 3, effect: 0, seed: 1 });
    expect(jackknifePlus(view, { level: 0.9 })).toMatchObject({ interval: null, pValue: null });
  });
});

describe.skipIf(!hasGolden)('jackknifePlus against augsynth 0.2.0 on 200 x 180', () => {
  it('gives its 95 % intervals of the mean effect, without and with ridge', () => {
    const { panel, treatment } = geos();
    const view = panelView(panel, treatment);
    const { augsynth_None_fe: plain, augsynth_Ridge_fe: ridge } = golden('timing_panel_200x180');
    const check = (options: { ridge?: number }, [lo, hi]: number[]): void => {
      const { interval } = jackknifePlus(view, { level: 0.95, ...options });
      expect(Math.abs(interval!.lo! / lo - 1)).toBeLessThan(1e-6);
      expect(Math.abs(interval!.hi! / hi - 1)).toBeLessThan(1e-6);
    };
    check({}, plain.jackknife_plus_ci);
    check({ ridge: ridge.lambda }, ridge.jackknife_plus_ci);
  });
});
