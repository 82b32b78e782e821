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

/**
 * What was left of all orders of the run after goods, fulfilment, fees and spend; null where a cost is not known, undefined where the
 * run has no table of finance.
 */
export async function readProfit(
  results: Results,
  basis: 'order_date' | 'event_date',
): Promise<string | null | undefined> {
  if (!hasTable(results, 'roi')) return undefined;
  // runs of before the table was split by customer have one total a period
  const file = results.manifest.files.find(({ name }) => name === 'roi.parquet');
  const isSplit = file?.columns.some(({ name }) => name === 'customer_type') === true;
  const [row] = await results.rows<{ profit: string | null; periods: string; known: string }>(
    `select cast(sum(revenue_net - cogs - fulfilment - payment_fees - spend_media - spend_fees - spend_other) as varchar) as profit,
        count(*) as periods,
        count(revenue_net - cogs - fulfilment - payment_fees - spend_media - spend_fees - spend_other) as known
     from roi where row_type = 'total' and basis = $basis${isSplit ? ` and customer_type = 'all'` : ''}`,
    { basis },
  );
  if (Number(row.periods) === 0) return undefined;
  return row.known === row.periods ? row.profit : null;
}
