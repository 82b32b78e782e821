import type { Results } from '../results.ts';
import { hasTable } from './make-table.ts';

/** A step of the bridge from the books to what was attributed. Amounts are decimal text in the reporting currency. */
export interface BridgeStep {
  side: 'revenue' | 'spend';
  step: string;
  label: string;
  amount: string;
  lines: number;
}

/** The bridge of one period; empty when no books were loaded. */
export async function readBridge(
  results: Results,
  period: string,
  basis: 'order_date' | 'event_date',
): Promise<BridgeStep[]> {
  if (!hasTable(results, 'reconciliation')) return [];
  const rows = await results.rows<Record<string, unknown>>(
    `select side, step, label, cast(amount as varchar) as amount, line_count from reconciliation
     where period = $period and basis = $basis order by side, position`,
    { period, basis },
  );
  return rows.map((row) => ({
    side: String(row.side) as BridgeStep['side'],
    step: String(row.step),
    label: String(row.label),
    amount: String(row.amount),
    lines: Number(row.line_count),
  }));
}
