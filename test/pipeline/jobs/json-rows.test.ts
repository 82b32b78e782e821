import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvOfJsonRows, MAX_UPLOAD_ROWS } from '../../../pipeline/jobs/json-rows.ts';

const rowsOf = (csv: string) => parse(csv, { relax_column_count: false }) as string[][];

describe('rows of JSON', () => {
  it('become the CSV of the same rows, columns as they first appear', () => {
    const rows = [{ id: 'a', total: 10.5 }, { id: 'b', note: 'x,"y"\nz', is_test: false }, { total: null }];
    const csv = 'id,total,note,is_test\na,10.5,,\nb,,"x,""y""\nz",false\n,,,\n';
    expect(csvOfJsonRows(JSON.stringify(rows), false)).toBe(csv);
    expect(csvOfJsonRows(`${rows.map((row) => JSON.stringify(row)).join('\n')}\r\n\n`, true)).toBe(csv);
  });

  it('keep any text as it was', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((value) => !/[\0\r]/.test(value));
    fc.assert(
      fc.property(fc.array(fc.record({ a: text, b: text }), { minLength: 1, maxLength: 5 }), (rows) => {
        const csv = rowsOf(csvOfJsonRows(JSON.stringify(rows), false));
        expect(csv.slice(1)).toEqual(rows.map(({ a, b }) => [a, b]));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('are refused by row where a number would lose digits or a value is no cell', () => {
    expect(() => csvOfJsonRows('[{"id": 1}, {"id": 12345678901234567890}]', false)).toThrow(
      'row 2, id: the number is too large',
    );
    expect(() => csvOfJsonRows('[{"id": 1e999}]', false)).toThrow('row 1, id');
    expect(() => csvOfJsonRows('[{"id": {"deep": 1}}]', false)).toThrow('row 1, id: expected text, a number');
    expect(() => csvOfJsonRows('[1]', false)).toThrow('row 1 is not an object');
    expect(() => csvOfJsonRows('{"id": 1}', false)).toThrow('not an array of objects');
    expect(() => csvOfJsonRows('{"a": 1}\n{', true)).toThrow('line 2 is not JSON');
  });

  it('end soon and in words when they are nested, wide or many beyond reason', () => {
    const started = performance.now();
    for (const bomb of ['['.repeat(5_000_000), `[${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}]`])
      expect(() => csvOfJsonRows(bomb, false)).toThrow(expect.objectContaining({ code: 'bad_input' }));
    const wide = JSON.stringify([Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`c${i}`, 1]))]);
    expect(() => csvOfJsonRows(wide, false)).toThrow('more than 500 columns');
    const many = `[${'{},'.repeat(MAX_UPLOAD_ROWS)}{}]`;
    expect(() => csvOfJsonRows(many, false)).toThrow(expect.objectContaining({ code: 'too_large' }));
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('have no columns of the language', () => {
    const csv = csvOfJsonRows('[{"__proto__": "x", "constructor": "y", "id": "1"}]', false);
    expect(rowsOf(csv)).toEqual([
      ['__proto__', 'constructor', 'id'],
      ['x', 'y', '1'],
    ]);
    expect(rowsOf(csvOfJsonRows('[{"id": "1"}, {"constructor": "y"}]', false))[1]).toEqual(['1', '']);
  });
});
