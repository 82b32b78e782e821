import { describe, expect, it } from 'vitest';
import { rows } from '../../../models/lift/block.ts';
import type { Inference } from '../../../models/lift/inference.ts';
import { type PanelView, panelView } from '../../../models/lift/panel-view.ts';
import { type SyntheticDidOptions, syntheticDid, syntheticDidFitter } from '../../../models/lift/synthetic-did.ts';
import {
  type SyntheticDidError,
  syntheticDidInference,
  syntheticDidReplicates,
} from '../../../models/lift/synthetic-did-errors.ts';
import { california, geos, golden, hasGolden } from './golden-panel.ts';
import { simulatedView } from './simulated-view.ts';

function infer(
  view: PanelView,
  kind: SyntheticDidError,
  draws: number,
  options: SyntheticDidOptions = {},
  level = 0.95,
): Inference {
  const fitter = syntheticDidFitter(view, options);
  const fit = fitter.fit(rows(0, view.controls), rows(view.controls, view.units.length));
  const replicates = syntheticDidReplicates(view, fitter, fit, kind, draws, 1);
  return syntheticDidInference(view, fit, replicates, replicates?.run() ?? new Float64Array(), level);
}

describe('syntheticDidInference', () => {
  const view = simulatedView({ controls: 12, treated: 3, pre: 20, post: 5, effect: 2, seed: 6 });

  it('placebo: the spread over every set of controls, by refitting panels made of controls alone', () => {
    const small = simulatedView({ controls: 6, treated: 1, pre: 12, post: 3, effect: 0, seed: 2 });
    const { zetaOmega } = syntheticDidFitter(small);
    const effects = Array.from({ length: 6 }, (_, k) => {
      const order = [...rows(0, 6).filter((u) => u !== k), k];
      const placebo: PanelView = {
        ...small,
        units: order.map((u) => small.units[u]),
        controls: 5,
        outcome: Float64Array.from(order.flatMap((u) => [...small.outcome.subarray(u * 15, (u + 1) * 15)])),
      };
      // the ridge stays that of the real fit, so it is close to but not the same as refitting from nothing
      expect(syntheticDidFitter(placebo).zetaOmega).toBeCloseTo(zetaOmega, 0);
      return syntheticDid(placebo).effect;
    });
    const mean = effects.reduce((a, b) => a + b) / 6;
    const sd = Math.sqrt(effects.reduce((sum, e) => sum + (e - mean) ** 2, 0) / 6);
    const { standardError, diagnostics } = infer(small, 'placebo', 200);
    expect(diagnostics).toMatchObject({ replicates: 6, exhaustive: true });
    expect(Math.abs(standardError! / sd - 1)).toBeLessThan(0.05);
  });

  it('splits into ranges without changing a replicate', () => {
    const fitter = syntheticDidFitter(view);
    const fit = fitter.fit(rows(0, 12), rows(12, 15));
    for (const kind of ['placebo', 'jackknife', 'bootstrap'] as const) {
      const replicates = syntheticDidReplicates(view, fitter, fit, kind, 30, 5)!;
      const { count } = replicates;
      expect([...replicates.run(0, 7), ...replicates.run(7, count)]).toEqual([...replicates.run()]);
    }
  });

  it('gives errors of the same size by all three ways on a well-behaved panel', () => {
    const errors = (['placebo', 'jackknife', 'bootstrap'] as const).map(
      (kind) => infer(view, kind, 200).standardError!,
    );
    expect(Math.max(...errors) / Math.min(...errors)).toBeLessThan(2);
  });

  it('has p < alpha exactly when the interval excludes 0', () => {
    for (const effect of [0, 0.3, 0.6, 0.9, 1.2, 3]) {
      for (const level of [0.5, 0.8, 0.95]) {
        const found = infer(
          simulatedView({ controls: 10, treated: 2, pre: 15, post: 4, effect, seed: 3 }),
          'placebo',
          100,
          {},
          level,
        );
        expect(found.pValue! < 1 - level).toBe(found.interval!.lo! > 0 || found.interval!.hi! < 0);
      }
    }
  });

  it('says which errors are not defined for the panel', () => {
    const single = simulatedView({ controls: 8, treated: 1, pre: 12, post: 3, effect: 0, seed: 1 });
    for (const kind of ['jackknife', 'bootstrap'] as const) {
      expect(infer(single, kind, 20)).toMatchObject({
        interval: null,
        diagnostics: { reason: expect.stringMatching(/one treated unit/) },
      });
    }
    const few = simulatedView({ controls: 3, treated: 3, pre: 12, post: 3, effect: 0, seed: 1 });
    expect(infer(few, 'placebo', 20).diagnostics.reason).toMatch(/needs more controls/);
  });
});

describe.skipIf(!hasGolden)('syntheticDidInference against published errors', () => {
  it('gives 9.37 for California from all 38 controls', () => {
    // exhaustive, ridge of the real fit: 9.3709; the package's own 8.367993 is 200 random draws of the same 38
    const { panel, treatment } = california();
    const view = panelView(panel, treatment);
    expect(infer(view, 'placebo', 200, { compat: 'synthdid' }).standardError).toBeCloseTo(9.3709, 3);
    expect(infer(view, 'placebo', 200).standardError).toBeCloseTo(9.3709, 2);
  });

  it("gives the package's jackknife error on 200 x 180", () => {
    const { panel, treatment } = geos();
    const found = infer(panelView(panel, treatment), 'jackknife', 0, { compat: 'synthdid' });
    expect(found.standardError).toBeCloseTo(golden('timing_panel_200x180').synthdid_sdid.se_jackknife, 7);
  });
});
