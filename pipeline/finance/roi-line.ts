import { createHash } from 'node:crypto';
import { ROI_COLUMNS } from './roi-columns.ts';

/** One line of the ROI table: every column of `ROI_COLUMNS` as text, at its own scale; null where there is nothing to say. */
export type RoiLine = Record<string, string | null>;

/** What is told only where the split by customer is: null says that it is not told, not that there was none. */
export const CUSTOMERS = ['new_customers', 'returning_customers'];
/** Columns that count in billionths. */
export const CREDITS = ['orders', 'units', ...CUSTOMERS];

/** Columns that add up over the rows of a period that are of one type of customer. */
export const ADDITIVE = ROI_COLUMNS.filter(
  (column) => (column.group === 'money' && !column.id.startsWith('incremental_')) || CREDITS.includes(column.id),
).map((column) => column.id);

/** The total of all customers. */
export function totalLine(lines: readonly RoiLine[]): RoiLine | undefined {
  return lines.find((line) => line.row_type === 'total' && line.customer_type === 'all');
}

/** Types of customers that have a total; only `all` where the split would tell of too few persons. */
export function customerTypesOf(lines: readonly RoiLine[]): ReadonlySet<string | null> {
  return new Set(lines.filter((line) => line.row_type === 'total').map((line) => line.customer_type));
}

/** The same for the same line in every version of a period. */
export function lineId(line: RoiLine): string {
  const keys = [
    'workspace',
    'calendar',
    'period',
    'entity',
    'row_type',
    'channel',
    'platform',
    'campaign_id',
    'customer_type',
    'basis',
    'adjusts_period',
  ];
  return createHash('sha256')
    .update(JSON.stringify(keys.map((key) => line[key] ?? null)))
    .digest('hex')
    .slice(0, 16);
}

/** A column that says which line it is, or by what it was made. */
export function isKey(id: string): boolean {
  return ROI_COLUMNS.some((column) => column.id === id && (column.group === 'keys' || column.group === 'basis'));
}
