import { describe, expect, test } from 'vitest';
import {
  checkPrior,
  drawPrior,
  isNonNegative,
  type Prior,
  priorAt,
  priorCentre,
  unconstrained,
} from '../../../models/mix/prior.ts';
import { random } from '../../../models/numeric/random.ts';

const priors: Prior[] = [
  { family: 'normal', mean: 1, sd: 2 },
  { family: 'half_normal', sd: 0.5 },
  { family: 'log_normal', mu: 0.2, sigma: 0.9 },
  { family: 'gamma', shape: 3, rate: 1 },
  { family: 'beta', a: 1, b: 3 },
  { family: 'beta', a: 1, b: 99 },
  { family: 'uniform', lower: -1, upper: 4 },
  { family: 'truncated_normal', mean: 0.8, sd: 0.8, lower: 0.1, upper: 10 },
];
const empty = () => ({ value: 0, slope: 0, logDensity: 0, gradient: 0 });

describe('priors', () => {
  test.each(priors)('$family: the map is undone by its inverse and its derivatives are right', (prior) => {
    for (const u of [-2, -0.3, 0.7, 2.5]) {
      const here = priorAt(prior, u, empty());
      const up = priorAt(prior, u + 1e-6, empty());
      const down = priorAt(prior, u - 1e-6, empty());
      expect(unconstrained(prior, here.value)).toBeCloseTo(u, 9);
      expect(here.slope).toBeCloseTo((up.value - down.value) / 2e-6, 6);
      expect(here.gradient).toBeCloseTo((up.logDensity - down.logDensity) / 2e-6, 5);
    }
  });

  test.each(priors)('$family: the unconstrained density has the mean of the draws', (prior) => {
    // mean by quadrature over u against the mean of 40,000 draws, within 5 standard errors
    let mass = 0;
    let mean = 0;
    let square = 0;
    for (let u = -40; u <= 40; u += 0.005) {
      const { value, logDensity } = priorAt(prior, u, empty());
      const weight = Math.exp(logDensity);
      mass += weight;
      mean += weight * value;
      square += weight * value * value;
    }
    mean /= mass;
    const sd = Math.sqrt(square / mass - mean * mean);
    const rng = random(3, prior.family);
    let sum = 0;
    for (let i = 0; i < 40_000; i++) sum += drawPrior(prior, rng);
    expect(Math.abs(sum / 40_000 - mean)).toBeLessThan((5 * sd) / 200);
  });

  test('the centre lies inside the support', () => {
    for (const prior of priors) expect(Number.isFinite(unconstrained(prior, priorCentre(prior)))).toBe(true);
  });

  test('only priors without negative values count as non-negative', () => {
    expect(priors.map(isNonNegative)).toEqual([false, true, true, true, true, true, false, true]);
  });

  test('impossible numbers are refused with the place they stand', () => {
    expect(() => checkPrior({ family: 'normal', mean: 0, sd: 0 }, 'drivers.tv.prior')).toThrow(
      /drivers\.tv\.prior.*sd 0/,
    );
    expect(() => checkPrior({ family: 'uniform', lower: 2, upper: 1 }, 'x')).toThrow(/lower 2 not below upper 1/);
    expect(() => checkPrior({ family: 'beta', a: Number.NaN, b: 1 }, 'x')).toThrow(/a NaN/);
  });
});
