import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { utils, write } from '@e965/xlsx';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decode } from '../../pipeline/decode.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'liftproof-decode-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
async function decoded(bytes: Uint8Array | string, maxExpandedBytes = 1 << 20) {
  const path = join(folder, `in-${++files}`);
  writeFileSync(path, bytes);
  const parts = await decode(path, join(folder, `work-${files}`), { maxExpandedBytes }, 'file.csv');
  return parts.map((part) => ({ ...part, isOriginal: part.path === path, content: readFileSync(part.path, 'utf8') }));
}

const TEXT = 'name,place\nZoë,Besançon\nłódź,東京\n';

describe('decoding', () => {
  it('reads UTF-8 where it lies, with or without a byte-order mark', async () => {
    for (const text of [TEXT, `\uFEFF${TEXT}`, 'plain,ascii\n'])
      expect(await decoded(text)).toMatchObject([{ container: 'text', isOriginal: true, content: text, notes: [] }]);
  });

  it('takes letters that the end of a megabyte cuts in two for what they are, and a letter cut by the end of the file for no UTF-8', async () => {
    for (const letter of ['é', '東', '𝄞'])
      for (let before = 1; before < Buffer.byteLength(letter); before++) {
        const text = `${'x'.repeat((1 << 20) - before)}${letter}\n`;
        expect((await decoded(text))[0].isOriginal).toBe(true);
      }
    const cut = Buffer.from('name\nZo東').subarray(0, -1);
    expect((await decoded(cut))[0].isOriginal).toBe(false);
  });

  it('finds UTF-8 in a file whose first special letter stands far behind the head', async () => {
    const text = `${'a,b\n'.repeat(100_000)}é,ö\n`;
    expect((await decoded(text))[0].isOriginal).toBe(true);
  });

  it.each(['utf-16le', 'utf-16be'])('turns %s into UTF-8, with and without a byte-order mark', async (encoding) => {
    for (const addBOM of [true, false]) {
      const [part] = await decoded(iconv.encode('name,place\nZoë,Besançon\n', encoding, { addBOM }));
      expect(part.content).toBe('name,place\nZoë,Besançon\n');
      expect(part.notes).toEqual([`read as ${encoding}`]);
    }
  });

  it('reads the single-byte text of an old spreadsheet', async () => {
    const [part] = await decoded(iconv.encode('name;place;price\nZoë;Besançon;18,75 €\n', 'windows-1252'));
    expect(part.content).toBe('name;place;price\nZoë;Besançon;18,75 €\n');
    expect(part.notes[0]).toMatch(/^read as (?:windows-1252|iso-8859-1)$/);
  });

  it('expands gzip, whatever is inside', async () => {
    expect(await decoded(gzipSync(TEXT))).toMatchObject([{ content: TEXT, notes: ['expanded from gzip'] }]);
    const [inner] = await decoded(gzipSync(iconv.encode('a,é\n', 'utf-16le', { addBOM: true })));
    expect(inner).toMatchObject({ content: 'a,é\n', notes: ['expanded from gzip', 'read as utf-16le'] });
  });

  it('stops a gzip bomb at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(50 << 20));
    expect(bomb.length).toBeLessThan(100_000);
    await expect(decoded(bomb)).rejects.toMatchObject({
      code: 'too_large',
      message: /expands to more than 1048576 bytes/,
    });
  });

  it('refuses gzip that is cut short or damaged', async () => {
    const whole = gzipSync(TEXT.repeat(100));
    await expect(decoded(whole.subarray(0, whole.length - 20))).rejects.toThrow(/cut short or damaged/);
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, 30, 60);
    await expect(decoded(damaged)).rejects.toThrow(/cut short or damaged/);
  });

  it.each(['xlsx', 'biff8'] as const)('reads every sheet of a workbook (%s) as CSV', async (bookType) => {
    const book = utils.book_new();
    utils.book_append_sheet(
      book,
      utils.aoa_to_sheet([
        ['a', 'b'],
        ['1', 'x, "y"'],
      ]),
      'One',
    );
    utils.book_append_sheet(book, utils.aoa_to_sheet([['c'], ['2']]), 'Two');
    const parts = await decoded(write(book, { type: 'buffer', bookType }));
    expect(parts.map((part) => [part.sheet, part.content.trim(), part.notes])).toEqual([
      ['One', 'a,b\n1,"x, ""y"""', ['sheet "One"']],
      ['Two', 'c\n2', ['sheet "Two"']],
    ]);
  });

  it('knows Parquet by its first bytes', async () => {
    expect(await decoded('PAR1....PAR1')).toMatchObject([{ container: 'parquet', isOriginal: true }]);
  });

  it('refuses an empty file, a zip archive and what is no text, each saying what to do', async () => {
    await expect(decoded('')).rejects.toThrow(/file\.csv: the file is empty; export it again/);
    await expect(decoded(Buffer.from('PK\u0003\u0004anything'))).rejects.toThrow(/zip archive; unpack it/);
    const png = Buffer.concat([
      Buffer.from('89504e470d0a1a0a', 'hex'),
      Buffer.from([0, 0, 0, 13, 1, 2, 3, 4, 5, 6, 7, 8, 9, 200, 201, 202]),
    ]);
    await expect(decoded(png)).rejects.toThrow(/is not text/);
  });
});
