import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIncremental } from '../../pipeline/build-incremental.ts';
import { sqlFile, sqlFiles } from '../../pipeline/sql-files.ts';
import { parameterNames } from '../../pipeline/warehouse.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { ingestRows, MARKET_CONFIG, marketRows } from '../pipeline/market.ts';

const SETTINGS = {
  order: 2,
  base: 30,
  buckets: 1000,
  folds: 5,
  k: 1,
  click_days: 30,
  study: 'test',
  kind: 'channels',
  names: 'Organic Social',
  outcome: 'revenue_net',
  before_from: '2026-01-01',
  from_date: '2026-01-15',
  to_date: '2026-02-15',
  reporting_time_zone: 'Europe/Paris',
};

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace(MARKET_CONFIG);
  const assigned = Array.from({ length: 40 }, (_, p) => ({
    stream: 'assignment',
    values: {
      study: 'test',
      unit_kind: 'user',
      unit: `p${p}@example.com`,
      arm: p % 2 === 0 ? 'treated' : 'control',
      assigned_at: '2026-01-14T00:00:00Z',
    },
  }));
  await ingestRows(workspace, [...marketRows(3, 40), ...assigned], 'all');
  await buildIncremental(workspace.warehouse, workspace.config);
});
afterAll(() => workspace.close());

describe.each(sqlFiles('statistic'))('sql/statistic/%s', (name) => {
  const sql = sqlFile(`statistic/${name}`);

  it('names its parameters and its grain', () => {
    const params = /^-- params: (.*)$/m.exec(sql)?.[1] ?? '';
    const named = [...params.matchAll(/\$([a-z_]+)/g)].map((match) => match[1]).sort();
    expect(named).toEqual(parameterNames(sql).sort());
    expect(sql).toMatch(/^-- [A-Z][^\n]*\n/);
    expect(sql).toMatch(/^-- grain: {2}one row/m);
    expect(sql).toMatch(/^-- units: /m);
  });

  it('has one row per key', async () => {
    const rows = await workspace.warehouse.rows<Record<string, unknown>>(sql, SETTINGS);
    expect(rows.length).toBeGreaterThan(0);
    const key = /^-- key: +(.*)$/m.exec(sql)?.[1].split(', ');
    if (key === undefined) {
      expect(rows).toHaveLength(1);
      return;
    }
    for (const column of key) expect(rows[0]).toHaveProperty(column);
    expect(new Set(rows.map((row) => JSON.stringify(key.map((column) => row[column])))).size).toBe(rows.length);
  });
});
