import { InputError } from '../models/errors.ts';
import { type HeaderRow, headerRows } from './header-rows.ts';
import { nearest } from './nearest.ts';
import type { RecognisedParquet } from './read-parquet.ts';
import type { CsvFormat, SourceKind } from './sources/source.ts';
import { sampleRecords } from './split-json.ts';

/** What a file was taken for, and how to read it. */
export type Recognised = RecognisedCsv | RecognisedJson | RecognisedParquet;

export interface RecognisedCsv {
  type: 'csv';
  kind: SourceKind;
  /** in words, for the receipt */
  because: string;
  delimiter: string;
  /** physical lines before the first record, header included */
  skipLines: number;
  /** lines before the header (a title, a date range, a note), as they stand; empty for most files */
  preamble: string;
  /** every header of the file, in order */
  headers: string[];
  /** canonical column -> position in `headers` */
  positions: Readonly<Record<string, number>>;
  /** what a RegExp header captured: canonical column -> text */
  captures: Readonly<Record<string, string>>;
  /** first records, as rows of cells, for inferring marks and orders */
  sample: string[][];
}

interface RecognisedJson {
  type: 'json';
  kind: SourceKind;
  because: string;
}

const DELIMITERS = [',', ';', '\t', '|'];

/**
 * Tells what kind of file this is by its header or shape, never by its name.
 *
 * Of the kinds whose required columns are all there, the one that knows the most of the file's headers wins; two that know
 * equally many are an error that names both.
 *
 * @param head     first bytes of the UTF-8 text
 * @param isWhole  whether `head` is the whole file
 * @param as       kind that the caller says it is; still has to fit
 * @throws InputError `unknown_source` naming the nearest kind and the columns it would need
 */
export function recognise(
  head: Buffer,
  isWhole: boolean,
  kinds: readonly SourceKind[],
  name: string,
  as?: string,
): Recognised {
  const candidates = as === undefined ? kinds : kinds.filter((kind) => kind.kind === as);
  if (candidates.length === 0) {
    const close = nearest(
      as!,
      kinds.map((kind) => kind.kind),
    );
    throw new InputError(
      'unknown_name',
      `--as ${as}: no such kind of file; ${close ? `did you mean ${close}?` : 'run "liftproof ingest --kinds" for the list'}`,
    );
  }
  const text = head.toString('utf8').replace(/^\uFEFF/, '');
  return /^\s*[[{]/.test(text)
    ? recogniseJson(head, isWhole, candidates, name)
    : recogniseCsv(text, isWhole, candidates, name, as !== undefined);
}

function recogniseJson(head: Buffer, isWhole: boolean, kinds: readonly SourceKind[], name: string): RecognisedJson {
  let sawRecords = false;
  for (const kind of kinds) {
    if (kind.format.type !== 'json') continue;
    const records = sampleRecords(head, kind.format.recordsAt ?? [], isWhole);
    if (records.length > 0) sawRecords = true;
    const matches = kind.format.matches;
    const fits = records.filter((record) => matches(record));
    if (fits.length > 0) {
      const keys = Object.keys(fits[0]).slice(0, 6).join(', ');
      return {
        type: 'json',
        kind,
        because: `${fits.length} of the first ${records.length} records have the shape of ${kind.title} (${keys} ...)`,
      };
    }
  }
  throw new InputError(
    'unknown_source',
    sawRecords
      ? `${name}: JSON of no known shape; describe it with a mapping in liftproof.yaml (docs/sources/mapping.md) or say --as <kind>`
      : `${name}: starts like JSON but holds no readable record; check that the file is whole`,
  );
}

function recogniseCsv(
  text: string,
  isWhole: boolean,
  kinds: readonly SourceKind[],
  name: string,
  isForced: boolean,
): RecognisedCsv {
  const csvKinds = kinds.filter((kind) => kind.format.type === 'csv');
  let best: { kind: SourceKind; row: HeaderRow; match: Match } | undefined;
  let tied: SourceKind | undefined;
  const rows = DELIMITERS.flatMap((delimiter) => headerRows(text, delimiter, isWhole));
  for (const row of rows) {
    for (const kind of csvKinds) {
      const match = matchHeader(row.cells, kind.format as CsvFormat);
      if (match === undefined || match.missing.length > 0) continue;
      // kind, amount and currency are columns of many tables: a plain file is one that is mostly ours
      if (kind.platform === 'plain' && !isForced && match.known * 2 < row.cells.length) continue;
      if (best === undefined || match.known > best.match.known) {
        best = { kind, row, match };
        tied = undefined;
      } else if (match.known === best.match.known && kind !== best.kind && row === best.row) tied = kind;
    }
  }
  if (best === undefined) throw unknownHeader(rows, csvKinds, name, isForced);
  if (tied !== undefined) {
    throw new InputError(
      'unknown_source',
      `${name}: the header fits ${best.kind.kind} and ${tied.kind} equally; say which with --as`,
    );
  }
  const { kind, row, match } = best;
  checkRepeats(row.cells, match, name);
  return {
    type: 'csv',
    kind,
    because: `${match.known} of its ${row.cells.length} columns are those of ${kind.title} (${(kind.format as CsvFormat).required.map((column) => row.cells[match.positions[column]]).join(', ')})`,
    delimiter: row.delimiter,
    skipLines: row.skipLines,
    preamble: row.preamble,
    headers: row.cells,
    positions: match.positions,
    captures: match.captures,
    sample: row.sample,
  };
}

/**
 * The kind that fits a table whose columns are known for certain.
 *
 * @throws InputError `unknown_source` when none fits, or two fit equally
 */
export function matchColumns(
  headers: readonly string[],
  kinds: readonly SourceKind[],
  name: string,
): { kind: SourceKind; positions: Readonly<Record<string, number>> } {
  const fits = kinds.flatMap((kind) => {
    const match = matchHeader(headers, kind.format as CsvFormat);
    return match === undefined || match.missing.length > 0 ? [] : [{ kind, match }];
  });
  const most = Math.max(...fits.map(({ match }) => match.known));
  const best = fits.filter(({ match }) => match.known === most);
  if (best.length === 0)
    throw new InputError(
      'unknown_source',
      `${name}: a Parquet file with the columns ${headers.slice(0, 12).join(', ')}, which fit no mapping; add one to liftproof.yaml (docs/sources/mapping.md)`,
    );
  if (best.length > 1)
    throw new InputError(
      'unknown_source',
      `${name}: the columns fit ${best.map(({ kind }) => kind.kind).join(' and ')} equally; say which with --as`,
    );
  checkRepeats(headers, best[0].match, name);
  return { kind: best[0].kind, positions: best[0].match.positions };
}

interface Match {
  positions: Record<string, number>;
  captures: Record<string, string>;
  known: number;
  missing: string[];
}

function matchHeader(cells: readonly string[], format: CsvFormat): Match | undefined {
  const normal = cells.map(normalHeader);
  if (format.absent?.some((header) => normal.includes(normalHeader(header)))) return undefined;
  const positions: Record<string, number> = {};
  const captures: Record<string, string> = {};
  for (const [column, names] of Object.entries(format.columns)) {
    for (const wanted of names) {
      const at =
        typeof wanted === 'string'
          ? normal.indexOf(normalHeader(wanted))
          : normal.findIndex((header) => wanted.test(header));
      if (at < 0) continue;
      positions[column] = at;
      if (wanted instanceof RegExp) {
        const capture = wanted.exec(normal[at])?.[1];
        if (capture !== undefined) captures[column] = capture;
      }
      break;
    }
  }
  const missing = format.required.filter((column) => !(column in positions));
  return { positions, captures, known: new Set(Object.values(positions)).size, missing };
}

/** Headers compare without case, surrounding space, BOM, quotes of a bad export, and runs of space. */
export function normalHeader(header: string): string {
  return header
    .normalize('NFKC')
    .replace(/[\uFEFF\u200B]/g, '')
    .trim()
    .toLowerCase()
    .replace(/\s+/g, ' ');
}

/** A header that stands twice would be read once: refused only when it is one we read. */
function checkRepeats(cells: readonly string[], match: Match, name: string): void {
  const normal = cells.map(normalHeader);
  for (const [column, at] of Object.entries(match.positions)) {
    const again = normal.indexOf(normal[at], at + 1);
    if (again >= 0) {
      throw new InputError(
        'bad_input',
        `${name}: the column "${cells[at]}" (${column}) stands twice, at ${at + 1} and ${again + 1}; remove one`,
      );
    }
  }
}

function unknownHeader(
  rows: readonly HeaderRow[],
  kinds: readonly SourceKind[],
  name: string,
  isForced: boolean,
): InputError {
  let close: { kind: SourceKind; match: Match } | undefined;
  for (const row of rows) {
    for (const kind of kinds) {
      const match = matchHeader(row.cells, kind.format as CsvFormat);
      if (match !== undefined && match.known > 0 && (close === undefined || match.known > close.match.known))
        close = { kind, match };
    }
  }
  const first = rows[0]?.cells.slice(0, 8).join(', ');
  const saw = first ? `its header starts ${first}` : 'no header row was found in its first lines';
  if (close === undefined) {
    return new InputError(
      'unknown_source',
      isForced
        ? `${name}: cannot be read as ${kinds.map(({ kind }) => kind).join(' or ')} (${saw}); leave the kind out and the file is recognised by its header`
        : `${name}: not a file that liftproof knows (${saw}); describe it with a mapping in liftproof.yaml (docs/sources/mapping.md)`,
    );
  }
  const wanted = close.match.missing
    .map((column) => (close.kind.format as CsvFormat).columns[column].map(String).join(' / '))
    .join('; ');
  return new InputError(
    'unknown_source',
    isForced
      ? `${name}: cannot be read as ${close.kind.kind}: missing ${wanted || 'a column it must not have'}`
      : `${name}: not a file that liftproof knows (${saw}); nearest is ${close.kind.kind}, which also needs ${wanted}; or describe it with a mapping in liftproof.yaml`,
    { details: { nearest: close.kind.kind, missing: close.match.missing } },
  );
}
