import { InputError } from './errors.ts';

/**
 * Distinct journeys with counts: the one shape that every path model reads.
 *
 * Path i is the channel sequence `steps[offsets[i] .. offsets[i + 1])`, each entry an index into `channels`.
 * Repeats are kept; a path may be empty (a conversion without a touch).
 */
export interface Paths {
  channels: readonly string[];
  /** length paths + 1, non-decreasing, offsets[0] = 0 */
  offsets: Uint32Array;
  /** length offsets[paths] */
  steps: Uint32Array;
  /** length paths; converting journeys, >= 0 (fractions allowed: weights) */
  conversions: Float64Array;
  /** length paths; journeys that ended without converting, >= 0 */
  nonConversions: Float64Array;
  /** length paths; revenue of the converting journeys, major units of one currency */
  revenue: Float64Array;
}

export function pathCount(paths: Paths): number {
  return paths.offsets.length - 1;
}

/** Counts beside the paths of a `Paths`, row by row: the part of it that resampling changes. */
export interface PathCounts {
  conversions: Float64Array;
  nonConversions: Float64Array;
  revenue: Float64Array;
}

/** The channels of a written path, `"email > search"`: trimmed, empty items skipped; an empty text is the empty path. */
export function splitPath(text: string, separator = '>'): string[] {
  const channels: string[] = [];
  for (const item of text.split(separator)) {
    const channel = item.trim();
    if (channel !== '') channels.push(channel);
  }
  return channels;
}

/** One row as people write it: channel names in order, and counts. */
export interface PathRow {
  path: readonly string[];
  conversions: number;
  nonConversions?: number;
  revenue?: number;
}

/**
 * Builds `Paths` from rows, channels numbered by name so that the order of rows never changes a result.
 *
 * @throws InputError `bad_paths` for a negative or non-finite count, or for revenue on a row without conversions
 */
export function pathsFromRows(rows: readonly PathRow[]): Paths {
  const names = new Set<string>();
  let stepCount = 0;
  for (const row of rows) {
    for (const channel of row.path) names.add(channel);
    stepCount += row.path.length;
  }
  const channels = [...names].sort();
  const index = new Map(channels.map((name, i) => [name, i]));
  const offsets = new Uint32Array(rows.length + 1);
  const steps = new Uint32Array(stepCount);
  const conversions = new Float64Array(rows.length);
  const nonConversions = new Float64Array(rows.length);
  const revenue = new Float64Array(rows.length);
  let at = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    for (const channel of row.path) steps[at++] = index.get(channel)!;
    offsets[i + 1] = at;
    conversions[i] = count(row.conversions, 'conversions', i);
    nonConversions[i] = count(row.nonConversions ?? 0, 'non_conversions', i);
    revenue[i] = row.revenue ?? 0;
    if (!Number.isFinite(revenue[i])) throw badCount('revenue', revenue[i], i);
    if (revenue[i] !== 0 && conversions[i] === 0) {
      throw new InputError(
        'bad_paths',
        `row ${i + 1}: revenue is ${revenue[i]} but conversions is 0; give the count it came from`,
      );
    }
  }
  return { channels, offsets, steps, conversions, nonConversions, revenue };
}

function count(value: number, column: string, row: number): number {
  if (!Number.isFinite(value) || value < 0) throw badCount(column, value, row);
  return value;
}

function badCount(column: string, value: number, row: number): InputError {
  return new InputError(
    'bad_paths',
    `row ${row + 1}: ${column} is ${value}; give a number${column === 'revenue' ? '' : ' that is not negative'}`,
  );
}
