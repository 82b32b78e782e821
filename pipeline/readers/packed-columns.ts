/**
 * Rows of a query as they go from one process to another: a few long arrays instead of an object for every row. Values are those
 * of JSON; what is neither all numbers nor all text goes as JSON text.
 */
export interface PackedColumns {
  names: readonly string[];
  count: number;
  columns: readonly PackedColumn[];
}

type PackedColumn =
  | { kind: 'number'; values: Float64Array; nulls: Uint8Array | null }
  /** all texts as one, and where each of them ends */
  | { kind: 'text'; text: string; ends: Uint32Array; nulls: Uint8Array | null }
  | { kind: 'json'; text: string };

/** @param columns  by name: cells of equal number, in the order of `names` */
export function packColumns(
  names: readonly string[],
  columns: readonly (readonly unknown[])[],
  count: number,
): PackedColumns {
  return { names, count, columns: columns.map(packColumn) };
}

/** The rows again, as objects whose keys stand in the order of the columns. */
export function rowsOf<T = Record<string, unknown>>({ names, count, columns }: PackedColumns): T[] {
  const cells = columns.map((column) => cellsOf(column, count));
  return Array.from({ length: count }, (_, row) => {
    const object: Record<string, unknown> = {};
    for (let i = 0; i < names.length; i++) object[names[i]] = cells[i][row];
    return object as T;
  });
}

function packColumn(cells: readonly unknown[]): PackedColumn {
  const isAll = (type: 'number' | 'string'): boolean =>
    cells.every((cell) => cell === null || (typeof cell === type && !Object.is(cell, -0)));
  if (isAll('string')) {
    const ends = new Uint32Array(cells.length);
    let end = 0;
    for (let i = 0; i < cells.length; i++) {
      end += (cells[i] as string | null)?.length ?? 0;
      ends[i] = end;
    }
    return { kind: 'text', text: cells.join(''), ends, nulls: nullsOf(cells) };
  }
  if (isAll('number'))
    return {
      kind: 'number',
      values: Float64Array.from(cells, (cell) => (cell as number | null) ?? 0),
      nulls: nullsOf(cells),
    };
  return { kind: 'json', text: JSON.stringify(cells) };
}

function cellsOf(column: PackedColumn, count: number): readonly unknown[] {
  switch (column.kind) {
    case 'json':
      return JSON.parse(column.text) as unknown[];
    case 'number': {
      const { values, nulls } = column;
      return Array.from({ length: count }, (_, i) => (nulls?.[i] === 1 ? null : values[i]));
    }
    case 'text': {
      const { text, ends, nulls } = column;
      let start = 0;
      return Array.from({ length: count }, (_, i) => {
        const cell = nulls?.[i] === 1 ? null : text.slice(start, ends[i]);
        start = ends[i];
        return cell;
      });
    }
  }
}

/** 1 where there is nothing; null when there is something everywhere. */
function nullsOf(cells: readonly unknown[]): Uint8Array | null {
  return cells.includes(null) ? Uint8Array.from(cells, (cell) => (cell === null ? 1 : 0)) : null;
}
