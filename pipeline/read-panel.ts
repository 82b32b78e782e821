import { InputError } from '../models/errors.ts';
import type { Panel } from '../models/panel.ts';
import { type LongCsv, numberCell, readLongCsv, requireColumn } from './long-csv.ts';

/** Which column of a long file is what. */
export interface PanelColumns {
  unit: string;
  period: string;
  outcome: string;
  covariates?: readonly string[];
}

const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY = 86_400_000;

/**
 * Reads a long CSV, one row per unit and period, into a panel.
 *
 * Periods are put in order: numbers by size, other labels by their text (`2026-03-01`, `2026-03`, `2026-W09`). A gap is never read as
 * zero: every unit has a number for every period before `before`, and no day (weekends apart), week or whole-number period is left
 * out between the first and the last.
 *
 * @param before  first period whose gaps do not matter; all periods are checked when absent
 * @returns       units in the order of the file; NaN only from `before` on
 * @throws InputError `not_found`, `unknown_name` for a column, `bad_panel` for a row that stands twice, a cell that is no number, a
 *   label that does not sort by time, or a gap; with file and line
 */
export function readPanel(path: string, columns: PanelColumns, before?: string): Panel {
  const file = readLongCsv(path);
  const covariates = columns.covariates ?? [];
  requireColumn(file, columns.unit, '--unit');
  requireColumn(file, columns.period, '--period');
  requireColumn(file, columns.outcome, '--outcome');
  for (const name of covariates) requireColumn(file, name, '--covariates');
  const units = distinct(file, columns.unit);
  const periods = inOrder(file, columns.period);
  const unitAt = new Map(units.map((unit, u) => [unit, u]));
  const periodAt = new Map(periods.map((period, t) => [period, t]));
  const names = [columns.outcome, ...covariates];
  const matrices = names.map(() => new Float64Array(units.length * periods.length).fill(Number.NaN));
  const lines = new Int32Array(units.length * periods.length);
  for (const { cells, line } of file.rows) {
    const unit = cells[columns.unit];
    const period = cells[columns.period];
    const at = unitAt.get(unit)! * periods.length + periodAt.get(period)!;
    if (lines[at] > 0) {
      throw new InputError(
        'bad_panel',
        `${path}:${line}: ${columns.unit} ${unit}, ${columns.period} ${period} stands in line ${lines[at]} already; give one row per unit and period`,
        { details: { lines: [lines[at], line] } },
      );
    }
    lines[at] = line;
    names.forEach((name, i) => {
      matrices[i][at] = numberCell(path, line, name, cells[name]);
    });
  }
  const end = before === undefined ? periods.length : periods.filter((label) => isBefore(label, before)).length;
  refuseHoles(path, columns.period, periods.slice(0, end));
  names.forEach((name, i) => {
    refuseGaps(path, columns, name, units, periods, end, matrices[i], lines);
  });
  return {
    units,
    periods,
    outcome: matrices[0],
    covariates: Object.fromEntries(covariates.map((name, i) => [name, matrices[i + 1]])),
  };
}

/** Order of period labels: numbers by size when both are, else by text. */
export function isBefore(a: string, b: string): boolean {
  return isNumber(a) && isNumber(b) ? Number(a) < Number(b) : a < b;
}

function distinct({ path, rows }: LongCsv, column: string): string[] {
  const seen = new Set<string>();
  for (const { cells, line } of rows) {
    if (cells[column] === '') {
      throw new InputError('bad_panel', `${path}:${line}: ${column} is empty; name it in every row`, {
        details: { line, column },
      });
    }
    seen.add(cells[column]);
  }
  return [...seen];
}

function inOrder(file: LongCsv, column: string): string[] {
  const labels = distinct(file, column);
  const wrong = file.rows.find(({ cells }) => /^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}$/.test(cells[column]));
  if (wrong) {
    throw new InputError(
      'bad_panel',
      `${file.path}:${wrong.line}: ${column} is ${wrong.cells[column]}, which does not sort by time; write days as 2026-03-01`,
      { details: { line: wrong.line, column } },
    );
  }
  const numbers = labels.filter(isNumber).length;
  if (numbers > 0 && numbers < labels.length) {
    const odd = file.rows.find(({ cells }) => isNumber(cells[column]) !== numbers > labels.length / 2)!;
    throw new InputError(
      'bad_panel',
      `${file.path}:${odd.line}: ${column} is ${odd.cells[column]}, unlike the others; write all periods the same way`,
      { details: { line: odd.line, column } },
    );
  }
  return labels.sort((a, b) => (isBefore(a, b) ? -1 : 1));
}

/** Periods that no unit has would make time jump. */
function refuseHoles(path: string, column: string, periods: readonly string[]): void {
  const days = periods.every((label) => ISO_DAY.test(label) && !Number.isNaN(Date.parse(label)));
  const whole = periods.every((label) => /^-?\d+$/.test(label));
  if (periods.length < 3 || !(days || whole)) return;
  const time = periods.map((label) => (days ? Date.parse(label) / DAY : Number(label)));
  const steps = time.slice(1).map((at, t) => at - time[t]);
  const step = Math.min(...steps);
  // months and quarters have steps of unequal length, and say nothing about a gap
  if (days && step !== 1 && step !== 7) return;
  const t = steps.findIndex((size, i) => size !== step && !(days && step === 1 && isWeekend(time[i], time[i + 1])));
  if (t < 0) return;
  throw new InputError(
    'bad_panel',
    `${path}: ${column} goes from ${periods[t]} to ${periods[t + 1]}, elsewhere in steps of ${step}${days ? ` day${step === 1 ? '' : 's'}` : ''}; add the rows in between, or start after the gap`,
    { details: { from: periods[t], to: periods[t + 1] } },
  );
}

/** Whether only Saturdays and Sundays lie between two days, counted from 1970-01-01 (a Thursday). */
function isWeekend(from: number, to: number): boolean {
  for (let day = from + 1; day < to; day++) if ((day + 4) % 7 !== 0 && (day + 4) % 7 !== 6) return false;
  return true;
}

function refuseGaps(
  path: string,
  columns: PanelColumns,
  name: string,
  units: readonly string[],
  periods: readonly string[],
  end: number,
  matrix: Float64Array,
  lines: Int32Array,
): void {
  let gaps = 0;
  let first = -1;
  matrix.forEach((value, at) => {
    if (!Number.isNaN(value) || at % periods.length >= end) return;
    gaps++;
    if (first < 0) first = at;
  });
  if (gaps === 0) return;
  const unit = units[Math.floor(first / periods.length)];
  const period = periods[first % periods.length];
  const where = lines[first] > 0 ? `${path}:${lines[first]}: ${name} is empty` : `${path}: there is no row`;
  throw new InputError(
    'bad_panel',
    `${where} for ${columns.unit} ${unit}, ${columns.period} ${period} (${gaps} such gap${gaps === 1 ? '' : 's'} in all); fill it at its source, leave the unit out, or shorten the window: a gap is never read as zero`,
    { details: { unit, period, gaps } },
  );
}

function isNumber(label: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(label);
}
