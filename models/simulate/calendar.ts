/** Days and clocks of a market. Rules of daylight saving are written out, so bytes never depend on a machine's zone data. */

export const DAY_MILLISECONDS = 86400000;

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const LONG_MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** The zones a market can keep its shop clocks in. */
export type Zone = 'UTC' | 'Europe/Paris' | 'America/New_York';

/** Number of days since 1970-01-01 of an ISO day. */
export function dayNumber(day: string): number {
  return Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / DAY_MILLISECONDS;
}

export function isoDay(day: number): string {
  return new Date(day * DAY_MILLISECONDS).toISOString().slice(0, 10);
}

/** 0 = Sunday. */
export function weekday(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** `Fri, Jun 5, 2026`, as the X export writes it. */
export function longDay(day: number): string {
  const date = new Date(day * DAY_MILLISECONDS);
  return `${WEEKDAYS[weekday(day)]}, ${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`;
}

/** `Jun 5, 2026`, as YouTube Studio writes it. */
export function mediumDay(day: number): string {
  return longDay(day).slice(5);
}

/** `June 5`, without a year, as TikTok Studio writes it. */
export function monthAndDay(day: number): string {
  const date = new Date(day * DAY_MILLISECONDS);
  return `${LONG_MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}`;
}

/**
 * Minutes that a zone's clock is ahead of UTC at an instant.
 *
 * European Union: summer time from the last Sunday of March to the last Sunday of October, 01:00 UTC.
 * United States: from the second Sunday of March to the first Sunday of November, 02:00 local.
 */
export function offsetMinutes(zone: Zone, at: number): number {
  if (zone === 'UTC') return 0;
  const year = new Date(at).getUTCFullYear();
  if (zone === 'Europe/Paris') {
    const starts = lastSunday(year, 2) * DAY_MILLISECONDS + 3600000;
    const ends = lastSunday(year, 9) * DAY_MILLISECONDS + 3600000;
    return at >= starts && at < ends ? 120 : 60;
  }
  const starts = nthSunday(year, 2, 2) * DAY_MILLISECONDS + 7 * 3600000;
  const ends = nthSunday(year, 10, 1) * DAY_MILLISECONDS + 6 * 3600000;
  return at >= starts && at < ends ? -240 : -300;
}

/** The instant at which a day starts in a zone, in milliseconds since 1970 UTC. */
export function startOfDay(zone: Zone, day: number): number {
  const midnight = day * DAY_MILLISECONDS;
  return midnight - offsetMinutes(zone, midnight - offsetMinutes(zone, midnight) * 60000) * 60000;
}

/** The day number of an instant on a zone's calendar. */
export function dayIn(zone: Zone, at: number): number {
  return Math.floor((at + offsetMinutes(zone, at) * 60000) / DAY_MILLISECONDS);
}

/** `2026-06-30 23:15:09`, on the zone's clock. */
export function localTime(zone: Zone, at: number): string {
  return new Date(at + offsetMinutes(zone, at) * 60000).toISOString().slice(0, 19).replace('T', ' ');
}

/** `+0200`, or `+02:00` with a separator. */
export function offsetText(zone: Zone, at: number, separator = ''): string {
  const minutes = offsetMinutes(zone, at);
  const size = Math.abs(minutes);
  const hours = String(Math.floor(size / 60)).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${hours}${separator}${String(size % 60).padStart(2, '0')}`;
}

/** RFC 3339 with the zone's offset: `2026-06-30T23:15:09+02:00`. */
export function rfc3339(zone: Zone, at: number): string {
  return `${localTime(zone, at).replace(' ', 'T')}${offsetText(zone, at, ':')}`;
}

function lastSunday(year: number, month: number): number {
  const last = Date.UTC(year, month + 1, 0) / DAY_MILLISECONDS;
  return last - weekday(last);
}

function nthSunday(year: number, month: number, n: number): number {
  const first = Date.UTC(year, month, 1) / DAY_MILLISECONDS;
  return first + ((7 - weekday(first)) % 7) + 7 * (n - 1);
}
