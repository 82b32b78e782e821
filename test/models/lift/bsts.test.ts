import { describe, expect, test } from 'vitest';
import type { InputError } from '../../../models/errors.ts';
import { bsts, bstsPanel } from '../../../models/lift/bsts.ts';
import { random } from '../../../models/numeric/random.ts';
import { goldenColumns, goldenJson, haveGoldens } from './golden.ts';

function series(seed: number, effect: number, options: { rho?: number; n?: number; start?: number } = {}) {
  const { rho = 0, n = 120, start = 90 } = options;
  const rng = random(seed, 'bsts test');
  const x = new Float64Array(n);
  const outcome = new Float64Array(n);
  let noise = 0;
  let walk = 0;
  for (let t = 0; t < n; t++) {
    walk = 0.9 * walk + 2 * rng.normal();
    noise = rho * noise + Math.sqrt(1 - rho * rho) * rng.normal();
    x[t] = 50 + walk;
    outcome[t] = 1.2 * x[t] + 2 * noise + (t >= start ? effect : 0);
  }
  return { outcome, covariates: { x }, start };
}

describe.skipIf(!haveGoldens)('CausalImpact 1.3.0 (bsts 0.9.10) on causalimpact_synth.csv, seed 1', () => {
  const { y, x1, x2, x3 } = haveGoldens
    ? goldenColumns('causalimpact_synth.csv')
    : ({} as Record<string, Float64Array>);
  const input = { outcome: y, covariates: { x1, x2, x3 }, start: 110 };
  const common = { iterations: 20000, level: 0.95, seed: 1, compat: 'causalimpact' } as const;

  test('defaults at 20,000 iterations: effect, interval, inclusion and variances', () => {
    const golden = goldenJson('causalimpact.json').long_20000;
    const result = bsts(input, common);
    const average = golden.summary_average;
    expect(Math.abs(result.estimate.value - average.AbsEffect)).toBeLessThan(0.05);
    expect(Math.abs(result.estimate.interval!.lo - average['AbsEffect.lower'])).toBeLessThan(0.08);
    expect(Math.abs(result.estimate.interval!.hi - average['AbsEffect.upper'])).toBeLessThan(0.08);
    expect(result.estimate.standardError).toBeCloseTo(average['AbsEffect.sd'], 1);
    expect(result.relative.value).toBeCloseTo(average.RelEffect, 3);
    expect(result.relative.interval!.lo).toBeCloseTo(average['RelEffect.lower'], 3);
    expect(result.cumulative.value).toBeCloseTo(40 * result.estimate.value, 8);
    for (const name of ['x1', 'x2', 'x3']) {
      expect(Math.abs(result.inclusion[name] - golden.inclusion_prob[name])).toBeLessThan(0.01);
      expect(Math.abs(result.coefficients[name].mean - golden.coef_mean_standardised[name])).toBeLessThan(0.002);
    }
    const scale = Math.sqrt(y.slice(0, 110).reduce((sum, v, _, all) => sum + (v - mean(all)) ** 2 / 109, 0));
    const { residual_deviation, level_step_deviation } = result.estimate.diagnostics as Record<string, number>;
    expect(Math.abs(residual_deviation / scale - golden.sigma_obs_mean_standardised)).toBeLessThan(0.001);
    expect(Math.abs(level_step_deviation / scale - golden.sigma_level_mean_standardised)).toBeLessThan(0.0002);
    const lower = result.series.lo.slice(110);
    golden.point_pred_lower_post.forEach((value: number, k: number) => {
      expect(Math.abs(lower[k] - value)).toBeLessThan(0.3);
    });
  });

  test('prior.level.sd = 0.1', () => {
    const average = goldenJson('causalimpact.json')['no_flips_prior_sd_0.1'].summary_average;
    const { estimate } = bsts(input, { ...common, levelDeviation: 0.1 });
    expect(Math.abs(estimate.value - average.AbsEffect)).toBeLessThan(0.08);
    expect(Math.abs(estimate.interval!.lo - average['AbsEffect.lower'])).toBeLessThan(0.16);
    expect(Math.abs(estimate.interval!.hi - average['AbsEffect.upper'])).toBeLessThan(0.16);
  });

  test('seven seasons', () => {
    const golden = goldenJson('causalimpact.json').weekly_seasonal;
    const { estimate, inclusion } = bsts(input, { ...common, iterations: 8000, seasons: { count: 7, duration: 1 } });
    expect(Math.abs(estimate.value - golden.summary_average.AbsEffect)).toBeLessThan(0.05);
    expect(Math.abs(estimate.interval!.lo - golden.summary_average['AbsEffect.lower'])).toBeLessThan(0.08);
    expect(Math.abs(estimate.interval!.hi - golden.summary_average['AbsEffect.upper'])).toBeLessThan(0.08);
    expect(Math.abs(inclusion.x3 - golden.inclusion_prob.x3)).toBeLessThan(0.01);
  });

  test('1,000 periods and 10 covariates, against 990 draws of the package', () => {
    const { t: _, y: outcome, ...covariates } = goldenColumns('causalimpact_large.csv');
    const average = goldenJson('causalimpact.json').large_1000x10_niter1000.summary_average;
    const { estimate, inclusion } = bsts({ outcome, covariates, start: 900 }, { ...common, iterations: 2500 });
    expect(Math.abs(estimate.value - average.AbsEffect)).toBeLessThan((4 * average['AbsEffect.sd']) / Math.sqrt(990));
    expect(Math.abs(estimate.interval!.lo - average['AbsEffect.lower'])).toBeLessThan(0.16);
    expect(Math.abs(estimate.interval!.hi - average['AbsEffect.upper'])).toBeLessThan(0.16);
    expect([inclusion.x1, inclusion.x4, inclusion.x7]).toEqual([1, 1, 1]);
    expect(inclusion.x2).toBeLessThan(0.02);
  });
});

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

test('the same seed gives the same numbers, another seed others', () => {
  const input = series(1, 3);
  const a = bsts(input, { seed: 5 });
  expect(bsts(input, { seed: 5 })).toEqual(a);
  expect(bsts(input, { seed: 6 }).estimate.value).not.toBe(a.estimate.value);
});

test('the pre-period chooses a moving level for autocorrelated noise and a still one for white noise', () => {
  const chosen = (rho: number): number =>
    (bsts(series(3, 0, { rho }), { seed: 1 }).estimate.diagnostics.level_deviation as { chosen: number }).chosen;
  expect(chosen(0)).toBeLessThanOrEqual(0.03);
  expect(chosen(0.9)).toBeGreaterThanOrEqual(0.1);
});

test('90 % intervals cover a known effect in at least 48 of 60 series, white or autocorrelated', () => {
  for (const rho of [0, 0.6]) {
    let covered = 0;
    for (let s = 1; s <= 60; s++) {
      const { lo, hi } = bsts(series(s, 3, { rho }), { seed: s, iterations: 400 }).estimate.interval!;
      if (lo <= 3 && 3 <= hi) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(48);
  }
});

test('p is below alpha exactly when the interval excludes zero', () => {
  for (let s = 1; s <= 40; s++) {
    for (const level of [0.8, 0.9, 0.95]) {
      const { interval, pValue } = bsts(series(s, 0.6), { seed: s, level, iterations: 300 }).estimate;
      expect(pValue! < 1 - level).toBe(interval!.lo > 0 || interval!.hi < 0);
    }
  }
});

test('Ljung-Box fails when the level is pinned and the noise is autocorrelated', () => {
  const { diagnostics } = bsts(series(2, 0, { rho: 0.8 }), { seed: 1, compat: 'causalimpact' }).estimate;
  expect((diagnostics.residuals as { autocorrelated: boolean }).autocorrelated).toBe(true);
});

test('a weekly pattern is learned from the pre-period and carried on', () => {
  const input = series(4, 0);
  for (let t = 0; t < input.outcome.length; t++) input.outcome[t] += 10 * Math.sin((2 * Math.PI * t) / 7);
  const plain = bsts(input, { seed: 1 });
  const weekly = bsts(input, { seed: 1, seasons: { count: 7, duration: 1 } });
  const width = (r: typeof plain, t: number): number => r.series.hi[t] - r.series.lo[t];
  expect(width(weekly, 95)).toBeLessThan(0.6 * width(plain, 95));
  for (let t = 90; t < 97; t++) expect(Math.abs(weekly.series.counterfactual[t] - input.outcome[t])).toBeLessThan(7);
});

test('seasons that last several periods keep one effect over their duration', () => {
  const input = series(5, 0);
  for (let t = 0; t < input.outcome.length; t++) input.outcome[t] += 10 * [1, -0.5, -0.5][Math.floor(t / 4) % 3];
  const result = bsts(input, { seed: 1, seasons: { count: 3, duration: 4 } });
  expect(result.series.hi[95] - result.series.lo[95]).toBeLessThan(16);
  expect(Math.abs(result.estimate.value)).toBeLessThan(3);
});

test('seasons are taken from a list only when the pre-period clearly asks for them', () => {
  const list = [
    { count: 7, duration: 1 },
    { count: 4, duration: 1 },
  ];
  const seasonsOf = (outcome: Float64Array) =>
    bsts({ ...series(4, 0), outcome }, { seed: 1, iterations: 200, seasons: list }).estimate.diagnostics.seasons;
  const plain = series(4, 0).outcome;
  expect(seasonsOf(plain)).toBeNull();
  expect(seasonsOf(plain.map((y, t) => y + 6 * Math.sin((2 * Math.PI * t) / 7)))).toEqual(list[0]);
  expect(seasonsOf(plain.map((y, t) => y + (t % 4 === 0 ? 6 : -2)))).toEqual(list[1]);
});

test('a missing outcome is neither filled nor counted', () => {
  const input = series(6, 3);
  const whole = bsts(input, { seed: 1 });
  input.outcome[40] = Number.NaN;
  input.outcome[100] = Number.NaN;
  const gappy = bsts(input, { seed: 1 });
  expect(gappy.estimate.n).toBe(whole.estimate.n - 1);
  expect(gappy.cumulative.value).toBeCloseTo(29 * gappy.estimate.value, 8);
  expect(Math.abs(gappy.estimate.value - whole.estimate.value)).toBeLessThan(0.5);
});

test('a series without covariates is predicted by its own level', () => {
  const { outcome, start } = series(7, 0);
  const { estimate } = bsts({ outcome, covariates: {}, start }, { seed: 1 });
  expect(estimate.interval!.lo).toBeLessThan(estimate.interval!.hi);
});

test('collinear covariates share the prediction instead of breaking it', () => {
  const input = series(8, 3);
  const twin = Float64Array.from(input.covariates.x, (v) => 2 * v + 1);
  const { estimate, inclusion } = bsts({ ...input, covariates: { ...input.covariates, twin } }, { seed: 1 });
  expect(Math.abs(estimate.value - 3)).toBeLessThan(1.5);
  expect(inclusion.x + inclusion.twin).toBeGreaterThan(0.9);
});

test('a covariate that does not vary before the treatment is dropped and named', () => {
  const input = series(9, 3);
  const flat = new Float64Array(120).fill(4);
  const { estimate, inclusion } = bsts({ ...input, covariates: { ...input.covariates, flat } }, { seed: 1 });
  expect(estimate.diagnostics.dropped_covariates).toEqual(['flat']);
  expect(Object.keys(inclusion)).toEqual(['x']);
});

test('a relative effect on a counterfactual around zero has no interval and says why', () => {
  const input = series(10, 0);
  const outcome = input.outcome.map((v, t) => v - 1.2 * input.covariates.x[t]);
  const { relative } = bsts({ ...input, outcome, covariates: {} }, { seed: 1 });
  expect(relative.interval).toBeNull();
  expect(relative.diagnostics.no_interval).toContain('zero');
});

test('bad input is refused with a code', () => {
  const input = series(11, 0);
  const code = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return (error as InputError).code;
    }
    return 'none';
  };
  const withGap = Float64Array.from(input.covariates.x);
  withGap[3] = Number.NaN;
  expect(code(() => bsts({ ...input, start: 0 }, { seed: 1 }))).toBe('bad_parameter');
  expect(code(() => bsts({ ...input, start: 120 }, { seed: 1 }))).toBe('bad_parameter');
  expect(code(() => bsts({ ...input, start: 5 }, { seed: 1 }))).toBe('insufficient_data');
  expect(code(() => bsts({ ...input, outcome: new Float64Array(120).fill(7) }, { seed: 1 }))).toBe('bad_panel');
  expect(code(() => bsts({ ...input, covariates: { x: withGap } }, { seed: 1 }))).toBe('bad_panel');
  expect(code(() => bsts(input, { seed: 1, iterations: 50 }))).toBe('bad_parameter');
  expect(code(() => bsts(input, { seed: 1, level: 1 }))).toBe('bad_parameter');
  expect(code(() => bsts(input, { seed: 1, seasons: { count: 1, duration: 1 } }))).toBe('bad_parameter');
  expect(code(() => bsts(input, { seed: 1, levelDeviation: 2 }))).toBe('bad_parameter');
});

test('a panel is read as the treated mean predicted by every control', () => {
  const input = series(12, 3);
  const outcome = new Float64Array(360);
  outcome.set(input.outcome, 0);
  outcome.set(input.covariates.x, 120);
  outcome.set(
    input.outcome.map((v) => v + 2),
    240,
  );
  const panel = {
    units: ['a', 'x', 'b'],
    periods: Array.from({ length: 120 }, (_, t) => `p${t}`),
    outcome,
    covariates: {},
  };
  const treatment = {
    firstTreated: new Map([
      ['a', 90],
      ['b', 90],
    ]),
  };
  const own = bsts({ ...input, outcome: input.outcome.map((v) => v + 1) }, { seed: 1 });
  expect(bstsPanel(panel, treatment, { seed: 1 }).estimate.value).toBeCloseTo(own.estimate.value, 8);
});
