import type { Recognised } from './recognise.ts';

/**
 * What a file's own cells say about its locale: the decimal mark and the order of day and month, each only when some cell
 * can be read in one way alone and no cell speaks against it. Null means the file does not say.
 */
export function inferMarks(recognised: Recognised): { decimal_mark: string | null; date_order: string | null } {
  // numbers of a Parquet file are numbers, not text of some locale
  if (recognised.type === 'parquet') return { decimal_mark: '.', date_order: null };
  if (recognised.type !== 'csv') return { decimal_mark: null, date_order: null };
  const cells = recognised.sample.flat();
  return { decimal_mark: decimalMark(cells), date_order: dateOrder(cells) };
}

function decimalMark(cells: readonly string[]): string | null {
  let point = 0;
  let comma = 0;
  for (const raw of cells) {
    const cell = raw.trim();
    if (/^-?\d{1,3}(,\d{3})+\.\d+$/.test(cell) || /^-?\d+\.(\d{1,2}|\d{4,})$/.test(cell)) point++;
    else if (/^-?\d{1,3}(\.\d{3})+,\d+$/.test(cell) || /^-?\d+,(\d{1,2}|\d{4,})$/.test(cell)) comma++;
  }
  if (point > 0 && comma === 0) return '.';
  return comma > 0 && point === 0 ? ',' : null;
}

function dateOrder(cells: readonly string[]): string | null {
  let monthFirst = 0;
  let dayFirst = 0;
  for (const raw of cells) {
    const match = /^(\d{1,2})[/.](\d{1,2})[/.]\d{4}\b/.exec(raw.trim());
    if (match === null) continue;
    if (Number(match[2]) > 12) monthFirst++;
    if (Number(match[1]) > 12) dayFirst++;
  }
  if (monthFirst > 0 && dayFirst === 0) return 'mdy';
  return dayFirst > 0 && monthFirst === 0 ? 'dmy' : null;
}
