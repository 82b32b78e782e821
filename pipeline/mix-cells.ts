import type { Quantity } from '../models/mix/index.ts';
import { sqlFile } from './sql-files.ts';
import { quoteText, type Warehouse } from './warehouse.ts';

/** Drops a table of the mix and makes it anew. */
export async function makeTable(warehouse: Warehouse, name: string): Promise<void> {
  await warehouse.run(`drop table if exists result.${name}`);
  await warehouse.run(sqlFile(`table/result/${name}`));
}

export async function insert(warehouse: Warehouse, table: string, rows: readonly string[]): Promise<void> {
  for (let from = 0; from < rows.length; from += 500) {
    await warehouse.run(`insert into result.${table} values ${rows.slice(from, from + 500).join(', ')}`);
  }
}

/** One row, in parentheses. */
export function cells(...values: readonly (string | number)[]): string {
  return `(${values.join(', ')})`;
}

/** Mean and interval of a quantity, and its spread where asked. */
export function amount(quantity: Quantity | undefined, digits: number, sd?: 'sd'): string[] {
  const parts = quantity === undefined ? [] : [quantity.mean, ...(sd ? [quantity.sd] : []), quantity.lo, quantity.hi];
  return quantity === undefined
    ? Array.from({ length: sd ? 4 : 3 }, () => 'null')
    : parts.map((part) => fixed(part, digits));
}

export function text(value: string | null | undefined): string {
  return value === null || value === undefined ? 'null' : `'${quoteText(value)}'`;
}

/** A decimal with so many digits; null for what is no number. */
export function fixed(value: number | null | undefined, digits: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return 'null';
  const out = value.toFixed(digits);
  return Number(out) === 0 ? '0' : out;
}
