import { describe, expect, it } from 'vitest';
import { combinations, others, placeboSets } from '../../../models/lift/placebo-sets.ts';

describe('placeboSets', () => {
  it('counts as Pascal does', () => {
    expect([combinations(5, 2), combinations(38, 1), combinations(40, 40), combinations(100, 3)]).toEqual([
      10, 38, 1, 161700,
    ]);
  });

  it('enumerates every set once, in order, when there are few', () => {
    const sets = placeboSets(5, 2, 999, 1);
    expect(sets).toMatchObject({ count: 10, exhaustive: true });
    expect(Array.from({ length: 10 }, (_, i) => [...sets.at(i)].join(''))).toEqual([
      '01',
      '02',
      '03',
      '04',
      '12',
      '13',
      '14',
      '23',
      '24',
      '34',
    ]);
  });

  it('draws seeded sets when there are many, each from its own number', () => {
    const sets = placeboSets(100, 10, 999, 7);
    expect(sets).toMatchObject({ count: 999, exhaustive: false });
    expect([...sets.at(500)]).toEqual([...placeboSets(100, 10, 10, 7).at(500)]);
    expect([...sets.at(1)]).not.toEqual([...placeboSets(100, 10, 999, 8).at(1)]);
    for (let i = 0; i < 50; i++) expect(new Set(sets.at(i)).size).toBe(10);
  });

  it('draws every control about equally often', () => {
    const sets = placeboSets(60, 6, 2000, 3);
    const times = new Float64Array(60);
    for (let i = 0; i < sets.count; i++) for (const c of sets.at(i)) times[c]++;
    // expected 200, sd sqrt(2000 * .1 * .9) = 13.4
    expect(Math.max(...times)).toBeLessThan(200 + 4 * 13.4);
    expect(Math.min(...times)).toBeGreaterThan(200 - 4 * 13.4);
  });

  it('leaves the other controls as donors', () => {
    expect([...others(6, Int32Array.of(1, 4))]).toEqual([0, 2, 3, 5]);
  });
});
