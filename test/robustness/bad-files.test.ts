import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../cli/exit-codes.ts';
import { InputError, type InputErrorCode } from '../../models/errors.ts';
import { random } from '../../models/numeric/random.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { HEADER, orderLine, orderLines } from './files.ts';
import { filesOf, rawRows } from './snapshot.ts';

const GOOD = HEADER + orderLines(30);
const noise = (bytes: number): Buffer => {
  const source = random(7);
  return Buffer.from(Array.from({ length: bytes }, () => source.integer(256)));
};
const after = (hex: string): Buffer => Buffer.concat([Buffer.from(hex, 'hex'), noise(3000)]);
const mebibytes = (n: number): string => 'x'.repeat(n * 2 ** 20);

// what, the bytes, code, and what the message says to do
const REFUSED: [string, () => string | Uint8Array, InputErrorCode, RegExp][] = [
  ['an empty file', () => '', 'bad_input', /is empty; export it again/],
  ['a file of empty lines', () => '\n\n\n', 'unknown_source', /no header row/],
  ['a header without records', () => HEADER, 'bad_input', /no record; export it again, for a period with data/],
  ['a PNG image', () => after('89504e470d0a1a0a0000000d'), 'bad_input', /is not text.*give a CSV/],
  ['a JPEG image', () => after('ffd8ffe000104a46'), 'bad_input', /is not text.*give a CSV/],
  ['a zip archive', () => after('504b0304'), 'bad_input', /is a zip archive; unpack it/],
  ['a PDF', () => '%PDF-1.4\n1 0 obj\n', 'bad_input', /is a PDF; export the data as CSV/],
  ['a sign-in page', () => '<!DOCTYPE html>\n<html><body>Sign in</body></html>', 'bad_input', /is a web page/],
  ['JSON of something else', () => '{"hello":[1,2,3]}', 'unknown_source', /JSON of no known shape; describe it/],
  ['a header without end', () => 'y,'.repeat(1e6), 'unknown_source', /no header row/],
  ['a lone number', () => '42', 'unknown_source', /describe it with a mapping/],
  ['JSON that stops at once', () => '{"a": ', 'unknown_source', /check that the file is whole/],
  [
    'gzip that was cut short',
    () => gzipSync(GOOD).subarray(0, 200),
    'bad_input',
    /cut short or damaged; fetch it again/,
  ],
  ['what only begins like gzip', () => after('1f8b0800'), 'bad_input', /cut short or damaged; fetch it again/],
  [
    'a gzip bomb',
    () => gzipSync(Buffer.alloc(30e6, 'a,b\n')),
    'too_large',
    /expands to more than 20000000 bytes; raise/,
  ],
  ['text with NUL bytes', () => `${GOOD}\0\0`, 'bad_input', /NUL bytes/],
  ['half of its lines unreadable', () => `${HEADER + orderLine(41)}s,42\n`, 'rejected', /line 3.*mend the file/],
  [
    'a quote that never closes',
    () => `${HEADER}${orderLine(41)}s,42,shop,2026-05-01 10:00:00,EUR,1.00,"q`,
    'rejected',
    /line 3/,
  ],
  [
    'a currency that is none',
    () => HEADER + orderLine(41, { currency: 'XXY' }),
    'rejected',
    /line 2, currency: is not an ISO 4217/,
  ],
  [
    'money in words',
    () => HEADER + orderLine(41, { total: 'ten' }),
    'rejected',
    /line 2, total: is not a plain amount/,
  ],
  [
    'a day that is none',
    () => HEADER + orderLine(41, { day: '2026-13-45' }),
    'rejected',
    /line 2, created_at: is not an instant/,
  ],
  [
    'a line of 18 MiB',
    () => HEADER + orderLine(41) + orderLine(42, { total: mebibytes(18) }),
    'too_large',
    /:3: .*max_record_bytes/,
  ],
  [
    'a record of 18 MiB in JSON',
    () => `${SEGMENT}${SEGMENT.replace('"m1"', `"${mebibytes(18)}"`)}`,
    'too_large',
    /:2: .*max_record_bytes/,
  ],
];

const SEGMENT = `${JSON.stringify({
  batch: [
    { type: 'page', messageId: 'm1', anonymousId: 'v', timestamp: '2026-05-01T10:00:00Z', properties: {}, context: {} },
  ],
})}\n`;

describe('a file that cannot be loaded', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await testWorkspace(
      'workspace: acme\nreporting: { time_zone: UTC, currency: EUR }\nlimits: { max_expanded_bytes: 20000000 }\n',
    );
    await workspace.ingestText(GOOD);
  });
  afterAll(() => workspace.close());

  it.each(REFUSED)('%s is refused in words and leaves nothing behind', async (_, bytes, code, message) => {
    const content = bytes();
    const rows = await rawRows(workspace.warehouse);
    const files = filesOf(workspace.directory);
    const refusal = await workspace.ingestText(content, { onError: undefined }).catch((cause) => cause);
    expect(refusal).toBeInstanceOf(InputError);
    expect(refusal.message).toMatch(message);
    expect(refusal.message).toMatch(/^input-\d+/);
    expect(refusal.code).toBe(code);
    expect(exitCodeOf(refusal)).toBe(3);
    expect(await rawRows(workspace.warehouse)).toEqual(rows);
    const { [refusal.message.match(/^input-\d+/)![0]]: given, ...left } = filesOf(workspace.directory);
    expect(given).toBeDefined();
    expect(left).toEqual(files);
  });

  it('one record cut short is set aside, the others are loaded', async () => {
    const receipt = await workspace.ingestText((HEADER + orderLines(20, 100)).slice(0, -25), { onError: undefined });
    expect(receipt).toMatchObject({ read: 20, accepted: 19, rejected: 1 });
    expect(receipt.rejects).toMatchObject([{ line: 21, column: '(line)' }]);
  });
});

describe('a file that can be read in more ways than one', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await testWorkspace();
  });
  afterAll(() => workspace.close());

  it('is loaded with a note where its last line has no end: the last cell may have lost some of it', async () => {
    const { accepted, notes } = await workspace.ingestText((HEADER + orderLines(3)).trimEnd());
    expect(accepted).toBe(3);
    expect(notes.join()).toMatch(/last line has no line end.*cut short/);
    expect((await workspace.ingestText(HEADER + orderLines(3, 10))).notes.join()).not.toMatch(/line end/);
  });

  it('is loaded with a note where it tells one order with two values, naming the order', async () => {
    const { accepted, notes } = await workspace.ingestText(
      HEADER + orderLines(3, 20) + orderLine(21, { total: '12.00' }) + orderLine(22),
    );
    expect(accepted).toBe(4);
    expect(notes.join()).toMatch(
      /1 order told more than once, with different values \(first: s, 21\); the newest counts/,
    );
  });

  it('says nothing of an order that stands in it twice with the same values in other columns', async () => {
    const lines = orderLine(31) + orderLine(31).replace('shop,', 'shop ,');
    expect((await workspace.ingestText(HEADER + lines)).notes.join()).not.toMatch(/more than once/);
  });
});

describe('an encoding that is not UTF-8', () => {
  const text = `${HEADER}s,Zoë,Café,2026-05-01 10:00:00,EUR,10.00,a@shop.example\n`;
  it.each([
    ['UTF-16 with a mark', Buffer.concat([Buffer.from('fffe', 'hex'), Buffer.from(text, 'utf16le')])],
    ['UTF-16 without a mark', Buffer.from(text, 'utf16le')],
    ['UTF-16, big end first', Buffer.concat([Buffer.from('feff', 'hex'), Buffer.from(text, 'utf16le').swap16()])],
    ['Latin-1', Buffer.from(text, 'latin1')],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`)],
  ])('%s gives the same text, and the receipt says how it was read', async (name, bytes) => {
    const workspace = await testWorkspace();
    try {
      const receipt = await workspace.ingestText(bytes);
      expect(receipt).toMatchObject({ read: 1, accepted: 1 });
      const rows = await workspace.warehouse.rows('select source_order_id, system from raw.orders');
      expect(rows).toEqual([{ source_order_id: 'Zoë', system: 'Café' }]);
      if (!name.startsWith('UTF-8')) expect(receipt.notes.join()).toMatch(/read as (?:utf-16|iso-8859|windows)/);
    } finally {
      workspace.close();
    }
  });

  it('bytes that are no UTF-8 among others that are keep their record, read as one byte a letter', async () => {
    const workspace = await testWorkspace();
    try {
      const receipt = await workspace.ingestText(
        Buffer.concat([
          Buffer.from(`${HEADER}s,x`),
          Buffer.from('ffc328', 'hex'),
          Buffer.from(`,shop,${'2026-05-01'},EUR,1.00,a@b.example\n${orderLine(2)}`),
        ]),
      );
      expect(receipt).toMatchObject({ read: 2, accepted: 2 });
      expect(receipt.notes.join()).toMatch(/read as/);
    } finally {
      workspace.close();
    }
  });
});
