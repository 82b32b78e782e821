#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { exitCodeOf } from './cli/exit-codes.ts';
import { Interrupted } from './cli/interrupted.ts';
import type { GlobalOptions } from './cli/terminal.ts';
import { InputError } from './models/errors.ts';

// whoever reads the output may stop early, as `head` does: the work goes on, and nobody misses what was not read
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

const program = new Command('liftproof')
  .description('Did social engagement sell anything, how much, and how sure are we?')
  .option('-w, --workspace <dir>', 'workspace folder', process.env.LIFTPROOF_WORKSPACE ?? '.')
  .option('--json', 'one JSON document on standard output')
  .option('-q, --quiet', 'no messages, only the result')
  .showHelpAfterError('(liftproof <command> --help tells more)')
  .exitOverride();

// each command's own file says which options it reads
const all = <Options extends GlobalOptions>(command: Command): Options => command.optsWithGlobals();

program
  .command('init')
  .argument('[dir]', 'folder to make', '.')
  .description('make a workspace with a commented liftproof.yaml')
  .option('--time-zone <zone>', 'reporting time zone (IANA)')
  .option('--currency <code>', 'reporting currency (ISO 4217)')
  .option('--shop <id>', 'id of the shop')
  .option('--consent <state>', 'granted or unknown: whether shop orders may be linked to persons')
  .action(async (dir: string, _options, command) => (await import('./cli/init.ts')).initCommand(dir, all(command)));

program
  .command('demo')
  .description('run the whole thing on a small sample brand whose truth is known')
  .option('--dir <dir>', 'keep the workspace in this folder')
  .action(async (_options, command) => (await import('./cli/demo.ts')).demoCommand(all(command)));

program
  .command('ingest')
  .argument('[files...]', 'files of any known kind, or - for standard input')
  .description('land and load files; each gets a receipt that adds up')
  .option('--as <kind>', 'kind of file, when it should not be recognised')
  .option('--source <id>', 'source in liftproof.yaml that the files belong to')
  .option('--kinds', 'list the kinds of files that are known')
  .option('--exported-at <instant>', 'when the export was made; the file time when absent')
  .option('--shop <id>')
  .option('--account <id>')
  .option('--time-zone <zone>')
  .option('--currency <code>')
  .addOption(new Option('--decimal-mark <mark>').choices(['.', ',']))
  .addOption(new Option('--date-order <order>').choices(['mdy', 'dmy']))
  .option('--year <year>')
  .addOption(new Option('--consent <state>').choices(['granted', 'unknown']))
  .addOption(
    new Option('--orders <yes>', 'whether purchase events of a web source are orders').choices(['true', 'false']),
  )
  .option('--action-type <type>', 'the one Meta action that counts as a purchase')
  .addOption(new Option('--period <period>', 'what the numbers of a table of posts cover').choices(['lifetime']))
  .addOption(new Option('--on-error <what>', 'what a rejected record does').choices(['quarantine', 'abort']))
  .option('--dry-run', 'say what would happen, load nothing')
  .action(async (files: string[], _options, command) =>
    (await import('./cli/ingest.ts')).ingestCommand(files, all(command)),
  );

program
  .command('run')
  .description('build what new files touched, attribute, fit the mix, check, publish')
  .option('--model <ids>', 'models to put side by side, parted by commas, or all; default models.run')
  .option('--only <parts>', 'attribution, lift, mix: the others stand as the last run left them')
  .option('--draws <n>', 'of the mix: kept per chain; default mix.draws')
  .option('--chains <n>', 'of the mix; default mix.chains')
  .option('--seed <n>', 'of the mix; default mix.seed')
  .action(async (_options, command) => (await import('./cli/run.ts')).runCommand(all(command)));

program
  .command('report')
  .argument(
    '[name]',
    'channels, models, campaigns, posts, paths, sequences, roi, lift, lift_estimates, lift_series, lift_gates, mix, response, budget, reconciliation, coverage, runs',
  )
  .description('print a report of the published run')
  .option('--model <id>')
  .addOption(new Option('--basis <basis>', 'which day refunds count on').choices(['order_date', 'event_date']))
  .option('--from <day>', 'first day, such as 2026-03-01')
  .option('--to <day>', 'last day')
  .option('--run <run>', 'an earlier run')
  .option('--limit <rows>')
  .option('--study <id>', 'of lift: one study')
  .option('--total <money>', 'of budget: money for the weeks of the plan')
  .option('--bound <channel=least:most...>', 'of budget: bounds of a channel; either side may be empty')
  .option('--lock <channel=money...>', 'of budget: a channel that gets exactly this')
  .option('--target-roi <ratio>', 'of budget: spend as much as keeps this return of the whole plan')
  .option('--target-mroi <ratio>', 'of budget: spend while the last unit of money still earns this')
  .option('--profitable', 'of budget: stop where a unit of money earns less than itself')
  .addOption(new Option('--format <format>').choices(['table', 'json', 'ndjson', 'csv', 'arrow', 'parquet', 'xlsx']))
  .option('-o, --out <file>', 'write there instead of standard output')
  .action(async (name: string | undefined, _options, command) =>
    (await import('./cli/report.ts')).reportCommand(name, all(command)),
  );

program
  .command('answer')
  .description('did it sell? The verdict of the published run in words and numbers')
  .option('--channel <name>', 'studies that treat this channel or campaign')
  .option('--from <day>', 'studies whose window touches this day or a later one, such as 2026-03-01')
  .option('--to <day>', 'or an earlier one')
  .option('--study <id>', 'one study, registered or not')
  .option('--run <run>', 'an earlier run')
  .action(async (_options, command) => (await import('./cli/answer.ts')).answerCommand(all(command)));

program
  .command('explain')
  .argument('<what>', 'order')
  .argument('<id>', 'id or name of the order')
  .description('show one order: journey, credits, and how each touch matched')
  .option('--model <id>')
  .action(async (what: string, id: string, _options, command) =>
    (await import('./cli/explain.ts')).explainCommand(what, id, all(command)),
  );

program
  .command('check')
  .description('rules about the data, rejected lines, names that were not mapped')
  .addOption(new Option('--fail-on <severity>', 'exit 3 from this on; default error').choices(['warn', 'error']))
  .option(
    '--ledger',
    'the books of finance against the shop: exit 7 unless they reconcile; names the entries that do not fit',
  )
  .option('--limit <rows>')
  .action(async (_options, command) => (await import('./cli/check.ts')).checkCommand(all(command)));

program
  .command('doctor')
  .description('look the workspace over')
  .option('--repair', 'make the warehouse again from landing/')
  .option('--home <dir>', "folder of the server's own files")
  .action(async (_options, command) => (await import('./cli/doctor.ts')).doctorCommand(all(command)));

program
  .command('serve')
  .description('answer over HTTP until Ctrl-C; the key is shown once')
  .option('--port <port>', 'default 8787; 0 takes any free one')
  .option('--host <host>', 'address to bind; 127.0.0.1 when absent')
  .option('--home <dir>', "folder of the server's own files; server/ of the workspace when absent")
  .option('--metrics-port <port>', 'serve /metrics there, on this machine only')
  .option('--log-level <level>', 'debug, info, warn, error, silent; warn on a terminal, else info')
  .option('--no-key', 'make no key at the start: only those that exist')
  .option('--revoke-keys', 'end the keys of earlier starts')
  .action(async (_options, command) => (await import('./cli/serve.ts')).serveCommand(all(command)));

program
  .command('export')
  .argument('<what>', 'roi, or the name of a published table')
  .description(
    'roi: the finance pack of a period (ROI table, reconciliation, definitions, manifest); else a published table, whole',
  )
  .option('--period <period>', 'such as 2026-07, or 2026-P07 in a 4-4-5 calendar; the newest when absent')
  .option('--run <run>', 'an earlier run')
  .option(
    '--format <formats>',
    'roi: xlsx, csv, parquet, all when absent; a table: csv, parquet, arrow; parted by commas',
  )
  .option('--basis <basis>', 'order_date or event_date: which day refunds count on')
  .option('-o, --out <dir>', 'folder to write to; . when absent')
  .option('--home <dir>')
  .action(async (what: string, _options, command) =>
    (await import('./cli/export.ts')).exportCommand(what, all(command)),
  );

const period = program.command('period').description('finance periods: open, soft-closed, locked, reopened');
period
  .command('list')
  .description('every period and its state')
  .option('--home <dir>')
  .action(async (_options, command) => (await import('./cli/period.ts')).periodListCommand(all(command)));
period
  .command('close')
  .argument('<period>')
  .description('close a period: changes are warned about from here on')
  .option('--by <person>', 'who closes it; the user of the shell when absent')
  .option('--home <dir>')
  .action(async (id: string, _options, command) =>
    (await import('./cli/period.ts')).periodCloseCommand(id, all(command)),
  );
period
  .command('lock')
  .argument('<period>')
  .description('pin a closed period to a run and write it into the ROI ledger; it has to reconcile')
  .option('--run <run>', 'run to pin; the current one when absent')
  .option('--basis <basis>', 'order_date or event_date')
  .option('--reason-code <code>', 'why data are restated: late_data, refund, fx_correction, mapping, model_change, bug')
  .option('--by <person>')
  .option('--home <dir>')
  .action(async (id: string, _options, command) =>
    (await import('./cli/period.ts')).periodLockCommand(id, all(command)),
  );
period
  .command('reopen')
  .argument('<period>')
  .description('ask to reopen a locked period, or approve that somebody else asked')
  .option('--reason <why>')
  .option('--approve', 'the second person agrees')
  .option('--by <person>')
  .option('--home <dir>')
  .action(async (id: string, _options, command) =>
    (await import('./cli/period.ts')).periodReopenCommand(id, all(command)),
  );

const key = program.command('key').description('keys of the API');
key
  .command('create')
  .description('make a key; it is shown once')
  .option('--name <name>', 'what it is for', 'shell')
  .option('--role <role>', 'owner, admin, analyst, marketer, finance, client, ingest; default client')
  .option('--scope <scopes>', 'fewer than those of the role, parted by commas')
  .option('--expires <days>', 'such as 30d; 90d for keys that change something, else 365d')
  .option('--ip <addresses>', 'addresses or ranges it may be used from, parted by commas')
  .option('--home <dir>')
  .action(async (_options, command) => (await import('./cli/key.ts')).keyCreateCommand(all(command)));
key
  .command('list')
  .description('every key, ended ones included; never their secrets')
  .option('--home <dir>')
  .action(async (_options, command) => (await import('./cli/key.ts')).keyListCommand(all(command)));
key
  .command('rotate')
  .argument('<id>')
  .description('a new key of the same rights; the old one holds for another 24 hours')
  .option('--home <dir>')
  .action(async (id: string, _options, command) => (await import('./cli/key.ts')).keyRotateCommand(id, all(command)));
key
  .command('revoke')
  .argument('<id>')
  .description('end a key now')
  .option('--home <dir>')
  .action(async (id: string, _options, command) => (await import('./cli/key.ts')).keyRevokeCommand(id, all(command)));

program
  .command('erase')
  .description('erase a person; identifiers on standard input, one a line')
  .option('--source <file>', 'read them from this file, which only you may read')
  .option('--dry-run', 'say what would go, change nothing')
  .action(async (_options, command) => (await import('./cli/erase.ts')).eraseCommand(all(command)));

program
  .command('backup')
  .description('copy the workspace and its part of the control store')
  .requiredOption('--to <dir>', 'folder that backups are put into')
  .option('--home <dir>')
  .action(async (_options, command) => (await import('./cli/backup.ts')).backupCommand(all(command)));

program
  .command('restore')
  .argument('<backup>', 'folder of one backup')
  .description('put a backup into a new folder')
  .option('--to <dir>', 'the new folder')
  .option('--verify', 'check what was restored; without --to in a temporary folder')
  .option('--dry-run', 'check the hashes of the backup only')
  .option('--home <dir>')
  .action(async (path: string, _options, command) =>
    (await import('./cli/backup.ts')).restoreCommand(path, all(command)),
  );

program
  .command('simulate')
  .description('write a market with known truth, in the export formats of the platforms')
  .requiredOption('--out <dir>')
  .option('--seed <n>')
  .option('--persons <n>')
  .option('--days <n>')
  .option('--effect <scale>')
  .option('--confounding <share>')
  .option('--boycott <share>')
  .action(async (_options, command) => (await import('./cli/simulate.ts')).simulateCommand(all(command)));

const model = program.command('model').description('one model on a bare file: no workspace, no database');
model
  .command('attribution')
  .argument(
    '<paths.csv>',
    'columns path, conversions, optional revenue, non_conversions; or journey, channel, converted, days_before',
  )
  .description('credit of each channel')
  .option('--model <ids>', 'one, several parted by commas, or all; default markov')
  .option('--order <k>', 'order of the Markov chain, or auto: by the loss on held-out journeys; default 1')
  .option('--spend <file>', 'columns channel, spend: adds CPA and ROAS')
  .option('--half-life <days>', 'of time_decay, default 7')
  .option('--seed <n>')
  .option('--level <share>', 'level of the intervals, default 0.9')
  .option('--replicates <n>', 'bootstrap replicates, default 200; 0 for none')
  .action(async (file: string, _options, command) =>
    (await import('./cli/model-attribution.ts')).modelAttributionCommand(file, all(command)),
  );

model
  .command('lift')
  .argument('<panel.csv>', 'long: one row per unit and period')
  .description('effect of a treatment on some units, against the untreated ones')
  .requiredOption('--unit <column>', 'column that names the unit (geo, state, shop)')
  .requiredOption('--period <column>', 'column with the period: a number or an ISO day')
  .requiredOption('--outcome <column>', 'column with the outcome')
  .requiredOption('--treated-units <units>', 'treated units, parted by commas')
  .requiredOption('--start <period>', 'first treated period; one per unit, parted by commas, where they differ')
  .option('--end <period>', 'first period after the treatment')
  .option('--covariates <columns>', 'columns to take out first; not moved by the treatment')
  .option('--method <id>', 'did, sc, ascm, sdid, tbr, bsts, callaway_santanna; default sc')
  .option('--se <kind>', 'placebo, jackknife, bootstrap, conformal, posterior, ...; default that of the method')
  .option('--seed <n>', 'default 1')
  .option('--level <share>', 'level of the interval, default 0.9')
  .option('--draws <n>', 'placebo sets or replicates where not all can be tried')
  .option('--gates', 'try to refute it, and grade the evidence')
  .option('--margin <effect>', 'with --gates: smallest effect worth having per unit and period, for equivalence')
  .action(async (file: string, _options, command) =>
    (await import('./cli/model-lift.ts')).modelLiftCommand(file, all(command)),
  );

model
  .command('mix')
  .argument('<weekly.csv>', 'one row per week, or per geo and week')
  .description('what paid media, organic engagement and negative signals moved')
  .requiredOption('--config <mix.yaml>', 'columns, drivers, trend, season, experiments')
  .option('--seed <n>', 'default 1')
  .option('--chains <n>', 'default 4')
  .option('--draws <n>', 'kept per chain; default 1000, by geo 900')
  .option('--warmup <n>', 'steps before, per chain; default 300')
  .option('--level <share>', 'level of the intervals, default 0.9')
  .option('--holdout-weeks <n>', 'weeks at the end kept from the fit, to judge it by')
  .action(async (file: string, _options, command) =>
    (await import('./cli/model-mix.ts')).modelMixCommand(file, all(command)),
  );

const plan = program.command('plan').description('design a test before it runs');
plan
  .command('geo')
  .argument('<history.csv>', 'long: one row per geo and period, without tests')
  .description('which geos to treat, for how long, and what that would find')
  .requiredOption('--unit <column>')
  .requiredOption('--period <column>')
  .requiredOption('--outcome <column>')
  .requiredOption('--durations <periods>', 'lengths to try, parted by commas')
  .option('--sizes <n>', 'numbers of treated geos to try, default 1,2,3')
  .option('--include <geos>', 'geos that must be treated')
  .option('--exclude <geos>', 'geos that must not be treated')
  .option('--target <share>', 'lift that must be found, such as 0.05')
  .option('--holdout-share <share>', 'share of the volume that must stay untreated')
  .option('--fixed-cost <money>')
  .option('--cost-per-geo-period <money>')
  .option('--cost-per-incremental <money>', 'per unit of incremental outcome at the MDE')
  .option('--budget <money>')
  .option('--windows <n>', 'past windows each design is tried on, default 10')
  .option('--confirm <n>', 'designs per duration judged by the very test, default 10')
  .option('--draws <n>', 'placebo sets where not all can be tried, default 199')
  .option('--level <share>', 'default 0.9')
  .option('--power <share>', 'default 0.8')
  .option('--seed <n>', 'default 1')
  .option('--id <name>', 'of the study; default geo_<start>')
  .option('--start <day>', 'first day of the test; default the first after history and today')
  .option('--question <id>', 'default posting_sales')
  .option('--channels <channels>', 'what is treated, parted by commas')
  .action(async (file: string, _options, command) =>
    (await import('./cli/plan-geo.ts')).planGeoCommand(file, all(command)),
  );
plan
  .command('users')
  .description('how many users a randomised test needs')
  .requiredOption('--mean <value>', 'mean outcome per user over a window as long as the test')
  .requiredOption('--sd <value>', 'its standard deviation')
  .requiredOption('--lift <share>', 'smallest lift of the exposed worth finding, such as 0.05')
  .option('--correlation <r>', 'with the same outcome before the test, for CUPED')
  .option('--exposure-rate <share>', 'share of the treated arm that will be reached')
  .option('--treated-share <share>', 'default 0.5')
  .option('--users-per-day <n>', 'who enter, for the duration')
  .option('--users <n>', 'say what so many users find')
  .option('--level <share>', 'default 0.9')
  .option('--power <share>', 'default 0.8')
  .option('--id <name>', 'of the study; default users_<start>')
  .option('--start <day>', 'first day of the test; default tomorrow')
  .option('--question <id>', 'default spend_sales')
  .option('--channels <channels>', 'what is treated, parted by commas')
  .action(async (_options, command) => (await import('./cli/plan-users.ts')).planUsersCommand(all(command)));
plan
  .command('posting')
  .argument('[history.csv]', 'long: one row per region and period, for the power')
  .description('a randomised posting schedule: organic posting as an experiment')
  .option('--unit <column>')
  .option('--period <column>')
  .option('--outcome <column>')
  .option('--regions <regions>', 'parted by commas; those of the history when absent')
  .requiredOption('--blocks <n>', 'even, at least 4')
  .requiredOption('--block-length <periods>', 'whole weeks keep weekdays balanced')
  .requiredOption('--washout <periods>', 'at the start of each block, not read')
  .option('--effects <shares>', 'planted effects, default 0.02,0.05,0.1,0.15,0.2,0.3')
  .option('--runs <n>', 'simulated schedules, default 40')
  .option('--draws <n>', 'schedules that could have been, default 199')
  .option('--level <share>', 'default 0.9')
  .option('--power <share>', 'default 0.8')
  .option('--seed <n>', 'default 1')
  .option('--id <name>', 'of the study; default posting_<start>')
  .option('--start <day>', 'first day of the schedule; default the first after history and today')
  .option('--question <id>', 'default posting_sales')
  .option('--channels <channels>', 'what is treated, parted by commas')
  .action(async (file: string | undefined, _options, command) =>
    (await import('./cli/plan-posting.ts')).planPostingCommand(file, all(command)),
  );

for (const command of [...program.commands, ...model.commands, ...plan.commands, ...period.commands, ...key.commands])
  command.exitOverride();
const printVersion = async (): Promise<void> => console.log((await import('./pipeline/version.ts')).VERSION);
program.command('version').description('version of liftproof').action(printVersion);

try {
  // not an option of the program: the version is read from a file only when asked for
  if (['--version', '-V'].includes(process.argv[2])) await printVersion();
  else await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    const known = error instanceof InputError || error instanceof Interrupted;
    process.stderr.write(`liftproof: ${known ? error.message : ((error as Error)?.stack ?? String(error))}\n`);
    if (!known) process.stderr.write('This is a bug: please report it with the lines above.\n');
    process.exitCode = exitCodeOf(error);
  }
}
