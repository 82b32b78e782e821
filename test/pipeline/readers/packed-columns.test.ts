import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packColumns, rowsOf } from '../../../pipeline/readers/packed-columns.ts';
import { Warehouse } from '../../../pipeline/warehouse.ts';

const across = <T>(value: T): T => structuredClone(value);

describe('packed columns', () => {
  it('send numbers and text as two arrays each, and mark where there is nothing', () => {
    const packed = packColumns(
      ['n', 't'],
      [
        [1.5, null, 2],
        ['ab', null, ''],
      ],
      3,
    );
    expect(packed.columns).toEqual([
      { kind: 'number', values: Float64Array.of(1.5, 0, 2), nulls: Uint8Array.of(0, 1, 0) },
      { kind: 'text', text: 'ab', ends: Uint32Array.of(2, 2, 2), nulls: Uint8Array.of(0, 1, 0) },
    ]);
    expect(rowsOf(across(packed))).toEqual([
      { n: 1.5, t: 'ab' },
      { n: null, t: null },
      { n: 2, t: '' },
    ]);
  });

  it('give back every cell that JSON can say', () => {
    const cell = fc.oneof(
      fc.constant(null),
      fc.string({ unit: 'grapheme' }),
      fc.double(),
      fc.boolean(),
      fc.array(fc.string()),
    );
    const kinds = [cell, fc.option(fc.string({ unit: 'binary' })), fc.option(fc.double({ noNaN: true }))];
    const table = fc.integer({ min: 0, max: 20 }).chain((count) =>
      fc.record({
        count: fc.constant(count),
        columns: fc.array(fc.oneof(...kinds.map((kind) => fc.array(kind, { minLength: count, maxLength: count }))), {
          maxLength: 5,
        }),
      }),
    );
    fc.assert(
      fc.property(table, ({ count, columns }) => {
        const names = columns.map((_, i) => `c${i}`);
        const json = JSON.parse(JSON.stringify(columns)) as unknown[][];
        const expected = Array.from({ length: count }, (_, row) =>
          Object.fromEntries(names.map((name, i) => [name, json[i][row]])),
        );
        expect(rowsOf(across(packColumns(names, json, count)))).toEqual(expected);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('are the rows that the database itself gives, of every type and without rows', async () => {
    const warehouse = await Warehouse.open(':memory:', { threads: 1 });
    try {
      for (const end of ['', ' where i < 0']) {
        const sql = `select i, i / 3.0 as d, cast(i as decimal(18, 2)) as m, 'text ' || i as t, case when i % 2 = 0 then 'é€𝒳' end as n, i % 2 = 0 as b,
            date '2026-01-01' + cast(i as integer) as day, timestamptz '2026-01-01 00:00:00+00' as at, [i, null] as l, {'a': i} as s, cast('nan' as double) as nan,
            cast(i as hugeint) as h, i as i
          from range(5000) as t (i)${end}`;
        const { names, columns, count } = await warehouse.columns(sql);
        expect(rowsOf(across(packColumns(names, columns, count)))).toEqual(await warehouse.rows(sql));
      }
    } finally {
      warehouse.close();
    }
  });
});
