import { describe, expect, it } from 'vitest';
import { matchColumns, normalHeader, type RecognisedCsv, recognise } from '../../pipeline/recognise.ts';
import type { SourceKind } from '../../pipeline/sources/source.ts';

const csv = (
  kind: string,
  columns: Record<string, (string | RegExp)[]>,
  required: string[],
  absent?: string[],
): SourceKind => ({
  kind,
  title: kind,
  platform: 'test',
  streams: [],
  format: { type: 'csv', columns, required, absent },
});
const json = (kind: string, key: string, recordsAt?: string[]): SourceKind => ({
  kind,
  title: kind,
  platform: 'test',
  streams: [],
  format: { type: 'json', matches: (record) => key in record, recordsAt },
});

const spend = csv(
  'spend',
  { day: ['Day', 'Jour', '日'], cost: [/^amount spent \((\w{3})\)$/, 'Cost'], clicks: ['Clicks'] },
  ['day', 'cost'],
);
const reach = csv('reach', { day: ['Day'], reach: ['Reach'] }, ['day', 'reach']);
const KINDS = [spend, reach, json('order', 'total'), json('event', 'event', ['batch'])];

function take(text: string, kinds: readonly SourceKind[] = KINDS, as?: string) {
  return recognise(Buffer.from(text), true, kinds, 'file.csv', as);
}

describe('recognising a CSV by its header', () => {
  it('finds the kind in any order of columns, in any of its languages, with columns it does not know', () => {
    for (const header of ['Day,Cost', 'Notes,Cost,Day', 'Jour,Cost', '日,Cost', ' day ,"COST"', '\uFEFFDay,Cost']) {
      const found = take(`${header}\nx,y,z\n`) as RecognisedCsv;
      expect(found.kind.kind, header).toBe('spend');
      expect(normalHeader(found.headers[found.positions.cost]), header).toBe('cost');
    }
  });

  it('says why', () => {
    expect(take('Day,Cost,Notes\n1,2,3\n').because).toBe('2 of its 3 columns are those of spend (Day, Cost)');
  });

  it('captures what a header says', () => {
    expect((take('Day,Amount spent (GBP)\n1,2\n') as RecognisedCsv).captures).toEqual({ cost: 'gbp' });
  });

  it.each([',', ';', '\t', '|'])('reads cells parted by %j', (delimiter) => {
    const found = take(`Day${delimiter}Cost\n1${delimiter}"a${delimiter}b"\n`) as RecognisedCsv;
    expect(found).toMatchObject({ delimiter, skipLines: 1, sample: [['1', `a${delimiter}b`]] });
  });

  it('finds the header under a title, and keeps what stands above it', () => {
    const found = take('Report of March\nFrom,1.3.,to,31.3.\n\nDay,Cost\n1,2\n') as RecognisedCsv;
    expect(found).toMatchObject({ kind: spend, skipLines: 4 });
    expect(found.preamble).toContain('Report of March');
  });

  it('takes the kind that knows more of the columns, and refuses to choose between equals', () => {
    expect(take('Day,Cost,Reach,Clicks\n1,2,3,4\n').kind.kind).toBe('spend');
    expect(() => take('Day,Cost,Reach\n1,2,3\n')).toThrow(/fits spend and reach equally; say which with --as/);
    expect(take('Day,Cost,Reach\n1,2,3\n', KINDS, 'reach').kind.kind).toBe('reach');
  });

  it('leaves a kind out when a column speaks against it', () => {
    const strict = csv('strict', { day: ['Day'], cost: ['Cost'], clicks: ['Clicks'] }, ['day', 'cost'], ['Reach']);
    expect(take('Day,Cost,Clicks,Reach\n1,2,3,4\n', [spend, strict]).kind.kind).toBe('spend');
  });

  it('refuses a column that stands twice when it is one that is read', () => {
    expect(() => take('Day,Cost,cost\n1,2,3\n')).toThrow(/the column "Cost" \(cost\) stands twice, at 2 and 3/);
    expect(take('Day,Cost,Note,Note\n1,2,3,4\n').kind.kind).toBe('spend');
  });

  it('names the nearest kind and what it would need when nothing fits', () => {
    expect(() => take('Day,Clicks\n1,2\n')).toThrow(
      /its header starts Day, Clicks\); nearest is spend, which also needs .*Cost/,
    );
    expect(() => take('foo,bar\n1,2\n')).toThrow(/not a file that liftproof knows.*mapping/);
    expect(() => take('just one line of prose\n')).toThrow(/no header row was found/);
  });

  it('says what a forced kind misses, and what a misspelt one was meant to be', () => {
    expect(() => take('Day,Reach\n1,2\n', KINDS, 'spend')).toThrow(/cannot be read as spend: missing .*Cost/);
    expect(() => take('foo,bar\n1,2\n', KINDS, 'spend')).toThrow(
      /cannot be read as spend \(its header starts foo, bar\)/,
    );
    expect(() => take('Day,Cost\n1,2\n', KINDS, 'spent')).toThrow(/no such kind of file; did you mean spend\?/);
  });

  it('does not take the last, cut-off row of a long head for a row', () => {
    const head = Buffer.from('Day,Cost\n1,2\n3,');
    expect((recognise(head, false, KINDS, 'f') as RecognisedCsv).sample).toEqual([['1', '2']]);
  });
  it('finds the header of a file whose cells are longer than the head that is looked at, and before a quote that never closes', () => {
    const head = Buffer.from(`Day,Cost\n1,"${'x'.repeat(5000)}\n`);
    expect(recognise(head, false, KINDS, 'f').kind.kind).toBe('spend');
    expect(take('Day,Cost\n1,2\n3,"4\n5,6\n').kind.kind).toBe('spend');
  });
});

describe('recognising JSON by its shape', () => {
  it('finds objects, arrays, lines and envelopes', () => {
    expect(take('{"total":1}').kind.kind).toBe('order');
    expect(take('[{"other":1},{"total":1}]').kind.kind).toBe('order');
    expect(take('{"event":"a"}\n{"event":"b"}\n').kind.kind).toBe('event');
    expect(take('{"batch":[{"event":"a"}]}').kind.kind).toBe('event');
    expect(take('  \n[{"total":1}]').because).toMatch(/1 of the first 1 records have the shape of order/);
  });

  it('says whether the shape is unknown or the file is broken', () => {
    expect(() => take('{"what":1}')).toThrow(/JSON of no known shape.*mapping/);
    expect(() => take('{"what":')).toThrow(/no readable record; check that the file is whole/);
  });
});

describe('matching known columns', () => {
  it('finds the kind, refuses none and two', () => {
    expect(matchColumns(['Cost', 'Day', 'x'], [spend, reach], 'f')).toMatchObject({
      kind: spend,
      positions: { day: 1, cost: 0 },
    });
    expect(() => matchColumns(['x'], [spend], 'f')).toThrow(/columns x, which fit no mapping/);
    expect(() => matchColumns(['Day', 'Cost', 'Reach'], [spend, reach], 'f')).toThrow(/equally/);
  });
});
