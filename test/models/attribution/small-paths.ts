import { type PathRow, type Paths, pathsFromRows, splitPath } from '../../../models/paths.ts';

/** `['a > b', conversions, nonConversions, revenue]`, short enough to write by hand. */
export type ShortRow = readonly [path: string, conversions: number, nonConversions?: number, revenue?: number];

export function shortPaths(rows: readonly ShortRow[]): Paths {
  return pathsFromRows(
    rows.map(
      ([path, conversions, nonConversions, revenue]): PathRow => ({
        path: splitPath(path),
        conversions,
        nonConversions,
        revenue,
      }),
    ),
  );
}

/** `{ a: 1, b: 2 }` from a vector over the channels of `paths`. */
export function named(paths: Paths, values: Float64Array): Record<string, number> {
  return Object.fromEntries(paths.channels.map((name, i) => [name, values[i]]));
}

/** DP6/Marketing-Attribution-Models (Apache-2.0) tests/test_mam.py: nine paths over A, B, C, value 3 each, all convert. */
export const MAM_ROWS: readonly ShortRow[] = [
  'A',
  'A > B',
  'A > B > C',
  'B',
  'B > A',
  'B > C > A',
  'C',
  'C > A',
  'C > B > A',
].map((path) => [path, 1, 0, 3] as const);
