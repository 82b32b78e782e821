import { expect, test } from 'vitest';
import { pairedGeos } from '../../../models/lift/paired-geos.ts';
import { randomisationTest } from '../../../models/lift/randomisation.ts';
import { random } from '../../../models/numeric/random.ts';

function pairs(seed: number, effect: number, n = 10) {
  const rng = random(seed, 'paired');
  return Array.from({ length: n }, (_, i) => {
    const level = 50 + 100 * rng.uniform();
    const geo = (lift: number) => ({ before: level + rng.normal(), during: 1.02 * level + 2 * rng.normal() + lift });
    return { name: `pair ${i}`, treated: geo(effect), control: geo(0) };
  });
}

test('three pairs by hand: differences 1, 2, 6', () => {
  const flat = (d: number, i: number) => ({
    name: `p${i}`,
    treated: { during: d, before: 0 },
    control: { during: 0, before: 0 },
  });
  const { value, pValue, diagnostics } = pairedGeos([1, 2, 6].map(flat), { seed: 1 });
  expect(value).toBe(3);
  // of 8 assignments only the real one and its mirror read 3 or more in absolute value
  expect(pValue).toBe(2 / 8);
  expect(diagnostics).toMatchObject({ assignments: 8, exhaustive: true, p_greater: 1 / 8 });
});

test('p(h) by brute force agrees with the ends of the interval', () => {
  const rng = random(2);
  const draws = Array.from({ length: 59 }, (): [number, number] => [2 * rng.normal(), 1.8 * rng.uniform() - 0.9]);
  const tau = 2.5;
  const { interval, pValue } = randomisationTest(tau, draws, 0.9);
  const p = (h: number): number =>
    (1 + draws.filter(([a, b]) => Math.abs(a - h * b) >= Math.abs(tau - h)).length) / (draws.length + 1);
  expect(p(0)).toBe(pValue);
  for (const [inside, outside] of [
    [interval!.lo + 1e-9, interval!.lo - 1e-9],
    [interval!.hi - 1e-9, interval!.hi + 1e-9],
  ]) {
    expect(p(inside)).toBeGreaterThanOrEqual(0.1);
    expect(p(outside)).toBeLessThan(0.1);
  }
});

test('90 % intervals cover the truth in 85 to 95 % of 300 tests, and p agrees with them', () => {
  let covered = 0;
  for (let s = 1; s <= 300; s++) {
    const { interval, pValue } = pairedGeos(pairs(s, 3), { seed: s });
    covered += Number(interval!.lo <= 3 && 3 <= interval!.hi);
    expect(pValue! < 0.1).toBe(interval!.lo > 0 || interval!.hi < 0);
  }
  expect(covered / 300).toBeGreaterThan(0.85);
  expect(covered / 300).toBeLessThan(0.96);
});

test('many pairs are drawn with a seed, few pairs have no interval', () => {
  const many = pairedGeos(pairs(1, 3, 20), { seed: 4, draws: 499 });
  expect(many.diagnostics).toMatchObject({ exhaustive: false, assignments: 500 });
  expect(pairedGeos(pairs(1, 3, 20), { seed: 4, draws: 499 })).toEqual(many);
  expect(pairedGeos(pairs(1, 3, 3), { seed: 1 }).diagnostics.no_interval).toContain('3 pairs');
  expect(() => pairedGeos(pairs(1, 3, 1), { seed: 1 })).toThrow(/at least 2/);
});
