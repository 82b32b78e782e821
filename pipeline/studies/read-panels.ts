import { InputError } from '../../models/errors.ts';
import type { Panel, Treatment } from '../../models/panel.ts';
import { countWords } from '../count-words.ts';
import { sqlFile } from '../sql-files.ts';
import type { SqlParameters, Warehouse } from '../warehouse.ts';

/** A column of `panel.geo_day` and `panel.total_day`. */
export type PanelColumn =
  | 'revenue_net'
  | 'orders'
  | 'new_customers'
  | 'engagements'
  | 'negative_engagements'
  | 'sessions'
  | 'spend';

/** A panel cut to a study, with the cells that were not loaded told and not filled. */
export interface StudyPanel {
  /** no missing cell: days on which something was not loaded are left out for all */
  panel: Panel;
  treatment: Treatment;
  /** the same with its gaps, for the gate of the data */
  whole: Panel;
  wholeTreatment: Treatment;
  /** days that were left out */
  gaps: readonly string[];
  /** controls that were left out because they were hardly loaded */
  leftOut: readonly string[];
}

/** Geos by day, NaN where nothing is known. What names no place, and geos of fewer than k persons, take no part. */
export async function readGeoPanel(warehouse: Warehouse, column: PanelColumn): Promise<Panel> {
  const rows = await warehouse.rows<{ geo: string; day: string; value: number | null }>(
    `select geo, cast(day as varchar) as day, cast(${column} as double) as value
     from panel.geo_day where geo not in ('(unknown)', '(suppressed)') order by geo, day`,
  );
  return toGeoPanel(rows);
}

/** Rows of geos by day, complete and ordered by both, as a panel; null is NaN. */
export function toGeoPanel(rows: readonly { geo: string; day: string; value: number | null }[]): Panel {
  const units = [...new Set(rows.map(({ geo }) => geo))];
  const periods = [...new Set(rows.map(({ day }) => day))].sort();
  const outcome = Float64Array.from(rows, ({ value }) => value ?? Number.NaN);
  if (outcome.length !== units.length * periods.length) throw new RangeError('panel.geo_day is not complete');
  return { units, periods, outcome, covariates: {} };
}

/** The whole market by day, as a panel of one unit, `all`. */
export async function readTotalPanel(warehouse: Warehouse, column: PanelColumn): Promise<Panel> {
  const rows = await warehouse.rows<{ day: string; value: number | null }>(
    `select cast(day as varchar) as day, cast(${column} as double) as value from panel.total_day order by day`,
  );
  return {
    units: ['all'],
    periods: rows.map(({ day }) => day),
    outcome: Float64Array.from(rows, ({ value }) => value ?? Number.NaN),
    covariates: {},
  };
}

/** What a window needs before it can be read. */
export interface Window {
  start: string;
  end: string;
  preDays: number;
  /** first day of treated geos that began after `start` */
  starts?: Readonly<Record<string, string>>;
}

/** Days before the start without which nothing can be compared. */
const FEWEST_PRE_DAYS = 8;
/** Share of the days that may be missing, of a control and of all together. */
const MOST_MISSING = 0.1;

/**
 * Cuts a panel to a study: its geos, its days before and its window.
 *
 * Before the first day that every treated unit has, nothing is read. Controls that miss more than a tenth of the days are left out, then
 * the days that any unit misses, for all units.
 *
 * @throws InputError `insufficient_data` with what is missing and what to do
 */
export function cutPanel(
  whole: Panel,
  treated: readonly string[],
  excluded: readonly string[],
  window: Window,
): StudyPanel {
  for (const geo of [...treated, ...excluded]) {
    if (!whole.units.includes(geo))
      throw new InputError(
        'insufficient_data',
        `geo ${geo} is not among the geos with orders of enough persons; check geo_map, or load its orders`,
      );
  }
  const size = whole.periods.length;
  const at = (unit: string, t: number): number => whole.outcome[whole.units.indexOf(unit) * size + t];
  const isKnown = (unit: string, t: number): boolean => !Number.isNaN(at(unit, t));
  const last = whole.periods.findLastIndex((_, t) => treated.every((unit) => isKnown(unit, t)));
  const first = whole.periods.findIndex((_, t) => treated.every((unit) => isKnown(unit, t)));
  if (last < 0) throw new InputError('insufficient_data', 'the outcome was not loaded on any day; load it first');
  const start = whole.periods.findIndex((day) => day >= window.start);
  if (start < 0 || whole.periods[last] < window.start)
    throw new InputError('insufficient_data', `it starts on ${window.start} and data reach ${whole.periods[last]}`);
  if (whole.periods[last] < window.end)
    throw new InputError(
      'insufficient_data',
      `it runs until ${window.end} and data reach ${whole.periods[last]}; it is read when its window is over, not before`,
    );
  const end = whole.periods.findLastIndex((day) => day <= window.end) + 1;
  const from = Math.max(first, start - window.preDays);
  if (start - from < FEWEST_PRE_DAYS)
    throw new InputError(
      'insufficient_data',
      `${start <= from ? 'no day before its start was' : `only ${countWords(start - from, 'day')} before its start ${start - from === 1 ? 'was' : 'were'}`} loaded, ${FEWEST_PRE_DAYS} or more are needed; load earlier orders`,
    );
  const days = Array.from({ length: end - from }, (_, i) => from + i);
  const missing = (unit: string): number => days.filter((t) => !isKnown(unit, t)).length;
  const isControl = (unit: string): boolean => !treated.includes(unit) && !excluded.includes(unit);
  const controls = whole.units.filter(isControl);
  const kept = controls.filter((unit) => missing(unit) <= MOST_MISSING * days.length);
  const units = whole.units.filter((unit) => treated.includes(unit) || kept.includes(unit));
  const complete = days.filter((t) => units.every((unit) => isKnown(unit, t)));
  const gaps = days.filter((t) => !complete.includes(t)).map((t) => whole.periods[t]);
  const inWindow = gaps.filter((day) => day >= window.start).length;
  if (gaps.length > MOST_MISSING * days.length || inWindow > MOST_MISSING * (end - start))
    throw new InputError(
      'insufficient_data',
      `${gaps.length} of ${days.length} days were not loaded (${gaps.slice(0, 3).join(', ')}${gaps.length > 3 ? ', ...' : ''}); load them, a gap is never read as zero`,
    );
  const cut = (chosen: readonly number[]): { panel: Panel; treatment: Treatment } => {
    const outcome = new Float64Array(units.length * chosen.length);
    units.forEach((unit, u) => {
      for (const [i, t] of chosen.entries()) outcome[u * chosen.length + i] = at(unit, t);
    });
    const begin = (unit: string): number => {
      const day = window.starts?.[unit] ?? window.start;
      const at = chosen.findIndex((t) => whole.periods[t] >= day);
      if (at < 0)
        throw new InputError(
          'insufficient_data',
          `geo ${unit} began on ${day}, and no day from then on was loaded for all`,
        );
      return at;
    };
    return {
      panel: { units, periods: chosen.map((t) => whole.periods[t]), outcome, covariates: {} },
      treatment: { firstTreated: new Map(treated.map((unit) => [unit, begin(unit)])), end: chosen.length },
    };
  };
  const all = cut(days);
  return {
    ...cut(complete),
    whole: all.panel,
    wholeTreatment: all.treatment,
    gaps,
    leftOut: controls.filter((unit) => !kept.includes(unit)),
  };
}

/** Who or what was assigned to which arm of a study, of one kind of units. */
export interface AssignedUnit {
  unit: string;
  arm: string;
  /** day in the reporting zone */
  day: string;
}

export async function readAssignment(
  warehouse: Warehouse,
  study: string,
  unitKind: 'geo' | 'block',
  timeZone: string,
): Promise<AssignedUnit[]> {
  return warehouse.rows<{ unit: string; arm: string; day: string }>(
    `select unit, arm, cast(cast(timezone($zone, assigned_at) as date) as varchar) as day
     from staging.assignment where study = $study and unit_kind = $kind order by unit`,
    { study, kind: unitKind, zone: timeZone },
  );
}

const CONTROL_ARMS = ['control', 'holdout', 'hold_out', 'withheld', 'off', 'placebo'];
const TREATED_ARMS = ['treated', 'treatment', 'test', 'exposed', 'on'];

/**
 * Whether an arm is the one without treatment.
 *
 * @throws InputError `insufficient_data` for an arm whose name does not say
 */
export function isControlArm(arm: string): boolean {
  const name = arm
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
  if (CONTROL_ARMS.includes(name)) return true;
  if (TREATED_ARMS.includes(name)) return false;
  throw new InputError(
    'insufficient_data',
    `the assignment log has an arm ${arm}; name arms ${TREATED_ARMS[0]} or ${CONTROL_ARMS[0]} (also ${[...TREATED_ARMS.slice(1), ...CONTROL_ARMS.slice(1)].join(', ')})`,
  );
}

/** One arm of a user study, sums as they came: money in minor units. */
export interface ArmRow {
  arm: string;
  n: number;
  firstAssigned: string;
  lastAssigned: string;
  sums: Readonly<Record<'outcome' | 'before' | 'exposed', number>>;
  products: Readonly<Record<string, number>>;
}

export async function readArms(warehouse: Warehouse, parameters: SqlParameters, scale: number): Promise<ArmRow[]> {
  const rows = await warehouse.rows<Record<string, string>>(
    `select * from (${sqlFile('statistic/study_arm')}) order by arm`,
    parameters,
  );
  return rows.map((row) => ({
    arm: row.arm,
    n: Number(row.n),
    firstAssigned: row.first_assigned_date,
    lastAssigned: row.last_assigned_date,
    sums: { outcome: Number(row.outcome) * scale, before: Number(row.before) * scale, exposed: Number(row.exposed) },
    products: {
      'outcome*outcome': Number(row.outcome_outcome) * scale * scale,
      'outcome*before': Number(row.outcome_before) * scale * scale,
      'before*before': Number(row.before_before) * scale * scale,
      'outcome*exposed': Number(row.outcome_exposed) * scale,
      'before*exposed': Number(row.before_exposed) * scale,
      'exposed*exposed': Number(row.exposed),
    },
  }));
}

/** What was spent in a window, and what the platforms claim to have sold for it; null when nothing was told of it. */
export async function readSpend(
  warehouse: Warehouse,
  by: 'campaign_id' | 'channel',
  names: readonly string[],
  window: { start: string; end: string },
  minorUnit: number,
): Promise<{ spend: number; claimed: number } | null> {
  if (names.length === 0) return null;
  const rows = await warehouse.rows<{ name: string; spend_minor: string; claimed: string }>(
    `select ${by} as name, sum(spend_minor) as spend_minor, coalesce(sum(claimed_revenue), 0) as claimed
     from panel.spend_day where day between cast($start as date) and cast($end as date) group by 1 order by 1`,
    window,
  );
  const own = rows.filter(({ name }) => names.includes(name));
  if (own.length === 0) return null;
  return {
    spend: own.reduce((sum, row) => sum + Number(row.spend_minor), 0) * minorUnit,
    claimed: own.reduce((sum, row) => sum + Number(row.claimed), 0),
  };
}
