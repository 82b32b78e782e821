import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relationsOf, tablesRead } from '../../pipeline/relations.ts';
import { sqlFiles } from '../../pipeline/sql-files.ts';
import { Warehouse } from '../../pipeline/warehouse.ts';

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await Warehouse.open(':memory:');
});
afterAll(() => warehouse.close());

describe('what a query reads', () => {
  it('is every qualified table, wherever it stands, and no name of its own', async () => {
    const sql = `
      with own as (select * from raw.orders)
      select own.*, (select max(x) from staging.rate) as rate
      from own
      left join journey.step as step on step.id = own.id
      where own.id in (select id from staging.person)
      union all
      select * from own -- and not raw.comment, nor 'raw.text'`;
    expect(await tablesRead(warehouse, sql)).toEqual(['journey.step', 'raw.orders', 'staging.person', 'staging.rate']);
  });

  it('is asked of DuckDB, so that a quote in a string does not matter', async () => {
    expect(await tablesRead(warehouse, `select 'it''s' as text from raw.touch`)).toEqual(['raw.touch']);
  });

  it('cannot be said of what is no query', async () => {
    await expect(tablesRead(warehouse, 'selec 1')).rejects.toThrow(/cannot parse/);
  });
});

describe('the relations of some folders', () => {
  it('are all there, each once, each after what it reads', async () => {
    const folders = ['staging', 'journey', 'attribution', 'report'];
    const relations = await relationsOf(warehouse, folders);
    const names = relations.map((relation) => relation.name);
    expect([...names].sort()).toEqual(
      folders.flatMap((folder) => sqlFiles(folder).map((file) => `${folder}.${file}`)).sort(),
    );
    for (const [i, { reads }] of relations.entries()) {
      for (const read of reads) expect(names.indexOf(read)).toBeLessThan(i);
    }
  });

  it('read only forward: staging no journey, journey no credit, credit no report', async () => {
    const layers = ['raw', 'rules', 'staging', 'journey', 'attribution', 'panel', 'finance', 'result', 'report'];
    const back: string[] = [];
    for (const { name, reads } of await relationsOf(warehouse, ['staging', 'journey', 'attribution', 'report'])) {
      const own = layers.indexOf(name.split('.')[0]);
      for (const read of reads) {
        const layer = layers.indexOf(read.split('.')[0]);
        expect(layer, `${name} reads ${read}`).toBeGreaterThanOrEqual(0);
        if (layer > own) back.push(`${name} reads ${read}`);
      }
    }
    expect(back).toEqual([]);
  });
});
