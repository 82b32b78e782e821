import { describe, expect, it } from 'vitest';
import { InputError } from '../../../models/errors.ts';
import {
  addDays,
  type Calendar,
  periodNamed,
  periodOf,
  periodsBetween,
  yearStart,
} from '../../../pipeline/finance/calendar.ts';

const MONTH: Calendar = { kind: 'month' };
const WEEKS: Calendar = { kind: '4-4-5', yearStarts: '2026-01-05' };

describe('a calendar of months', () => {
  it('ends each month on its last day, leap days included', () => {
    expect(periodOf(MONTH, '2028-02-29')).toEqual({ id: '2028-02', start: '2028-02-01', end: '2028-02-29' });
    expect(periodOf(MONTH, '2026-12-31')).toEqual({ id: '2026-12', start: '2026-12-01', end: '2026-12-31' });
    expect(periodsBetween(MONTH, '2026-11-30', '2027-01-01').map((period) => period.id)).toEqual([
      '2026-11',
      '2026-12',
      '2027-01',
    ]);
  });

  it('refuses what is no month', () => {
    for (const id of ['2026-13', '2026-7', '2026-P07', '']) expect(() => periodNamed(MONTH, id)).toThrow(InputError);
  });
});

describe('a 4-4-5 calendar', () => {
  it('has quarters of 4, 4 and 5 weeks, by hand', () => {
    expect(periodNamed(WEEKS, '2026-P01')).toEqual({ id: '2026-P01', start: '2026-01-05', end: '2026-02-01' });
    expect(periodNamed(WEEKS, '2026-P02')).toEqual({ id: '2026-P02', start: '2026-02-02', end: '2026-03-01' });
    expect(periodNamed(WEEKS, '2026-P03')).toEqual({ id: '2026-P03', start: '2026-03-02', end: '2026-04-05' });
    expect(periodNamed(WEEKS, '2026-P12')).toEqual({ id: '2026-P12', start: '2026-11-30', end: '2027-01-03' });
  });

  it('gives every day of forty years to exactly one period, years of 52 or 53 weeks that begin on one weekday', () => {
    const periods = periodsBetween(WEEKS, '2010-06-01', '2050-06-01');
    for (let i = 1; i < periods.length; i++) expect(periods[i].start).toBe(addDays(periods[i - 1].end, 1));
    for (const period of periods) {
      expect(periodNamed(WEEKS, period.id)).toEqual(period);
      for (const day of [period.start, period.end]) expect(periodOf(WEEKS, day)).toEqual(period);
    }
    const lengths = new Set<number>();
    for (let year = 2011; year < 2050; year++) {
      const [start, next] = [yearStart('2026-01-05', year), yearStart('2026-01-05', year + 1)];
      expect(new Date(start).getUTCDay()).toBe(1);
      lengths.add((Date.parse(next) - Date.parse(start)) / 604_800_000);
      // never further than half a week from the anniversary
      expect(Math.abs(Date.parse(start) - Date.parse(`${year}-01-05`))).toBeLessThanOrEqual(3 * 86_400_000);
    }
    expect([...lengths].sort()).toEqual([52, 53]);
  });

  it('puts the 53rd week into the last period', () => {
    const year = Array.from({ length: 12 }, (_, i) => 2024 + i).find(
      (y) => Date.parse(yearStart('2026-01-05', y + 1)) - Date.parse(yearStart('2026-01-05', y)) === 53 * 604_800_000,
    )!;
    const last = periodNamed(WEEKS, `${year}-P12`);
    expect((Date.parse(last.end) - Date.parse(last.start)) / 86_400_000 + 1).toBe(6 * 7);
  });

  it('refuses what it does not have', () => {
    for (const id of ['2026-07', '2026-P13', '2026-P00']) expect(() => periodNamed(WEEKS, id)).toThrow(InputError);
  });
});
