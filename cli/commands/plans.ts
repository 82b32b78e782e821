import { type Command, Option } from 'commander';
import { allOptions as all } from './all-options.ts';

/** Designs of tests. */
export function addPlansCommands(program: Command): void {
  const plan = program.command('plan').description('design a test before it runs');

  plan
    .command('geo')
    .argument('<history.csv>', 'long: one row per geo and period, without tests')
    .description('which geos to treat, for how long, and what that would find')
    .requiredOption('--unit <column>', 'column that names the geo or region')
    .requiredOption('--period <column>', 'column with the period: a number or an ISO day')
    .requiredOption('--outcome <column>', 'column with the outcome')
    .option('--weeks <weeks>', 'lengths to try, parted by commas')
    .option('--durations <periods>', 'the same in periods of the history')
    .option('--sizes <n>', 'numbers of treated geos to try, default 1,2,3')
    .option('--include <geos>', 'geos that must be treated')
    .option('--exclude <geos>', 'geos that must not be treated')
    .option('--target <share>', 'lift that must be found, such as 0.05; also --mde')
    .addOption(new Option('--mde <share>', 'lift that must be found').hideHelp())
    .option('--holdout-share <share>', 'share of the volume that must stay untreated; also --holdout')
    .addOption(new Option('--holdout <share>', 'share of the volume that must stay untreated').hideHelp())
    .option('--fixed-cost <money>', 'of the test, whatever is treated')
    .option('--cost-per-geo-period <money>', 'of treating one geo for one period')
    .option('--cost-per-incremental <money>', 'per unit of incremental outcome at the MDE')
    .option('--budget <money>', 'what a design may cost, to be one that can answer')
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
      (await import('../plan-geo.ts')).planGeoCommand(file, all(command)),
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
    .action(async (_options, command) => (await import('../plan-users.ts')).planUsersCommand(all(command)));

  plan
    .command('posting')
    .argument('[history.csv]', 'long: one row per region and period, for the power')
    .description('a randomised posting schedule: organic posting as an experiment')
    .option('--unit <column>', 'column that names the geo or region')
    .option('--period <column>', 'column with the period: a number or an ISO day')
    .option('--outcome <column>', 'column with the outcome')
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
      (await import('../plan-posting.ts')).planPostingCommand(file, all(command)),
    );
}
