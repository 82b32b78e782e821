import { describe, expect, it } from 'vitest';
import {
  dayIn,
  dayNumber,
  isoDay,
  localTime,
  longDay,
  mediumDay,
  monthAndDay,
  offsetMinutes,
  offsetText,
  rfc3339,
  startOfDay,
  weekday,
  type Zone,
} from '../../../models/simulate/calendar.ts';

describe('calendar', () => {
  it('counts and names days', () => {
    expect(dayNumber('1970-01-02')).toBe(1);
    expect(isoDay(dayNumber('2026-06-30'))).toBe('2026-06-30');
    expect(weekday(dayNumber('2026-06-28'))).toBe(0);
    expect(longDay(dayNumber('2026-06-05'))).toBe('Fri, Jun 5, 2026');
    expect(mediumDay(dayNumber('2026-06-05'))).toBe('Jun 5, 2026');
    expect(monthAndDay(dayNumber('2026-12-31'))).toBe('December 31');
  });

  it('changes to summer time when Paris does', () => {
    const before = Date.UTC(2026, 2, 29, 0, 59, 59);
    expect(localTime('Europe/Paris', before)).toBe('2026-03-29 01:59:59');
    expect(localTime('Europe/Paris', before + 1000)).toBe('2026-03-29 03:00:00');
    expect(offsetText('Europe/Paris', before)).toBe('+0100');
    expect(rfc3339('Europe/Paris', before + 1000)).toBe('2026-03-29T03:00:00+02:00');
  });

  it('agrees with the zone database through four years', () => {
    for (const zone of ['Europe/Paris', 'America/New_York', 'UTC'] as Zone[]) {
      const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
      for (let at = Date.UTC(2024, 0, 1, 0, 30); at < Date.UTC(2028, 0, 1); at += 6 * 3600000) {
        expect(localTime(zone, at)).toBe(format.format(at));
      }
    }
  });

  it('starts days at local midnight, also when they have 23 or 25 hours', () => {
    for (const day of [
      '2026-03-28',
      '2026-03-29',
      '2026-03-30',
      '2026-10-25',
      '2026-10-26',
      '2026-11-01',
      '2026-11-02',
    ]) {
      for (const zone of ['Europe/Paris', 'America/New_York'] as Zone[]) {
        const start = startOfDay(zone, dayNumber(day));
        expect(localTime(zone, start)).toBe(`${day} 00:00:00`);
        expect(dayIn(zone, start)).toBe(dayNumber(day));
        expect(dayIn(zone, start - 1)).toBe(dayNumber(day) - 1);
      }
    }
    expect(offsetMinutes('America/New_York', Date.UTC(2026, 6, 1))).toBe(-240);
  });
});
