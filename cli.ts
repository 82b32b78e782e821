#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { addFinanceCommands } from './cli/commands/finance.ts';
import { addKeepingCommands } from './cli/commands/keeping.ts';
import { addModelsCommands } from './cli/commands/models.ts';
import { addPlansCommands } from './cli/commands/plans.ts';
import { addReadingCommands } from './cli/commands/reading.ts';
import { addServingCommands } from './cli/commands/serving.ts';
import { addWorkspaceCommands } from './cli/commands/workspace.ts';
import { exitCodeOf } from './cli/exit-codes.ts';
import { Interrupted } from './cli/interrupted.ts';
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

addWorkspaceCommands(program);
addReadingCommands(program);
addServingCommands(program);
addFinanceCommands(program);
addKeepingCommands(program);
addModelsCommands(program);
addPlansCommands(program);

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
