import { describe, expect, test } from 'vitest';
import { weeklyPanel } from '../../../models/mix/weekly-table.ts';

const columns = {
  week: ['2026-01-12', '2026-01-05', '2026-01-05', '2026-01-12'],
  geo: ['north', 'south', 'north', 'south'],
  revenue: ['20', '', '10', '40'],
  tv: ['2', '3', '1', '4'],
};
const table = { columns, dateColumn: 'week', geoColumn: 'geo', outcomeColumn: 'revenue', exposureColumns: ['tv'] };

describe('weeklyPanel', () => {
  test('rows in any order become geos by weeks, and an empty outcome stays missing', () => {
    const panel = weeklyPanel(table);
    expect(panel.units).toEqual(['north', 'south']);
    expect(panel.periods).toEqual(['2026-01-05', '2026-01-12']);
    expect([...panel.outcome]).toEqual([10, 20, Number.NaN, 40]);
    expect([...panel.covariates.tv]).toEqual([1, 2, 3, 4]);
  });
  test('without a geo column the table is national, and a second row for a week is refused', () => {
    expect(() => weeklyPanel({ ...table, geoColumn: undefined })).toThrow(/rows 3 and 4: all, 2026-01-05 stands twice/);
  });
  test('a hole in the weeks is refused, not filled', () => {
    const week = ['2026-01-05', '2026-01-12', '2026-01-26', '2026-02-02'];
    expect(() => weeklyPanel({ ...table, geoColumn: undefined, columns: { ...columns, week } })).toThrow(
      /2026-01-26 follows 2026-01-12 by 14 days/,
    );
  });
  test('bad dates, numbers and names are refused with their row', () => {
    const change = (name: string, row: number, text: string) => ({
      ...table,
      columns: { ...columns, [name]: columns[name as keyof typeof columns].map((v, i) => (i === row ? text : v)) },
    });
    expect(() => weeklyPanel(change('week', 1, '5.1.2026'))).toThrow(/row 3: week is "5.1.2026"/);
    expect(() => weeklyPanel(change('tv', 0, '1,5'))).toThrow(/row 2: tv is "1,5"/);
    expect(() => weeklyPanel({ ...table, exposureColumns: ['radio'] })).toThrow(/no column radio/);
  });
});
