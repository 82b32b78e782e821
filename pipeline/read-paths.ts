import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { InputError } from '../models/errors.ts';
import { type PathRow, type Paths, pathsFromRows } from '../models/paths.ts';

const COLUMNS = {
  path: ['path'],
  conversions: ['conversions', 'total_conversions'],
  revenue: ['revenue', 'total_conversion_value'],
  nonConversions: ['non_conversions', 'total_null'],
} as const;

/**
 * Reads a bare path file: `path` (steps joined by ` > `), `conversions`, optional `revenue` and `non_conversions`; the column names of
 * other tools (`total_conversions`, `total_conversion_value`, `total_null`) are known too. Empty steps are skipped.
 *
 * @throws InputError `bad_paths` naming file, line and column, `not_found`
 */
export function readPaths(path: string): Paths {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InputError('not_found', `${path}: cannot be read; name a CSV of paths`, { cause });
  }
  let rows: { record: Record<string, string>; info: { lines: number } }[];
  try {
    rows = parse(text, {
      columns: (header: string[]) => header.map((name) => name.trim().toLowerCase()),
      bom: true,
      info: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof rows;
  } catch (cause) {
    throw new InputError('bad_paths', `${path}: ${(cause as Error).message}; give a CSV with a header`, { cause });
  }
  if (rows.length === 0)
    throw new InputError('bad_paths', `${path}: holds no path; give a header and at least one row`);
  const names = Object.keys(rows[0].record);
  const found = (column: keyof typeof COLUMNS): string | undefined =>
    COLUMNS[column].find((name) => names.includes(name));
  const pathColumn = found('path');
  const conversionsColumn = found('conversions');
  if (pathColumn === undefined || conversionsColumn === undefined) {
    throw new InputError('bad_paths', `${path}: needs the columns path and conversions; it has ${names.join(', ')}`);
  }
  const revenueColumn = found('revenue');
  const nullColumn = found('nonConversions');
  const made = rows.map(({ record, info }): PathRow => {
    const numberAt = (column: string): number => {
      const value = record[column] === '' ? 0 : Number(record[column]);
      if (Number.isFinite(value)) return value;
      throw new InputError('bad_paths', `${path}:${info.lines}: ${column} is ${record[column]}; give a plain number`);
    };
    return {
      path: record[pathColumn]
        .split('>')
        .map((step) => step.trim())
        .filter((step) => step !== ''),
      conversions: numberAt(conversionsColumn),
      revenue: revenueColumn === undefined ? 0 : numberAt(revenueColumn),
      nonConversions: nullColumn === undefined ? 0 : numberAt(nullColumn),
    };
  });
  return pathsFromRows(made);
}
