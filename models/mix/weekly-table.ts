import { InputError } from '../errors.ts';
import type { Panel } from '../panel.ts';
import { dayNumber } from './baseline.ts';

/** A bare weekly file as text: one row per week, or per geo and week. */
export interface WeeklyTable {
  /** column name -> cells, all of equal length */
  columns: Readonly<Record<string, readonly string[]>>;
  /** column with the ISO day a week starts on */
  dateColumn: string;
  /** column with the geo; national when absent */
  geoColumn?: string;
  outcomeColumn: string;
  /** columns the model reads besides the outcome */
  exposureColumns: readonly string[];
}

/**
 * Geos x weeks from a weekly file. An empty outcome is missing; an empty or absent exposure stays missing and is refused
 * where the model needs it, because a gap is not a zero.
 *
 * @returns geos and weeks in ascending order
 * @throws InputError `unknown_name` on an absent column, `bad_panel` on a date, number, gap or duplicate that cannot be used
 */
export function weeklyPanel(table: WeeklyTable): Panel {
  const column = (name: string): readonly string[] => {
    const cells = table.columns[name];
    if (!cells)
      throw new InputError('unknown_name', `weekly table: no column ${name}; it has ${Object.keys(table.columns)}`);
    return cells;
  };
  const dates = column(table.dateColumn).map((text) => text.trim());
  const geoCells = table.geoColumn === undefined ? null : column(table.geoColumn);
  const rowGeos = dates.map((_, row) => geoCells?.[row]?.trim() ?? 'all');
  dates.forEach((date, row) => {
    if (dayNumber(date) === null) {
      throw new InputError(
        'bad_panel',
        `weekly table, row ${row + 2}: ${table.dateColumn} is "${date}"; write a day as 2026-03-02`,
      );
    }
    if (rowGeos[row] === '')
      throw new InputError('bad_panel', `weekly table, row ${row + 2}: ${table.geoColumn} is empty`);
  });
  const periods = [...new Set(dates)].sort();
  checkSteps(periods);
  const units = [...new Set(rowGeos)].sort();
  const weekAt = new Map(periods.map((period, t) => [period, t]));
  const geoAt = new Map(units.map((unit, g) => [unit, g]));
  const cellOf = dates.map(
    (date, row) => (geoAt.get(rowGeos[row]) as number) * periods.length + (weekAt.get(date) as number),
  );
  const firstRow = new Map<number, number>();
  cellOf.forEach((cell, row) => {
    const before = firstRow.get(cell);
    if (before !== undefined) {
      throw new InputError(
        'bad_panel',
        `weekly table, rows ${before + 2} and ${row + 2}: ${rowGeos[row]}, ${dates[row]} stands twice; sum them or name the geo column`,
      );
    }
    firstRow.set(cell, row);
  });
  const read = (name: string): Float64Array => {
    const out = new Float64Array(units.length * periods.length).fill(Number.NaN);
    column(name).forEach((text, row) => {
      out[cellOf[row]] = numberOf(text, name, row);
    });
    return out;
  };
  return {
    units,
    periods,
    outcome: read(table.outcomeColumn),
    covariates: Object.fromEntries([...new Set(table.exposureColumns)].map((name) => [name, read(name)])),
  };
}

/** Weeks must follow each other at one step; a hole would shift every carry-over behind it. */
function checkSteps(periods: readonly string[]): void {
  const days = periods.map((period) => dayNumber(period) as number);
  if (days.length < 2) throw new InputError('insufficient_data', 'weekly table: fewer than two weeks');
  const step = Math.min(...days.slice(1).map((day, t) => day - days[t]));
  days.slice(1).forEach((day, t) => {
    if (day - days[t] !== step) {
      throw new InputError(
        'bad_panel',
        `weekly table: ${periods[t + 1]} follows ${periods[t]} by ${day - days[t]} days, other weeks by ${step}; add the missing weeks, with an empty outcome if it is not known`,
      );
    }
  });
}

function numberOf(text: string, name: string, row: number): number {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === 'NA' || trimmed === 'NaN') return Number.NaN;
  const value = Number(trimmed);
  if (Number.isFinite(value)) return value;
  throw new InputError('bad_panel', `weekly table, row ${row + 2}: ${name} is "${text}"; write a number like 1234.5`);
}
