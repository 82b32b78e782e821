import { InputError } from '../../models/errors.ts';

/** Rows that one upload may have. */
export const MAX_UPLOAD_ROWS = 50_000;
const MAX_COLUMNS = 500;

/**
 * Rows of JSON (an array of objects) or NDJSON (an object a line) as the CSV of the same rows, columns in the order of their first
 * appearance. Values are text, numbers, booleans or null; a number that JSON cannot hold exactly must come as text.
 *
 * @throws InputError `bad_input` naming the row
 */
export function csvOfJsonRows(text: string, isLines: boolean): string {
  const rows = isLines ? rowsOfLines(text) : rowsOfDocument(text);
  if (rows.length > MAX_UPLOAD_ROWS)
    throw new InputError(
      'too_large',
      `an upload has at most ${MAX_UPLOAD_ROWS} rows, this one ${rows.length}; send it in parts`,
    );
  const columns = new Map<string, number>();
  rows.forEach((row, i) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      throw new InputError('bad_input', `row ${i + 1} is not an object`);
    for (const name of Object.keys(row)) if (!columns.has(name)) columns.set(name, columns.size);
    if (columns.size > MAX_COLUMNS) throw new InputError('bad_input', `row ${i + 1}: more than ${MAX_COLUMNS} columns`);
  });
  const names = [...columns.keys()];
  const lines = [names.map(quoted).join(',')];
  rows.forEach((row, i) => {
    lines.push(names.map((name) => cellOf(ownValue(row as object, name), name, i + 1)).join(','));
  });
  return `${lines.join('\n')}\n`;
}

function rowsOfLines(text: string): unknown[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line, i) => parse(line, `line ${i + 1}`));
}

function rowsOfDocument(text: string): unknown[] {
  const rows = parse(text, 'the upload');
  if (Array.isArray(rows)) return rows;
  throw new InputError('bad_input', 'the upload is not an array of objects');
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError('bad_input', `${where} is not JSON`, { cause });
  }
}

/** What every object inherits is no cell. */
function ownValue(row: object, name: string): unknown {
  return Object.hasOwn(row, name) ? (row as Record<string, unknown>)[name] : undefined;
}

function cellOf(value: unknown, name: string, row: number): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    // digits that a double does not hold would be lost without a word
    if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER)
      throw new InputError('bad_input', `row ${row}, ${name}: the number is too large to be exact; send it as text`);
    return String(value);
  }
  throw new InputError('bad_input', `row ${row}, ${name}: expected text, a number, true, false or null`);
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
