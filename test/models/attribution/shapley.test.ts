import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderedShapley, prepareShapley } from '../../../models/attribution/shapley.ts';
import type { Paths } from '../../../models/paths.ts';
import { goldenAbsent, readExpected, readPathData } from './golden.ts';
import { named, shortPaths } from './small-paths.ts';

const shapley = (paths: Paths) => prepareShapley(paths)(paths);

/** v(S) = conversions of journeys inside S, every coalition enumerated. */
function enumerated(paths: Paths): number[] {
  const n = paths.channels.length;
  const worth = (mask: number): number => {
    let total = 0;
    for (let i = 0; i < paths.conversions.length; i++) {
      const inside = paths.steps.subarray(paths.offsets[i], paths.offsets[i + 1]).every((c) => (mask & (1 << c)) !== 0);
      if (inside && paths.offsets[i + 1] > paths.offsets[i]) total += paths.conversions[i];
    }
    return total;
  };
  const factorial = (k: number): number => (k < 2 ? 1 : k * factorial(k - 1));
  return paths.channels.map((_, j) => {
    let phi = 0;
    for (let mask = 0; mask < 1 << n; mask++) {
      if ((mask & (1 << j)) !== 0) continue;
      const size = [...mask.toString(2)].filter((bit) => bit === '1').length;
      phi += ((factorial(size) * factorial(n - size - 1)) / factorial(n)) * (worth(mask | (1 << j)) - worth(mask));
    }
    return phi;
  });
}

describe('shapley', () => {
  // eeghor/mta tests (MIT)
  it('splits each journey equally among its distinct channels, as published', () => {
    const paths = shortPaths([
      ['a', 4],
      ['a > b', 6],
    ]);
    expect(named(paths, shapley(paths).conversions)).toEqual({ a: 7, b: 3 });
    expect([...shapley(shortPaths([['a > b > c > d', 10]])).conversions]).toEqual([2.5, 2.5, 2.5, 2.5]);
    expect(named(shortPaths([['a > a > b', 6]]), shapley(shortPaths([['a > a > b', 6]])).conversions)).toEqual({
      a: 3,
      b: 3,
    });
  });

  it('is the Shapley value of the game, found by enumerating every coalition', () => {
    const row = fc.tuple(
      fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 6 }),
      fc.integer({ min: 0, max: 9 }),
    );
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 10 }), (rows) => {
        const paths = shortPaths(rows.map(([path, c]) => [path.join('>'), c, 1]));
        const got = shapley(paths).conversions;
        enumerated(paths).forEach((value, j) => {
          expect(got[j]).toBeCloseTo(value, 10);
        });
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});

describe('orderedShapley', () => {
  it('tells apart where a channel is touched, as worked by hand', () => {
    // a > b > a, 6 conversions: a has 3, half at touch 1 and half at touch 3; b has 3 at touch 2
    const out = orderedShapley(shortPaths([['a > b > a', 6, 0, 12]]));
    expect([...out.conversions]).toEqual([1.5, 0, 1.5, 0, 3, 0]);
    expect([...out.revenue]).toEqual([3, 0, 3, 0, 6, 0]);
    expect(out).toMatchObject({ positions: 3, pooledLast: false });
  });

  it('adds touches past the last position to it, and says so', () => {
    const out = orderedShapley(shortPaths([['a > b > a', 6]]), undefined, 2);
    expect([...out.conversions]).toEqual([1.5, 1.5, 0, 3]);
    expect(out.pooledLast).toBe(true);
  });

  it('sums over positions to the unordered value', () => {
    const row = fc.tuple(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 9 }), fc.integer({ min: 0, max: 9 }));
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 1, max: 12 }),
        (rows, positions) => {
          const paths = shortPaths(rows.map(([path, c]) => [path.join('>'), c]));
          const ordered = orderedShapley(paths, paths, positions);
          shapley(paths).conversions.forEach((value, j) => {
            let total = 0;
            for (let p = 0; p < ordered.positions; p++) total += ordered.conversions[j * ordered.positions + p];
            expect(total).toBeCloseTo(value, 10);
          });
        },
      ),
      { seed: 2, numRuns: 60 },
    );
  });

  it('refuses no position at all', () => {
    expect(() => orderedShapley(shortPaths([['a', 1]]), undefined, 0)).toThrow(/positions is 0/);
  });
});

// golden exact.rule_models.linear_distinct_channels__eq_unordered_shapley: eeghor/mta's enumeration of 2^12 agrees to 6e-11
it.skipIf(goldenAbsent)('shapley equals the enumeration of 4,096 coalitions on PathData', () => {
  const paths = readPathData();
  const block = readExpected().exact.rule_models.raw_paths.linear_distinct_channels__eq_unordered_shapley;
  const out = shapley(paths);
  paths.channels.forEach((name, j) => {
    expect(Math.abs(out.conversions[j] - block[name].conversions)).toBeLessThan(1e-8);
    expect(Math.abs(out.revenue[j] - block[name].value)).toBeLessThan(1e-8);
  });
});
