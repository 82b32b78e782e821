import { describe, expect, test } from 'vitest';
import { compileProblem } from '../../../models/mix/compile.ts';
import { fitMix } from '../../../models/mix/fit.ts';
import { createPosterior } from '../../../models/mix/posterior.ts';
import { simulateMarket } from '../../../models/mix/simulated-market.ts';
import type { MixExperiment, MixSpec } from '../../../models/mix/spec.ts';
import type { Panel } from '../../../models/panel.ts';
import { noisePanel, weekNames } from './support.ts';

const weeks = weekNames(30);
const noise = noisePanel(3, 30, ['tv'], 4);
const panel: Panel = {
  ...noise,
  covariates: { ...noise.covariates, tv_views: noise.covariates.tv.map((v) => 40 * v) },
};
const base: MixExperiment = {
  name: 'dark',
  drivers: ['tv'],
  geos: ['geo2', 'geo0'],
  start: weeks[10],
  end: weeks[12],
  readEnd: weeks[16],
  counterfactualFactor: 0,
  estimand: 'outcome',
  estimate: 100,
  standardError: 20,
};
const specOf = (experiment: Partial<MixExperiment>, spendColumn?: string): MixSpec => ({
  drivers: [{ name: 'tv', kind: 'paid', ...(spendColumn ? { column: 'tv_views', spendColumn } : {}) }],
  experiments: [{ ...base, ...experiment }],
});

describe('an experiment', () => {
  test('is read by hand: geos, weeks, carry-over and saturation of what was switched off', () => {
    const problem = compileProblem(panel, specOf({}));
    const posterior = createPosterior(problem);
    const u = Float64Array.from({ length: posterior.dimension }, (_, i) => Math.sin(i));
    const { values, coefficients, lifts } = posterior.forward(u);
    const driver = problem.drivers[0];
    const [decay, half] = [values[driver.shapeAt], values[driver.shapeAt + 1]];
    let expected = 0;
    for (const g of [2, 0]) {
      const x = [...panel.covariates.tv.slice(g * 30, g * 30 + 30)].map((v) => v / (problem.size[g] * driver.scale));
      const off = x.map((v, t) => (t >= 10 && t <= 12 ? 0 : v));
      const respond = (series: number[], t: number): number => {
        let sum = 0;
        let total = 0;
        for (let lag = 0; lag <= 8; lag++) {
          total += decay ** lag;
          if (t >= lag) sum += decay ** lag * series[t - lag];
        }
        return sum / total / (sum / total + half);
      };
      for (let t = 10; t <= 16; t++) expected += problem.size[g] * coefficients[g] * (respond(x, t) - respond(off, t));
    }
    expect(lifts[0]).toBeCloseTo(expected, 10);
  });

  test('an iroas is the same study in another unit, whichever side was treated', () => {
    let spend = 0;
    for (const g of [2, 0]) for (let t = 10; t <= 12; t++) spend += panel.covariates.tv[g * 30 + t];
    const total = compileProblem(panel, specOf({ estimate: 1.5 * spend, standardError: 0.3 * spend })).experiments[0];
    const ratio = compileProblem(panel, specOf({ estimand: 'iroas', estimate: 1.5, standardError: 0.3 }))
      .experiments[0];
    expect(ratio.estimate).toBeCloseTo(total.estimate, 10);
    expect(ratio.standardError).toBeCloseTo(total.standardError, 10);
    // a holdout, read as what was lost: the counterfactual is twice what ran
    const holdout = specOf({ estimand: 'iroas', estimate: 1.5, standardError: 0.3, counterfactualFactor: 2 });
    expect(compileProblem(panel, holdout).experiments[0].estimate).toBeCloseTo(-total.estimate, 10);
    // exposure and spend in different columns
    const views = compileProblem(panel, specOf({ estimand: 'iroas', estimate: 1.5, standardError: 0.3 }, 'tv'));
    expect(views.experiments[0].estimate).toBeCloseTo(total.estimate, 10);
  });

  test('given values of the counterfactual are those of the factor', () => {
    const values = Float64Array.from(
      { length: 6 },
      (_, i) => 0.25 * panel.covariates.tv[(i < 3 ? 60 : 0) + 10 + (i % 3)],
    );
    const byValues = compileProblem(panel, specOf({ counterfactualFactor: undefined, counterfactual: { tv: values } }));
    const byFactor = compileProblem(panel, specOf({ counterfactualFactor: 0.25 }));
    byFactor.experiments[0].parts[0].counterfactual.forEach((value, i) => {
      expect(byValues.experiments[0].parts[0].counterfactual[i]).toBeCloseTo(value, 12);
    });
  });

  test('what makes no sense is refused in words', () => {
    const refuse = (change: Partial<MixExperiment>, message: RegExp) =>
      expect(() => compileProblem(panel, specOf(change))).toThrow(message);
    refuse({ drivers: ['radio'] }, /no driver radio/);
    refuse({ geos: ['nowhere'] }, /no geo nowhere/);
    refuse({ geos: ['geo0', 'geo0'] }, /geo0 is named twice/);
    refuse({ start: '2020-01-06' }, /2020-01-06 is no week/);
    refuse({ standardError: 0 }, /standardError is 0/);
    refuse({ inflation: 0.5 }, /inflation is 0.5/);
    refuse({ counterfactualFactor: 1 }, /changed nothing/);
    refuse({ counterfactualFactor: undefined }, /give counterfactualFactor/);
    refuse({ readStart: weeks[2], readEnd: weeks[5] }, /ends before the media changed/);
  });
});

describe('calibration', () => {
  const market = simulateMarket({ seed: 9, weeks: 104, paid: 2, noise: 0.12 });
  const { periods } = market.panel;
  const truth = market.truth[0];
  // a precise study of three years' first channel: outcome of all its media from week 0 to the end
  const experiment: MixExperiment = {
    name: 'study',
    drivers: ['paid1'],
    start: periods[0],
    end: periods[103],
    counterfactualFactor: 0,
    estimand: 'outcome',
    estimate: truth.contribution,
    standardError: 0.05 * truth.contribution,
    grade: 'A',
  };
  const options = { seed: 1, chains: 2, draws: 300, warmup: 200 };
  const without = fitMix(market.panel, { drivers: market.drivers }, options).result;
  const calibrated = fitMix(market.panel, { drivers: market.drivers, experiments: [experiment] }, options).result;

  test('a study narrows its channel to what it saw, and raises its grade', () => {
    const [before, after] = [without.drivers[0], calibrated.drivers[0]];
    expect(after.contribution.sd).toBeLessThan(0.5 * before.contribution.sd);
    expect(Math.abs(after.contribution.mean - truth.contribution)).toBeLessThan(0.1 * truth.contribution);
    expect(before).toMatchObject({ grade: 'E' });
    expect(after).toMatchObject({ grade: 'D', informed_by: 'experiment' });
    expect(calibrated.drivers[1]).toMatchObject({ grade: 'E' });
    expect(calibrated.experiments[0].estimate).toBeCloseTo(truth.contribution, 6);
    expect(Math.abs(calibrated.experiments[0].z)).toBeLessThan(3);
  });

  test('a study of grade C, or one older than a year, informs but does not raise the grade', () => {
    const old = { ...experiment, end: periods[50] };
    for (const study of [{ ...experiment, grade: 'C' as const }, old]) {
      const { drivers } = fitMix(market.panel, { drivers: market.drivers, experiments: [study] }, options).result;
      expect(drivers[0]).toMatchObject({ grade: 'E', informed_by: 'experiment' });
    }
  });

  test('a negative lift of a positive channel pulls it towards zero instead of failing', () => {
    const negative = { ...experiment, estimate: -0.1 * truth.contribution, standardError: 0.1 * truth.contribution };
    const { drivers, status } = fitMix(
      market.panel,
      { drivers: market.drivers, experiments: [negative] },
      options,
    ).result;
    expect(status).toBe('ok');
    expect(drivers[0].contribution.mean).toBeGreaterThan(0);
    expect(drivers[0].contribution.mean).toBeLessThan(0.4 * truth.contribution);
  });
});
