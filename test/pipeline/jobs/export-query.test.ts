import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportQuery } from '../../../pipeline/jobs/export-query.ts';
import { Warehouse } from '../../../pipeline/warehouse.ts';
import { type PublishedFolder, publishedFolder } from '../published.ts';

const ROWS = 120_000;

let folder: PublishedFolder;
let directory: string;
let home: string;
beforeAll(async () => {
  folder = publishedFolder();
  await folder.publish('run_many');
  directory = dirname(folder.paths.results);
  home = join(directory, 'home');
  // more campaigns than a spreadsheet has rows, in the columns of a run
  const path = join(folder.paths.results, 'run_many', 'attribution.parquet');
  const warehouse = await Warehouse.open(':memory:');
  await warehouse.run(`create table first as select * from read_parquet('${path}') limit 1`);
  await warehouse.run(
    `copy (select * replace ('linear' as model, 'order_date' as basis, 'c' || range as campaign_id) from first, range(${ROWS})) to '${path}' (format parquet)`,
  );
  warehouse.close();
});
afterAll(() => folder?.remove());

const asked = (export_id: string, format: 'json' | 'ndjson' | 'xlsx') =>
  exportQuery(directory, home, {
    export_id,
    format,
    run: 'run_many',
    query: { metrics: ['revenue_net'], dimensions: ['campaign'] },
  });
const textOf = (file: string): string => readFileSync(join(home, 'exports', file), 'utf8');

describe('an export of more rows than fit a sheet', () => {
  it('is whole as NDJSON, and says so at its end', async () => {
    const { rows, sha256 } = await asked('a', 'ndjson');
    const text = textOf('a');
    const lines = text.trimEnd().split('\n');
    expect([rows, lines.length]).toEqual([ROWS, ROWS + 2]);
    const body = text.slice(0, text.lastIndexOf('{"end"'));
    expect(JSON.parse(lines.at(-1)!)).toEqual({
      end: { rows: ROWS, sha256: createHash('sha256').update(body).digest('hex') },
    });
    expect(sha256).toBe(createHash('sha256').update(text).digest('hex'));
    expect(JSON.parse(lines[0]).meta).toMatchObject({ total_rows: ROWS, truncated: false });
  });

  it('is one document as JSON', async () => {
    await asked('b', 'json');
    const { data, totals, meta } = JSON.parse(textOf('b'));
    expect(data).toHaveLength(ROWS);
    expect(new Set(data.map((row: { campaign: string }) => row.campaign)).size).toBe(ROWS);
    expect([Number(totals.revenue_net), meta.total_rows]).toEqual([Number(data[0].revenue_net) * ROWS, ROWS]);
  });

  it('is refused as XLSX, never cut', async () => {
    await expect(asked('c', 'xlsx')).rejects.toMatchObject({
      code: 'too_large',
      message: expect.stringMatching(/120000 rows and xlsx at most 100000/),
    });
    expect(existsSync(join(home, 'exports', 'c'))).toBe(false);
    expect(readdirSync(join(home, 'exports')).filter((name) => name.includes('making'))).toEqual([]);
  });
});
