import { parse } from 'csv-parse/sync';

/** The same table, written the other ways that exports differ in; each must be read to the same rows. */
interface Variant {
  name: string;
  text: string;
}

/**
 * A CSV with its columns shuffled, with columns that nobody knows, with and without a byte-order mark, and with Windows line
 * ends. `preamble` rows are kept on top.
 */
export function csvVariants(text: string, options: { delimiter?: string; preamble?: number } = {}): Variant[] {
  const delimiter = options.delimiter ?? ',';
  const rows = parse(text, { delimiter, bom: true, relax_column_count: true }) as string[][];
  const top = rows.slice(0, options.preamble ?? 0);
  const table = rows.slice(options.preamble ?? 0);
  const width = table[0].length;
  const order = shuffled(width);
  const write = (body: string[][]): string => toCsv([...top, ...body], delimiter);
  return [
    { name: 'columns shuffled', text: write(table.map((row) => order.map((at) => row[at] ?? ''))) },
    {
      name: 'extra columns',
      text: write(
        table.map((row, i) =>
          ['Column nobody knows', ...row, i === 0 ? 'Another, "new"' : 'x'].map((cell, at) =>
            at === 0 && i > 0 ? 'y' : cell,
          ),
        ),
      ),
    },
    { name: 'a byte-order mark', text: `\uFEFF${write(table)}` },
    { name: 'no byte-order mark', text: write(table) },
    { name: 'Windows line ends', text: write(table).replaceAll('\n', '\r\n') },
  ];
}

export function toCsv(rows: readonly (readonly string[])[], delimiter = ','): string {
  const cell = (value: string): string =>
    value.includes('"') || value.includes('\n') || value.includes('\r') || value.includes(delimiter)
      ? `"${value.replaceAll('"', '""')}"`
      : value;
  return `${rows.map((row) => row.map(cell).join(delimiter)).join('\n')}\n`;
}

/** A fixed order that moves every column. */
function shuffled(width: number): number[] {
  const order = Array.from({ length: width }, (_, i) => i);
  let state = 12345;
  for (let i = width - 1; i > 0; i--) {
    state = (state * 1103515245 + 12345) % 2147483648;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
