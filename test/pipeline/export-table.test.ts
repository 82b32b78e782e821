import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPORT_FORMATS, exportTable } from '../../pipeline/export-table.ts';
import { openResults, type Results } from '../../pipeline/results.ts';
import { quoteText, Warehouse } from '../../pipeline/warehouse.ts';

const ROWS = 70_000;
const root = mkdtempSync(join(tmpdir(), 'liftproof-export-'));
let results: Results;

beforeAll(async () => {
  const run = join(root, 'run_one');
  mkdirSync(run);
  const path = join(run, 'odd.parquet');
  const warehouse = await Warehouse.open(':memory:');
  // more rows than one batch holds; every type that is published, nulls, and text that a spreadsheet would run
  await warehouse.run(`
    copy (
      select cast(i as integer) as row_no,
        case i % 7 when 0 then null when 1 then '=1+1' when 2 then 'a,"b"' when 3 then '-x, "y"' when 4 then '@SUM(A1)' when 5 then 'é ' || i else 'plain' end as name,
        case when i % 5 = 0 then null else cast((i - 35000) * 0.01 as decimal(18, 2)) end as money,
        cast((i - 100) * 0.000000001 as decimal(28, 9)) as credit,
        cast(i * 1000000 as bigint) as counted,
        date '2026-01-01' + cast(i % 400 as integer) as day,
        i % 3 = 0 as flag,
        timestamptz '2026-01-01 12:00:00+00' + to_seconds(i) as seen_at,
        i / 3.0 as ratio
      from range(${ROWS}) as t(i)
    ) to '${quoteText(path)}' (format parquet)`);
  const columns = await warehouse.rows<{ column_name: string; column_type: string }>(
    `describe select * from read_parquet('${quoteText(path)}')`,
  );
  warehouse.close();
  const file = {
    name: 'odd.parquet',
    sha256: '',
    rows: ROWS,
    bytes: statSync(path).size,
    columns: columns.map((column) => ({ name: column.column_name, type: column.column_type })),
  };
  writeFileSync(join(run, 'manifest.json'), JSON.stringify({ run: 'run_one', files: [file] }));
  results = await openResults({ results: root }, 'run_one');
});
afterAll(() => {
  results?.close();
  rmSync(root, { recursive: true, force: true });
});

describe('a published table as a file', () => {
  it.each(EXPORT_FORMATS)('is the same bytes every time: %s', async (format) => {
    const [once, again] = [
      await exportTable(results, 'odd', format, join(root, 'a')),
      await exportTable(results, 'odd', format, join(root, 'b')),
    ];
    expect(once).toEqual(again);
    expect(once.rows).toBe(ROWS);
  });

  it('holds in CSV every row, text quoted and guarded, numbers as they are', async () => {
    await exportTable(results, 'odd', 'csv', join(root, 'a'));
    const lines = readFileSync(join(root, 'a', 'odd.csv'), 'utf8').split('\r\n');
    expect(lines).toHaveLength(ROWS + 2);
    expect(lines[0]).toBe('row_no,name,money,credit,counted,day,flag,seen_at,ratio');
    expect(lines.slice(1, 6)).toEqual([
      '0,,,-0.000000100,0,2026-01-01,true,2026-01-01T12:00:00Z,0.0',
      expect.stringMatching(/^1,'=1\+1,-349\.99,-0\.000000099,1000000,2026-01-02,false,2026-01-01T12:00:01Z,0\.333/),
      expect.stringMatching(/^2,"a,""b""",-349\.98,/),
      expect.stringMatching(/^3,"'-x, ""y""",-349\.97,/),
      expect.stringMatching(/^4,'@SUM\(A1\),-349\.96,/),
    ]);
  });

  it('holds in Arrow what the run holds, digit by digit, over several batches', async () => {
    await exportTable(results, 'odd', 'arrow', join(root, 'a'));
    const table = tableFromIPC(readFileSync(join(root, 'a', 'odd.arrows')));
    expect(table.numRows).toBe(ROWS);
    expect(table.batches.length).toBeGreaterThan(1);
    const column = (name: string) => table.getChild(name)!;
    const digits = (name: string, i: number): bigint | null => {
      const words = column(name).get(i) as Uint32Array | null;
      if (words === null) return null;
      return BigInt.asIntN(
        128,
        words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n),
      );
    };
    for (const i of [0, 1, 5, 99, 100, 65_535, 65_536, ROWS - 1]) {
      expect([i, digits('money', i)]).toEqual([i, i % 5 === 0 ? null : BigInt(i - 35_000)]);
      expect([i, digits('credit', i)]).toEqual([i, BigInt(i - 100)]);
      expect(column('counted').get(i)).toBe(BigInt(i) * 1_000_000n);
      expect(column('flag').get(i)).toBe(i % 3 === 0);
      expect(new Date(column('day').get(i) as number).toISOString().slice(0, 10)).toBe(
        new Date(Date.UTC(2026, 0, 1 + (i % 400))).toISOString().slice(0, 10),
      );
      expect(column('ratio').get(i)).toBeCloseTo(i / 3, 6);
      expect(column('seen_at').get(i)).toBe(new Date(Date.UTC(2026, 0, 1, 12, 0, i)).toISOString().replace('.000', ''));
    }
    expect([0, 5, 65_535, 65_539].map((i) => column('name').get(i))).toEqual([0, 5, 65_535, 65_539].map(nameOf));
  });

  it('names the nearest table', async () => {
    await expect(exportTable(results, 'od', 'csv', root)).rejects.toMatchObject({
      code: 'unknown_name',
      message: expect.stringMatching(/did you mean odd\?/),
    });
  });
});

function nameOf(i: number): string | null {
  return [null, '=1+1', 'a,"b"', '-x, "y"', '@SUM(A1)', `é ${i}`, 'plain'][i % 7];
}
