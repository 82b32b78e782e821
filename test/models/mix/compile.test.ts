import { describe, expect, test } from 'vitest';
import { compileProblem } from '../../../models/mix/compile.ts';
import { resolveDriver } from '../../../models/mix/driver.ts';
import { createPosterior } from '../../../models/mix/posterior.ts';
import type { MixSpec } from '../../../models/mix/spec.ts';
import type { Panel } from '../../../models/panel.ts';
import { everyKindNames, everyKindSpec, noisePanel, weekNames } from './support.ts';

const panel = noisePanel(1, 40, ['tv', 'likes', 'price'], 2);
const tv: MixSpec = { drivers: [{ name: 'tv', kind: 'paid' }] };

/** Log density at a point given by parameter name. */
function densityByName(data: Panel, spec: MixSpec, pointOf: (name: string) => number): number {
  const problem = compileProblem(data, spec);
  const u = Float64Array.from(problem.names, pointOf);
  return createPosterior(problem).logDensity(u, new Float64Array(u.length));
}
const nameValue = (name: string): number => 0.3 * Math.sin([...name].reduce((a, c) => a + c.charCodeAt(0), 0));

describe('what a kind implies', () => {
  test('paid media have an ROI prior, negative signals a declared sign and a line, controls neither', () => {
    expect(resolveDriver({ name: 'tv', kind: 'paid' }, true)).toMatchObject({
      adstock: 'geometric',
      saturation: 'michaelis_menten',
      sign: 'positive',
      prior: { on: 'roi', distribution: { family: 'log_normal', mu: 0.2, sigma: 0.9 } },
      spendColumn: 'tv',
    });
    expect(resolveDriver({ name: 'boycott', kind: 'negative' }, true)).toMatchObject({
      adstock: 'geometric',
      saturation: 'linear',
      sign: 'negative',
      prior: { on: 'contribution', distribution: { family: 'beta', a: 1, b: 99 } },
    });
    expect(resolveDriver({ name: 'price', kind: 'treatment' }, true)).toMatchObject({
      adstock: 'none',
      sign: 'free',
      reference: 'min',
    });
  });
  test('a sign that contradicts its prior is refused', () => {
    const prior = { on: 'contribution', distribution: { family: 'normal', mean: 0, sd: 1 } } as const;
    expect(() => resolveDriver({ name: 'x', kind: 'organic', prior }, true)).toThrow(/without negative values/);
    expect(() => resolveDriver({ name: 'x', kind: 'control', sign: 'positive' }, true)).toThrow(
      /control has a free sign/,
    );
    expect(() =>
      resolveDriver(
        { name: 'x', kind: 'organic', adstock: { kind: 'geometric', priors: { slope: prior.distribution } } },
        true,
      ),
    ).toThrow(/slope/);
  });
});

describe('compiling', () => {
  test('weeks before the first outcome are history, weeks after the last are dropped, a gap is not a zero', () => {
    const outcome = panel.outcome.slice();
    outcome.fill(Number.NaN, 0, 3);
    outcome[10] = Number.NaN;
    outcome.fill(Number.NaN, 38);
    const problem = compileProblem({ ...panel, outcome }, tv);
    expect(problem.start).toBe(3);
    expect(problem.weeks).toHaveLength(38);
    expect(problem.weight.reduce((a, b) => a + b)).toBe(34);
    expect(problem.weight[10]).toBe(0);
  });
  test('held-out weeks change neither scale nor trend knots', () => {
    const changed = panel.outcome.slice();
    changed.fill(1e6, 35);
    const before = compileProblem(panel, tv, 5);
    const after = compileProblem({ ...panel, outcome: changed }, tv, 5);
    expect(after.unit).toBe(before.unit);
    expect(after.y).toEqual(before.y);
    const columns = before.time.names.length;
    // the last trend step has reached its level when the training weeks end
    const last = before.time.names.filter((name) => name.startsWith('trend')).length - 1;
    const at = (t: number): number => before.time.data[t * columns + last];
    expect(at(39)).toBeCloseTo(at(34), 12);
    expect(at(34)).toBeGreaterThan(at(33));
  });
  test('missing, negative, constant and absent columns are refused by name and place', () => {
    const refuse = (column: Float64Array, message: RegExp) =>
      expect(() => compileProblem({ ...panel, covariates: { tv: column } }, tv)).toThrow(message);
    refuse(
      panel.covariates.tv.map((v, t) => (t === 5 ? Number.NaN : v)),
      /tv in geo0, 2023-02-06 is missing/,
    );
    refuse(
      panel.covariates.tv.map((v, t) => (t === 5 ? -1 : v)),
      /is -1; volumes are never negative/,
    );
    refuse(new Float64Array(40), /tv is 0 in every week/);
    refuse(new Float64Array(40).fill(3), /tv is 3 in every week/);
    const unpaid = { ...panel, covariates: { tv: panel.covariates.tv, cost: new Float64Array(40) } };
    expect(() => compileProblem(unpaid, { drivers: [{ name: 'tv', kind: 'paid', spendColumn: 'cost' }] })).toThrow(
      /no spend/,
    );
    expect(() => compileProblem(panel, { drivers: [{ name: 'radio', kind: 'paid' }] })).toThrow(/no column radio/);
    expect(() => compileProblem({ ...panel, outcome: new Float64Array(40).fill(7) }, tv)).toThrow(/constant/);
    expect(() => compileProblem(panel, { drivers: [...tv.drivers, ...tv.drivers] })).toThrow(/declared twice/);
    expect(() => compileProblem(panel, tv, 35)).toThrow(/fewer than 10/);
    const bounded = { ...tv, geoSpread: { family: 'uniform', lower: 0, upper: 0.2 } } as const;
    expect(() => compileProblem(panel, bounded)).toThrow(/geoSpread: uniform/);
  });
  test('without a money value the paid total has a prior mean of 40 % of the outcome', () => {
    const two: MixSpec = {
      drivers: [
        { name: 'tv', kind: 'paid' },
        { name: 'likes', kind: 'paid' },
      ],
      valuePerOutcome: null,
    };
    const problem = compileProblem(panel, two);
    const spend = problem.drivers.map((driver) => driver.spend!.reduce((a, b) => a + b));
    const means = problem.drivers.map((driver) => {
      const prior = problem.priors[driver.effectAt];
      if (prior.family !== 'log_normal') throw new Error('log-normal expected');
      return Math.exp(prior.mu + prior.sigma ** 2 / 2);
    });
    expect(means[0] * spend[0] + means[1] * spend[1]).toBeCloseTo(0.4 * problem.outcomeTotal, 6);
  });
});

describe('invariance', () => {
  const geos = noisePanel(3, 22, everyKindNames, 6);
  test('the order of drivers does not matter', () => {
    const reversed = { ...everyKindSpec, drivers: [...everyKindSpec.drivers].reverse() };
    const here = densityByName(geos, everyKindSpec, nameValue);
    expect(Math.abs(densityByName(geos, reversed, nameValue) - here)).toBeLessThan(1e-9 * Math.abs(here));
  });
  test('the order and the names of geos do not matter', () => {
    const order = [2, 0, 1];
    const move = (values: Float64Array): Float64Array =>
      Float64Array.from(values, (_, i) => values[order[Math.floor(i / 22)] * 22 + (i % 22)]);
    const moved: Panel = {
      ...geos,
      units: order.map((g) => geos.units[g]),
      outcome: move(geos.outcome),
      covariates: Object.fromEntries(Object.entries(geos.covariates).map(([name, values]) => [name, move(values)])),
    };
    const here = densityByName(geos, everyKindSpec, nameValue);
    expect(Math.abs(densityByName(moved, everyKindSpec, nameValue) - here)).toBeLessThan(1e-9 * Math.abs(here));
  });
  test('units of money, exposure and outcome do not matter', () => {
    const factors: Record<string, number> = { tv: 7, search: 7, video: 7, likes: 1000, boycott: 0.01, mentions: 3 };
    const scaled: Panel = {
      ...geos,
      outcome: geos.outcome.map((v) => 7 * v),
      covariates: Object.fromEntries(
        Object.entries(geos.covariates).map(([name, values]) => [name, values.map((v) => v * (factors[name] ?? 1))]),
      ),
    };
    const here = densityByName(geos, everyKindSpec, nameValue);
    expect(Math.abs(densityByName(scaled, everyKindSpec, nameValue) - here)).toBeLessThan(1e-8 * Math.abs(here));
  });
  test('the calendar does not matter where nothing depends on it', () => {
    const spec: MixSpec = { ...everyKindSpec, season: 'none', holidays: [] };
    const later = { ...geos, periods: weekNames(40).slice(18) };
    expect(densityByName(later, spec, nameValue)).toBe(densityByName(geos, spec, nameValue));
  });
});
