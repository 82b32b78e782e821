/** One cell of CSV: quoted when it must be, as RFC 4180 has it. */
function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  return /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** A CSV file with a header; every row has a cell per column. */
export function csvFile(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const lines = [header.map(csvCell).join(',')];
  for (const row of rows) lines.push(row.map(csvCell).join(','));
  lines.push('');
  return lines.join('\n');
}

/** Rows of named cells under a long header of which most stay blank. */
export function sparseCsvFile(
  header: readonly string[],
  rows: Iterable<Readonly<Record<string, string | number>>>,
  blank = '',
): string {
  const lines = [header.map(csvCell).join(',')];
  for (const row of rows) {
    let line = '';
    for (let column = 0; column < header.length; column++) {
      const value = row[header[column]];
      if (column > 0) line += ',';
      line += value === undefined ? blank : csvCell(value);
    }
    lines.push(line);
  }
  lines.push('');
  return lines.join('\n');
}

/** Minor units as a decimal: 1234 -> `12.34`. */
export function money(minor: number): string {
  const size = Math.abs(Math.round(minor));
  const cents = String(size % 100).padStart(2, '0');
  return `${minor < 0 && size > 0 ? '-' : ''}${Math.floor(size / 100)}.${cents}`;
}

/** `1,234`, as the user interfaces of platforms write counts. */
export function grouped(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}
