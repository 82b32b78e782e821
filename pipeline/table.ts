import { divideHalfEven, formatDecimal, parseDecimal } from '../models/numeric/money.ts';

/** A column of a result: what it is, in which unit, made how. */
export interface TableColumn {
  id: string;
  label: string;
  type: 'text' | 'day' | 'decimal' | 'instant' | 'boolean';
  /** decimals that are published */
  scale?: number;
  unit?: string;
  formula?: string;
  version?: number;
  additive?: 'sum' | 'ratio';
}

/** A result as every door gives it: shell, HTTP and library. Decimals are text with all their digits. */
export interface Table {
  columns: readonly TableColumn[];
  rows: readonly (readonly (string | null)[])[];
  totals: readonly (string | null)[] | null;
  totalRows: number;
  truncated: boolean;
  meta: Readonly<Record<string, unknown>>;
}

/** A cell as published: decimals at the scale of their column, half to even. */
export function publishedCell(value: string | null, column: TableColumn): string | null {
  if (value === null || column.type !== 'decimal') return value;
  const scale = column.scale ?? 0;
  const from = value.includes('.') ? value.length - value.indexOf('.') - 1 : 0;
  const units = parseDecimal(value, from);
  if (from <= scale) return formatDecimal(units * 10n ** BigInt(scale - from), scale);
  return formatDecimal(divideHalfEven(units, 10n ** BigInt(from - scale)), scale);
}

/** A row as an object, for JSON. */
export function rowObject(
  row: readonly (string | null)[],
  columns: readonly TableColumn[],
): Record<string, string | null> {
  return Object.fromEntries(columns.map((column, i) => [column.id, publishedCell(row[i], column)]));
}
