import { InputError } from '../../models/errors.ts';
import type { Panel } from '../../models/panel.ts';
import { addDays } from '../finance/calendar.ts';
import type { PeriodCalendar } from '../study-entry.ts';

/** The days and geos that a plan learns from, with what was left out, and why nothing of it is guessed. */
export interface PlanHistory {
  panel: Panel;
  calendar: PeriodCalendar;
  about: {
    from: string;
    to: string;
    days: number;
    geos: number;
    /** geos of which more than a tenth of the days was not loaded */
    left_out_geos: string[];
    /** days between the first and the last that some other geo has not */
    left_out_days: string[];
  };
}

const FEWEST_DAYS = 28;
const MOST_MISSING = 0.1;

/**
 * Cuts the panel of the workspace to a history without gaps: from the first to the last day on which most geos were loaded. Geos that
 * miss more than a tenth of those days are left out, then the days that any other geo misses.
 *
 * @param whole  geos by day, NaN where nothing is known
 * @throws InputError `insufficient_data` with what is missing
 */
export function planHistory(whole: Panel, range: { from?: string; to?: string }): PlanHistory {
  const width = whole.periods.length;
  const isKnown = (unit: number, t: number): boolean => !Number.isNaN(whole.outcome[unit * width + t]);
  const units = whole.units.map((_, unit) => unit);
  const isLoaded = (t: number): boolean => 2 * units.filter((unit) => isKnown(unit, t)).length > units.length;
  const inRange = whole.periods.flatMap((day, t) =>
    (range.from === undefined || day >= range.from) && (range.to === undefined || day <= range.to) && isLoaded(t)
      ? [t]
      : [],
  );
  if (units.length === 0 || inRange.length === 0)
    throw new InputError(
      'insufficient_data',
      `no day ${range.from === undefined && range.to === undefined ? 'of the workspace' : 'of that time'} tells sales by place; load orders with country and region, and run "liftproof run"`,
    );
  const [first, last] = [inRange[0], inRange[inRange.length - 1]];
  const days = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const missing = (unit: number): number => days.filter((t) => !isKnown(unit, t)).length;
  const kept = units.filter((unit) => missing(unit) <= MOST_MISSING * days.length);
  const fullDays = days.filter((t) => kept.every((unit) => isKnown(unit, t)));
  if (kept.length < 2 || fullDays.length < FEWEST_DAYS)
    throw new InputError(
      'insufficient_data',
      `a plan needs 2 places and ${FEWEST_DAYS} days without gaps; there are ${kept.length} and ${fullDays.length}. Load more orders, or fold places by geo_map`,
    );
  const outcome = new Float64Array(kept.length * fullDays.length);
  kept.forEach((unit, i) => {
    fullDays.forEach((t, j) => {
      outcome[i * fullDays.length + j] = whole.outcome[unit * width + t];
    });
  });
  const [begin, end] = [fullDays[0], fullDays[fullDays.length - 1]];
  const [from, to] = [whole.periods[begin], whole.periods[end]];
  return {
    panel: {
      units: kept.map((unit) => whole.units[unit]),
      periods: fullDays.map((t) => whole.periods[t]),
      outcome,
      covariates: {},
    },
    calendar: { stepDays: 1, days: end - begin + 1, next: addDays(to, 1) },
    about: {
      from,
      to,
      days: fullDays.length,
      geos: kept.length,
      left_out_geos: units.filter((unit) => !kept.includes(unit)).map((unit) => whole.units[unit]),
      left_out_days: days.filter((t) => t > begin && t < end && !fullDays.includes(t)).map((t) => whole.periods[t]),
    },
  };
}
