import { describe, expect, test } from 'vitest';
import { fitMix } from '../../../models/mix/fit.ts';
import { simulateMarket } from '../../../models/mix/simulated-market.ts';

const options = { seed: 1, chains: 2, draws: 200, warmup: 150 };
const fitOf = (autocorrelation: number) => {
  const market = simulateMarket({ seed: 11, weeks: 156, paid: 2, autocorrelation });
  return fitMix(market.panel, { drivers: market.drivers, trend: { everyWeeks: 26 } }, options);
};

describe('fit statistics', () => {
  const fitted = fitOf(0);
  test('errors are those of the expected outcome, by definition', () => {
    const { fitted: statistics } = fitted.result.fit!;
    const { actual, fitted: path } = fitted.result.decomposition!;
    const y = actual.map((v) => v ?? Number.NaN);
    const errors = y.map((v, t) => v - path.mean[t]);
    const average = y.reduce((a, b) => a + b) / y.length;
    const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
    expect(statistics.cells).toBe(156);
    expect(statistics.r2).toBeCloseTo(1 - sum(errors.map((e) => e * e)) / sum(y.map((v) => (v - average) ** 2)), 10);
    expect(statistics.mape).toBeCloseTo(sum(errors.map((e, t) => Math.abs(e / y[t]))) / 156, 10);
    expect(statistics.wmape).toBeCloseTo(sum(errors.map(Math.abs)) / sum(y.map(Math.abs)), 10);
  });
  test('about nine in ten outcomes lie within their predictive interval', () => {
    expect(fitted.result.fit!.fitted.coverage).toBeGreaterThan(0.84);
    expect(fitted.result.fit!.fitted.coverage).toBeLessThan(0.98);
  });
  test('independent noise raises no warning, noise that carries over does', () => {
    expect(Math.abs(fitted.result.fit!.residual_autocorrelation)).toBeLessThan(0.2);
    expect(fitted.result.diagnostics.checks).toEqual([]);
    const { result } = fitOf(0.7);
    expect(result.fit!.residual_autocorrelation).toBeGreaterThan(0.35);
    expect(result.diagnostics.checks.map(({ code }) => code)).toEqual(['correlated_noise']);
  });
});
