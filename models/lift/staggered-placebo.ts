import { random } from '../numeric/random.ts';
import type { Panel, Treatment } from '../panel.ts';
import { type GroupTimeOptions, groupTimeEffects } from './group-time.ts';
import { aggregateGroupTime } from './group-time-aggregate.ts';
import { type Bounds, type Inference, noInference } from './inference.ts';
import { limitRank } from './placebo.ts';
import { placeboSets } from './placebo-sets.ts';

/** Effects of never-treated units that play the treated cohorts. */
export interface StaggeredPlacebos {
  /** mean over all treated cells, one per placebo */
  overall: Float64Array;
  /** by periods since the start, one array per placebo, in the order of the real event study */
  events: Float64Array[];
  exhaustive: boolean;
}

/** Placebos that can be worked on in ranges: per placebo its effect over all treated cells, then by periods since the start. */
export interface StaggeredPlaceboWork {
  count: number;
  exhaustive: boolean;
  run(from?: number, to?: number): Float64Array;
}

/**
 * Lets never-treated units play the treated ones: as many of them as there are treated units, in cohorts of the same sizes and starts,
 * compared with the never-treated that are left. Truly treated units take no part.
 *
 * With one start and at most 5,000 sets all of them are used, else `draws` seeded ones.
 *
 * @param eventTimes  keys of the real event study
 * @returns           null when there are not more never-treated than treated units
 */
export function staggeredPlaceboWork(
  panel: Panel,
  treatment: Treatment,
  eventTimes: readonly number[],
  options: GroupTimeOptions & { draws: number; seed: number },
): StaggeredPlaceboWork | null {
  const periods = panel.periods.length;
  const end = Math.min(treatment.end ?? periods, periods);
  const startOf = (unit: string): number => treatment.firstTreated.get(unit) ?? Number.POSITIVE_INFINITY;
  const never = panel.units.map((_, u) => u).filter((u) => startOf(panel.units[u]) >= end);
  const starts = panel.units
    .map(startOf)
    .filter((start) => start > 0 && start < end)
    .sort((a, b) => a - b);
  if (never.length <= starts.length) return null;
  const outcome = new Float64Array(never.length * periods);
  never.forEach((u, row) => {
    outcome.set(panel.outcome.subarray(u * periods, (u + 1) * periods), row * periods);
  });
  const units = never.map((u) => panel.units[u]);
  const untreated: Panel = { units, periods: panel.periods, outcome, covariates: {} };
  const together = starts[0] === starts[starts.length - 1];
  const sets = placeboSets(never.length, starts.length, options.draws, options.seed);
  const count = together ? sets.count : options.draws;
  const chosen = (k: number): Int32Array =>
    together
      ? sets.at(k)
      : random(options.seed, 'staggered placebo', k)
          .shuffle(Int32Array.from({ length: never.length }, (_, i) => i))
          .slice(0, starts.length);
  const width = 1 + eventTimes.length;
  return {
    count,
    exhaustive: together && sets.exhaustive,
    run(from = 0, to = count) {
      const table = new Float64Array((to - from) * width);
      for (let k = from; k < to; k++) {
        const firstTreated = new Map(Array.from(chosen(k), (row, i) => [units[row], starts[i]]));
        const found = groupTimeEffects(untreated, { firstTreated, end }, options);
        const parts = new Map(aggregateGroupTime(found, 'dynamic').parts.map(({ key, effect }) => [key, effect]));
        const at = (k - from) * width;
        table[at] = aggregateGroupTime(found, 'simple').overall.effect;
        table.set(
          eventTimes.map((key) => parts.get(key) ?? Number.NaN),
          at + 1,
        );
      }
      return table;
    },
  };
}

/** Reads the table of all placebos. */
export function staggeredPlacebos(work: StaggeredPlaceboWork, table: Float64Array): StaggeredPlacebos {
  const width = table.length / work.count;
  return {
    overall: Float64Array.from({ length: work.count }, (_, k) => table[k * width]),
    events: Array.from({ length: work.count }, (_, k) => table.subarray(k * width + 1, (k + 1) * width)),
    exhaustive: work.exhaustive,
  };
}

/**
 * In-space placebo of an average effect under staggered starts.
 *
 *     p = (1 + #{|e_k| >= |e|}) / (K + 1);   interval = e -+ the m-th smallest |e_k|,  m = floor(level (K + 1)) + 1
 *
 * Valid for one treated unit, where an error clustered by unit is not: the unit is compared with the spread between untreated units, not
 * with that within its own cohort. It takes treated and untreated units as equally noisy.
 */
export function staggeredPlaceboInference(
  effect: number,
  placebos: StaggeredPlacebos | null,
  level: number,
  treated: number,
): Inference {
  if (placebos === null) {
    return noInference(
      'placebo',
      level,
      `${treated} treated units need more than ${treated} never-treated ones for a placebo test; add untreated units`,
    );
  }
  const { overall, exhaustive } = placebos;
  const share = (test: (e: number) => boolean): number =>
    (1 + overall.reduce((n, e) => n + (test(e) ? 1 : 0), 0)) / (overall.length + 1);
  const interval = placeboBounds(effect, overall, level);
  if (overall.every((e) => e === 0)) {
    return noInference('placebo', level, 'no untreated unit moves, so there is nothing to compare the effect with');
  }
  return {
    method: 'placebo',
    standardError: deviation(overall),
    interval,
    pValue: share((e) => Math.abs(e) >= Math.abs(effect)),
    level,
    bands: null,
    diagnostics: {
      placebos: overall.length,
      exhaustive,
      p_floor: 1 / (overall.length + 1),
      p_greater: share((e) => e >= effect),
      p_less: share((e) => e <= effect),
      ...(interval.lo === null
        ? { unbounded: 'both', reason: `${overall.length} placebo sets are too few for level ${level}` }
        : {}),
    },
  };
}

/** effect -+ the limit that placebos exceed too rarely; null bounds when they are too few. */
export function placeboBounds(effect: number, placebos: Float64Array, level: number): Bounds {
  const rank = limitRank(placebos.length, level);
  if (rank > placebos.length) return { lo: null, hi: null };
  const limit = placebos.map(Math.abs).sort()[rank - 1];
  return { lo: effect - limit, hi: effect + limit };
}

/** sd around 0, the value that placebos have on average. */
export function deviation(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
}
