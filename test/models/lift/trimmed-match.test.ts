import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '../../../models/errors.ts';
import { trimmedMatch } from '../../../models/lift/trimmed-match.ts';
import { trimmedPieces } from '../../../models/lift/trimmed-pieces.ts';
import { random } from '../../../models/numeric/random.ts';

function pairs(seed: number, iroas: number, n = 30, outliers = 0) {
  const rng = random(seed, 'pairs');
  return Array.from({ length: n }, (_, i) => {
    const cost = 10 + 5 * rng.uniform();
    return { name: `p${i}`, cost, response: iroas * cost + 4 * rng.normal() + (i < outliers ? 300 : 0) };
  });
}

test('without trimming the return is total response over total cost', () => {
  const data = [
    { name: 'a', response: 6, cost: 2 },
    { name: 'b', response: 3, cost: 1 },
    { name: 'c', response: 7, cost: 3 },
  ];
  const { value, standardError } = trimmedMatch(data, { trim: 0 });
  expect(value).toBeCloseTo(16 / 6, 12);
  const e = data.map((pair) => pair.response - (16 / 6) * pair.cost);
  expect(standardError).toBeCloseTo(Math.sqrt(e.reduce((sum, x) => sum + x * x, 0)) / 6, 12);
});

test('one trimmed pair at each end, by hand: five pairs of equal cost', () => {
  // residuals 1 2 3 4 100 less r; body 2 3 4 -> r = 3, W = 1 * (1 + 1) + (1 + 0 + 1) = 4, se = 2 / 3
  const data = [100, 1, 3, 2, 4].map((response, i) => ({ name: `p${i}`, response, cost: 1 }));
  const estimate = trimmedMatch(data, { trim: 0.2 });
  expect(estimate.value).toBeCloseTo(3, 12);
  expect(estimate.standardError).toBeCloseTo(2 / 3, 12);
  expect(estimate.diagnostics.left_out).toEqual(['p0', 'p1']);
});

test('pieces agree with sorting the residuals afresh at random returns', () => {
  const line = fc.record({
    response: fc.integer({ min: -20, max: 20 }),
    cost: fc.integer({ min: -3, max: 6 }),
  });
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 3, maxLength: 14 }),
      fc.double({ min: -30, max: 30, noNaN: true }),
      fc.double({ min: 0, max: 0.34, noNaN: true }),
      (lines, r, share) => {
        const trimmed = Math.min(Math.floor(share * lines.length), Math.floor((lines.length - 1) / 2));
        const e = lines.map((l) => l.response - r * l.cost).sort((a, b) => a - b);
        const body = e.slice(trimmed, lines.length - trimmed);
        const sum = body.reduce((a, b) => a + b, 0);
        const w = body.reduce((a, b) => a + b * b, 0) + trimmed * (body[0] ** 2 + body[body.length - 1] ** 2);
        const piece = trimmedPieces(lines, trimmed).find((p) => p.from <= r && r <= p.to)!;
        expect(piece.response - r * piece.cost).toBeCloseTo(sum, 7);
        expect(piece.square0 - 2 * piece.square1 * r + piece.square2 * r * r).toBeCloseTo(w, 5);
      },
    ),
    { seed: 1, numRuns: 400 },
  );
});

test('pairs that went their own way are trimmed away', () => {
  const estimate = trimmedMatch(pairs(1, 2, 30, 3));
  expect(estimate.diagnostics.trimmed_pairs_each_end).toBeGreaterThanOrEqual(3);
  expect(Math.abs(estimate.value - 2)).toBeLessThan(0.3);
  expect(estimate.diagnostics.left_out).toEqual(expect.arrayContaining(['p0', 'p1', 'p2']));
});

test('90 % intervals cover the true return in 85 to 95 % of 300 experiments', () => {
  let covered = 0;
  for (let s = 1; s <= 300; s++) {
    const { lo, hi } = trimmedMatch(pairs(s, 2, 30), { trim: 0.1 }).interval!;
    covered += Number(lo <= 2 && 2 <= hi);
  }
  expect(covered / 300).toBeGreaterThan(0.85);
  expect(covered / 300).toBeLessThan(0.95);
});

test('p is below alpha exactly when the interval excludes zero', () => {
  let excluded = 0;
  for (let s = 1; s <= 150; s++) {
    const estimate = trimmedMatch(pairs(s, (s % 5) * 0.06 - 0.1, 12, s % 3));
    if (estimate.interval === null) continue;
    const { lo, hi } = estimate.interval;
    expect(estimate.pValue! < 0.1).toBe(lo > 0 || hi < 0);
    expect(lo <= estimate.value && estimate.value <= hi).toBe(true);
    excluded += Number(lo > 0 || hi < 0);
  }
  expect(excluded).toBeGreaterThan(5);
});

test('cost differences around zero leave the return without bounds', () => {
  const rng = random(3);
  const data = Array.from({ length: 12 }, (_, i) => ({ name: `p${i}`, response: rng.normal(), cost: rng.normal() }));
  expect(trimmedMatch(data, { trim: 0 }).interval).toBeNull();
});

test('too few pairs, no cost and an impossible trim are refused', () => {
  expect(() => trimmedMatch(pairs(1, 2, 2))).toThrow(InputError);
  expect(() => trimmedMatch(pairs(1, 2, 5).map((pair) => ({ ...pair, cost: 0 })))).toThrow(/cost/);
  expect(() => trimmedMatch(pairs(1, 2, 5), { trim: 0.5 })).toThrow(/trim/);
});
