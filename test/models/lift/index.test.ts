import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../models/errors.ts';
import {
  LIFT_METHODS,
  type LiftMethod,
  type LiftOptions,
  liftReplicates,
  measureLift,
} from '../../../models/lift/index.ts';
import { excludesZero } from '../../../models/lift/inference.ts';
import type { PanelView } from '../../../models/lift/panel-view.ts';
import { random } from '../../../models/numeric/random.ts';
import type { Panel, Treatment } from '../../../models/panel.ts';
import { california, geos, golden, hasGolden } from './golden-panel.ts';
import { minimumWage } from './minimum-wage.ts';
import { simulatedView } from './simulated-view.ts';

function asPanel(view: PanelView): { panel: Panel; treatment: Treatment } {
  return {
    panel: { units: view.units, periods: view.periods, outcome: view.outcome, covariates: {} },
    treatment: { firstTreated: new Map(view.units.slice(view.controls).map((unit) => [unit, view.pre])) },
  };
}

const ALL: LiftOptions[] = (Object.keys(LIFT_METHODS) as LiftMethod[]).flatMap((method) =>
  LIFT_METHODS[method].map((standardError) => ({ method, standardError, draws: 40, bsts: { iterations: 220 } })),
);

describe('measureLift', () => {
  const { panel, treatment } = asPanel(
    simulatedView({ controls: 20, treated: 5, pre: 30, post: 6, effect: 3, seed: 12 }),
  );

  it.each(ALL.map((options) => [options.method, options.standardError, options] as const))(
    'answers by %s with %s: one shape, finite numbers, bounds around the estimate',
    (method, standardError, options) => {
      const result = measureLift(panel, treatment, options);
      expect(result).toMatchObject({ schema_version: 1, method, estimate: { level: 0.9, n: 25 } });
      expect(Math.abs(result.estimate.value - 3)).toBeLessThan(1.5);
      expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      if (method === 'tbr' && result.estimate.interval === null) {
        expect(result.diagnostics.no_interval).toEqual(expect.any(String));
        return;
      }
      const { lo, hi } = result.estimate.interval!;
      expect(lo!).toBeLessThanOrEqual(result.estimate.value);
      expect(hi!).toBeGreaterThanOrEqual(result.estimate.value);
      expect(result.cumulative.value).toBeCloseTo(30 * result.estimate.value, 9);
      expect(result.relative!.lo!).toBeLessThanOrEqual(result.relative!.value);
      expect(result.diagnostics.inference).toBe(
        {
          placebo: ['sdid', 'callaway_santanna'].includes(method) ? 'placebo' : 'placebo_studentised',
          conformal: 'conformal_block',
        }[standardError as string] ?? standardError,
      );
      if (method !== 'callaway_santanna') {
        expect(result.series).toHaveLength(36);
        const post = result.series.slice(30);
        const mean = post.reduce((sum, { actual, counterfactual }) => sum + actual - counterfactual, 0) / 6;
        const plain = (result.diagnostics.plain_effect as number | undefined) ?? result.estimate.value;
        expect(mean).toBeCloseTo(plain, 6);
      }
    },
  );

  it('gives byte-identical JSON for the same input and seed', () => {
    for (const options of ALL) {
      expect(JSON.stringify(measureLift(panel, treatment, options))).toBe(
        JSON.stringify(measureLift(panel, treatment, options)),
      );
    }
  });

  it('gives the same bytes when the replicates are worked on in ranges', () => {
    for (const options of ALL) {
      const work = liftReplicates(panel, treatment, options);
      if (!work) continue;
      const cuts = [0, 1, Math.floor(work.count / 3), work.count];
      const table = Float64Array.from(
        cuts.slice(1).flatMap((to, i) => [...liftReplicates(panel, treatment, options)!.run(cuts[i], to)]),
      );
      expect(JSON.stringify(measureLift(panel, treatment, options, table))).toBe(
        JSON.stringify(measureLift(panel, treatment, options)),
      );
    }
  });

  it('has p < 1 - level exactly when the interval excludes 0, for every method', () => {
    const methods = ALL.filter(({ method }) => method !== 'bsts');
    fc.assert(
      fc.property(
        fc.constantFrom(...methods),
        fc.nat({ max: 5000 }),
        fc.double({ min: -1.5, max: 1.5, noNaN: true }),
        fc.constantFrom(0.5, 0.8, 0.9, 0.95),
        (options, seed, effect, level) => {
          const given = asPanel(simulatedView({ controls: 9, treated: 2, pre: 14, post: 4, effect, seed, rho: 0.3 }));
          const { estimate, diagnostics } = measureLift(given.panel, given.treatment, { ...options, level });
          if (estimate.p_value === null) {
            expect(estimate.interval).toBeNull();
            return;
          }
          const excluded = estimate.interval === null ? diagnostics.empty === true : excludesZero(estimate.interval);
          expect(estimate.p_value < 1 - level).toBe(excluded);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  it('turns to placebo when clusters are few, and says so', () => {
    const few = asPanel(simulatedView({ controls: 25, treated: 1, pre: 20, post: 5, effect: 1, seed: 3 }));
    const result = measureLift(few.panel, few.treatment, { method: 'did' });
    expect(result.diagnostics).toMatchObject({
      inference: 'placebo_studentised',
      default_changed: expect.stringMatching(/few units/),
    });
    const insisted = measureLift(few.panel, few.treatment, { method: 'did', standardError: 'cluster' });
    expect(insisted.estimate).toMatchObject({ interval: null, p_value: null });
    expect(insisted.diagnostics.reason).toMatch(/too few for a clustered error/);
  });

  it.each([
    [{ method: 'magic' }, /method magic is unknown; use one of did, sc/],
    [
      { method: 'sc', standardError: 'posterior' },
      /posterior does not apply to sc; use one of placebo_refined, placebo, conformal/,
    ],
    [{ method: 'bsts', standardError: 'placebo' }, /placebo does not apply to bsts; use posterior/],
    [{ method: 'sc', level: 1 }, /level is 1; give a share between 0 and 1/],
    [{ method: 'sc', level: 95 }, /level is 95/],
    [{ method: 'sc', draws: 3 }, /draws is 3/],
    [{ method: 'ascm', lambda: -1 }, /lambda is -1/],
    [{ method: 'bsts', compat: 'synthdid' }, /compat synthdid belongs to sdid/],
  ] as [LiftOptions, RegExp][])('refuses %o', (options, message) => {
    const run = (): unknown => measureLift(panel, treatment, options);
    expect(run).toThrow(InputError);
    expect(run).toThrow(message);
  });

  it('refuses replicates that are not all of them', () => {
    expect(() => measureLift(panel, treatment, { method: 'sc' }, new Float64Array(7))).toThrow(RangeError);
  });

  it('gives finite numbers or says why not on panels full of ties, repeats, constants and perfect fits', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const draw = random(seed, 'degenerate');
      const [controls, treated, pre, post] = [
        1 + draw.integer(9),
        1 + draw.integer(3),
        4 + draw.integer(9),
        1 + draw.integer(4),
      ];
      const view = simulatedView({ controls, treated, pre, post, effect: 0, seed });
      const length = pre + post;
      const shapes = [
        (): number => draw.integer(3),
        (): number => draw.integer(2) * 1e6,
        (_: number, i: number): number => (i % length) * (1 + Math.floor(i / length)),
        (): number => 1e3 + 1e-8 * draw.normal(),
      ];
      const outcome = view.outcome.map(shapes[seed % 4]);
      if (controls > 1) outcome.copyWithin(length, 0, length);
      const given = asPanel({ ...view, outcome });
      for (const options of ALL.filter(({ method }) => method !== 'bsts')) {
        try {
          const { estimate, series, diagnostics } = measureLift(given.panel, given.treatment, options);
          expect(Number.isFinite(estimate.value)).toBe(true);
          expect(estimate.interval === null && diagnostics.empty !== true).toBe(estimate.p_value === null);
          for (const { lo, hi } of [...series, estimate.interval ?? { lo: null, hi: null }]) {
            expect(lo === null || Number.isFinite(lo)).toBe(true);
            expect(hi === null || Number.isFinite(hi)).toBe(true);
          }
          if (estimate.p_value === null)
            expect(diagnostics.reason ?? diagnostics.no_interval).toEqual(expect.any(String));
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }
    }
  });

  it('answers with collinear donors, more donors than periods, and two donors', () => {
    const twins = simulatedView({ controls: 12, treated: 1, pre: 20, post: 4, effect: 2, seed: 4 });
    twins.outcome.copyWithin(24, 0, 24);
    const wide = simulatedView({ controls: 40, treated: 1, pre: 8, post: 3, effect: 2, seed: 4 });
    const tiny = simulatedView({ controls: 2, treated: 1, pre: 8, post: 3, effect: 2, seed: 4 });
    for (const view of [twins, wide, tiny]) {
      const given = asPanel(view);
      for (const method of ['did', 'sc', 'ascm', 'sdid'] as const) {
        const { estimate } = measureLift(given.panel, given.treatment, { method });
        expect(Number.isFinite(estimate.value)).toBe(true);
        expect(estimate.p_value === null).toBe(estimate.interval === null);
      }
    }
  });
});

describe.skipIf(!hasGolden)('measureLift on published panels', () => {
  it('reads California by synthetic DiD as the shell would', () => {
    const { panel, treatment } = california();
    const options = { method: 'sdid', standardError: 'placebo', level: 0.95 } as const;
    const { estimate, weights } = measureLift(panel, treatment, options);
    expect(estimate.value).toBeCloseTo(-15.605398, 6);
    expect(estimate.standard_error).toBeCloseTo(9.3709, 2);
    expect(weights.units).toHaveLength(38);
    expect(weights.periods.find(({ period }) => period === '1988')!.weight).toBeCloseTo(0.4271, 4);
    const parity = measureLift(panel, treatment, { ...options, compat: 'synthdid' });
    expect(parity.estimate.value).toBeCloseTo(golden('synthdid_california_prop99').sdid.estimate, 8);
  });

  it('reads staggered minimum wages with an event study', () => {
    const { panel, treatment } = minimumWage();
    const { estimate, event_study } = measureLift(panel, treatment, { method: 'callaway_santanna' });
    expect(estimate.value).toBeCloseTo(-0.03995128, 8);
    expect(estimate.standard_error).toBeCloseTo(0.01203401, 8);
    expect(event_study!.map(({ event_time }) => event_time)).toEqual([-3, -2, -1, 0, 1, 2, 3]);
  });

  it('holds the planted effect of the 200 x 180 panel inside the interval', () => {
    const { panel, treatment } = geos();
    const { truth_att: truth } = golden('recommended_inference_panel_200x180');
    const { estimate, relative } = measureLift(panel, treatment, { method: 'sc', draws: 299 });
    expect(estimate.interval!.lo!).toBeLessThan(truth);
    expect(estimate.interval!.hi!).toBeGreaterThan(truth);
    expect(estimate.p_value!).toBeLessThan(0.01);
    expect(relative!.value).toBeCloseTo(0.061, 3);
  });
});
