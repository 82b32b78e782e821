import { parse } from 'csv-parse/sync';

/** A row that may be the header, and what stands around it. */
export interface HeaderRow {
  cells: string[];
  skipLines: number;
  preamble: string;
  delimiter: string;
  sample: string[][];
}

const HEADER_SEARCH_ROWS = 10;
/** A row of more cells is no header: the widest known export has some hundreds. */
const MOST_COLUMNS = 5000;
const SAMPLE_ROWS = HEADER_SEARCH_ROWS + 200;

/** The rows at the top of a text that may be its header: those with at least two cells. */
export function headerRows(text: string, delimiter: string, isWhole: boolean): HeaderRow[] {
  const parsed = firstRows(text, delimiter);
  if (!isWhole && parsed.length < SAMPLE_ROWS && parsed.length > 1) parsed.pop();
  const rows: HeaderRow[] = [];
  for (let i = 0; i < Math.min(HEADER_SEARCH_ROWS, parsed.length); i++) {
    const cells = parsed[i].record;
    if (cells.length > MOST_COLUMNS || cells.filter((cell) => cell.trim() !== '').length < 2) continue;
    rows.push({
      cells,
      delimiter,
      skipLines: parsed[i].info.lines,
      preamble: parsed
        .slice(0, i)
        .map((line) => line.record.join(delimiter))
        .join('\n'),
      sample: parsed.slice(i + 1).map((row) => row.record),
    });
  }
  return rows;
}

interface ParsedRow {
  record: string[];
  info: { lines: number };
}

function parseRows(text: string, delimiter: string): ParsedRow[] | undefined {
  try {
    return parse(text, {
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: false,
      info: true,
      to: SAMPLE_ROWS,
      bom: true,
    }) as unknown as ParsedRow[];
  } catch {
    return undefined;
  }
}

/** The first rows; of a head that is cut inside a cell, or holds a quote that is never closed, those that stand before it. */
function firstRows(text: string, delimiter: string): ParsedRow[] {
  const all = parseRows(text, delimiter);
  if (all !== undefined) return all;
  const lines = text.split('\n');
  for (let count = Math.min(lines.length, SAMPLE_ROWS); count > 0; count = Math.floor(count / 2)) {
    const rows = parseRows(lines.slice(0, count).join('\n'), delimiter);
    if (rows !== undefined) return rows;
  }
  return [];
}
