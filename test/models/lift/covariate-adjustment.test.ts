import { describe, expect, it } from 'vitest';
import { adjustForCovariates } from '../../../models/lift/covariate-adjustment.ts';
import { liftReplicates, measureLift } from '../../../models/lift/index.ts';
import { panelView } from '../../../models/lift/panel-view.ts';
import { random } from '../../../models/numeric/random.ts';
import type { Panel, Treatment } from '../../../models/panel.ts';
import { simulatedView } from './simulated-view.ts';

/** Outcome = simulated + 3 * price; price of the treated drops after the start. */
function priced(seed: number): { panel: Panel; treatment: Treatment } {
  const view = simulatedView({ controls: 12, treated: 2, pre: 24, post: 6, effect: 2, seed });
  const draw = random(seed, 'price');
  const price = view.outcome.map((_, i) => 10 + draw.normal() - (i >= 12 * 30 && i % 30 >= 24 ? 4 : 0));
  const outcome = view.outcome.map((y, i) => y + 3 * price[i]);
  return {
    panel: {
      units: view.units,
      periods: view.periods,
      outcome,
      covariates: { price, twice: price.map((x) => 2 * x + 1) },
    },
    treatment: {
      firstTreated: new Map([
        ['u012', 24],
        ['u013', 24],
      ]),
    },
  };
}

describe('adjustForCovariates', () => {
  it('by hand: two controls, two periods, slope 2', () => {
    const panel: Panel = {
      units: ['a', 'b', 'x'],
      periods: ['1', '2'],
      // a: 1 + 2 x, b: 5 + 2 x
      outcome: Float64Array.from([3, 5, 11, 5, 4, 9]),
      covariates: { x: Float64Array.from([1, 2, 3, 0, 1, 1]) },
    };
    const view = panelView(panel, { firstTreated: new Map([['x', 1]]) });
    const { slopes, view: adjusted } = adjustForCovariates(view, panel, ['x']);
    expect(slopes.x).toBeCloseTo(2, 12);
    // mean of x over the controls is 1.5
    expect([...adjusted.outcome]).toEqual([4, 4, 8, 8, 5, 10].map((y) => expect.closeTo(y, 12)));
  });

  it('finds the slope that was planted, and the effect behind a price that moved', () => {
    const { panel, treatment } = priced(2);
    const plain = measureLift(panel, treatment, { method: 'sdid' });
    const adjusted = measureLift(panel, treatment, { method: 'sdid', covariates: ['price'] });
    expect((adjusted.diagnostics.covariate_slopes as { price: number }).price).toBeCloseTo(3, 0);
    expect(Math.abs(plain.estimate.value - 2)).toBeGreaterThan(8);
    expect(Math.abs(adjusted.estimate.value - 2)).toBeLessThan(1.5);
    // what was seen stays what was seen
    expect(adjusted.series.map(({ actual }) => actual)).toEqual(plain.series.map(({ actual }) => actual));
  });

  it('works in ranges like the rest', () => {
    const { panel, treatment } = priced(3);
    const options = { method: 'sc', covariates: ['price'] } as const;
    const work = liftReplicates(panel, treatment, options)!;
    const table = Float64Array.from([...work.run(0, 10), ...work.run(10, work.count)]);
    expect(measureLift(panel, treatment, options, table)).toEqual(measureLift(panel, treatment, options));
  });

  it('refuses unknown, missing, constant and collinear covariates, and methods that take none', () => {
    const { panel, treatment } = priced(1);
    const run =
      (covariates: string[], given: Panel = panel, method: 'sc' | 'tbr' = 'sc') =>
      () =>
        measureLift(given, treatment, { method, covariates });
    expect(run(['weather'])).toThrow(/covariate weather is not in the panel; it has price, twice/);
    expect(run(['price', 'twice'])).toThrow(/cannot be told from/);
    const level = panel.outcome.map((_, i) => Math.floor(i / 30));
    expect(run(['level'], { ...panel, covariates: { level } })).toThrow(/covariate level: its movements/);
    const gap = panel.covariates.price.slice().fill(Number.NaN, 7, 8);
    expect(run(['price'], { ...panel, covariates: { price: gap } })).toThrow(
      /unit u000, period t007: covariate price is missing/,
    );
    expect(run(['price'], panel, 'tbr')).toThrow(/tbr takes no covariates/);
  });
});
