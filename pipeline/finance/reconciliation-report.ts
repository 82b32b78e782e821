import { InputError } from '../../models/errors.ts';
import { countWords } from '../count-words.ts';
import { bridgeTable, openBridges } from '../export-roi.ts';
import type { Report, ReportOptions } from '../reports.ts';
import type { Results } from '../results.ts';

/**
 * The bridge from the books of finance to what was attributed, by period. `meta.is_reconciled` is null without
 * books; where it is false, the shell ends with 7.
 *
 * @throws InputError `not_published` for a run from before there was finance
 */
export async function reconciliation(results: Results, options: ReportOptions): Promise<Report> {
  if (!results.manifest.files.some((file) => file.name === 'reconciliation.parquet'))
    throw new InputError('not_published', `${results.manifest.run} has no reconciliation; run "liftproof run" again`);
  const basis = options.basis ?? 'order_date';
  const bridge = await bridgeTable(results, undefined, basis);
  const open = openBridges(bridge);
  const limit = options.limit ?? bridge.rows.length;
  const table = {
    ...bridge,
    rows: bridge.rows.slice(0, limit),
    truncated: bridge.rows.length > limit,
    meta: { ...bridge.meta, is_reconciled: bridge.rows.length === 0 ? null : open.length === 0, unexplained: open },
  };
  const state =
    bridge.rows.length === 0
      ? 'No books were loaded: nothing was reconciled. "liftproof ingest ledger.csv --as plain_ledger_entry" loads them.'
      : open.length === 0
        ? 'It closes: 0 unexplained in every period.'
        : `It does NOT close: ${open.map((one) => `${one.side} of ${one.period} ${one.amount} in ${countWords(one.lines, 'line')}`).join(', ')}. "liftproof check --ledger" names the entries.`;
  return {
    title: 'Reconciliation with the books',
    table,
    notes: [
      state,
      'Books and steps add up to the base; no step is what the others leave over. The lines of each step: results/current/reconciliation_line.parquet.',
    ],
  };
}
