/** The type that a column's text must survive, or its record is rejected. */
export type ColumnType =
  | 'text'
  | 'person'
  | 'instant'
  | 'day'
  | 'money'
  | 'number'
  | 'integer'
  | 'rate'
  | 'flag'
  | 'currency'
  | 'list';

export interface StreamColumn {
  type: ColumnType;
  /** a record without it is rejected */
  required?: boolean;
  /** a record without it is rejected where it has this other column */
  requiredWith?: string;
}

export interface Stream {
  columns: Readonly<Record<string, StreamColumn>>;
  /** natural identity; the newest observation of a key wins in staging */
  key: readonly string[];
}

export const text: StreamColumn = { type: 'text' };
export const textRequired: StreamColumn = { type: 'text', required: true };
export const instant: StreamColumn = { type: 'instant' };
export const instantRequired: StreamColumn = { type: 'instant', required: true };
export const day: StreamColumn = { type: 'day' };
export const dayRequired: StreamColumn = { type: 'day', required: true };
export const money: StreamColumn = { type: 'money' };
export const moneyRequired: StreamColumn = { type: 'money', required: true };
export const number: StreamColumn = { type: 'number' };
export const flag: StreamColumn = { type: 'flag' };
export const person: StreamColumn = { type: 'person' };
export const currency: StreamColumn = { type: 'currency' };
export const currencyRequired: StreamColumn = { type: 'currency', required: true };
