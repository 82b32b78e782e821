import { type CellValue, type TableDefinition, type WriteSheet, writeXlsx as writeWorkbook } from 'hucre/xlsx';
import { InputError } from '../models/errors.ts';
import { publishedCell, type TableColumn } from './table.ts';

export interface XlsxSheet {
  name: string;
  columns: readonly TableColumn[];
  rows: readonly (readonly (string | null)[])[];
}

type WriteOptions = Parameters<typeof writeWorkbook>[0];

/** More rows than that are no spreadsheet. */
export const XLSX_MAX_ROWS = 100_000;

/** Nothing of when and by whom: the same tables are the same bytes. */
const FIXED = new Date(Date.UTC(2000, 0, 1));

/**
 * Sheets as an XLSX workbook: each a named table (`liftproof_roi` of the sheet ROI) with its header frozen and filtered, all of it inside
 * the print area; numbers as numbers with their format, text as text; no formula anywhere, so that a cell that begins with `=` is only
 * read. The same sheets give the same bytes.
 *
 * @throws InputError `too_large` for a sheet of more than 100,000 rows
 */
export async function writeXlsx(sheets: readonly XlsxSheet[], about: { title: string }): Promise<Uint8Array> {
  for (const sheet of sheets) {
    if (sheet.rows.length > XLSX_MAX_ROWS)
      throw new InputError(
        'too_large',
        `${sheet.name} has ${sheet.rows.length} rows; a spreadsheet takes ${XLSX_MAX_ROWS}: ask for csv or parquet, or for a shorter period`,
        { details: { rows: sheet.rows.length, limit: XLSX_MAX_ROWS } },
      );
  }
  return writeWorkbook({
    sheets: sheets.map(sheetOf),
    namedRanges: sheets.flatMap(printRanges),
    properties: { title: about.title, creator: 'Liftproof', created: FIXED, modified: FIXED },
  });
}

function sheetOf(sheet: XlsxSheet): WriteSheet {
  const header: CellValue[] = sheet.columns.map((column) => column.id);
  const range = rangeOf(sheet);
  return {
    name: sheet.name,
    columns: sheet.columns.map((column) => ({ width: widthOf(column), numFmt: formatOf(column) })),
    rows: [header, ...sheet.rows.map((row) => sheet.columns.map((column, i) => cellOf(row[i] ?? null, column)))],
    cells: new Map(header.map((_, i) => [`0,${i}`, { style: { font: { bold: true } } }])),
    freezePane: { rows: 1 },
    // a table filters itself, and a second filter over it would be a damaged file; a table without a row is one too
    ...(sheet.rows.length > 0 ? { tables: [tableOf(sheet, range)] } : { autoFilter: { range } }),
    pageSetup: {
      orientation: 'landscape',
      fitToPage: true,
      fitToWidth: 1,
      fitToHeight: 0,
    },
  };
}

/** What is printed, and what is repeated on each page; the name of the sheet quoted, which the writer leaves to us. */
function printRanges(sheet: XlsxSheet): NonNullable<WriteOptions['namedRanges']> {
  const name = `'${sheet.name.replaceAll("'", "''")}'`;
  const area = rangeOf(sheet).replace(/([A-Z]+)(\d+)/g, '$$$1$$$2');
  return [
    { name: '_xlnm.Print_Area', range: `${name}!${area}`, scope: sheet.name },
    { name: '_xlnm.Print_Titles', range: `${name}!$1:$1`, scope: sheet.name },
  ];
}

function rangeOf(sheet: XlsxSheet): string {
  return `A1:${columnLetters(sheet.columns.length - 1)}${sheet.rows.length + 1}`;
}

/** A name for formulas and pivots: letters, digits and `_`, never like a cell. */
function tableOf(sheet: XlsxSheet, range: string): TableDefinition {
  const name = `liftproof_${sheet.name.toLowerCase().replace(/[^a-z0-9]+/g, '_')}`;
  return {
    name,
    displayName: name,
    range,
    columns: sheet.columns.map((column) => ({ name: column.id })),
    style: 'TableStyleLight1',
    showRowStripes: false,
  };
}

function cellOf(value: string | null, column: TableColumn): CellValue {
  if (value === null) return null;
  if (column.type !== 'decimal') return value;
  const text = publishedCell(value, column)!;
  // fifteen digits are what a spreadsheet keeps; more stay whole as text
  return text.replace(/[-.]/g, '').replace(/^0+/, '').length <= 15 ? Number(text) : text;
}

function formatOf(column: TableColumn): string {
  if (column.type !== 'decimal') return '@';
  const scale = column.scale ?? 0;
  return scale === 0 ? '#,##0' : `#,##0.${'0'.repeat(scale)}`;
}

function widthOf(column: TableColumn): number {
  return Math.max(column.id.length + 2, column.type === 'decimal' ? 14 : 18);
}

function columnLetters(index: number): string {
  return index < 26
    ? String.fromCharCode(65 + index)
    : columnLetters(Math.floor(index / 26) - 1) + String.fromCharCode(65 + (index % 26));
}
