import { type Relation, relationsOf } from '../relations.ts';
import type { Warehouse } from '../warehouse.ts';

const BY_CONVERSION: ReadonlySet<string> = new Set([
  'finance.revenue_group',
  'finance.credit_group',
  'finance.revenue_fact',
]);

/** What finance holds of each conversion, in building order: made with its credit, and anew only where that is. */
export async function creditedFinance(warehouse: Warehouse): Promise<Relation[]> {
  return (await relationsOf(warehouse, ['finance'])).filter(({ name }) => BY_CONVERSION.has(name));
}
