import { describe, expect, it } from 'vitest';
import { pathCount, pathsFromRows, splitPath } from '../../models/paths.ts';

describe('splitPath', () => {
  it('trims channels and skips empty items', () => {
    expect(splitPath(' email >search>  > paid social ')).toEqual(['email', 'search', 'paid social']);
    expect(splitPath('')).toEqual([]);
  });
});

describe('pathsFromRows', () => {
  it('numbers channels by name, keeps repeats and the empty path', () => {
    const paths = pathsFromRows([
      { path: ['b', 'a', 'b'], conversions: 2, nonConversions: 1, revenue: 5 },
      { path: [], conversions: 1 },
    ]);
    expect(paths.channels).toEqual(['a', 'b']);
    expect([...paths.steps]).toEqual([1, 0, 1]);
    expect([...paths.offsets]).toEqual([0, 3, 3]);
    expect(pathCount(paths)).toBe(2);
    expect([...paths.revenue]).toEqual([5, 0]);
  });

  it('refuses negative counts and revenue that no conversion brought', () => {
    expect(() => pathsFromRows([{ path: ['a'], conversions: -1 }])).toThrow(/row 1: conversions is -1/);
    expect(() => pathsFromRows([{ path: ['a'], conversions: 1, nonConversions: Number.NaN }])).toThrow(
      /non_conversions/,
    );
    expect(() => pathsFromRows([{ path: ['a'], conversions: 0, revenue: 3 }])).toThrow(
      /revenue is 3 but conversions is 0/,
    );
  });
});
