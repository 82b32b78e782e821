/** One cell of CSV: quoted when it must be, as RFC 4180 has it. */
export function csvCell(value: string | number): string {
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A CSV file with a header; every row has a cell per column. */
export function csvFile(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return `${[header, ...rows].map((row) => row.map(csvCell).join(',')).join('\n')}\n`;
}

/** Rows of named cells under a long header of which most stay blank. */
export function sparseCsvFile(
  header: readonly string[],
  rows: readonly Readonly<Record<string, string | number>>[],
  blank = '',
): string {
  return csvFile(
    header,
    rows.map((row) => header.map((name) => row[name] ?? blank)),
  );
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
