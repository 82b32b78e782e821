import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parameterNames, Warehouse, withPlainTexts, withSettings } from '../../pipeline/warehouse.ts';

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

describe('plain texts written into a query', () => {
  const texts = { zone: 'Europe/Paris', shop: 'Bäckerei 24 (Süd)', none: null };

  it('have the value that binding gives them, and are text where they are absent', async () => {
    const sql = 'select $zone as zone, $shop as shop, $none as none, typeof($zone) as type';
    const written = withPlainTexts(sql, texts);
    expect(parameterNames(written)).toEqual([]);
    expect(await warehouse.rows(written)).toEqual(await warehouse.rows(sql, texts));
    expect(await warehouse.value(withPlainTexts('select typeof($none)', texts))).toBe('VARCHAR');
  });

  it.each([`x' or true --`, "o'clock", '$zone', 'a\\b', 'two\nlines', 'nul\0', '"', `${'long'.repeat(60)}`])(
    'leave %j to be bound',
    async (text) => {
      const sql = withPlainTexts('select $text as text', { text });
      expect(sql).toBe('select $text as text');
      expect(await warehouse.value(sql, { text })).toBe(text);
    },
  );

  it('hide no parameter behind two dashes of a text', async () => {
    const sql = withPlainTexts('select $dashes, $quote', { dashes: 'a--b', quote: "it's" });
    expect(parameterNames(sql)).toEqual(['quote']);
    expect(await warehouse.rows(sql, { quote: "it's" })).toHaveLength(1);
  });
});
