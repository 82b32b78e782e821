import { describe, expect, test } from 'vitest';
import { bulkEss, meanMcse } from '../../../models/mix/diagnostics.ts';
import { createNuts, type LogDensity } from '../../../models/mix/nuts.ts';
import { random } from '../../../models/numeric/random.ts';

/** Correlated normal with sds 1 and 3, correlation 0.8, mean (1, -2). */
const correlated: LogDensity = (z, gradient) => {
  const a = z[0] - 1;
  const b = (z[1] + 2) / 3;
  const k = 1 / (1 - 0.64);
  gradient[0] = -k * (a - 0.8 * b);
  gradient[1] = (-k * (b - 0.8 * a)) / 3;
  return -0.5 * k * (a * a - 1.6 * a * b + b * b);
};

/** x ~ N(0, 3), y ~ N(0, e^x): a neck that no step size suits. */
const funnel: LogDensity = (z, gradient) => {
  const inverse = Math.exp(-2 * z[0]);
  gradient[0] = -z[0] / 9 - 1 + z[1] * z[1] * inverse;
  gradient[1] = -z[1] * inverse;
  return -(z[0] * z[0]) / 18 - z[0] - 0.5 * z[1] * z[1] * inverse;
};

function sample(density: LogDensity, draws: number, step: number, seed: number) {
  const nuts = createNuts(2, density, random(seed, 'nuts'), 10);
  const gradient = new Float64Array(2);
  const z = Float64Array.of(0.5, 0.5);
  const state = { z, gradient, logDensity: density(z, gradient) };
  const out = [new Float64Array(draws), new Float64Array(draws)];
  let divergences = 0;
  let longest = 0;
  for (let d = 0; d < draws; d++) {
    const move = nuts.transition(state, step);
    out[0][d] = state.z[0];
    out[1][d] = state.z[1];
    if (move.divergent) divergences++;
    longest = Math.max(longest, move.leapfrogs);
  }
  return { out, divergences, longest };
}

describe('NUTS', () => {
  test('recovers means, variances and covariance of a correlated normal within Monte Carlo error', () => {
    const { out, divergences } = sample(correlated, 8000, 0.5, 1);
    const [x, y] = out;
    const expectMean = (draws: Float64Array, truth: number): void => {
      const mean = draws.reduce((a, b) => a + b) / draws.length;
      expect(Math.abs(mean - truth)).toBeLessThan(4 * meanMcse([draws]));
    };
    expectMean(x, 1);
    expectMean(y, -2);
    expectMean(
      x.map((v) => (v - 1) ** 2),
      1,
    );
    expectMean(
      y.map((v) => (v + 2) ** 2),
      9,
    );
    expectMean(
      x.map((v, i) => (v - 1) * (y[i] + 2)),
      2.4,
    );
    expect(divergences).toBe(0);
    expect(bulkEss([x])).toBeGreaterThan(2000);
  });
  test('the same seed gives the same draws and another seed others', () => {
    expect(sample(correlated, 50, 0.5, 2).out).toEqual(sample(correlated, 50, 0.5, 2).out);
    expect(sample(correlated, 50, 0.5, 2).out).not.toEqual(sample(correlated, 50, 0.5, 3).out);
  });
  test('a step that is too long for a funnel is reported as divergent, not hidden', () => {
    expect(sample(funnel, 1000, 1.2, 4).divergences).toBeGreaterThan(0);
  });
  test('a trajectory stops at the depth limit', () => {
    expect(sample(correlated, 20, 1e-4, 5).longest).toBe(1023);
  });
});
