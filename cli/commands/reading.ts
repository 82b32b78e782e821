import { type Command, Option } from 'commander';
import { allOptions as all } from './all-options.ts';

/** Commands that read what was published; none opens the warehouse, but `explain`. */
export function addReadingCommands(program: Command): void {
  program
    .command('report')
    .argument(
      '[name]',
      'channels, models, campaigns, posts, paths, sequences, lags, roi, lift, lift_estimates, lift_series, lift_gates, mix, response, budget, reconciliation, coverage, runs, diff, explain; or a file with a query (.json, .yaml, - for standard input)',
    )
    .argument('[more...]', 'of diff: the earlier and the later run; of explain: a metric')
    .description('print a report of the published run, or answer a query')
    .option('--model <id>', 'model whose credit is shown; default models.default')
    .addOption(new Option('--basis <basis>', 'which day refunds count on').choices(['order_date', 'event_date']))
    .option('--from <day>', 'first day, such as 2026-03-01')
    .option('--to <day>', 'last day')
    .option('--run <run>', 'an earlier run')
    .option('--limit <rows>', 'most rows of a table to print')
    .option('--study <id>', 'of lift: one study')
    .option('--total <money>', 'of budget: money for the weeks of the plan')
    .option('--bound <channel=least:most...>', 'of budget: bounds of a channel; either side may be empty')
    .option('--lock <channel=money...>', 'of budget: a channel that gets exactly this')
    .option('--target-roi <ratio>', 'of budget: spend as much as keeps this return of the whole plan')
    .option('--target-mroi <ratio>', 'of budget: spend while the last unit of money still earns this')
    .option('--profitable', 'of budget: stop where a unit of money earns less than itself')
    .addOption(
      new Option('--format <format>', 'default table, or what the ending of --out says').choices([
        'table',
        'json',
        'ndjson',
        'csv',
        'arrow',
        'parquet',
        'xlsx',
      ]),
    )
    .option('-o, --out <file>', 'write there instead of standard output')
    .option('--explain', 'show the SQL and its plan on standard error')
    .action(async (name: string | undefined, more: string[], _options, command) =>
      (await import('../report.ts')).reportCommand(name, more, all(command)),
    );

  program
    .command('answer')
    .description('did it sell? The verdict of the published run in words and numbers')
    .option('--channel <name>', 'studies that treat this channel or campaign')
    .option('--from <day>', 'studies whose window touches this day or a later one, such as 2026-03-01')
    .option('--to <day>', 'or an earlier one')
    .option('--study <id>', 'one study, registered or not')
    .option('--run <run>', 'an earlier run')
    .action(async (_options, command) => (await import('../answer.ts')).answerCommand(all(command)));

  program
    .command('explain')
    .argument('<what>', 'order')
    .argument('<id>', 'id or name of the order')
    .description('show one order: journey, credits, and how each touch matched')
    .option('--model <id>', 'model whose credit is shown; default models.default')
    .action(async (what: string, id: string, _options, command) =>
      (await import('../explain.ts')).explainCommand(what, id, all(command)),
    );

  program
    .command('export')
    .argument('<what>', 'roi, audit, or the name of a published table')
    .description(
      'roi: the finance pack of a period (ROI table, reconciliation, definitions, manifest); audit: who did what, as NDJSON; else a published table, whole',
    )
    .option('--period <period>', 'such as 2026-07, or 2026-P07 in a 4-4-5 calendar; the newest when absent')
    .option('--run <run>', 'an earlier run')
    .option(
      '--format <formats>',
      'roi: xlsx, csv, parquet, all when absent; a table: csv, parquet, arrow; parted by commas',
    )
    .option('--basis <basis>', 'order_date or event_date: which day refunds count on')
    .option('-o, --out <dir>', 'folder to write to; . when absent')
    .option('--home <dir>', "folder of the server's own files")
    .action(async (what: string, _options, command) =>
      what === 'audit'
        ? (await import('../export-audit.ts')).exportAuditCommand(all(command))
        : (await import('../export.ts')).exportCommand(what, all(command)),
    );
}
