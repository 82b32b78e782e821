import type { TableFormat } from '../pipeline/encode-table.ts';
import { HttpProblem } from './problem.ts';

export const TABLE_FORMATS: readonly TableFormat[] = ['json', 'ndjson', 'csv', 'arrow', 'parquet', 'xlsx'];

/** Media types by which a format may be asked for. */
const TYPES: Readonly<Record<TableFormat, string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  arrow: 'application/vnd.apache.arrow.stream',
  parquet: 'application/vnd.apache.parquet',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** Rows that one answer may have at most; more are asked for page by page. */
export const ROW_LIMITS: Readonly<Record<TableFormat, number>> = {
  json: 10_000,
  ndjson: 100_000,
  csv: 1_000_000,
  arrow: 1_000_000,
  parquet: 100_000,
  xlsx: 100_000,
};

/** Rows of an answer when nothing was said. A file is whole, a page is a page. */
export const DEFAULT_ROWS: Readonly<Record<TableFormat, number>> = { ...ROW_LIMITS, json: 1000 };

/**
 * The format of the answer: `?format=` wins over `Accept`; JSON when neither says anything.
 *
 * @throws HttpProblem `not-acceptable`
 */
export function chooseFormat(
  format: string | undefined,
  accept: string | undefined,
  offered: readonly TableFormat[] = TABLE_FORMATS,
): TableFormat {
  if (format !== undefined) {
    const known = offered.find((one) => one === format);
    if (known === undefined)
      throw notAcceptable(offered, [{ parameter: 'format', detail: `expected ${offered.join(', ')}` }]);
    return known;
  }
  if (accept === undefined || accept.trim() === '') return offered[0];
  const wishes = accept.split(',').map(readWish);
  const rated = offered.map((one) => ({ one, quality: qualityOf(TYPES[one], wishes) }));
  // equal wishes fall to what stands first: JSON
  const best = rated.reduce((a, b) => (b.quality > a.quality ? b : a));
  if (best.quality <= 0) throw notAcceptable(offered, []);
  return best.one;
}

interface Wish {
  type: string;
  quality: number;
}

function readWish(text: string): Wish {
  const [type, ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = q === undefined ? 1 : Number(q.slice(2));
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

/** The most exact wish decides: `text/csv;q=0, *\/*` is anything but CSV. */
function qualityOf(type: string, wishes: readonly Wish[]): number {
  for (const pattern of [type, `${type.split('/')[0]}/*`, '*/*']) {
    const wish = wishes.find((one) => one.type === pattern);
    if (wish !== undefined) return wish.quality;
  }
  return 0;
}

function notAcceptable(
  offered: readonly TableFormat[],
  errors: readonly { parameter: string; detail: string }[],
): HttpProblem {
  return new HttpProblem(
    'not-acceptable',
    `this comes as ${offered.map((one) => `${one} (${TYPES[one]})`).join(', ')}`,
    { errors },
  );
}
