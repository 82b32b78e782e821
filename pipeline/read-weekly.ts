import { InputError } from '../models/errors.ts';
import { weeklyPanel } from '../models/mix/index.ts';
import type { Panel } from '../models/panel.ts';
import { numberCell, readLongCsv, requireColumn } from './long-csv.ts';
import type { MixConfig } from './mix-config.ts';

/**
 * Reads the weekly CSV that a `mix.yaml` describes: one row per week, or per geo and week.
 *
 * An empty outcome is missing; an empty exposure stays missing, and the model refuses it where it needs it.
 *
 * @returns geos and weeks in ascending order
 * @throws InputError `not_found`; `unknown_name` for a column the file lacks, naming the line of the `mix.yaml` that asks for it;
 *   `bad_panel` with file and line for a date, a number or a row that stands twice, and for weeks that are left out
 */
export function readWeekly(path: string, config: MixConfig): Panel {
  const file = readLongCsv(path);
  const { period, geo, outcome } = config;
  const asked = (key: string): string => `${config.path}:${config.lineOf([key])}: ${key}`;
  requireColumn(file, period, asked('period'));
  if (geo !== undefined) requireColumn(file, geo, asked('geo'));
  requireColumn(file, outcome, asked('outcome'));
  for (const { column, asked: who } of config.exposures) requireColumn(file, column, who);
  const exposureColumns = [...new Set(config.exposures.map(({ column }) => column))];
  const seen = new Map<string, number>();
  for (const { cells, line } of file.rows) {
    const at = { details: { line } };
    const date = cells[period];
    if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(Date.parse(date))) {
      throw new InputError(
        'bad_panel',
        `${path}:${line}: ${period} is ${date || 'empty'}; write a day such as 2026-03-02`,
        at,
      );
    }
    if (geo !== undefined && cells[geo] === '') {
      throw new InputError('bad_panel', `${path}:${line}: ${geo} is empty; name it in every row`, at);
    }
    const key = geo === undefined ? date : `${cells[geo]}, ${date}`;
    const before = seen.get(key);
    if (before !== undefined) {
      const mend =
        geo === undefined ? `sum the rows, or name the column of the geos as geo in ${config.path}` : 'sum the rows';
      throw new InputError('bad_panel', `${path}:${line}: ${key} stands in line ${before} already; ${mend}`, at);
    }
    seen.set(key, line);
    for (const column of [outcome, ...exposureColumns]) numberCell(path, line, column, cells[column]);
  }
  try {
    return weeklyPanel({
      columns: Object.fromEntries(
        file.columns.map((name) => [name, file.rows.map(({ cells }) => missing(cells[name]))]),
      ),
      dateColumn: period,
      geoColumn: geo,
      outcomeColumn: outcome,
      exposureColumns,
    });
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError(cause.code, `${path}: ${cause.message.replace(/^weekly table: /, '')}`, {
      cause,
      details: cause.details,
    });
  }
}

/** The one spelling of a missing number that the model reads. */
function missing(text: string): string {
  return /^(na|nan|null)$/i.test(text) ? '' : text;
}
