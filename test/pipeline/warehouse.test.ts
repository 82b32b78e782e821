import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Warehouse, withSettings } from '../../pipeline/warehouse.ts';

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await Warehouse.open(':memory:', { threads: 1 });
});
afterAll(() => warehouse.close());

describe('settings written into a relation', () => {
  it('have the value and the type that binding gives them', async () => {
    const settings = {
      whole: 30,
      negative: -1,
      large: 3_000_000_000,
      half: 0.5,
      tiny: 1e-9,
      name: `Europe/Berlin's`,
      yes: true,
    };
    const names = Object.keys(settings) as (keyof typeof settings)[];
    const sql = `select ${names.map((name) => `$${name} as ${name}, typeof($${name}) as type_of_${name}`).join(', ')}`;
    expect(await warehouse.rows(withSettings(sql, settings))).toEqual(await warehouse.rows(sql, settings));
  });

  it('leave comments, text and quoted names as they are', () => {
    const sql = `-- $k\nselect '$k it''s $k' as "$k", $k`;
    expect(withSettings(sql, { k: 10 })).toBe(`-- $k\nselect '$k it''s $k' as "$k", cast(10 as integer)`);
  });

  it('must be there', () => {
    expect(() => withSettings('select $nothing', {})).toThrow('parameter $nothing has no value');
  });
});
