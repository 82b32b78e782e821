import type { Results } from '../results.ts';
import type { Table, TableColumn } from '../table.ts';

/** Rows of objects as a table: every cell text or null, in the order of the columns. */
export function makeTable(columns: readonly TableColumn[], rows: readonly Readonly<Record<string, unknown>>[]): Table {
  return {
    columns,
    rows: rows.map((row) =>
      columns.map(({ id }) => (row[id] === null || row[id] === undefined ? null : String(row[id]))),
    ),
    totals: null,
    totalRows: rows.length,
    truncated: false,
    meta: {},
  };
}

export const textColumn = (id: string, label: string): TableColumn => ({ id, label, type: 'text' });
export const dayColumn = (id: string, label: string): TableColumn => ({ id, label, type: 'day' });
export const countColumn = (id: string, label: string): TableColumn => ({
  id,
  label,
  type: 'decimal',
  scale: 0,
  unit: 'count',
});
/** credit of orders: fractions, all nine decimals in files */
export const creditColumn = (id: string, label: string): TableColumn => ({
  id,
  label,
  type: 'decimal',
  scale: 9,
  unit: 'credit',
});
export const ratioColumn = (id: string, label: string, scale = 4): TableColumn => ({
  id,
  label,
  type: 'decimal',
  scale,
  unit: 'ratio',
});
/** a share in [0, 1] */
export const shareColumn = (id: string, label: string): TableColumn => ({
  id,
  label,
  type: 'decimal',
  scale: 4,
  unit: 'share',
});
export const moneyColumn = (id: string, label: string, results: Results): TableColumn => ({
  id,
  label,
  type: 'decimal',
  scale: results.manifest.currency_exponent,
  unit: results.manifest.currency,
});

/** Whether the run has this table: one made by an earlier version may lack it. */
export function hasTable(results: Results, name: string): boolean {
  return results.manifest.files.some((file) => file.name === `${name}.parquet`);
}
