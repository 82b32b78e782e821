import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordLines } from '../../pipeline/record-lines.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'liftproof-lines-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function lines(text: string, records: number[], skipLines = 1, unreadable: number[] = []): Promise<number[]> {
  const path = join(folder, 'in.csv');
  writeFileSync(path, text);
  const found = await recordLines(path, { delimiter: ',', skipLines }, records, unreadable);
  return [
    ...records.map((record) => found.records.get(record) ?? -1),
    ...unreadable.map((byte) => found.unreadable.get(byte) ?? -1),
  ];
}

describe('lines of records', () => {
  it('counts like a text editor: line ends inside cells count, blank lines are no records', async () => {
    const text = 'a,b\n1,"x\ny"\n\n2,"say ""hi""\n"\n3,z';
    for (const variant of [text, text.replaceAll('\n', '\r\n'), text.replaceAll('\n', '\r')])
      expect(await lines(variant, [1, 2, 3])).toEqual([2, 5, 7]);
  });

  it('takes a quote for a quote only where a cell starts', async () => {
    expect(await lines('a,b\n5" cup,1\n"q"\n3,4\n', [1, 2, 3])).toEqual([2, 3, 4]);
  });

  it('skips what stands above the header, quotes and all, and lines that were no record', async () => {
    const text = 'Report of "March\n\na,b\n1,2\nbroken\n3,4\n';
    expect(await lines(text, [1, 2], 3, [text.indexOf('broken')])).toEqual([4, 6, 5]);
    // behind a CRLF, DuckDB tells the byte of the LF
    const crlf = text.replaceAll('\n', '\r\n');
    expect(await lines(crlf, [1, 2], 3, [crlf.indexOf('broken') - 1])).toEqual([4, 6, 5]);
  });

  it('finds every record of any table that a CSV writer writes', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ') });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 6 }), async (rows) => {
        let at = 2;
        const expected: number[] = [];
        const body = rows.map(([first, second]) => {
          const text = `"${first.replaceAll('"', '""')}","${second.replaceAll('"', '""')}"`;
          expected.push(at);
          at += text.split('\n').length;
          return text;
        });
        expect(
          await lines(
            `a,b\n${body.join('\n')}\n`,
            rows.map((_, i) => i + 1),
          ),
        ).toEqual(expected);
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});
