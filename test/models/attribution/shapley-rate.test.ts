import { describe, expect, it } from 'vitest';
import { prepareShapley } from '../../../models/attribution/shapley.ts';
import { prepareShapleyRate, type ShapleyRateOptions } from '../../../models/attribution/shapley-rate.ts';
import { random } from '../../../models/numeric/random.ts';
import type { Paths } from '../../../models/paths.ts';
import { MAM_ROWS, type ShortRow, shortPaths } from './small-paths.ts';

const rate = (paths: Paths, options?: ShapleyRateOptions) => prepareShapleyRate(paths, options)(paths);
const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

function randomSets(seed: number, count: number, channels: number, width: number): Paths {
  const { integer } = random(seed, 'sets');
  const rows: ShortRow[] = [];
  for (let i = 0; i < count; i++) {
    const path = Array.from({ length: 1 + integer(width) }, () => `c${String(integer(channels)).padStart(2, '0')}`);
    const c = integer(4);
    rows.push([path.join('>'), c, integer(6), c * 10]);
  }
  return shortPaths(rows);
}

/** The same game by averaging over every order of every set, with rates looked up in a map of names. */
function overAllOrders(paths: Paths, k: number): number[] {
  const keyOf = (set: number[]): string => [...set].sort((a, b) => a - b).join(',');
  const totals = new Map<string, { set: number[]; c: number; n: number }>();
  paths.conversions.forEach((c, i) => {
    const set = [...new Set(paths.steps.subarray(paths.offsets[i], paths.offsets[i + 1]))];
    const entry = totals.get(keyOf(set)) ?? { set, c: 0, n: 0 };
    entry.c += c;
    entry.n += c + paths.nonConversions[i];
    totals.set(keyOf(set), entry);
  });
  const all = [...totals.values()];
  const add = (of: typeof all, key: 'c' | 'n'): number => of.reduce((total, entry) => total + entry[key], 0);
  const overall = add(all, 'c') / add(all, 'n');
  const worth = (set: number[]): number => {
    if (set.length === 0) return 0;
    const same = all.filter((entry) => entry.set.length === set.length);
    const pooled = (add(same, 'c') + k * overall) / (add(same, 'n') + k);
    const own = totals.get(keyOf(set)) ?? { c: 0, n: 0 };
    return (own.c + k * pooled) / (own.n + k);
  };
  const orders = (set: number[]): number[][] =>
    set.length === 0 ? [[]] : set.flatMap((c) => orders(set.filter((o) => o !== c)).map((rest) => [c, ...rest]));
  const credit = paths.channels.map(() => 0);
  for (const { set, c } of all) {
    if (c === 0) continue;
    const every = orders(set);
    for (const order of every) {
      order.forEach((channel, at) => {
        const marginal = worth(order.slice(0, at + 1)) - worth(order.slice(0, at));
        credit[channel] += (c * marginal) / every.length / worth(set);
      });
    }
  }
  return credit;
}

describe('shapley_rate', () => {
  // by hand, no shrinkage: v(a) = .1, v(b) = .3, v(ab) = .6; a gets (.1 + .3) / 2 = .2 of .6, b .4 of .6
  it('divides the rate of two channels as worked by hand', () => {
    const paths = shortPaths([
      ['a', 1, 9],
      ['b', 3, 7],
      ['a > b', 6, 4, 60],
    ]);
    const out = rate(paths, { priorJourneys: 0 });
    expect(out.conversions[0]).toBeCloseTo(1 + 2, 12);
    expect(out.conversions[1]).toBeCloseTo(3 + 4, 12);
    expect(out.revenue[0]).toBeCloseTo(20, 12);
  });

  // DP6/Marketing-Attribution-Models (Apache-2.0) tests/test_mam.py; an unseen set is worth nothing there
  it('agrees with the published example of nine paths', () => {
    const out = rate(shortPaths(MAM_ROWS), { priorJourneys: 0, unseen: 'zero' });
    [13.5, 7.5, 6].forEach((value, j) => {
      expect(out.revenue[j]).toBeCloseTo(value, 12);
    });
  });

  it('agrees with the mean over every order of every set', () => {
    for (const seed of [1, 2, 3]) {
      const paths = randomSets(seed, 40, 5, 6);
      const expected = overAllOrders(paths, 20);
      rate(paths).conversions.forEach((value, j) => {
        expect(value).toBeCloseTo(expected[j], 10);
      });
    }
  });

  it('keeps conversions and revenue whole, untouched ones apart', () => {
    const paths = shortPaths([
      ['', 2, 5, 7],
      ['a > b', 3, 9, 30],
      ['b > c', 1, 40, 5],
      ['a', 0, 9],
    ]);
    const out = rate(paths);
    expect(sum(out.conversions)).toBeCloseTo(4, 12);
    expect(sum(out.revenue)).toBeCloseTo(35, 12);
    expect(out.unattributed).toEqual({ conversions: 2, revenue: 7 });
  });

  it('reports a channel that lowers the rate as negative', () => {
    const paths = shortPaths([
      ['good', 500, 500],
      ['bad', 0, 1000],
      ['bad > good', 100, 900],
    ]);
    const out = rate(paths);
    expect(out.conversions[0]).toBeLessThan(0);
    expect(out.diagnostics.negative).toEqual(['bad']);
    expect(sum(out.conversions)).toBeCloseTo(600, 10);
  });

  it('is linear over distinct channels when every journey converts, and says why', () => {
    const paths = shortPaths([
      ['a', 4],
      ['a > b > c', 6],
      ['c', 1],
    ]);
    const out = rate(paths);
    prepareShapley(paths)(paths).conversions.forEach((value, j) => {
      expect(out.conversions[j]).toBeCloseTo(value, 12);
    });
    expect(out.diagnostics.note).toMatch(/every journey converts/);
  });

  it('samples large sets without bias, keeps totals and reports an error that is honest', () => {
    const paths = randomSets(5, 400, 9, 9);
    const exact = rate(paths, { exactChannels: 15 });
    expect(exact.diagnostics.sampled).toBeUndefined();
    const sampled = rate(paths, { exactChannels: 3, permutations: 600, seed: 4 });
    const { largest_standard_error: error, sets } = sampled.diagnostics.sampled as {
      largest_standard_error: number;
      sets: number;
    };
    expect(sets).toBeGreaterThan(50);
    expect(error).toBeGreaterThan(0);
    expect(sum(sampled.conversions)).toBeCloseTo(sum(paths.conversions), 9);
    sampled.conversions.forEach((value, j) => {
      expect(Math.abs(value - exact.conversions[j])).toBeLessThan(4 * error);
    });
    const again = rate(paths, { exactChannels: 3, permutations: 600, seed: 4 });
    expect(again.conversions).toEqual(sampled.conversions);
    expect(rate(paths, { exactChannels: 3, permutations: 600, seed: 5 }).conversions).not.toEqual(sampled.conversions);
  });

  it('is exact with fifteen channels in one journey, and samples the sixteenth', () => {
    const wide = (n: number) => Array.from({ length: n }, (_, i) => `c${i}`).join('>');
    const base: ShortRow[] = [
      ['c0', 5, 5],
      ['c1 > c2', 3, 9],
    ];
    expect(rate(shortPaths([...base, [wide(15), 7, 3]])).diagnostics.sampled).toBeUndefined();
    const out = rate(shortPaths([...base, [wide(16), 7, 3]]));
    expect(out.diagnostics.sampled).toMatchObject({ sets: 1, conversions: 7 });
    expect(sum(out.conversions)).toBeCloseTo(15, 10);
  });

  it('takes 500 channels and a journey through forty of them', () => {
    const path = Array.from({ length: 40 }, (_, i) => `c${i * 12}`).join('>');
    const paths = randomSets(6, 2000, 500, 4);
    const rows: ShortRow[] = [[path, 2, 1, 5]];
    const out = rate(shortPaths(rows), { permutations: 100 });
    expect(sum(out.conversions)).toBeCloseTo(2, 10);
    expect(sum(rate(paths).conversions)).toBeCloseTo(sum(paths.conversions), 8);
  });

  it('refuses options outside their range', () => {
    const paths = shortPaths([['a', 1]]);
    expect(() => rate(paths, { priorJourneys: -1 })).toThrow(/prior_journeys is -1/);
    expect(() => rate(paths, { exactChannels: 25 })).toThrow(/exact_channels is 25/);
    expect(() => rate(paths, { permutations: 1 })).toThrow(/permutations is 1/);
  });
});
