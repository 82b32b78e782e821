import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergePaths } from '../../../models/attribution/merge-paths.ts';
import { drawCounts, emptyCounts, type ResampleUnits, resampleUnits } from '../../../models/attribution/resample.ts';
import type { Paths } from '../../../models/paths.ts';
import { type ShortRow, shortPaths } from './small-paths.ts';

const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

/** Counts of one replicate by the text of the path. */
function drawn(units: ResampleUnits, replicate: number): Map<string, number[]> {
  const counts = emptyCounts(units);
  drawCounts(units, 11, replicate, counts);
  const { paths } = units;
  const out = new Map<string, number[]>();
  for (let i = 0; i < counts.conversions.length; i++) {
    const text = [...paths.steps.subarray(paths.offsets[i], paths.offsets[i + 1])]
      .map((s) => paths.channels[s])
      .join('>');
    out.set(text, [counts.conversions[i], counts.nonConversions[i], counts.revenue[i]]);
  }
  return out;
}

const journeys: ShortRow[] = [
  ['a > b', 1, 0, 10],
  ['a > b', 1, 0, 10],
  ['a > b', 1, 0, 25],
  ['a > b', 0, 3],
  ['b', 2, 5, 8],
  ['', 1, 1, 4],
  ['c > a', 0, 40],
];

describe('mergePaths', () => {
  it('adds up rows with the same sequence', () => {
    const merged = mergePaths(shortPaths(journeys));
    expect([...merged.conversions]).toEqual([3, 2, 1, 0]);
    expect([...merged.nonConversions]).toEqual([3, 5, 1, 40]);
    expect([...merged.revenue]).toEqual([45, 8, 4, 0]);
    expect([...merged.offsets]).toEqual([0, 2, 3, 3, 5]);
  });
});

describe('resampleUnits of journeys', () => {
  it('draws the same counts however the rows are ordered or split', () => {
    const expected = drawn(resampleUnits(shortPaths(journeys)), 3);
    const apart: ShortRow[] = [...journeys.slice(0, 4), ['b', 1, 2, 4], ['b', 1, 3, 4], ...journeys.slice(5)];
    fc.assert(
      fc.property(fc.shuffledSubarray(apart, { minLength: apart.length }), (rows) => {
        const got = drawn(resampleUnits(shortPaths(rows)), 3);
        for (const [path, counts] of expected) {
          counts.forEach((value, k) => {
            expect(got.get(path)![k]).toBeCloseTo(value, 10);
          });
        }
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it('draws a path the same whatever other channels the file has', () => {
    const alone = drawn(resampleUnits(shortPaths([['m > z', 30, 70, 90]])), 1);
    const among = drawn(
      resampleUnits(
        shortPaths([
          ['a', 1],
          ['m > z', 30, 70, 90],
          ['q', 1],
        ]),
      ),
      1,
    );
    expect(among.get('m>z')).toEqual(alone.get('m>z'));
  });

  it('keeps orders of different worth apart, so that their spread is in the interval', () => {
    const units = resampleUnits(shortPaths(journeys));
    expect([...units.converting.count]).toEqual([2, 1, 2, 1]);
    expect([...units.converting.value]).toEqual([10, 25, 4, 4]);
  });

  it('varies as counts do: mean and variance of each total equal the total', () => {
    const units = resampleUnits(shortPaths(journeys));
    const counts = emptyCounts(units);
    const replicates = 4000;
    const totals = Array.from({ length: replicates }, (_, r) => {
      drawCounts(units, 5, r, counts);
      return [sum(counts.conversions), sum(counts.nonConversions)];
    });
    [6, 49].forEach((total, k) => {
      const mean = totals.reduce((a, t) => a + t[k], 0) / replicates;
      const variance = totals.reduce((a, t) => a + (t[k] - total) ** 2, 0) / replicates;
      expect(Math.abs(mean - total)).toBeLessThan(4 * Math.sqrt(total / replicates));
      expect(Math.abs(variance / total - 1)).toBeLessThan(0.1);
    });
  });
});

describe('resampleUnits of persons', () => {
  const rows: ShortRow[] = [
    ['a', 1, 0, 10],
    ['b', 0, 1],
    ['a', 0, 2],
    ['b > a', 1, 0, 30],
  ];
  // persons 1 and 2; the first three rows are the first person's
  const persons = BigUint64Array.of(1n << 40n, 1n << 40n, 1n << 40n, 7n);

  it('gives all journeys of one person the same weight', () => {
    const units = resampleUnits(shortPaths(rows), persons);
    expect(units.unit).toBe('person');
    const seen = new Set<number>();
    for (let r = 0; r < 50; r++) {
      const got = drawn(units, r);
      const [conversions, others, revenue] = got.get('a')!;
      expect(got.get('b')![1]).toBe(conversions);
      expect(others).toBe(2 * conversions);
      expect(revenue).toBe(10 * conversions);
      seen.add(conversions);
    }
    expect(seen.size).toBeGreaterThan(2);
  });

  it('draws the same weights in any order and any split of the rows', () => {
    const whole = drawn(resampleUnits(shortPaths(rows), persons), 4);
    const order = [3, 1, 0, 2];
    const turned = drawn(
      resampleUnits(
        shortPaths(order.map((i) => rows[i])),
        BigUint64Array.from(order, (i) => persons[i]),
      ),
      4,
    );
    expect(turned.get('a')).toEqual(whole.get('a'));
    expect(turned.get('b>a')).toEqual(whole.get('b>a'));
    const part = drawn(resampleUnits(shortPaths([rows[3]]), persons.slice(3)), 4);
    expect(part.get('b>a')).toEqual(whole.get('b>a'));
  });

  it('refuses keys that do not match the rows', () => {
    const paths: Paths = shortPaths(rows);
    expect(() => resampleUnits(paths, persons.slice(1))).toThrow(/3 person keys for 4 rows/);
  });
});
