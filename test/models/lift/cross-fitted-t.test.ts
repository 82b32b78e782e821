import { describe, expect, it } from 'vitest';
import { crossFittedT } from '../../../models/lift/cross-fitted-t.ts';
import { panelView } from '../../../models/lift/panel-view.ts';
import { california, golden, hasGolden } from './golden-panel.ts';
import { simulatedView } from './simulated-view.ts';

describe('crossFittedT', () => {
  it('is centred on an effect that the plain fit need not share', () => {
    const view = simulatedView({ controls: 8, treated: 1, pre: 30, post: 8, effect: 4, seed: 2 });
    const { effect, interval, standardError } = crossFittedT(view, { level: 0.9 });
    expect((interval!.lo! + interval!.hi!) / 2).toBeCloseTo(effect!, 10);
    // t(2) at 95 %: 2.919986
    expect((interval!.hi! - interval!.lo!) / 2 / standardError!).toBeCloseTo(2.919986, 5);
    expect(Math.abs(effect! - 4)).toBeLessThan(2);
  });

  it('adds a constant effect exactly', () => {
    const shape = { controls: 8, treated: 1, pre: 30, post: 8, seed: 5 };
    const plain = crossFittedT(simulatedView({ ...shape, effect: 0 }), { level: 0.9 });
    const moved = crossFittedT(simulatedView({ ...shape, effect: 3 }), { level: 0.9 });
    expect(moved.effect! - plain.effect!).toBeCloseTo(3, 9);
    expect(moved.standardError).toBeCloseTo(plain.standardError!, 9);
  });

  it('says when the pre-period is too short, and refuses a single fold', () => {
    const view = simulatedView({ controls: 8, treated: 1, pre: 2, post: 8, effect: 4, seed: 2 });
    expect(crossFittedT(view, { level: 0.9 })).toMatchObject({ interval: null, effect: null });
    expect(() => crossFittedT(view, { level: 0.9, folds: 1 })).toThrow(/at least 2/);
  });
});

describe.skipIf(!hasGolden)('crossFittedT against scinference 0.0.0.9000 on the California panel', () => {
  it.each([
    [2, 'ttest_K2'],
    [3, 'ttest_K3'],
  ])('gives its estimate and error with %i folds', (folds, key) => {
    const { panel, treatment } = california();
    const expected = golden('cwz_conformal').california_prop99[key];
    const { effect, standardError } = crossFittedT(panelView(panel, treatment), { level: 0.9, folds, demean: false });
    // its weights come from quadprog with a small ridge, good to seven digits
    expect(Math.abs(effect! / expected['tau.hat'] - 1)).toBeLessThan(1e-6);
    expect(Math.abs(standardError! / expected['se.hat'] - 1)).toBeLessThan(1e-5);
  });
});
