import { InputError } from '../../models/errors.ts';

/** A finance period: first and last day, both included. */
export interface Period {
  /** `2026-07`; in a 4-4-5 calendar `2026-P07` */
  id: string;
  start: string;
  end: string;
}

export type Calendar = { kind: 'month' } | { kind: '4-4-5'; yearStarts: string };

const DAY = 86_400_000;
/** Weeks of the twelve periods of a 4-4-5 year; the last has one more in a year of 53 weeks. */
const WEEKS = [4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5];

/**
 * Every period that holds a day from `from` to `to`, in order.
 *
 * @param from  first day; `to` the last, included
 */
export function periodsBetween(calendar: Calendar, from: string, to: string): Period[] {
  const periods: Period[] = [];
  for (let at = periodOf(calendar, from); at.start <= to; at = periodOf(calendar, addDays(at.end, 1))) periods.push(at);
  return periods;
}

/** The period that a day belongs to. */
export function periodOf(calendar: Calendar, day: string): Period {
  if (calendar.kind === 'month') {
    const id = day.slice(0, 7);
    return { id, start: `${id}-01`, end: addDays(nextMonth(id), -1) };
  }
  // a year begins at most some days before or after its anniversary
  const guess = Number(day.slice(0, 4)) + 1;
  let year = guess;
  while (yearStart(calendar.yearStarts, year) > day) year--;
  return weeksPeriod(calendar.yearStarts, year, day);
}

/**
 * The period of that name.
 *
 * @throws InputError `usage` when the calendar has no such period
 */
export function periodNamed(calendar: Calendar, id: string): Period {
  if (calendar.kind === 'month') {
    if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(id))
      throw new InputError('usage', `${id} is not a month; expected one such as 2026-07`);
    return periodOf(calendar, `${id}-01`);
  }
  const match = /^(\d{4})-P(0[1-9]|1[0-2])$/.exec(id);
  if (match === null)
    throw new InputError('usage', `${id} is not a period of a 4-4-5 calendar; expected one such as 2026-P07`);
  return weeksOf(calendar.yearStarts, Number(match[1]), Number(match[2]) - 1);
}

/** First day of the 4-4-5 year: the weekday of `anchor` that is nearest to its anniversary in that year, so no year drifts. */
export function yearStart(anchor: string, year: number): string {
  const [anchorYear, month, day] = anchor.split('-').map(Number);
  if (year === anchorYear) return anchor;
  const anniversary = Date.UTC(year, month - 1, day);
  const weekday = new Date(Date.UTC(anchorYear, month - 1, day)).getUTCDay();
  const offset = (weekday - new Date(anniversary).getUTCDay() + 7) % 7;
  return isoDay(anniversary + (offset > 3 ? offset - 7 : offset) * DAY);
}

export function addDays(day: string, days: number): string {
  return isoDay(Date.parse(day) + days * DAY);
}

function weeksPeriod(anchor: string, year: number, day: string): Period {
  for (let i = 11; i >= 0; i--) {
    const period = weeksOf(anchor, year, i);
    if (period.start <= day) return period;
  }
  throw new RangeError(`${day} is before the year ${year}`);
}

function weeksOf(anchor: string, year: number, index: number): Period {
  const first = yearStart(anchor, year);
  const before = WEEKS.slice(0, index).reduce((sum, weeks) => sum + weeks, 0);
  const start = addDays(first, 7 * before);
  const end = index === 11 ? addDays(yearStart(anchor, year + 1), -1) : addDays(start, 7 * WEEKS[index] - 1);
  return { id: `${year}-P${String(index + 1).padStart(2, '0')}`, start, end };
}

function nextMonth(month: string): string {
  const [year, number] = month.split('-').map(Number);
  return isoDay(Date.UTC(year, number, 1));
}

function isoDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
