import { describe, expect, it } from 'vitest';
import { rows } from '../../../models/lift/block.ts';
import { type PanelView, panelView } from '../../../models/lift/panel-view.ts';
import {
  SYNTHETIC_DID_VARIANTS,
  type SyntheticDidVariant,
  syntheticDid,
  syntheticDidFitter,
} from '../../../models/lift/synthetic-did.ts';
import { random } from '../../../models/numeric/random.ts';
import { california, geos, golden, hasGolden } from './golden-panel.ts';

function simulate(effect: number, seed: number): PanelView {
  const draw = random(seed, 'sdid');
  const [controls, treated, pre, post] = [20, 3, 30, 8];
  const length = pre + post;
  const factor = Float64Array.from({ length }, () => draw.normal());
  const outcome = new Float64Array((controls + treated) * length);
  for (let u = 0; u < controls + treated; u++) {
    const [level, load] = [10 * draw.normal(), draw.uniform()];
    for (let t = 0; t < length; t++) {
      outcome[u * length + t] =
        level + load * factor[t] + 0.3 * draw.normal() + (u >= controls && t >= pre ? effect : 0);
    }
  }
  const name = (_: unknown, i: number): string => `n${i}`;
  return {
    units: Array.from({ length: controls + treated }, name),
    periods: Array.from({ length }, name),
    controls,
    treated,
    pre,
    post,
    outcome,
  };
}

describe('syntheticDid', () => {
  it('is difference-in-differences when both weightings are uniform', () => {
    const view: PanelView = {
      units: ['a', 'b', 'x'],
      periods: ['1', '2', '3'],
      controls: 2,
      treated: 1,
      pre: 2,
      post: 1,
      outcome: Float64Array.from([1, 3, 5, 2, 4, 3, 10, 12, 20]),
    };
    // treated 20 - 11 = 9; controls (5 + 3) / 2 - (2 + 3) / 2 = 1.5
    expect(syntheticDid(view, { variant: 'did' }).effect).toBeCloseTo(7.5, 12);
  });

  it('adds the planted effect exactly, whatever the noise', () => {
    const plain = syntheticDid(simulate(0, 4));
    const planted = syntheticDid(simulate(7, 4));
    expect(planted.effect - plain.effect).toBeCloseTo(7, 9);
  });

  it('recovers a planted effect over simulated panels', () => {
    let sum = 0;
    for (let seed = 1; seed <= 60; seed++) sum += syntheticDid(simulate(5, seed)).effect;
    expect(Math.abs(sum / 60 - 5)).toBeLessThan(0.08);
  });

  it('gives weights that sum to 1 and repeats them when a donor is drawn twice', () => {
    const view = simulate(1, 9);
    const fitter = syntheticDidFitter(view);
    const once = fitter.fit(rows(0, 20), rows(20, 23));
    expect(once.weights.reduce((a, b) => a + b)).toBeCloseTo(1, 10);
    expect(once.periodWeights.reduce((a, b) => a + b)).toBeCloseTo(1, 10);
    const twice = fitter.fit(Int32Array.from([0, 0, 1, 2, 3, 4, 5]), rows(20, 23));
    expect(twice.weights[0]).toBeCloseTo(twice.weights[1], 9);
  });

  it('refuses a single pre-period', () => {
    const view = { ...simulate(0, 1), pre: 1, post: 37 };
    expect(() => syntheticDid(view)).toThrow(/at least two pre-periods/);
  });
});

describe.skipIf(!hasGolden)('syntheticDid against the R package synthdid 0.0.9', () => {
  const expected = hasGolden ? golden('synthdid_california_prop99') : {};
  const view = hasGolden ? panelView(california().panel, california().treatment) : ({} as PanelView);

  it.each(Object.keys(SYNTHETIC_DID_VARIANTS) as SyntheticDidVariant[])(
    'gives the digits of the package for %s in compat mode (Arkhangelsky et al. 2021, Table 1)',
    (variant) => {
      const fit = syntheticDid(view, { variant, compat: 'synthdid' });
      expect(fit.effect).toBeCloseTo(expected[variant].estimate, 8);
      fit.weights.forEach((w, i) => {
        expect(w).toBeCloseTo(expected[variant].omega[view.units[i]], 8);
      });
      fit.periodWeights.forEach((w, t) => {
        expect(w).toBeCloseTo(expected[variant].lambda[view.periods[t]], 8);
      });
      expected[variant].effect_curve.forEach((effect: number, t: number) => {
        expect(fit.gap[19 + t]).toBeCloseTo(effect, 8);
      });
    },
  );

  it('gives the exact optimum by default', () => {
    const fit = syntheticDid(view);
    expect(fit.effect).toBeCloseTo(expected.sdid_exact_qp.estimate, 6);
    fit.weights.forEach((w, i) => {
      expect(w).toBeCloseTo(expected.sdid_exact_qp.omega[view.units[i]], 6);
    });
    fit.periodWeights.forEach((w, t) => {
      expect(w).toBeCloseTo(expected.sdid_exact_qp.lambda[view.periods[t]], 6);
    });
  });

  it('derives the noise level and ridge of the package', () => {
    const { sigma, zetaOmega, zetaLambda } = syntheticDidFitter(view);
    expect(sigma).toBeCloseTo(expected.noise_level, 9);
    expect(zetaOmega).toBeCloseTo(expected.sdid.zeta_omega, 9);
    expect(zetaLambda).toBeCloseTo(expected.sdid.zeta_lambda, 12);
  });

  it('treats every control of California in turn as the package does', () => {
    const { panel } = california();
    const without = panel.units.filter((unit) => unit !== 'California');
    for (const unit of without) {
      const placebo = panelView(
        {
          ...panel,
          units: without,
          outcome: Float64Array.from(
            without.flatMap((name) => {
              const u = panel.units.indexOf(name);
              return [...panel.outcome.subarray(u * 31, (u + 1) * 31)];
            }),
          ),
        },
        { firstTreated: new Map([[unit, 19]]) },
      );
      const fit = syntheticDid(placebo, { compat: 'synthdid' });
      expect(fit.effect).toBeCloseTo(expected.sdid.placebo_in_space_all_controls[unit], 3);
    }
  });

  it('agrees with the package on 200 x 180', () => {
    const { panel, treatment } = geos();
    const fit = syntheticDid(panelView(panel, treatment), { compat: 'synthdid' });
    expect(fit.effect).toBeCloseTo(golden('timing_panel_200x180').synthdid_sdid.estimate, 8);
  });
});
