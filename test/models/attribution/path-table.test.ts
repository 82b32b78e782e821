import { describe, expect, it } from 'vitest';
import { pathTable } from '../../../models/attribution/path-table.ts';
import { shortPaths } from './small-paths.ts';

const paths = shortPaths([
  ['a > b', 3, 7, 30],
  ['a > b', 1, 9, 20],
  ['c', 9, 1, 90],
  ['c > c > a > b', 1, 0, 5],
  ['', 2, 3, 8],
  ['never', 0, 0],
]);

describe('pathTable', () => {
  it('merges equal paths and puts the most converting first', () => {
    const out = pathTable(paths);
    expect(out.total).toEqual({ conversions: 16, non_conversions: 20, revenue: 153 });
    expect(
      out.rows.map((r) => [
        r.path.join(' > '),
        r.conversions,
        r.non_conversions,
        r.revenue,
        r.conversion_rate,
        r.length,
      ]),
    ).toEqual([
      ['c', 9, 1, 90, 0.9, 1],
      ['a > b', 4, 16, 50, 0.2, 2],
      ['', 2, 3, 8, 0.4, 0],
      ['c > c > a > b', 1, 0, 5, 1, 4],
    ]);
    expect(out['(other)']).toBeNull();
    expect(out['(suppressed)']).toBeNull();
  });

  it('flags a path that was cut and keeps it apart from a whole one that looks alike', () => {
    const out = pathTable(paths, { steps: 2 });
    const alike = out.rows.filter((r) => r.path.join(' > ') === 'a > b');
    expect(alike.map((r) => [r.truncated, r.conversions, r.length])).toEqual([
      [false, 4, 2],
      [true, 1, 4],
    ]);
  });

  it('sums what is not shown, so that rows add up to the total', () => {
    const out = pathTable(paths, { limit: 1 });
    expect(out.rows).toHaveLength(1);
    expect(out['(other)']).toMatchObject({ paths: 3, conversions: 7, non_conversions: 19, revenue: 63 });
  });

  it('hides rare paths, and enough others that their sum gives none away', () => {
    const out = pathTable(paths, { minimumJourneys: 6 });
    // one journey and five: together they reach six
    expect(out['(suppressed)']).toMatchObject({ paths: 2, conversions: 3, non_conversions: 3 });
    const harder = pathTable(paths, { minimumJourneys: 3 });
    // the single journey alone would be visible, so the next rarest path goes with it
    expect(harder['(suppressed)']).toMatchObject({ paths: 2, conversions: 3 });
    expect(harder.rows.map((r) => r.path.join(' > '))).toEqual(['c', 'a > b']);
  });

  it('reports mean days where times are known', () => {
    const out = pathTable(paths, { days: Float64Array.of(10, 30, 5, 7, 0, 0) });
    expect(out.rows.find((r) => r.path.join('>') === 'a>b')!.days).toBe(2);
    expect(() => pathTable(paths, { days: new Float64Array(2) })).toThrow(RangeError);
  });

  it('refuses to show no row or no step', () => {
    expect(() => pathTable(paths, { limit: 0 })).toThrow(/limit is 0/);
    expect(() => pathTable(paths, { steps: 1.5 })).toThrow(/steps is 1.5/);
  });
});
