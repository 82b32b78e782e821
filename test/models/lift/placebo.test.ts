import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { block, type DonorFit } from '../../../models/lift/block.ts';
import { excludesZero } from '../../../models/lift/inference.ts';
import { panelView } from '../../../models/lift/panel-view.ts';
import { limitRank, placeboTable, studentisedPlacebo } from '../../../models/lift/placebo.ts';
import { placeboSets } from '../../../models/lift/placebo-sets.ts';
import { syntheticControl, syntheticControlFitter } from '../../../models/lift/synthetic-control.ts';
import { quantile } from '../../../models/numeric/quantile.ts';
import { geos, golden, hasGolden } from './golden-panel.ts';
import { simulatedView } from './simulated-view.ts';

function fitOf(effect: number, preRmspe: number): DonorFit {
  return { weights: Float64Array.of(1), gap: Float64Array.of(1, -1, effect), effect, preRmspe, converged: true };
}

/** Placebos with one post-period, pre-RMSPE 1 and these effects. */
const tableOf = (effects: number[]): Float64Array => Float64Array.from(effects.flatMap((e) => [e, 1, e]));

describe('studentisedPlacebo', () => {
  it('by hand: an effect beyond 8 of 9 placebos has p = 2 / 10', () => {
    const inference = studentisedPlacebo(fitOf(10, 2), tableOf([1, -2, 3, -4, 4.5, 0, 2, -1, 6]), 1, 0.75);
    // s = 5; m = floor(.75 * 10) + 1 = 8, the 8th smallest |s_k| is 4.5
    expect(inference.pValue).toBeCloseTo(0.2, 12);
    expect(inference.interval).toEqual({ lo: 1, hi: 19 });
    expect(inference.bands).toEqual([{ lo: 1, hi: 19 }]);
    expect(inference.diagnostics).toMatchObject({ p_greater: 0.2, p_less: 0.9, p_floor: 0.1, placebos: 9 });
    // |gap| after over before: 10 / 2 for the treated, |effect| / 1 for the placebos; only 6 reaches it
    expect(inference.diagnostics).toMatchObject({ rmspe_ratio: 5, rmspe_ratio_p: 0.2 });
  });

  it('has no bounds when the placebos are too few for the level', () => {
    const inference = studentisedPlacebo(fitOf(50, 1), tableOf([1, 2, 3]), 1, 0.9);
    expect(inference.interval).toEqual({ lo: null, hi: null });
    expect(inference.pValue).toBe(0.25);
    expect(inference.diagnostics.unbounded).toBe('both');
  });

  it('gives no answer for a perfect pre-period fit', () => {
    const inference = studentisedPlacebo(fitOf(3, 0), tableOf([1, 2, 3]), 1, 0.9);
    expect(inference.interval).toBeNull();
    expect(inference.pValue).toBeNull();
    expect(inference.diagnostics.reason).toMatch(/fit is perfect/);
  });

  it('ranks the limit so that ties of level and count fall on the safe side', () => {
    expect([limitRank(999, 0.9), limitRank(199, 0.95), limitRank(38, 0.9)]).toEqual([901, 191, 36]);
  });

  it('has p < alpha exactly when the interval excludes 0', () => {
    const value = fc.integer({ min: -40, max: 40 }).map((x) => x / 4);
    fc.assert(
      fc.property(
        value,
        fc.array(value, { minLength: 1, maxLength: 60 }),
        fc.constantFrom(0.5, 0.8, 0.9, 0.95),
        (e, others, level) => {
          const { pValue, interval } = studentisedPlacebo(fitOf(e, 1), tableOf(others), 1, level);
          expect(pValue! < 1 - level - 1e-12).toBe(excludesZero(interval!));
        },
      ),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('does not depend on how the sets are split into ranges', () => {
    const view = simulatedView({ controls: 12, treated: 2, pre: 20, post: 5, effect: 1, seed: 2 });
    const sets = placeboSets(12, 2, 999, 1);
    const fitter = syntheticControlFitter(block(view, true));
    const whole = placeboTable(fitter, sets, 12, 20);
    const parts = [0, 17, 40].map((from, i, starts) =>
      placeboTable(fitter, sets, 12, 20, from, starts[i + 1] ?? sets.count),
    );
    expect(parts.flatMap((part) => [...part])).toEqual([...whole]);
  });

  it('rejects a true null at its level, with autocorrelated noise', () => {
    let rejected = 0;
    const runs = 150;
    for (let seed = 1; seed <= runs; seed++) {
      const view = simulatedView({ controls: 19, treated: 1, pre: 30, post: 6, effect: 0, seed, rho: 0.6 });
      const table = placeboTable(syntheticControlFitter(block(view, true)), placeboSets(19, 1, 99, 1), 19, 30);
      if (studentisedPlacebo(syntheticControl(view), table, 6, 0.9).pValue! < 0.1 - 1e-9) rejected++;
    }
    // exact size is 1 / 20 (p is a multiple of .05); 2.5 binomial errors
    expect(rejected / runs).toBeLessThan(0.1 + 2.5 * Math.sqrt(0.09 / runs));
  });
});

describe.skipIf(!hasGolden)('studentisedPlacebo on the 200 x 180 panel', () => {
  it('finds the planted effect with the truth inside the interval', () => {
    // 199 sets of other random numbers (their own bound moves by +-0.4 with the seed; we take 999): studentised 11.19241, interval [35.10338, 42.34092] = effect less
    // pre-RMSPE times the signed quantiles of the placebos, agreed to +-0.5 in that form
    const { panel, treatment } = geos();
    const expected = golden('recommended_inference_panel_200x180');
    const view = panelView(panel, treatment);
    const table = placeboTable(syntheticControlFitter(block(view, true)), placeboSets(180, 20, 999, 1), 180, 150);
    const fit = syntheticControl(view);
    const { interval, pValue, diagnostics } = studentisedPlacebo(fit, table, 30, 0.95);
    expect(diagnostics.studentised).toBeCloseTo(expected.studentised, 4);
    // no placebo reaches it, there as here: p is the floor 1 / (K + 1)
    expect(expected.in_space_placebo.p).toBe(1 / 200);
    expect(pValue).toBe(1 / 1000);
    const signed = Float64Array.from({ length: 999 }, (_, k) => table[k * 32] / table[k * 32 + 1]);
    const [lo, hi] = [0.975, 0.025].map((q) => fit.effect - fit.preRmspe * quantile(signed, q));
    expect(Math.abs(lo - expected.in_space_placebo.ci95[0])).toBeLessThan(0.5);
    expect(Math.abs(hi - expected.in_space_placebo.ci95[1])).toBeLessThan(0.5);
    expect(interval!.lo!).toBeLessThan(expected.truth_att);
    expect(interval!.hi!).toBeGreaterThan(expected.truth_att);
  });
});
