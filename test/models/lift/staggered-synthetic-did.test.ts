import { describe, expect, it } from 'vitest';
import { measureLift } from '../../../models/lift/index.ts';
import { panelView } from '../../../models/lift/panel-view.ts';
import { staggeredSyntheticDid } from '../../../models/lift/staggered-synthetic-did.ts';
import { syntheticDid } from '../../../models/lift/synthetic-did.ts';
import type { Panel, Treatment } from '../../../models/panel.ts';
import { simulatedView } from './simulated-view.ts';

/** 14 controls; u014, u015 start in period 20, u016 in period 24; effect 4 from their starts on. */
function staggered(seed: number, effect = 4): { panel: Panel; treatment: Treatment } {
  const view = simulatedView({ controls: 14, treated: 3, pre: 28, post: 2, effect: 0, seed });
  const firstTreated = new Map([
    ['u014', 20],
    ['u015', 20],
    ['u016', 24],
  ]);
  const outcome = view.outcome.map((y, i) => {
    const start = firstTreated.get(view.units[Math.floor(i / 30)]);
    return start !== undefined && i % 30 >= start ? y + effect : y;
  });
  return { panel: { units: view.units, periods: view.periods, outcome, covariates: {} }, treatment: { firstTreated } };
}

const options = { level: 0.9, seed: 1, draws: 60 };

describe('staggeredSyntheticDid', () => {
  it('is the mean of the cohorts by treated cells: 2 x 10 and 1 x 6', () => {
    const { panel, treatment } = staggered(1);
    const { effect, cohorts, cells } = staggeredSyntheticDid(panel, treatment, options);
    expect(cells).toBe(26);
    expect(cohorts.map(({ share }) => share)).toEqual([20 / 26, 6 / 26]);
    expect(effect).toBeCloseTo((20 * cohorts[0].fit.effect + 6 * cohorts[1].fit.effect) / 26, 12);
  });

  it('fits each cohort on units that are never treated, as if the other cohort were not there', () => {
    const { panel, treatment } = staggered(2);
    const { cohorts } = staggeredSyntheticDid(panel, treatment, options);
    const without = panel.units.slice(0, 16);
    const alone = panelView(
      { ...panel, units: without, outcome: panel.outcome.slice(0, 16 * 30) },
      {
        firstTreated: new Map([
          ['u014', 20],
          ['u015', 20],
        ]),
      },
    );
    expect(cohorts[0].fit.effect).toBeCloseTo(syntheticDid(alone).effect, 12);
  });

  it('is the plain method when there is one start', () => {
    const { panel } = staggered(3);
    const treatment = {
      firstTreated: new Map([
        ['u014', 20],
        ['u016', 20],
      ]),
    };
    expect(staggeredSyntheticDid(panel, treatment, options).effect).toBeCloseTo(
      syntheticDid(panelView(panel, treatment)).effect,
      9,
    );
  });

  it('covers a planted effect about as often as it says', () => {
    let covered = 0;
    const runs = 60;
    for (let seed = 1; seed <= runs; seed++) {
      const { panel, treatment } = staggered(seed);
      const { interval } = staggeredSyntheticDid(panel, treatment, options).inference;
      if (interval!.lo! <= 4 && interval!.hi! >= 4) covered++;
    }
    expect(covered / runs).toBeGreaterThan(0.9 - 2.5 * Math.sqrt(0.09 / runs));
  });

  it('answers through measureLift, with its cohorts', () => {
    const { panel, treatment } = staggered(5);
    const result = measureLift(panel, treatment, { method: 'sdid', draws: 60 });
    const { effect, inference } = staggeredSyntheticDid(panel, treatment, options);
    expect(result.estimate).toMatchObject({ value: effect, standard_error: inference.standardError, n: 17 });
    expect(result.cumulative.value).toBeCloseTo(26 * effect, 9);
    expect(result.diagnostics.cohorts).toMatchObject([{ start: 't020' }, { start: 't024' }]);
    expect(() => measureLift(panel, treatment, { method: 'sdid', standardError: 'jackknife' })).toThrow(
      /several starts/,
    );
  });

  it('refuses a panel in which everybody is treated, and has no error with too few controls', () => {
    const { panel } = staggered(6);
    const everybody = new Map(panel.units.map((unit, u) => [unit, u % 2 ? 20 : 24]));
    expect(() => staggeredSyntheticDid(panel, { firstTreated: everybody }, options)).toThrow(/every unit is treated/);
    const most = new Map(panel.units.slice(4).map((unit, u) => [unit, u % 2 ? 20 : 24]));
    expect(staggeredSyntheticDid(panel, { firstTreated: most }, options).inference).toMatchObject({ interval: null });
  });
});
