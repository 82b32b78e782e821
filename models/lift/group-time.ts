import { InputError } from '../errors.ts';
import type { Panel, Treatment } from '../panel.ts';

export interface GroupTimeOptions {
  /** `never`: only units that are never treated; `not_yet`: also those whose start lies after both periods compared */
  control?: 'never' | 'not_yet';
  /** period that a period before the start is compared with: `varying` the one before it, `universal` the last before the start */
  base?: 'varying' | 'universal';
}

/** Effect on one group (units that start together) in one period. */
export interface GroupTimeCell {
  /** index of the group's first treated period */
  group: number;
  /** index of the period */
  period: number;
  /** unit of the outcome */
  effect: number;
  standardError: number;
  /** length n, influence of each unit on `effect`: standardError = sqrt(sum influence^2) / n */
  influence: Float64Array;
}

export interface GroupTimeEffects {
  cells: GroupTimeCell[];
  /** share of units that start in each period, by first treated period */
  shares: ReadonlyMap<number, number>;
  /** units in use */
  n: number;
  /** first treated period of each unit in use, Infinity = never; length n */
  starts: Float64Array;
  /** treated in the first period, so without a period before: left out */
  alwaysTreated: string[];
  /** group and period for which no control unit exists */
  withoutControl: { group: number; period: number }[];
}

/**
 * Group-time average effects for staggered starts.
 *
 *     ATT(g, t) = mean(dY | start = g) - mean(dY | control),  dY = Y[t] - Y[b]
 *     b = g - 1 from the start on; before it t - 1 (varying) or g - 1 (universal)
 *     influence_i = n [ 1(G = g)(dY_i - m_g) / n_g - 1(control)(dY_i - m_c) / n_c ]
 *
 * Each comparison is of treated with untreated units only: never with units that are already treated. No covariates.
 *
 * @param panel      balanced; periods after `treatment.end` are left out
 * @param treatment  first treated period per unit; absent = never
 * @throws InputError `bad_panel` for a missing cell, no treated or no usable control unit
 * @see Callaway & Sant'Anna (2021), Difference-in-Differences with Multiple Time Periods
 */
export function groupTimeEffects(panel: Panel, treatment: Treatment, options: GroupTimeOptions = {}): GroupTimeEffects {
  const { control = 'never', base = 'varying' } = options;
  const length = Math.min(treatment.end ?? panel.periods.length, panel.periods.length);
  const startOf = (unit: string): number => {
    const start = treatment.firstTreated.get(unit) ?? Number.POSITIVE_INFINITY;
    return start < length ? start : Number.POSITIVE_INFINITY;
  };
  const alwaysTreated = panel.units.filter((unit) => startOf(unit) <= 0);
  const used = panel.units.map((_, u) => u).filter((u) => startOf(panel.units[u]) > 0);
  const n = used.length;
  const starts = Float64Array.from(used, (u) => startOf(panel.units[u]));
  const groups = [...new Set(starts.filter(Number.isFinite))].sort((a, b) => a - b);
  const never = starts.filter((g) => !Number.isFinite(g)).length;
  if (groups.length === 0) {
    throw new InputError(
      'bad_panel',
      'no unit starts inside the panel after its first period; name treated units and starts',
    );
  }
  if (never === 0 && (control === 'never' || groups.length === 1)) {
    throw new InputError(
      'bad_panel',
      'every unit is treated in the end; add untreated units' +
        (groups.length > 1 ? ", or compare with units that are not yet treated (control: 'not_yet')" : ''),
    );
  }
  const value = outcomeReader(panel, used, length);
  const cells: GroupTimeCell[] = [];
  const withoutControl: { group: number; period: number }[] = [];
  for (const group of groups) {
    for (let period = 0; period < length; period++) {
      const from = period >= group || base === 'universal' ? group - 1 : period - 1;
      if (from < 0 || from === period) continue;
      const last = Math.max(period, from);
      const isControl = (g: number): boolean =>
        !Number.isFinite(g) || (control === 'not_yet' && g > last && g !== group);
      const cell = compare(starts, group, isControl, (i) => value(i, period) - value(i, from));
      if (cell) cells.push({ group, period, ...cell });
      else withoutControl.push({ group, period });
    }
  }
  const shares = new Map(groups.map((g) => [g, starts.filter((s) => s === g).length / n]));
  return { cells, shares, n, starts, alwaysTreated, withoutControl };
}

function compare(
  starts: Float64Array,
  group: number,
  isControl: (start: number) => boolean,
  change: (unit: number) => number,
): { effect: number; standardError: number; influence: Float64Array } | null {
  const n = starts.length;
  const changes = new Float64Array(n);
  let [ownSum, own, otherSum, other] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    if (starts[i] === group) {
      changes[i] = change(i);
      ownSum += changes[i];
      own++;
    } else if (isControl(starts[i])) {
      changes[i] = change(i);
      otherSum += changes[i];
      other++;
    }
  }
  if (other === 0) return null;
  const [ownMean, otherMean] = [ownSum / own, otherSum / other];
  const influence = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (starts[i] === group) influence[i] = (n * (changes[i] - ownMean)) / own;
    else if (isControl(starts[i])) influence[i] = (-n * (changes[i] - otherMean)) / other;
  }
  return { effect: ownMean - otherMean, standardError: influenceError(influence), influence };
}

/** sqrt(sum influence^2) / n. */
export function influenceError(influence: Float64Array): number {
  let squares = 0;
  for (const x of influence) squares += x * x;
  return Math.sqrt(squares) / influence.length;
}

function outcomeReader(panel: Panel, used: readonly number[], length: number): (i: number, t: number) => number {
  for (const u of used) {
    for (let t = 0; t < length; t++) {
      if (Number.isFinite(panel.outcome[u * panel.periods.length + t])) continue;
      throw new InputError(
        'bad_panel',
        `unit ${panel.units[u]}, period ${panel.periods[t]}: outcome is missing; fill the gap at its source or leave the unit out`,
      );
    }
  }
  return (i, t) => panel.outcome[used[i] * panel.periods.length + t];
}
