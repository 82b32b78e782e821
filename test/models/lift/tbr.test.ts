import { expect, test } from 'vitest';
import { InputError } from '../../../models/errors.ts';
import { geoRegression } from '../../../models/lift/gbr.ts';
import { fitLine, tbr, tbrPanel } from '../../../models/lift/tbr.ts';
import { tbrDesign } from '../../../models/lift/tbr-design.ts';
import { iroasFixedCost, iroasVariableCost } from '../../../models/lift/tbr-iroas.ts';
import { random } from '../../../models/numeric/random.ts';

function groups(
  seed: number,
  effect: number,
  options: { rho?: number; noise?: number; start?: number; n?: number } = {},
) {
  const { rho = 0, noise = 2, start = 60, n = 80 } = options;
  const rng = random(seed, 'tbr test');
  const control = new Float64Array(n);
  const treated = new Float64Array(n);
  // from the first period on with the spread of all others
  let e = rho > 0 ? rng.normal() : 0;
  for (let t = 0; t < n; t++) {
    e = rho * e + Math.sqrt(1 - rho * rho) * rng.normal();
    control[t] = 100 + 10 * rng.normal();
    treated[t] = 5 + 0.8 * control[t] + noise * e + (t >= start ? effect : 0);
  }
  return { treated, control, start };
}

test('with autocorrelated errors the variance is that of the dense covariance', () => {
  const series = groups(2, 3, { rho: 0.6 });
  const { fit, cumulative } = tbr(series);
  const rho = cumulative.diagnostics.autocorrelation as number;
  expect(rho).toBeGreaterThan(0.4);
  const longRun = (1 + rho) / (1 - rho);
  const variance = (fit.deviation ** 2 * 58) / (59 - longRun);
  let dense = 0;
  for (let i = 60; i < 80; i++) {
    for (let j = 60; j < 80; j++) {
      const [a, b] = [series.control[i], series.control[j]];
      const line = fit.interceptVariance + a * b * fit.slopeVariance + (a + b) * fit.covariance;
      dense += longRun * line * (variance / fit.deviation ** 2) + variance * rho ** Math.abs(i - j);
    }
  }
  expect(cumulative.standardError! ** 2 / dense).toBeCloseTo(1, 10);
  expect(cumulative.diagnostics.degrees_of_freedom).toBeCloseTo(58 / longRun, 10);
});

test('line, effect and variance by hand', () => {
  // pre x 1..4, y 2 4 5 9: slope 2.2, intercept -0.5, residuals .3 .1 -1.1 .7, sigma^2 .9; test x 5, y 14: effect 3.5
  const result = tbr(
    { control: Float64Array.of(1, 2, 3, 4, 5), treated: Float64Array.of(2, 4, 5, 9, 14), start: 4 },
    { errors: 'iid' },
  );
  expect(result.fit.slope).toBeCloseTo(2.2, 12);
  expect(result.fit.intercept).toBeCloseTo(-0.5, 12);
  expect(result.cumulative.value).toBeCloseTo(3.5, 12);
  // sigma^2 (1 + 1/4 + (5 - 2.5)^2 / 5) = .9 * 2.5
  expect(result.cumulative.standardError).toBeCloseTo(Math.sqrt(0.9 * 2.5), 12);
  expect(result.relative.value).toBeCloseTo(3.5 / 10.5, 12);
});

test('the variance of the total is that of the dense prediction error', () => {
  const series = groups(1, 3);
  const { fit, cumulative } = tbr(series, { errors: 'iid' });
  const x = series.control.slice(60);
  let dense = 0;
  for (const a of x) {
    for (const b of x) dense += fit.interceptVariance + a * b * fit.slopeVariance + (a + b) * fit.covariance;
  }
  expect(cumulative.standardError! ** 2).toBeCloseTo(dense + 20 * fit.deviation ** 2, 8);
});

test('90 % intervals cover a known effect in 85 to 95 % of 300 tests, and reject a null at their level', () => {
  let covered = 0;
  let rejected = 0;
  let total = 0;
  for (let s = 1; s <= 300; s++) {
    const found = tbr(groups(s, 2), { errors: 'iid' });
    const { lo, hi } = found.cumulative.interval!;
    covered += Number(lo <= 40 && 40 <= hi);
    rejected += Number(tbr(groups(s, 0), { errors: 'iid' }).cumulative.pValue! < 0.1);
    total++;
  }
  expect(covered / total).toBeGreaterThan(0.85);
  expect(covered / total).toBeLessThan(0.95);
  expect(rejected / total).toBeLessThan(0.1 + 2.5 * Math.sqrt(0.09 / total));
});

test.each([0, 0.3, 0.6, 0.9])(
  'rejects a true null at no more than its level, covers an effect, and always answers with errors of autocorrelation %d',
  (rho) => {
    const runs = 2000;
    let rejected = 0;
    let covered = 0;
    let answered = 0;
    for (let s = 1; s <= runs; s++) {
      const none = tbr(groups(s, 0, { rho })).cumulative;
      const some = tbr(groups(s, 2, { rho })).cumulative;
      if (none.pValue === null) continue;
      answered++;
      rejected += Number(none.pValue < 0.1);
      covered += Number(some.interval!.lo <= 40 && 40 <= some.interval!.hi);
    }
    expect(answered / runs).toBeGreaterThan(0.95);
    expect(rejected / answered).toBeLessThan(0.1 + 2.5 * Math.sqrt(0.09 / answered));
    expect(covered / answered).toBeGreaterThan(0.85);
  },
);

test('panels that pass a test of independence need the allowance too: taken as independent they reject twice too often', () => {
  const rejected = { ar1: 0, iid: 0 };
  let passed = 0;
  for (let s = 1; s <= 600; s++) {
    const series = groups(s, 0, { rho: 0.3 });
    const { estimate, fit } = tbr(series);
    const { durbin_watson: durbin, ljung_box: box } = estimate.diagnostics as {
      durbin_watson: number;
      ljung_box: { p_value: number };
    };
    if (durbin <= 1.5 || durbin >= 2.5 || box.p_value < 0.05 || estimate.pValue === null) continue;
    expect(fit.residuals).toHaveLength(60);
    passed++;
    rejected.ar1 += Number(estimate.pValue < 0.1);
    rejected.iid += Number(tbr(series, { errors: 'iid' }).estimate.pValue! < 0.1);
  }
  expect(passed).toBeGreaterThan(150);
  expect(rejected.iid / passed).toBeGreaterThan(0.18);
  expect(rejected.ar1).toBeLessThan(rejected.iid);
});

test('independent errors cost little: the interval is at most a fifth wider than the one for independent errors', () => {
  const ratios = Array.from({ length: 100 }, (_, s) => {
    const series = groups(s + 1, 0);
    const width = (errors?: 'iid'): number => {
      const { lo, hi } = tbr(series, { errors }).cumulative.interval!;
      return hi - lo;
    };
    return width() / width('iid');
  }).sort((a, b) => a - b);
  expect(ratios[50]).toBeGreaterThan(0.99);
  expect(ratios[50]).toBeLessThan(1.2);
});

test('seasons that one lag does not describe withhold the interval instead of printing one that is wrong', () => {
  const { control, treated, start } = groups(3, 0);
  const seasonal = treated.map((y, t) => y + (t % 7 === 0 ? 25 : 0));
  const withheld = tbr({ control, treated: seasonal, start });
  expect(withheld.cumulative.pValue).toBeNull();
  expect(withheld.cumulative.interval).toBeNull();
  expect(withheld.cumulative.diagnostics.no_interval).toContain('autocorrelated');
  expect(withheld.series.lo).toBeNull();
});

test.each(['ar1', 'iid'] as const)('a perfect line has an effect and no interval, never NaN (%s)', (errors) => {
  const control = Float64Array.from({ length: 20 }, (_, t) => 10 + (t % 5) * 1.1);
  for (const effect of [0, 3]) {
    const treated = control.map((x, t) => 0.1 + 0.3 * x + (t >= 15 ? effect : 0));
    const { estimate, relative, series } = tbr({ treated, control, start: 15 }, { errors });
    expect(estimate.value).toBeCloseTo(effect, 10);
    expect(estimate).toMatchObject({ interval: null, pValue: null, standardError: null });
    expect(estimate.diagnostics.no_interval).toContain('no residual');
    expect(relative.interval).toBeNull();
    expect(series.lo).toBeNull();
    for (const value of Object.values(estimate.diagnostics)) {
      if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
    }
  }
});

test('p is below alpha exactly when the interval excludes zero, for total, mean and relative effect', () => {
  for (let s = 1; s <= 60; s++) {
    const { estimate, cumulative, relative } = tbr(groups(s, 0.5), { errors: 'iid' });
    for (const { interval, pValue, value } of [estimate, cumulative, relative]) {
      expect(pValue! < 0.1).toBe(interval!.lo > 0 || interval!.hi < 0);
      expect(interval!.lo < value && value < interval!.hi).toBe(true);
    }
  }
});

test('iROAS with a known cost is the effect per unit of cost', () => {
  const result = tbr(groups(2, 3), { errors: 'iid' });
  const iroas = iroasFixedCost(result, 20);
  expect(iroas.value).toBeCloseTo(result.cumulative.value / 20, 12);
  expect(iroas.pValue).toBe(result.cumulative.pValue);
  expect(() => iroasFixedCost(result, 0)).toThrow(InputError);
});

test('iROAS with a moving cost covers the true return and is never a ratio of bounds', () => {
  let covered = 0;
  for (let s = 1; s <= 200; s++) {
    const cost = groups(s + 1000, 4, { noise: 1 });
    const response = groups(s, 8);
    const { interval } = iroasVariableCost(response, cost, { seed: s, draws: 1000, errors: 'iid' });
    covered += Number(interval!.lo <= 2 && 2 <= interval!.hi);
  }
  expect(covered).toBeGreaterThanOrEqual(170);
  expect(covered).toBeLessThanOrEqual(192);
  const noCost = iroasVariableCost(groups(1, 8), groups(2, 0), { seed: 1, errors: 'iid' });
  expect(noCost.interval).toBeNull();
  expect(noCost.diagnostics.no_interval).toContain('cost');
});

test('a panel is read as treated mean on control mean', () => {
  const { treated, control } = groups(3, 2);
  const outcome = new Float64Array(320);
  outcome.set(
    treated.map((v) => v + 1),
    0,
  );
  outcome.set(
    control.map((v) => v + 4),
    80,
  );
  outcome.set(
    treated.map((v) => v - 1),
    160,
  );
  outcome.set(
    control.map((v) => v - 4),
    240,
  );
  const panel = {
    units: ['a', 'c', 'b', 'd'],
    periods: Array.from({ length: 80 }, (_, t) => `p${t}`),
    outcome,
    covariates: {},
  };
  const own = tbr({ treated, control, start: 60 }, { errors: 'iid' });
  const found = tbrPanel(
    panel,
    {
      firstTreated: new Map([
        ['a', 60],
        ['b', 60],
      ]),
    },
    { errors: 'iid' },
  );
  expect(found.cumulative.value).toBeCloseTo(own.cumulative.value, 8);
});

test('a flat control series, a late start and an early start are refused', () => {
  const series = groups(4, 0);
  expect(() => tbr({ ...series, control: new Float64Array(80).fill(3) })).toThrow(/does not vary/);
  expect(() => tbr({ ...series, start: 80 })).toThrow(InputError);
  expect(() => tbr({ ...series, start: 2 })).toThrow(InputError);
  expect(() => fitLine(Float64Array.of(1, 1), Float64Array.of(1, 2))).toThrow(InputError);
});

test('design diagnostics pass a tight pair of groups and name what fails', () => {
  const good = groups(5, 0);
  expect(tbrDesign(good.treated, good.control, { testPeriods: 14 })).toMatchObject({ passed: true });
  const failing = (series: { treated: Float64Array; control: Float64Array }): string[] =>
    tbrDesign(series.treated, series.control, { testPeriods: 14 })
      .checks.filter((check) => !check.passed)
      .map((check) => check.name);
  expect(failing(groups(6, 0, { noise: 20 }))).toContain('correlation');
  expect(failing(groups(7, 0, { rho: 0.9 }))).toContain('durbin_watson');
  const shifted = groups(8, 12, { start: 40 });
  expect(failing(shifted)).toContain('brownian_bridge');
  const late = groups(9, 8, { start: 66 });
  expect(failing(late)).toContain('placebo');
  expect(() => tbrDesign(good.treated.slice(0, 10), good.control.slice(0, 10), { testPeriods: 14 })).toThrow(
    InputError,
  );
});

test('an effect of the required impact is found about as often as asked', () => {
  let found = 0;
  const runs = 300;
  for (let s = 1; s <= runs; s++) {
    const pre = groups(s, 0);
    const { requiredImpact } = tbrDesign(pre.treated.slice(0, 60), pre.control.slice(0, 60), { testPeriods: 20 });
    const { cumulative } = tbr(groups(s, requiredImpact / 20), { errors: 'iid', level: 0.8 });
    found += Number(cumulative.interval!.lo > 0);
  }
  expect(found / runs).toBeGreaterThan(0.74);
  expect(found / runs).toBeLessThan(0.92);
});

test('geo regression finds the planted return and drops geos without volume', () => {
  const rng = random(11);
  const geos = Array.from({ length: 60 }, (_, i) => {
    const before = 500 + 1000 * rng.uniform();
    const cost = i % 2 === 0 ? 0.05 * before : 0;
    return { name: `g${i}`, before, cost, during: 20 + 1.1 * before + 3 * cost + 0.02 * before * rng.normal() };
  });
  const estimate = geoRegression([...geos, { name: 'empty', before: 0, cost: 5, during: 3 }]);
  expect(estimate.interval!.lo).toBeLessThan(3);
  expect(estimate.interval!.hi).toBeGreaterThan(3);
  expect(estimate.diagnostics.dropped).toEqual(['empty']);
  expect(() => geoRegression(geos.map((geo) => ({ ...geo, cost: 0 })))).toThrow(InputError);
  expect(() => geoRegression(geos.slice(0, 4))).toThrow(InputError);
});
