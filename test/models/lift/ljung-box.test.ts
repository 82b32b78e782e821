import { expect, test } from 'vitest';
import { chainDiagnostics } from '../../../models/lift/chain-diagnostics.ts';
import { summarizeDraws } from '../../../models/lift/draw-summary.ts';
import { autocorrelations, durbinWatson, ljungBox } from '../../../models/lift/ljung-box.ts';
import { random } from '../../../models/numeric/random.ts';

test('autocorrelation and Durbin-Watson by hand', () => {
  expect(Array.from(autocorrelations(Float64Array.of(1, -1, 1, -1), 1)!)).toEqual([-0.75]);
  expect(durbinWatson(Float64Array.of(1, -1, 1, -1))).toBe(3);
  expect(autocorrelations(Float64Array.of(2, 2, 2), 1)).toBeNull();
});

test('Ljung-Box by hand on eight alternating values, one lag', () => {
  // r1 = -7/8, Q = 8 * 10 * (49/64) / 7 = 8.75, p = P(chi2_1 > 8.75) = 0.003096 (R 4.2.2 pchisq)
  const result = ljungBox(Float64Array.of(1, -1, 1, -1, 1, -1, 1, -1), 1)!;
  expect(result.statistic).toBeCloseTo(8.75, 12);
  expect(result.pValue).toBeCloseTo(0.003096, 5);
  expect(ljungBox(Float64Array.of(1, 2, 3))).toBeNull();
});

test('Ljung-Box rejects white noise at its level', () => {
  let rejected = 0;
  for (let s = 0; s < 1000; s++) {
    const rng = random(s, 'white');
    if (ljungBox(Float64Array.from({ length: 90 }, () => rng.normal()))!.pValue < 0.05) rejected++;
  }
  expect(rejected).toBeGreaterThan(30);
  expect(rejected).toBeLessThan(75);
});

test('independent draws count in full, an autoregressive chain in part, a drifting chain has not settled', () => {
  const rng = random(1);
  const white = Float64Array.from({ length: 2000 }, () => rng.normal());
  expect(chainDiagnostics(white).effective_draws).toBeGreaterThan(1600);
  const chain = new Float64Array(20000);
  for (let t = 1; t < chain.length; t++) chain[t] = 0.8 * chain[t - 1] + rng.normal();
  // (1 - 0.8) / (1 + 0.8) of the draws
  expect(chainDiagnostics(chain).effective_draws / (20000 / 9)).toBeGreaterThan(0.8);
  expect(chainDiagnostics(chain).effective_draws / (20000 / 9)).toBeLessThan(1.2);
  const drift = Float64Array.from({ length: 500 }, (_, t) => t + rng.normal());
  expect(chainDiagnostics(drift).converged).toBe(false);
});

test('draws: interval, p-value and probability by hand on 0..100', () => {
  const draws = Float64Array.from({ length: 101 }, (_, i) => i - 10);
  const summary = summarizeDraws(draws, 0.9);
  expect(summary.interval.lo).toBeCloseTo(-5, 12);
  expect(summary.interval.hi).toBeCloseTo(85, 12);
  expect(summary.probabilityAbove).toBeCloseTo(0.9, 12);
  expect(summary.pValue).toBeCloseTo(0.2, 12);
  expect(summary.mean).toBeCloseTo(40, 12);
  expect(() => summarizeDraws(Float64Array.of(1, 2, 3), 0.9)).toThrow(RangeError);
});
