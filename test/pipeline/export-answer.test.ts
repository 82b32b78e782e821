import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeTable } from '../../pipeline/encode-table.ts';
import { type AnswerFormat, writeAnswer } from '../../pipeline/export-answer.ts';
import { type Query, runQuery } from '../../pipeline/query.ts';
import { openResults, type Results } from '../../pipeline/results.ts';
import { Warehouse } from '../../pipeline/warehouse.ts';
import { CREDIT, type CreditRow, type PublishedFolder, publishedFolder } from './published.ts';

let folder: PublishedFolder;
let results: Results;

/** 0.01 / 200 and 0.03 / 200 stand in the middle between two ratios of four decimals. */
const TIES: readonly CreditRow[] = [
  ['2026-04-02', 'tie to 0.0000', '=1+1', 'new', '200', '0.01'],
  ['2026-04-02', 'tie to 0.0002', 'a,"b"', 'new', '200', '0.03'],
  ['2026-04-02', 'tie to -0.0002', '-x', 'returning', '200', '0.00', '-0.03', '2026-04-03'],
  ['2026-04-02', 'tie from below', '+y', 'returning', '-200', '0.03'],
  // beyond what a double tells apart
  ['2026-04-02', 'large', '(none)', 'new', '7', '9876543210987654.31'],
  ['2026-04-02', 'third', '(none)', 'returning', '0.000000003', '0.01'],
];

beforeAll(async () => {
  folder = publishedFolder();
  await folder.publish('run_one', [...CREDIT, ...TIES]);
  results = await openResults(folder.paths);
});
afterAll(() => {
  results?.close();
  folder.remove();
});

async function written(query: Query, format: AnswerFormat): Promise<{ path: string; rows: number }> {
  const path = join(dirname(folder.paths.results), `answer.${format}`);
  return { path, rows: await writeAnswer(results, query, format, path) };
}

const QUERIES: readonly Query[] = [
  { metrics: ['conversions', 'revenue_net', 'aov'], dimensions: ['channel'] },
  { metrics: ['spend', 'impressions', 'roas', 'cpa', 'acos'], dimensions: ['time:day', 'campaign'] },
  {
    metrics: ['revenue_net', 'refunds'],
    dimensions: ['time:week'],
    basis: 'event_date',
    order_by: [['revenue_net', 'desc']],
  },
  {
    metrics: ['roas', 'clicks'],
    dimensions: ['channel', 'time:month'],
    order_by: [
      ['roas', 'desc'],
      ['channel', 'desc'],
    ],
  },
  { metrics: ['roas'], dimensions: ['channel'], order_by: [['roas', 'asc']] },
  {
    metrics: ['conversions'],
    dimensions: ['campaign', 'customer_type'],
    filters: ['not', ['is', 'channel', ["Paid Social'); drop table answer; --"]]],
    include: { unattributed: false },
    date_range: ['2026-03-31', '2026-04-30'],
  },
  { metrics: ['revenue_net', 'spend', 'roas'] },
  { metrics: ['revenue_net', 'roas'], dimensions: ['channel'], date_range: ['2020-01-01', '2020-01-02'] },
];

describe('an answer as a file', () => {
  it.each(QUERIES.map((query, i) => [i, query] as const))(
    'is in CSV the bytes of the same query: %i',
    async (_, query) => {
      const answer = await runQuery(results, query);
      const { path, rows } = await written(query, 'csv');
      expect(readFileSync(path, 'utf8')).toBe(Buffer.from(await encodeTable(answer, 'csv')).toString());
      expect(rows).toBe(answer.totalRows);
    },
  );

  it.each(QUERIES.flatMap((query, i) => (['json', 'ndjson'] as const).map((format) => [format, i, query] as const)))(
    'is in %s the bytes of the same query: %i',
    async (format, _, query) => {
      const answer = await runQuery(results, query);
      const { path, rows } = await written(query, format);
      expect(readFileSync(path, 'utf8')).toBe(Buffer.from(await encodeTable(answer, format)).toString());
      expect(rows).toBe(answer.totalRows);
    },
  );

  it('rounds ratios half to even, below 0 as above', async () => {
    const { path } = await written({ metrics: ['aov'], dimensions: ['channel'] }, 'csv');
    const lines = readFileSync(path, 'utf8').split('\r\n');
    expect(lines.filter((line) => /^(tie|third)/.test(line))).toEqual([
      'third,3333333.3333',
      'tie from below,-0.0002',
      'tie to -0.0002,-0.0002',
      'tie to 0.0000,0.0000',
      'tie to 0.0002,0.0002',
    ]);
  });

  it('holds in Arrow the digits, types and descriptions of the same query', async () => {
    for (const query of QUERIES) {
      const made = tableFromIPC(await encodeTable(await runQuery(results, query), 'arrow'));
      const file = tableFromIPC(readFileSync((await written(query, 'arrow')).path));
      expect(file.schema.fields.map(String)).toEqual(made.schema.fields.map(String));
      expect(file.schema.fields.map((field) => field.metadata)).toEqual(
        made.schema.fields.map((field) => field.metadata),
      );
      expect(file.schema.metadata).toEqual(made.schema.metadata);
      expect(file.toArray().map(String)).toEqual(made.toArray().map(String));
    }
  });

  it('holds in Parquet the types of the same query', async () => {
    const { path } = await written(QUERIES[1], 'parquet');
    const warehouse = await Warehouse.open(':memory:');
    const columns = await warehouse.rows<{ column_type: string }>(`describe select * from read_parquet('${path}')`);
    const first = await warehouse.rows(`select * from read_parquet('${path}') limit 1`);
    warehouse.close();
    expect(columns.map((column) => column.column_type)).toEqual([
      'DATE',
      'VARCHAR',
      'DECIMAL(38,2)',
      'BIGINT',
      'DECIMAL(38,4)',
      'DECIMAL(38,4)',
      'DECIMAL(38,4)',
    ]);
    const { rows } = await runQuery(results, QUERIES[1]);
    expect(Object.values(first[0])).toEqual([rows[0][0], rows[0][1], '10.00', '1000', '9.0000', '6.6667', '0.1111']);
  });

  it('leaves nothing beside the file, and refuses what a query is refused for', async () => {
    await written(QUERIES[0], 'csv');
    expect(readdirSync(dirname(folder.paths.results)).filter((name) => /spill|body/.test(name))).toEqual([]);
    await expect(written({ metrics: ['roaz'] }, 'csv')).rejects.toMatchObject({ code: 'unknown_name' });
  });
});
