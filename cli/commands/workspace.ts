import { type Command, Option } from 'commander';
import { allOptions as all } from './all-options.ts';

/** Commands that make, fill and look over a workspace. */
export function addWorkspaceCommands(program: Command): void {
  program
    .command('init')
    .argument('[dir]', 'folder to make', '.')
    .description('make a workspace with a commented liftproof.yaml')
    .addOption(new Option('--template <kind>', 'where orders come from; default shopify').choices(['shopify', 'csv']))
    .option('--time-zone <zone>', 'reporting time zone (IANA)')
    .option('--currency <code>', 'reporting currency (ISO 4217)')
    .option('--shop <id>', 'id of the shop')
    .option('--consent <state>', 'granted or unknown: whether shop orders may be linked to persons')
    .option('-y, --yes', 'ask nothing: what no flag says is left at its default')
    .option('--dry-run', 'print liftproof.yaml, make nothing')
    .action(async (dir: string, _options, command) => (await import('../init.ts')).initCommand(dir, all(command)));

  program
    .command('demo')
    .description('run the whole thing on a small sample brand whose truth is known')
    .option('--dir <dir>', 'keep the workspace in this folder')
    .option('--seed <n>', 'the same brand in another world, simulated now')
    .option('--open', 'serve its dashboard and show it in the browser, until Ctrl-C')
    .action(async (_options, command) => (await import('../demo.ts')).demoCommand(all(command)));

  program
    .command('ingest')
    .argument('[files...]', 'files of any known kind, or - for standard input')
    .description('land and load files; each gets a receipt that adds up')
    .option('--as <kind>', 'kind of file, when it should not be recognised')
    .option('--source <id>', 'source in liftproof.yaml that the files belong to')
    .option('--kinds', 'list the kinds of files that are known')
    .option('--exported-at <instant>', 'when the export was made; the file time when absent')
    .option('--shop <id>', 'shop that the orders belong to')
    .option('--account <id>', 'account, where the export names none')
    .option('--time-zone <zone>', 'zone of times without an offset, such as Europe/Paris; default UTC')
    .option('--currency <code>', 'currency, where the export names none, such as EUR')
    .addOption(new Option('--decimal-mark <mark>', 'where 1.250 could be read two ways').choices(['.', ',']))
    .addOption(new Option('--date-order <order>', 'where 03/04/2026 could be read two ways').choices(['mdy', 'dmy']))
    .option('--year <year>', 'year of days that are written without one')
    .addOption(
      new Option(
        '--consent <state>',
        'whether orders of an export that carries no consent may be linked to persons',
      ).choices(['granted', 'unknown']),
    )
    .addOption(
      new Option('--orders <yes>', 'whether purchase events of a web source are orders').choices(['true', 'false']),
    )
    .option('--action-type <type>', 'the one Meta action that counts as a purchase')
    .addOption(new Option('--period <period>', 'what the numbers of a table of posts cover').choices(['lifetime']))
    .addOption(new Option('--on-error <what>', 'what a rejected record does').choices(['quarantine', 'abort']))
    .option('--dry-run', 'say what would happen, load nothing')
    .option('--watch', 'load what is put into these folders, until Ctrl-C')
    .action(async (files: string[], _options, command) =>
      (await import('../ingest.ts')).ingestCommand(files, all(command)),
    );

  program
    .command('run')
    .description('build what new files touched, attribute, fit the mix, check, publish')
    .option('--model <ids>', 'models to put side by side, parted by commas, or all; default models.run')
    .option('--only <parts>', 'attribution, lift, mix: the others stand as the last run left them')
    .option('--window <days>', 'clicks may earn credit for so long, in this run; default windows.click_days')
    .option('--draws <n>', 'of the mix: kept per chain; default mix.draws')
    .option('--chains <n>', 'of the mix; default mix.chains')
    .option('--seed <n>', 'of the mix; default mix.seed')
    .action(async (_options, command) => (await import('../run.ts')).runCommand(all(command)));

  program
    .command('check')
    .description('rules about the data, rejected lines, names that were not mapped')
    .addOption(new Option('--fail-on <severity>', 'exit 3 from this on; default error').choices(['warn', 'error']))
    .option(
      '--ledger',
      'the books of finance against the shop: exit 7 unless they reconcile; names the entries that do not fit',
    )
    .option('--limit <rows>', 'most rejected lines, or entries of the books, to show; default 50')
    .action(async (_options, command) => (await import('../check.ts')).checkCommand(all(command)));

  program
    .command('doctor')
    .description('look the workspace over')
    .option('--repair', 'make the warehouse again from landing/')
    .option('--bundle <file>', 'write what somebody who helps needs to see: no row of the data')
    .option('--home <dir>', "folder of the server's own files")
    .action(async (_options, command) => (await import('../doctor.ts')).doctorCommand(all(command)));

  program
    .command('simulate')
    .description('write a market with known truth, in the export formats of the platforms')
    .requiredOption('--out <dir>', 'folder to write to')
    .option('--seed <n>', 'everything follows from it; default 1')
    .option('--persons <n>', 'how many people there are; default 4000')
    .option('--days <n>', 'length of the window; default 90')
    .option('--effect <scale>', 'scale of all true effects; 0: nothing sells; default 1')
    .option('--confounding <share>', 'how much demand decides who is reached, from 0 to 1; default 0.5')
    .option('--boycott <share>', "largest share of a boycotter's orders lost; default 0")
    .action(async (_options, command) => (await import('../simulate.ts')).simulateCommand(all(command)));
}
