import { InputError } from '../models/errors.ts';
import { type BridgeStep, ledgerFindings } from '../pipeline/finance/ledger-findings.ts';
import { type GlobalOptions, print, printJson } from './terminal.ts';
import { withWorkspace } from './with-workspace.ts';

/** The books of finance against what was attributed and spent; exit 7 when anything is left unexplained. */
export async function checkLedgerCommand(options: GlobalOptions, limit: number): Promise<void> {
  await withWorkspace(options.workspace, async (workspace) => {
    const { steps, findings, count, isClosed } = await ledgerFindings(workspace, limit);
    const { currency } = workspace.config.reporting;
    if (options.json) printJson({ schema_version: 1, currency, is_reconciled: isClosed, steps, findings, count });
    else {
      print(bridgeText(steps, currency));
      for (const one of findings)
        print(
          `  ${one.period}  ${one.amount} ${currency}  ${one.subject}: ${one.cause}${one.entries ? ` (${one.entries})` : ''}`,
        );
      if (count > findings.length) print(`  ... and ${count - findings.length} more; --limit ${count} shows all`);
    }
    if (!isClosed)
      throw new InputError('not_reconciled', `the books do not reconcile: ${count} entries or orders do not fit`, {
        details: { count },
      });
    if (!options.json) print('The books reconcile: 0 unexplained in every period.');
  });
}

function bridgeText(steps: readonly BridgeStep[], currency: string): string {
  const lines: string[] = [];
  let at = '';
  for (const step of steps) {
    const head = `${step.side}, ${step.period} (${currency})`;
    if (head !== at) lines.push('', head);
    at = head;
    const isIdle = /^-?0(\.0*)?$/.test(step.amount) && step.line_count === '0';
    if (isIdle && step.step !== 'unexplained') continue;
    lines.push(
      `  ${step.label.padEnd(60)}  ${step.amount.replace(/(\.\d\d)0$/, '$1').padStart(14)}  ${step.line_count.padStart(7)} ${step.line_count === '1' ? 'line' : 'lines'}`,
    );
  }
  return lines.join('\n').trimStart();
}
