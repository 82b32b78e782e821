import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleRecords, splitJson } from '../../pipeline/split-json.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'liftproof-split-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function split(text: string, recordsAt: string[] = [], maxBytes = 1 << 20): Promise<[number, unknown][]> {
  const path = join(folder, 'in');
  const out = join(folder, 'out');
  writeFileSync(path, text);
  const count = await splitJson(path, out, recordsAt, maxBytes, 'in.json');
  const lines = readFileSync(out, 'utf8').split('\n').slice(0, -1);
  expect(lines).toHaveLength(count);
  return lines.map((line) => {
    const tab = line.indexOf('\t');
    const text = line.slice(tab + 1);
    try {
      return [Number(line.slice(0, tab)), JSON.parse(text)];
    } catch {
      return [Number(line.slice(0, tab)), text];
    }
  });
}

describe('splitting JSON into records', () => {
  it('takes a root object for one record', async () => {
    expect(await split('{"a": 1,\n "b": [1, 2]}')).toEqual([[1, { a: 1, b: [1, 2] }]]);
  });

  it('takes the elements of a root array, with the line each starts on', async () => {
    expect(await split('[{"a":1},\n\n {"a":\n2}, {"a":3}]')).toEqual([
      [1, { a: 1 }],
      [3, { a: 2 }],
      [4, { a: 3 }],
    ]);
  });

  it('takes each line of newline-delimited JSON, blank lines apart', async () => {
    expect(await split('{"a":1}\n\n{"a":2}\r\n{"a":3}')).toEqual([
      [1, { a: 1 }],
      [3, { a: 2 }],
      [4, { a: 3 }],
    ]);
  });

  it('keeps a broken line as a record of its own, so that it can be rejected by its number', async () => {
    expect(await split('{"a":1}\n{"a":\n{"a":3}\n')).toEqual([
      [1, { a: 1 }],
      [2, '{"a":'],
      [3, { a: 3 }],
    ]);
  });

  it('opens an envelope, whatever stands before and after its array', async () => {
    const text = '{"next": "orders", "meta": {"orders": [{"x": 0}]}, "orders": [{"a": [{"b": 1}]}, {"a": 2}], "n": 2}';
    expect(await split(text, ['orders'])).toEqual([
      [1, { a: [{ b: 1 }] }],
      [1, { a: 2 }],
    ]);
  });

  it('opens an envelope with two arrays of records, and leaves the third alone', async () => {
    expect(await split('{"create":[{"a":1}],"delete":[{"a":9}],"update":[{"a":2}]}', ['create', 'update'])).toEqual([
      [1, { a: 1 }],
      [1, { a: 2 }],
    ]);
  });

  it('opens an envelope a line', async () => {
    expect(await split('{"batch":[{"a":1},{"a":2}]}\n{"batch":[{"a":3}]}\n', ['batch'])).toEqual([
      [1, { a: 1 }],
      [1, { a: 2 }],
      [2, { a: 3 }],
    ]);
  });

  it('takes the records of lists inside the list', async () => {
    expect(await split('[{"a":1},[{"a":2},{"a":[3]}],[[{"a":4}]],{"a":5}]')).toEqual(
      [{ a: 1 }, { a: 2 }, { a: [3] }, { a: 4 }, { a: 5 }].map((record) => [1, record]),
    );
  });

  it('is not misled by braces, brackets and quotes inside strings', async () => {
    const tricky = { a: '}{][', b: '\\"}', c: 'tab\tand\nline', d: '\\' };
    expect(await split(`[${JSON.stringify(tricky)},{"x":1}]`)).toEqual([
      [1, tricky],
      [1, { x: 1 }],
    ]);
  });

  it('keeps the digits of big numbers and the spelling of decimals', async () => {
    await split('[{"id": 9007199254740993, "p": 1.50}]');
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('1\t{"id": 9007199254740993, "p": 1.50}\n');
  });

  it('reads a byte-order mark', async () => {
    expect(await split('\uFEFF[{"a":1}]')).toEqual([[1, { a: 1 }]]);
    expect(await split('\uFEFF{"a":1}\n{"a":2}\n')).toHaveLength(2);
  });

  it('refuses a document that ends inside a record, naming the line it starts on', async () => {
    await expect(split('[{"a":1},\n{"a":')).rejects.toThrow(/in\.json:2: the JSON ends inside a record/);
    await expect(split('[{"a":1}')).rejects.toThrow(/ends inside a record/);
  });

  it('refuses a document without any object', async () => {
    await expect(split('"just text"')).rejects.toThrow(/holds no JSON object/);
  });

  it('refuses a record larger than the limit by its line, in lines and in arrays, without keeping it', async () => {
    const big = `{"a":"${'x'.repeat(2000)}"}`;
    await expect(split(`{"a":1}\n${big}\n`, [], 1000)).rejects.toMatchObject({ code: 'too_large' });
    await expect(split(`[{"a":1},\n${big}]`, [], 1000)).rejects.toThrow(
      /in\.json:2: one record is larger than 1000 bytes/,
    );
  });

  it('gives back any array of objects that JSON can write, however it is indented', async () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(object, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(0, 2),
        async (records, indent) => {
          const plain = JSON.parse(JSON.stringify(records));
          const read = await split(JSON.stringify(records, null, indent), ['orders']);
          expect(read.map(([, record]) => record)).toEqual(plain);
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });
});

describe('sampling records', () => {
  it('reads the whole records of a head that is cut off, and stops at the limit', () => {
    const text = `[${Array.from({ length: 30 }, (_, i) => `{"a":${i}}`).join(',')}`;
    expect(sampleRecords(Buffer.from(text), [], false)).toHaveLength(20);
    expect(sampleRecords(Buffer.from('[{"a":1},{"a":2'), [], false)).toEqual([{ a: 1 }]);
  });

  it('gives none for what is not JSON', () => {
    expect(sampleRecords(Buffer.from('{{{'), [], true)).toEqual([]);
  });
});
