import { existsSync, readdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ingest, ingestLanded } from '../../pipeline/ingest.ts';
import { landBytes } from '../../pipeline/land.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await testWorkspace(
    'workspace: acme\nreporting: { time_zone: UTC, currency: EUR }\nlimits: { max_record_bytes: 4096, max_expanded_bytes: 1048576 }\n',
  );
});
afterAll(() => workspace.close());
afterEach(async () => {
  for (const table of ['fx_rate', 'ledger_entry', 'touch', 'batch', 'record', 'reject'])
    await workspace.warehouse.run(`delete from raw.${table}`);
});

const HEADER = 'rate_date,base,quote,rate,source';
const rate = (day: number, value = '0.92', source = 'ECB') =>
  `2026-03-${String(day).padStart(2, '0')},USD,EUR,${value},${source}`;
const count = (table: string) => workspace.warehouse.count(`select count(*) from raw.${table}`);
const landed = () => readdirSync(workspace.paths.landing).sort();

describe('the receipt', () => {
  it('adds up: read = accepted + duplicate + unchanged + rejected', async () => {
    await workspace.ingestText(`${HEADER}\n${rate(1)}\n${rate(2)}\n`);
    const receipt = await workspace.ingestText(
      `${HEADER}\n${rate(2)}\n${rate(3)}\n${rate(3)}\n${rate(4, 'soon')}\n2026-03-05,USD\n${rate(6)}\n`,
    );
    expect(receipt).toMatchObject({ state: 'loaded', read: 6, accepted: 2, unchanged: 1, duplicate: 1, rejected: 2 });
    const [batch] = await workspace.warehouse.rows(
      `select rows_read, rows_accepted, rows_duplicate, rows_unchanged, rows_rejected from raw.batch where batch_id = $batch_id`,
      { batch_id: receipt.batch_id },
    );
    expect(Object.values(batch).map(Number)).toEqual([6, 2, 1, 1, 2]);
  });

  it('is a no-op for the same bytes under any name, from a file or a stream', async () => {
    const text = `${HEADER}\n${rate(7)}\n`;
    await workspace.ingestText(text);
    const before = landed();
    const again = await ingest(workspace, Readable.from([Buffer.from(text)]), { name: 'other.csv' });
    expect(again).toMatchObject({ state: 'already_loaded', read: 1, accepted: 1 });
    expect(await count('fx_rate')).toBe(1);
    expect(landed()).toEqual(before);
  });

  it('says of the same bytes which options were not used, and what to do', async () => {
    const text = `${HEADER}\n${rate(9)}\n`;
    await workspace.ingestText(text, { options: { currency: 'USD' } });
    const again = await workspace.ingestText(text, { options: { currency: 'EUR', account: 'a1' } });
    expect(again.notes).toEqual([
      'currency EUR was not used: the file was loaded with currency USD, and the same bytes are not read twice; export it again to load it so',
      'account a1 was not used: the file was loaded without account, and the same bytes are not read twice; export it again to load it so',
    ]);
    expect((await workspace.ingestText(text, { options: { currency: 'USD' } })).notes).toEqual([]);
  });

  it('of a dry run says the same and leaves nothing', async () => {
    const before = landed();
    const receipt = await workspace.ingestText(`${HEADER}\n${rate(8)}\n`, { dryRun: true });
    expect(receipt).toMatchObject({ state: 'dry_run', read: 1, accepted: 1, streams: { fx_rate: 1 } });
    expect([await count('fx_rate'), await count('batch'), await count('record')]).toEqual([0, 0, 0]);
    expect(landed()).toEqual(before);
  });
});

describe('an option of a file', () => {
  it.each([
    [{ time_zone: 'Mars/Base' }, 'time zone is Mars/Base; expected an IANA time zone such as Europe/Paris'],
    [{ currency: 'XXZ' }, 'currency is XXZ; expected an ISO 4217 currency code such as EUR'],
    [{ year: '26' }, 'year is 26; expected a year from 2000 to 2100'],
    [{ orders: 'maybe' }, 'orders is maybe; expected true or false'],
    [{ date_order: 'ymd' }, 'date order is ymd; expected mdy or dmy'],
  ])('is held to what the configuration takes, before anything lands: %o', async (options, message) => {
    const before = landed();
    await expect(workspace.ingestText(`${HEADER}\n${rate(1)}\n`, { options })).rejects.toMatchObject({
      code: 'bad_parameter',
      message,
    });
    expect(landed()).toEqual(before);
  });

  it('that SQL cannot take is told by its cause, and the next file loads as ever', async () => {
    const text = 'touch_id,visitor_id,touched_at,kind\ne1,v1,2026-03-01 10:00:00,visit\n';
    const landing = await landBytes(workspace.paths.landing, Readable.from([Buffer.from(text)]));
    const note = {
      batch_id: landing.batchId,
      kind: 'plain_touch',
      source_id: 'plain_touch',
      file_name: 'touches.csv',
      exported_at: null,
      options: { time_zone: 'Mars/Base' },
    };
    await expect(ingestLanded(workspace, landing, note)).rejects.toThrow(/Mars\/Base/);
    const [order] = await workspace.warehouse.rows<{ value: string }>(
      "select cast(current_setting('preserve_insertion_order') as varchar) as value",
    );
    expect(order.value).toBe('true');
  });
});

describe('a rejected record', () => {
  it('is named by the line it starts on, though cells before it hold line ends', async () => {
    const text = `${HEADER}\n${rate(1, '0.9', '"two\nlines"')}\n${rate(2, '0.9', '"a\n\n\nb"')}\n${rate(3, 'x')}\n${rate(4)}\n${rate(5, 'y')}\n`;
    for (const variant of [text, text.replaceAll('\n', '\r\n')]) {
      const receipt = await workspace.ingestText(variant);
      expect(receipt.rejects.map((reject) => reject.line)).toEqual([8, 10]);
    }
  });

  it('is named by its line beside lines that are no records at all: blank, short, behind cells with line ends', async () => {
    const text = `${HEADER}\n\n${rate(1, '0.9', '"two\nlines"')}\n2026-03-02,USD\n\n${rate(3, 'x')}\n${rate(4, '0.9', 'a 5" cup')}\n${rate(5, 'y')}\n`;
    const mixed = text.replace('\n', '\r\n');
    for (const variant of [text, text.replaceAll('\n', '\r\n'), mixed, `\uFEFF${text}`]) {
      const receipt = await workspace.ingestText(variant);
      expect(receipt).toMatchObject({ read: 5, rejected: 3 });
      expect(receipt.rejects.map((reject) => [reject.line, reject.column])).toEqual([
        [5, '(line)'],
        [7, 'rate'],
        [9, 'rate'],
      ]);
    }
  });

  it('says of a line that is no record what is wrong with it, in words', async () => {
    const receipt = await workspace.ingestText(`${HEADER}\n${rate(1)}\n2026-03-02,USD\n${rate(3)},more\n${rate(4)}\n`);
    expect(receipt.rejects.map((reject) => `line ${reject.line} ${reject.reason}`)).toEqual([
      'line 3 has 2 of the 5 cells that its header names',
      'line 4 has more than the 5 cells that its header names; quote cells that hold the separator',
    ]);
  });

  it('shows the shape of a value and never the value', async () => {
    const receipt = await workspace.ingestText(`${HEADER}\n${rate(1, 'Ann 0612')}\n${rate(2)}\n`);
    expect(receipt.rejects).toMatchObject([{ line: 2, column: 'rate', reason: 'is not a rate' }]);
    const kept = await workspace.warehouse.rows('select value_shape from raw.reject');
    expect(JSON.stringify([kept, receipt.rejects])).not.toMatch(/Ann|0612/);
  });

  it('names every column that is wrong, once a column', async () => {
    const receipt = await workspace.ingestText(`${HEADER}\n03/04/2026,usd,,none,x\n${rate(2)}\n`);
    expect(receipt.rejects.map((reject) => [reject.column, reject.reason.slice(0, 12)])).toEqual([
      ['quote', 'is missing'],
      ['rate', 'is missing'],
      ['rate_date', 'is not a day'],
    ]);
    expect(receipt.rejected).toBe(1);
  });

  it('may be a short line, a line with too many cells, half a line at the end, or one with a broken quote', async () => {
    const text = `${HEADER}\n${rate(1)}\n2026-03-02,USD\n${rate(3)},more,cells\n2026-03-04,USD,EUR,"0.9" or so,x\n${rate(5)}\n2026-03-06,US`;
    const receipt = await workspace.ingestText(text);
    expect(receipt).toMatchObject({ read: 6, accepted: 2, rejected: 4 });
    expect(receipt.rejects.map((reject) => [reject.line, reject.column])).toEqual([
      [3, '(line)'],
      [4, '(line)'],
      [5, '(line)'],
      [7, '(line)'],
    ]);
  });

  it('stops the file when told to, or when too many are rejected, and nothing is loaded', async () => {
    const before = landed();
    const text = `${HEADER}\n${rate(1)}\n${rate(2, 'x')}\n`;
    await expect(workspace.ingestText(text, { onError: 'abort' })).rejects.toMatchObject({
      code: 'rejected',
      message: /1 of 2 records were rejected, nothing was loaded; the first: line 3, rate/,
    });
    await expect(workspace.ingestText(text, { onError: undefined })).rejects.toMatchObject({ code: 'rejected' });
    expect([await count('fx_rate'), await count('batch'), await count('reject')]).toEqual([0, 0, 0]);
    expect(landed()).toEqual(before);
  });

  it('of an earlier file is read again when the mended file comes', async () => {
    await workspace.ingestText(`${HEADER}\n${rate(1)}\n${rate(2, 'x')}\n`);
    const mended = await workspace.ingestText(`${HEADER}\n${rate(1)}\n${rate(2, '0.93')}\n`);
    expect(mended).toMatchObject({ accepted: 1, unchanged: 1, rejected: 0 });
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['an empty one', '', /the file is empty/],
    ['one of prose', 'Dear all,\nplease find attached.\n', /not a file that liftproof knows/],
    ['a header alone', `${HEADER}\n`, /has a header but no record/],
    ['JSON cut short', '[{"type": "track", "x": ', /no readable record; check that the file is whole/],
  ])('is refused with what to do, and leaves the workspace as it was: %s', async (_, text, message) => {
    const before = landed();
    await expect(workspace.ingestText(text)).rejects.toThrow(message);
    expect(landed()).toEqual(before);
    expect(await count('batch')).toBe(0);
    expect(existsSync(workspace.paths.spill) ? readdirSync(workspace.paths.spill) : []).toEqual([]);
  });

  it('is refused when one line is longer than a record may be, by that line', async () => {
    const before = landed();
    for (const length of [10_000, 40_000_000]) {
      const long = `${HEADER}\n${rate(1)}\n${rate(2, '0.9', 'x'.repeat(length))}\n${rate(3)}\n`;
      await expect(workspace.ingestText(long)).rejects.toMatchObject({
        code: 'too_large',
        message: expect.stringContaining(':3: one line is longer than 4096 bytes'),
      });
    }
    expect(landed()).toEqual(before);
  });

  it('is refused when a quote is opened and never closed: the records behind it could not be counted', async () => {
    const open = `${HEADER}\n${rate(1)}\n${rate(2, '0.9', '"open')}\n${rate(3)}\n${rate(4)}\n`;
    for (const text of [open, open.replaceAll('\n', '\r\n')])
      await expect(workspace.ingestText(text)).rejects.toThrow(/:3: a quote is opened and not closed/);
    expect(await count('batch')).toBe(0);
  });

  it('is refused when it expands beyond the limit', async () => {
    await expect(workspace.ingestText(gzipSync(Buffer.alloc(8 << 20, 'a')))).rejects.toMatchObject({
      code: 'too_large',
    });
  });
});

describe('encodings', () => {
  it('are read to the same rows: UTF-8, UTF-16, Windows-1252, gzip', async () => {
    const text = `${HEADER}\n${rate(1, '0.92', 'Banque de Genève')}\n`;
    for (const bytes of [
      Buffer.from(text),
      iconv.encode(text, 'utf-16le', { addBOM: true }),
      iconv.encode(text, 'windows-1252'),
      gzipSync(text),
    ]) {
      const receipt = await workspace.ingestText(bytes);
      expect(receipt).toMatchObject({ kind: 'plain_fx_rate', read: 1, rejected: 0 });
    }
    const sources = await workspace.warehouse.rows('select distinct source from raw.fx_rate');
    expect(sources).toEqual([{ source: 'Banque de Genève' }]);
  });
});
