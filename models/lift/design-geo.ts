import { InputError } from '../errors.ts';
import { DEFAULT_LEVEL } from '../estimate.ts';
import { quantileNormal } from '../numeric/distribution.ts';
import type { Panel, Treatment } from '../panel.ts';
import { type CandidateOptions, candidateSets } from './geo-candidates.ts';
import type { GeoReadOut } from './geo-read-out.ts';

/** What a test costs; all in one currency. */
export interface GeoCost {
  /** once */
  fixed?: number;
  /** per treated geo and period */
  perGeoPeriod?: number;
  /** per unit of incremental outcome at the MDE */
  perIncremental?: number;
}

export interface GeoDesignOptions extends Partial<CandidateOptions> {
  /** the test that will read the result */
  readOut: GeoReadOut;
  /** a quicker test that ranks the candidates first; without it every candidate is judged by `readOut` */
  screen?: GeoReadOut;
  /** candidates per duration that `readOut` judges after screening, default 10 */
  confirm?: number;
  /** durations to try, in periods */
  durations: readonly number[];
  /** treated sets to judge as they are, instead of searching for some */
  sets?: readonly (readonly string[])[];
  /** planted lifts as shares, of one sign; 0 is added. Default 1 % to 30 % in steps of 1 % */
  effects?: readonly number[];
  level?: number;
  /** default 0.8 */
  power?: number;
  /** past windows on which each design is tried, default 10; one window would make power 0 or 1 */
  windows?: number;
  /** share of all volume that must stay untreated, default 0 */
  holdoutShare?: number;
  /** lift that the answer must be able to find, as a share; marks designs that can answer */
  target?: number;
  cost?: GeoCost;
  budget?: number;
}

export interface GeoDesign {
  treated: string[];
  periods: number;
  /** smallest planted lift with the asked power; null when no tried lift has it, or the test already cries wolf without one */
  mde: number | null;
  /** (z_level + z_power) * sd of the lifts read where none was planted */
  mdeFromNull: number;
  curve: { effect: number; power: number }[];
  /** share of past windows in which the test finds something although nothing was planted */
  falsePositives: number;
  /** mean |read lift - planted lift| at the MDE */
  error: number | null;
  windows: number;
  /** false: ranked by the quicker test only */
  confirmed: boolean;
  /** share of the volume of the last window that stays untreated */
  holdoutShare: number;
  /** at the MDE; null without one */
  cost: number | null;
  /** MDE at or under the target, within budget and holdout */
  canAnswer: boolean;
}

export interface GeoPlan {
  /** best first: those that can answer by cost, then the others by MDE */
  designs: GeoDesign[];
  cheapest: GeoDesign | null;
  /** shortest tried duration with which some design finds the target */
  shortest: number | null;
}

/**
 * Which geos, for how long, and what could then be found: power by simulation with the very test that will read the result.
 *
 * Each candidate set is treated on paper in past windows, ends spaced over the history, later data dropped; its outcome is multiplied
 * by 1 + lift, and the injected read-out is run. Power is the share of windows with p < 1 - level.
 *
 * With `screen`, all candidates are ranked by that quicker test and the best are judged again by the real one; only those can be said
 * to answer.
 *
 * @param panel  history without tests, complete
 * @throws InputError `insufficient_data` when a duration leaves no window with twice its length to learn from, `bad_parameter` for
 *   effects of both signs
 */
export function geoDesign(panel: Panel, options: GeoDesignOptions): GeoPlan {
  const judge = geoJudge(panel, options);
  const first = geoJobs(panel, options).map(judge);
  return geoPlan(options, first, confirmJobs(options, first).map(judge));
}

/** One candidate to judge, by one of the two tests. Jobs do not depend on each other and may be worked on anywhere. */
export interface GeoJob {
  treated: string[];
  periods: number;
  by: 'screen' | 'readOut';
}

/** What `geoJobs`, `confirmJobs` and `geoPlan` read of the options: not the tests themselves. */
export type GeoSearch = Omit<GeoDesignOptions, 'readOut' | 'screen'> & { screen?: unknown };

/** First round: every candidate that is allowed, by duration. */
export function geoJobs(panel: Panel, options: GeoSearch): GeoJob[] {
  const sets =
    options.sets?.map((set) => [...set]) ?? candidateSets(panel, { ...options, sizes: options.sizes ?? [1, 2, 3] });
  const kept = options.holdoutShare ?? 0;
  const by = options.screen === undefined ? 'readOut' : 'screen';
  return options.durations.flatMap((periods) =>
    sets
      .filter((treated) => treated.length < panel.units.length && untreatedShare(panel, treated, periods) >= kept)
      .map((treated): GeoJob => ({ treated, periods, by })),
  );
}

/** Second round: the best of each duration after screening, to be judged by the real test; none without a screen. */
export function confirmJobs(options: GeoSearch, first: readonly GeoDesign[]): GeoJob[] {
  if (options.screen === undefined) return [];
  return options.durations.flatMap((periods) =>
    screened(first, periods)
      .slice(0, options.confirm ?? 10)
      .map(({ treated }): GeoJob => ({ treated, periods, by: 'readOut' })),
  );
}

/** Puts both rounds together, best first. */
export function geoPlan(options: GeoSearch, first: readonly GeoDesign[], confirmed: readonly GeoDesign[]): GeoPlan {
  const designs =
    options.screen === undefined
      ? [...first]
      : options.durations.flatMap((periods) => [
          ...confirmed.filter((design) => design.periods === periods),
          ...screened(first, periods)
            .slice(options.confirm ?? 10)
            .map(unconfirmed),
        ]);
  designs.sort(better);
  const able = designs.filter((design) => design.canAnswer);
  return {
    designs,
    cheapest: able[0] ?? null,
    shortest: able.length === 0 ? null : Math.min(...able.map((design) => design.periods)),
  };
}

function screened(first: readonly GeoDesign[], periods: number): GeoDesign[] {
  return first.filter((design) => design.periods === periods).sort(better);
}

/**
 * Binds panel and options once, so that past windows are cut once for all jobs.
 *
 * @throws InputError `bad_parameter` for effects of both signs; the judge `insufficient_data` as `geoDesign`
 */
export function geoJudge(panel: Panel, options: GeoDesignOptions): (job: GeoJob) => GeoDesign {
  const effects = effectGrid(options.effects);
  const cut = new Map<number, Panel[]>();
  return ({ treated, periods, by }) => {
    const pasts =
      cut.get(periods) ??
      windowEnds(panel.periods.length, periods, options.windows ?? 10).map((end) => firstPeriods(panel, end));
    cut.set(periods, pasts);
    return judge(
      panel,
      treated,
      periods,
      pasts,
      effects,
      options,
      (by === 'screen' && options.screen) || options.readOut,
    );
  };
}

/** Those that can answer first, by cost and time; then by MDE. */
function better(a: GeoDesign, b: GeoDesign): number {
  const size = ({ mde }: GeoDesign): number => (mde === null ? Number.POSITIVE_INFINITY : Math.abs(mde));
  return (
    Number(b.canAnswer) - Number(a.canAnswer) ||
    (a.canAnswer ? (a.cost ?? 0) - (b.cost ?? 0) || a.periods - b.periods : 0) ||
    compare(size(a), size(b)) ||
    a.mdeFromNull - b.mdeFromNull
  );
}

function unconfirmed(design: GeoDesign): GeoDesign {
  return { ...design, confirmed: false, canAnswer: false };
}

function judge(
  panel: Panel,
  treated: string[],
  periods: number,
  pasts: readonly Panel[],
  effects: readonly number[],
  options: GeoDesignOptions,
  readOut: GeoReadOut,
): GeoDesign {
  const { level = DEFAULT_LEVEL, power = 0.8, cost = {}, budget = Number.POSITIVE_INFINITY } = options;
  const readings = pasts.map((past) => {
    const start = past.periods.length - periods;
    const treatment: Treatment = { firstTreated: new Map(treated.map((unit) => [unit, start])) };
    return effects.map(readOut(past, treatment));
  });
  const share = (i: number): number => readings.filter((row) => row[i].pValue < 1 - level).length / readings.length;
  const curve = effects.map((effect, i) => ({ effect, power: share(i) }));
  const falsePositives = curve[0].power;
  // a test that fires on nothing has no power worth the name
  const limit = 1 - level + 2 * Math.sqrt((level * (1 - level)) / readings.length);
  const at = falsePositives > limit ? -1 : curve.findIndex((point, i) => i > 0 && point.power >= power);
  const mde = at < 0 ? null : curve[at].effect;
  const nulls = readings.map((row) => row[0].lift);
  const mean = nulls.reduce((sum, lift) => sum + lift, 0) / nulls.length;
  const spread = Math.sqrt(nulls.reduce((sum, lift) => sum + (lift - mean) ** 2, 0) / Math.max(1, nulls.length - 1));
  const expense = mde === null ? null : expenseOf(panel, treated, periods, mde, cost);
  const target = options.target ?? Number.POSITIVE_INFINITY;
  return {
    treated,
    periods,
    mde,
    mdeFromNull: (quantileNormal(0.5 + level / 2) + quantileNormal(power)) * spread,
    curve,
    falsePositives,
    error:
      at < 0 ? null : readings.reduce((sum, row) => sum + Math.abs(row[at].lift - effects[at]), 0) / readings.length,
    windows: readings.length,
    confirmed: true,
    holdoutShare: untreatedShare(panel, treated, periods),
    cost: expense,
    canAnswer: mde !== null && Math.abs(mde) <= Math.abs(target) + 1e-12 && expense! <= budget,
  };
}

function effectGrid(given: readonly number[] | undefined): number[] {
  const effects = (given ?? Array.from({ length: 30 }, (_, i) => (i + 1) / 100)).filter((effect) => effect !== 0);
  if (effects.length === 0 || effects.some((effect) => Math.sign(effect) !== Math.sign(effects[0]) || effect <= -1)) {
    throw new InputError('bad_parameter', 'effects must be shares of one sign above -1, such as 0.01 to 0.3');
  }
  return [0, ...[...effects].sort((a, b) => Math.abs(a) - Math.abs(b))];
}

/** Ends of past windows, the last one at the end of the history, spaced evenly over all that leave twice the duration before them. */
function windowEnds(total: number, periods: number, windows: number): number[] {
  const first = 3 * periods;
  if (!(Number.isInteger(periods) && periods >= 1) || total < first) {
    throw new InputError(
      'insufficient_data',
      `${total} periods of history for a test of ${periods}; give at least ${first} or a shorter test`,
    );
  }
  const count = Math.max(1, Math.min(windows, total - first + 1));
  const ends = Array.from({ length: count }, (_, i) =>
    count === 1 ? total : Math.round(total - ((total - first) * i) / (count - 1)),
  );
  return [...new Set(ends)];
}

function firstPeriods(panel: Panel, end: number): Panel {
  const periods = panel.periods.length;
  if (end === periods) return panel;
  const outcome = new Float64Array(panel.units.length * end);
  for (let u = 0; u < panel.units.length; u++)
    outcome.set(panel.outcome.subarray(u * periods, u * periods + end), u * end);
  return { units: panel.units, periods: panel.periods.slice(0, end), outcome, covariates: {} };
}

function volume(panel: Panel, units: readonly string[], periods: number): number {
  const total = panel.periods.length;
  return units.reduce((sum, unit) => {
    const row = panel.units.indexOf(unit) * total;
    return sum + panel.outcome.subarray(row + total - periods, row + total).reduce((a, b) => a + b, 0);
  }, 0);
}

function untreatedShare(panel: Panel, treated: readonly string[], periods: number): number {
  const all = volume(panel, panel.units, periods);
  return all > 0 ? 1 - volume(panel, treated, periods) / all : Number.NaN;
}

function expenseOf(panel: Panel, treated: readonly string[], periods: number, mde: number, cost: GeoCost): number {
  const { fixed = 0, perGeoPeriod = 0, perIncremental = 0 } = cost;
  const incremental = Math.abs(mde) * volume(panel, treated, periods);
  return fixed + perGeoPeriod * treated.length * periods + perIncremental * incremental;
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
