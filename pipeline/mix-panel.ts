import { InputError } from '../models/errors.ts';
import type { Panel } from '../models/panel.ts';
import type { MixSettings } from './config-mix.ts';
import type { MixNote, MixSeries } from './mix-drivers.ts';
import type { Warehouse } from './warehouse.ts';

/** The weekly panel of a workspace, and what stood in the way of it. */
export interface MixPanel {
  panel: Panel;
  notes: MixNote[];
  /** conversions per week, for what may be published of a week */
  conversions: ReadonlyMap<string, number>;
  /** share of each geo in what names no geo, in the order of the panel's units */
  shares: Float64Array;
}

interface WeekRow {
  series: string;
  geo: string;
  week_date: string;
  value: string | null;
  gap_platforms: string | null;
}

interface OutcomeRow {
  geo: string;
  week_date: string;
  value: string;
  conversions: string;
  is_gap: boolean;
}

/** Weeks at the end for which some source was not loaded yet are left off, but not more of them than these. */
const MOST_WEEKS_LEFT_OFF = 8;
/** Weeks of silence at the end that are worth telling. */
const QUIET_WEEKS = 6;

/**
 * Reads `panel.mix_outcome` and `panel.mix_week` into a panel. A week whose outcome was not loaded is missing; what names no country is
 * spread over the geos by their size.
 *
 * @throws InputError `bad_panel` for weeks of a driver that no load tells of; `insufficient_data` without outcome or geos
 */
export async function readMixPanel(
  warehouse: Warehouse,
  mix: MixSettings,
  drivers: readonly MixSeries[],
): Promise<MixPanel> {
  const outcomes = await warehouse.rows<OutcomeRow>(
    `select geo, week_date, ${mix.outcome} as value, conversions, is_gap from panel.mix_outcome order by geo, week_date`,
  );
  const weeks = await warehouse.rows<WeekRow>(
    'select series, geo, week_date, value, gap_platforms from panel.mix_week order by series, geo, week_date',
  );
  const notes: MixNote[] = [];
  const units = [...new Set(outcomes.map((row) => row.geo))].filter((geo) => geo !== '').sort();
  if (units.length === 0) {
    throw new InputError(
      'insufficient_data',
      mix.by_geo
        ? 'mix: by_geo, but no order falls into a geo of geo_map; declare geo_map, or leave by_geo out'
        : 'mix: no whole week with an order yet',
    );
  }
  const { periods, gaps } = spanOf(weeks, mix, drivers, notes);
  const inWindow = (week: string): boolean => mix.from === undefined || week >= mondayOf(mix.from);
  const panelOf = (rows: readonly { geo: string; week_date: string; value: number }[]): Float64Array => {
    const out = new Float64Array(units.length * periods.length).fill(Number.NaN);
    for (const { geo, week_date, value } of rows) {
      const g = units.indexOf(geo);
      const t = periods.indexOf(week_date);
      if (g >= 0 && t >= 0) out[g * periods.length + t] = value;
    }
    return out;
  };
  const told = outcomes.filter((row) => inWindow(row.week_date) && periods.includes(row.week_date));
  noteOutcome(told, mix, notes);
  const outcome = panelOf(told.filter((row) => !row.is_gap).map((row) => ({ ...row, value: Number(row.value) })));
  const shares = sharesOf(units, outcome, periods.length, mix);
  const bySeries = new Map<string, WeekRow[]>();
  for (const row of weeks) bySeries.set(row.series, [...(bySeries.get(row.series) ?? []), row]);
  refuseGaps(gaps, drivers);
  const covariates: Record<string, Float64Array> = {};
  for (const [series, rows] of bySeries) {
    const number = ({ value }: WeekRow): number => (value === null ? Number.NaN : Number(value));
    const values = panelOf(rows.map((row) => ({ ...row, value: number(row) })));
    if (mix.by_geo) {
      const mean = drivers.some((driver) => driver.series === series && driver.settings.aggregate === 'mean');
      for (const row of rows) {
        if (row.geo !== '') continue;
        const t = periods.indexOf(row.week_date);
        if (t < 0 || row.value === null) continue;
        for (let g = 0; g < units.length; g++) {
          const at = g * periods.length + t;
          // a mean of the whole market holds in every geo; an amount is shared out
          if (!mean) values[at] += shares[g] * Number(row.value);
          else if (Number.isNaN(values[at])) values[at] = Number(row.value);
        }
      }
    }
    covariates[series] = values;
  }
  noteQuietEnds(drivers, covariates, periods.length, notes);
  const conversions = new Map<string, number>();
  for (const row of outcomes)
    if (row.geo !== '') conversions.set(row.week_date, (conversions.get(row.week_date) ?? 0) + Number(row.conversions));
  return { panel: { units, periods, outcome, covariates }, notes, conversions, shares };
}

/** The weeks of the panel, without those at its end that some source does not tell of yet, and the gaps that remain. */
function spanOf(
  rows: readonly WeekRow[],
  mix: MixSettings,
  drivers: readonly MixSeries[],
  notes: MixNote[],
): { periods: string[]; gaps: Map<string, { driver: string; platforms: string }[]> } {
  let periods = [...new Set(rows.map((row) => row.week_date))].sort();
  if (mix.to !== undefined) periods = periods.filter((week) => week <= mondayOf(mix.to as string));
  const lenient = new Set(
    drivers
      .filter(({ settings }) => (settings.missing_weeks ?? mix.missing_weeks) === 'zero')
      .flatMap(({ series, spendSeries }) => [series, spendSeries]),
  );
  const gaps = new Map<string, { driver: string; platforms: string }[]>();
  for (const { series, week_date, gap_platforms } of rows) {
    if (gap_platforms === null || lenient.has(series)) continue;
    const driver = drivers.find((one) => one.series === series || one.spendSeries === series)!.settings.name;
    const there = gaps.get(week_date) ?? [];
    if (!there.some((gap) => gap.driver === driver)) there.push({ driver, platforms: gap_platforms });
    gaps.set(week_date, there);
  }
  let end = periods.length;
  while (end > 0 && gaps.has(periods[end - 1])) end--;
  const left = periods.slice(end);
  if (left.length > 0 && left.length <= MOST_WEEKS_LEFT_OFF) {
    const behind = [...new Set(left.flatMap((week) => gaps.get(week)!.map((gap) => gap.driver)))];
    notes.push({
      code: 'ends_early',
      drivers: behind,
      message: `the last ${left.length === 1 ? 'week is' : `${left.length} weeks are`} left off, from ${left[0]}: not loaded yet for ${behind.join(', ')}`,
    });
    for (const week of left) gaps.delete(week);
    periods = periods.slice(0, end);
  }
  for (const week of [...gaps.keys()]) if (!periods.includes(week)) gaps.delete(week);
  return { periods, gaps };
}

function refuseGaps(
  gaps: ReadonlyMap<string, readonly { driver: string; platforms: string }[]>,
  drivers: readonly MixSeries[],
): void {
  if (gaps.size === 0) return;
  const parts = drivers.flatMap(({ settings: { name } }) => {
    const weeks = [...gaps].filter(([, list]) => list.some((gap) => gap.driver === name)).map(([week]) => week);
    if (weeks.length === 0) return [];
    weeks.sort();
    const { platforms } = gaps.get(weeks[0])!.find((gap) => gap.driver === name)!;
    const span =
      weeks.length === 1 ? `the week of ${weeks[0]}` : `${weeks.length} weeks from ${weeks[0]} to ${weeks.at(-1)}`;
    return [`${name} (${platforms}): ${span}`];
  });
  throw new InputError(
    'bad_panel',
    `mix: weeks that no load tells of: ${parts.join('; ')}. Load those exports; or, where nothing ran, set missing_weeks: zero for the driver`,
    { details: { weeks: [...gaps.keys()].sort() } },
  );
}

/** Media without a row in the last weeks: loaded since, so read as nothing running. */
function noteQuietEnds(
  drivers: readonly MixSeries[],
  covariates: Readonly<Record<string, Float64Array>>,
  weeks: number,
  notes: MixNote[],
): void {
  for (const { settings, series } of drivers) {
    if (settings.kind !== 'paid' && settings.kind !== 'organic') continue;
    let last = -1;
    covariates[series].forEach((value, i) => {
      if (value > 0) last = Math.max(last, i % weeks);
    });
    const quiet = weeks - 1 - last;
    if (quiet < QUIET_WEEKS || last < 0) continue;
    const message = `${settings.name} has no row in the last ${quiet} weeks, though it was loaded since: read as nothing running`;
    notes.push({ code: 'quiet_end', drivers: [settings.name], message });
  }
}

function noteOutcome(told: readonly OutcomeRow[], mix: MixSettings, notes: MixNote[]): void {
  const gaps = [...new Set(told.filter((row) => row.is_gap).map((row) => row.week_date))];
  if (gaps.length > 0) {
    notes.push({
      code: 'outcome_gap',
      drivers: [],
      message: `${gaps.length} ${gaps.length === 1 ? 'week' : 'weeks'} without a load of orders (${gaps.join(', ')}) are left out of the fit`,
    });
  }
  if (!mix.by_geo) return;
  const sum = (rows: readonly OutcomeRow[]): number => rows.reduce((total, row) => total + Number(row.value), 0);
  const outside = sum(told.filter((row) => row.geo === '')) / sum(told);
  if (outside > 0) {
    notes.push({
      code: 'outside_geos',
      drivers: [],
      message: `${(100 * outside).toFixed(1)} % of ${mix.outcome} falls into no geo of geo_map and is not explained`,
    });
  }
}

function sharesOf(units: readonly string[], outcome: Float64Array, weeks: number, mix: MixSettings): Float64Array {
  const size = units.map((geo, g) => {
    if (mix.population !== undefined) return mix.population[geo] ?? 0;
    let sum = 0;
    for (let t = 0; t < weeks; t++) {
      const value = outcome[g * weeks + t];
      if (!Number.isNaN(value)) sum += value;
    }
    return Math.max(0, sum);
  });
  const total = size.reduce((a, b) => a + b, 0);
  return Float64Array.from(size, (value) => (total > 0 ? value / total : 1 / units.length));
}

/** First day of the week that a day lies in. */
export function mondayOf(day: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7));
  return at.toISOString().slice(0, 10);
}
