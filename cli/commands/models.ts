import type { Command } from 'commander';
import { allOptions as all } from './all-options.ts';

/** Single models on bare files. */
export function addModelsCommands(program: Command): void {
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
    .option('--seed <n>', 'of the bootstrap and of auto; default 1')
    .option('--level <share>', 'level of the intervals, default 0.9')
    .option('--replicates <n>', 'bootstrap replicates, default 200; 0 for none')
    .action(async (file: string, _options, command) =>
      (await import('../model-attribution.ts')).modelAttributionCommand(file, all(command)),
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
      (await import('../model-lift.ts')).modelLiftCommand(file, all(command)),
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
      (await import('../model-mix.ts')).modelMixCommand(file, all(command)),
    );
}
