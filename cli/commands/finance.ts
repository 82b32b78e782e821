import type { Command } from 'commander';
import { allOptions as all } from './all-options.ts';

/** Finance periods. */
export function addFinanceCommands(program: Command): void {
  const period = program.command('period').description('finance periods: open, soft-closed, locked, reopened');
  period
    .command('list')
    .description('every period and its state')
    .option('--home <dir>', "folder of the server's own files")
    .action(async (_options, command) => (await import('../period.ts')).periodListCommand(all(command)));
  period
    .command('close')
    .argument('<period>', 'such as 2026-07, or 2026-P07 in a 4-4-5 calendar')
    .description('close a period: changes are warned about from here on')
    .option('--by <person>', 'who closes it; the user of the shell when absent')
    .option('--home <dir>', "folder of the server's own files")
    .action(async (id: string, _options, command) =>
      (await import('../period.ts')).periodCloseCommand(id, all(command)),
    );
  period
    .command('lock')
    .argument('<period>', 'such as 2026-07, or 2026-P07 in a 4-4-5 calendar')
    .description('pin a closed period to a run and write it into the ROI ledger; it has to reconcile')
    .option('--run <run>', 'run to pin; the current one when absent')
    .option('--basis <basis>', 'order_date or event_date')
    .option(
      '--reason-code <code>',
      'why data are restated: late_data, refund, fx_correction, mapping, model_change, bug',
    )
    .option('--by <person>', 'who does it; in a workspace with members, LIFTPROOF_KEY says it')
    .option('--home <dir>', "folder of the server's own files")
    .action(async (id: string, _options, command) =>
      (await import('../period.ts')).periodLockCommand(id, all(command)),
    );
  period
    .command('reopen')
    .argument('<period>', 'such as 2026-07, or 2026-P07 in a 4-4-5 calendar')
    .description('ask to reopen a locked period, or approve that somebody else asked')
    .option('--reason <why>', 'why, when asking')
    .option('--approve', 'the second person agrees')
    .option('--by <person>', 'who does it; in a workspace with members, LIFTPROOF_KEY says it')
    .option('--home <dir>', "folder of the server's own files")
    .action(async (id: string, _options, command) =>
      (await import('../period.ts')).periodReopenCommand(id, all(command)),
    );
}
