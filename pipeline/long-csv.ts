import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { InputError } from '../models/errors.ts';
import { nearest } from './nearest.ts';

/** A bare CSV as text, every row with the line it ends on. */
export interface LongCsv {
  path: string;
  columns: readonly string[];
  rows: readonly { cells: Readonly<Record<string, string>>; line: number }[];
}

/**
 * Reads a CSV with a header; cells are trimmed, empty lines skipped.
 *
 * @throws InputError `not_found`; `bad_panel` for what is no CSV, a column named twice, or a file without rows
 */
export function readLongCsv(path: string): LongCsv {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InputError('not_found', `${path}: cannot be read; name a CSV file`, { cause });
  }
  let columns: string[] = [];
  let parsed: { record: Record<string, string>; info: { lines: number } }[];
  try {
    parsed = parse(text, {
      bom: true,
      columns: (header: string[]) => {
        columns = header.map((name) => name.trim());
        return columns;
      },
      info: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof parsed;
  } catch (cause) {
    throw new InputError('bad_panel', `${path}: ${(cause as Error).message}; give a CSV with a header`, { cause });
  }
  const repeated = columns.find((name, i) => columns.indexOf(name) < i);
  if (repeated !== undefined) {
    throw new InputError('bad_panel', `${path}:1: column ${repeated} stands twice; give each column its own name`);
  }
  if (parsed.length === 0) {
    throw new InputError('bad_panel', `${path}: holds no row; give a header and at least one row`);
  }
  return { path, columns, rows: parsed.map(({ record, info }) => ({ cells: record, line: info.lines })) };
}

/**
 * @param asked  who wants the column, e.g. `--outcome` or `mix.yaml:3: outcome`
 * @throws InputError `unknown_name` with the nearest column
 */
export function requireColumn({ path, columns }: LongCsv, name: string, asked: string): void {
  if (columns.includes(name)) return;
  const close = nearest(name, columns);
  throw new InputError(
    'unknown_name',
    `${asked} is ${name}, and ${path} has no such column; ${close ? `did you mean ${close}?` : `it has ${columns.join(', ')}`}`,
    { details: { column: name, nearest: close } },
  );
}

/**
 * A cell as a number; NaN where it is empty or says NA.
 *
 * @throws InputError `bad_panel` naming file, line and column
 */
export function numberCell(path: string, line: number, column: string, text: string): number {
  if (/^(|na|nan|null)$/i.test(text)) return Number.NaN;
  const value = Number(text);
  // Number reads 0x10 and 1e999 too
  if (Number.isFinite(value) && /^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(text)) return value;
  throw new InputError(
    'bad_panel',
    `${path}:${line}: ${column} is ${text}; write a plain number such as 1234.5, without thousands marks`,
    { details: { line, column } },
  );
}
