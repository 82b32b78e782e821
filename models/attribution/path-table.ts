import { InputError } from '../errors.ts';
import { type Paths, pathCount } from '../paths.ts';
import { sum } from './attribution-result.ts';
import { mergePaths } from './merge-paths.ts';

export interface PathTableOptions {
  /** rows shown; the others are summed in `(other)`; default 100 */
  limit?: number;
  /** steps shown, the last ones; longer paths are flagged and those that look alike are one row; default 20 */
  steps?: number;
  /** journeys below which a path is not shown but summed in `(suppressed)`; default 1, which shows all */
  minimumJourneys?: number;
  /** length paths; days from first touch to end, summed over the journeys of the row */
  days?: Float64Array;
}

export interface PathTableRow {
  /** channels in order; the last `steps` of a longer path */
  path: string[];
  conversions: number;
  non_conversions: number;
  revenue: number;
  /** conversions / journeys */
  conversion_rate: number;
  /** mean number of touches, before any truncation */
  length: number;
  /** mean days from first touch to end, where times are known */
  days?: number;
  /** some touches before these are not shown */
  truncated: boolean;
}

/** Rows that are not single paths; null where there is none. */
export type PathSum = Omit<PathTableRow, 'path' | 'truncated'> & { paths: number };

export interface PathTable {
  schema_version: 1;
  total: { conversions: number; non_conversions: number; revenue: number };
  rows: PathTableRow[];
  '(other)': PathSum | null;
  '(suppressed)': PathSum | null;
}

/**
 * The paths that journeys took, the most converting first; with `(other)` and `(suppressed)` they add up to the total.
 *
 * @throws InputError `bad_parameter` when a limit is no whole number from 1 on
 */
export function pathTable(paths: Paths, options: PathTableOptions = {}): PathTable {
  const { limit = 100, steps = 20, minimumJourneys = 1, days } = options;
  for (const [name, value] of Object.entries({ limit, steps })) {
    if (!(Number.isInteger(value) && value >= 1))
      throw new InputError('bad_parameter', `${name} is ${value}; give a whole number >= 1`);
  }
  if (days !== undefined && days.length !== pathCount(paths))
    throw new RangeError(`${days.length} days for ${pathCount(paths)} paths`);
  const rows = groupRows(paths, steps, days);
  const { shown, hidden } = suppress(rows, minimumJourneys);
  shown.sort(
    (a, b) =>
      b.conversions - a.conversions || b.revenue - a.revenue || b.journeys - a.journeys || (a.key < b.key ? -1 : 1),
  );
  return {
    schema_version: 1,
    total: {
      conversions: sum(paths.conversions),
      non_conversions: sum(paths.nonConversions),
      revenue: sum(paths.revenue),
    },
    rows: shown.slice(0, limit).map((row) => ({ path: row.path, ...figures(row), truncated: row.truncated })),
    '(other)': pooled(shown.slice(limit)),
    '(suppressed)': pooled(hidden),
  };
}

interface Group {
  key: string;
  path: string[];
  truncated: boolean;
  journeys: number;
  conversions: number;
  revenue: number;
  touches: number;
  days: number | null;
}

/** One group per visible path; a truncated path stays apart from a whole one that looks the same. */
function groupRows(paths: Paths, steps: number, days: Float64Array | undefined): Group[] {
  // days are per row, so rows can only be merged beforehand where there are none
  const source = days === undefined ? mergePaths(paths) : paths;
  const groups = new Map<string, Group>();
  for (let i = 0; i < pathCount(source); i++) {
    const journeys = source.conversions[i] + source.nonConversions[i];
    if (journeys === 0) continue;
    const start = source.offsets[i];
    const end = source.offsets[i + 1];
    const truncated = end - start > steps;
    const visible = source.steps.subarray(Math.max(start, end - steps), end);
    const key = `${truncated ? '...' : ''}${visible.join(' ')}`;
    let group = groups.get(key);
    if (group === undefined) {
      const path = Array.from(visible, (s) => source.channels[s]);
      group = {
        key,
        path,
        truncated,
        journeys: 0,
        conversions: 0,
        revenue: 0,
        touches: 0,
        days: days === undefined ? null : 0,
      };
      groups.set(key, group);
    }
    group.journeys += journeys;
    group.conversions += source.conversions[i];
    group.revenue += source.revenue[i];
    group.touches += journeys * (end - start);
    if (days !== undefined) group.days = (group.days ?? 0) + days[i];
  }
  return [...groups.values()];
}

/** Hides rare paths, and as many of the next rarest as it takes for their sum not to give a rare one away. */
function suppress(rows: readonly Group[], minimum: number): { shown: Group[]; hidden: Group[] } {
  const ascending = [...rows].sort((a, b) => a.journeys - b.journeys || (a.key < b.key ? -1 : 1));
  let cut = 0;
  let hiddenJourneys = 0;
  while (cut < ascending.length && (ascending[cut].journeys < minimum || (cut > 0 && hiddenJourneys < minimum))) {
    hiddenJourneys += ascending[cut++].journeys;
  }
  return { shown: ascending.slice(cut), hidden: ascending.slice(0, cut) };
}

function figures(group: Omit<Group, 'key' | 'path' | 'truncated'>): Omit<PathTableRow, 'path' | 'truncated'> {
  const { journeys, conversions, revenue } = group;
  const out: Omit<PathTableRow, 'path' | 'truncated'> = {
    conversions,
    non_conversions: journeys - conversions,
    revenue,
    conversion_rate: conversions / journeys,
    length: group.touches / journeys,
  };
  if (group.days !== null) out.days = group.days / journeys;
  return out;
}

function pooled(groups: readonly Group[]): PathSum | null {
  if (groups.length === 0) return null;
  const all = { journeys: 0, conversions: 0, revenue: 0, touches: 0, days: groups[0].days === null ? null : 0 };
  for (const group of groups) {
    all.journeys += group.journeys;
    all.conversions += group.conversions;
    all.revenue += group.revenue;
    all.touches += group.touches;
    if (all.days !== null) all.days += group.days ?? 0;
  }
  return { paths: groups.length, ...figures(all) };
}
