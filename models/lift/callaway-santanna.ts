import { DEFAULT_LEVEL } from '../estimate.ts';
import { quantileNormal } from '../numeric/distribution.ts';
import type { Panel, Treatment } from '../panel.ts';
import { type GroupTimeEffects, type GroupTimeOptions, groupTimeEffects } from './group-time.ts';
import {
  type Aggregation,
  aggregateGroupTime,
  type GroupTimeAggregate,
  jointPreTest,
  type PreTest,
  uniformBands,
} from './group-time-aggregate.ts';

export interface CallawaySantannaOptions extends GroupTimeOptions {
  level?: number;
  /** multiplier draws for the uniform bands (default 1,000) */
  draws?: number;
  seed?: number;
}

/** Bounds of one effect: alone, and so wide that all effects of its table are covered together. */
interface BandedEffect {
  key: number;
  effect: number;
  standardError: number;
  lo: number;
  hi: number;
  uniformLo: number;
  uniformHi: number;
}

export interface CallawaySantanna {
  groupTime: GroupTimeEffects;
  /** with pointwise normal intervals at `level` */
  aggregates: Record<Aggregation, GroupTimeAggregate>;
  /** per table, the effects with both kinds of bounds; `group_time` in the order of the cells, key = period */
  bands: Record<'dynamic' | 'group' | 'calendar' | 'group_time', { critical: number; effects: BandedEffect[] }>;
  preTest: PreTest | null;
  level: number;
}

/**
 * Effects under staggered starts: by group and period, averaged in four ways, with bands that hold jointly and a joint test of the
 * periods before the start.
 *
 * @throws InputError as `groupTimeEffects`
 * @see Callaway & Sant'Anna (2021)
 */
export function callawaySantanna(
  panel: Panel,
  treatment: Treatment,
  options: CallawaySantannaOptions = {},
): CallawaySantanna {
  const { level = DEFAULT_LEVEL, draws = 1000, seed = 1 } = options;
  const groupTime = groupTimeEffects(panel, treatment, options);
  const aggregates = {
    simple: aggregateGroupTime(groupTime, 'simple'),
    dynamic: aggregateGroupTime(groupTime, 'dynamic'),
    group: aggregateGroupTime(groupTime, 'group'),
    calendar: aggregateGroupTime(groupTime, 'calendar'),
  };
  const tables = [
    aggregates.dynamic.parts,
    aggregates.group.parts,
    aggregates.calendar.parts,
    groupTime.cells.map(({ period, ...cell }) => ({ key: period, ...cell })),
  ];
  const influences = tables.map((effects) => effects.map(({ influence }) => influence));
  const criticals = uniformBands(influences, level, draws, seed).map(({ critical }) => critical);
  const limit = quantileNormal((1 + level) / 2);
  const [dynamic, group, calendar, cells] = tables.map((effects, k) => {
    // a joint band is never narrower than the bounds of one effect
    const wide = Math.max(criticals[k], limit);
    return {
      critical: wide,
      effects: effects.map(
        ({ key, effect, standardError }): BandedEffect => ({
          key,
          effect,
          standardError,
          lo: effect - limit * standardError,
          hi: effect + limit * standardError,
          uniformLo: effect - wide * standardError,
          uniformHi: effect + wide * standardError,
        }),
      ),
    };
  });
  return {
    groupTime,
    aggregates,
    bands: { dynamic, group, calendar, group_time: cells },
    preTest: jointPreTest(groupTime),
    level,
  };
}
