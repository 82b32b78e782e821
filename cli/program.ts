import { Command, Option } from 'commander';
import { addFinanceCommands } from './commands/finance.ts';
import { addHelpCommands } from './commands/help.ts';
import { addKeepingCommands } from './commands/keeping.ts';
import { addModelsCommands } from './commands/models.ts';
import { addPlansCommands } from './commands/plans.ts';
import { addReadingCommands } from './commands/reading.ts';
import { addServingCommands } from './commands/serving.ts';
import { addWorkspaceCommands } from './commands/workspace.ts';
import { type GlobalOptions, setTerminal } from './terminal.ts';

/** Every command of the shell with its options; each is loaded when it is called. */
export function makeProgram(): Command {
  const program = new Command('liftproof')
    .description('Did social engagement sell anything, how much, and how sure are we?')
    .addOption(new Option('-w, --workspace <dir>', 'workspace folder').default('.').env('LIFTPROOF_WORKSPACE'))
    .option('--json', 'one JSON document on standard output')
    .option('--plain', 'tables as tab-separated lines, numbers as they are')
    .option('-q, --quiet', 'no messages, only the result')
    .option('-v, --verbose', 'every step as a line of its own, with the time since the start')
    .option('--no-color', 'no control characters; output is never coloured')
    .option('--no-input', 'ask nothing, as when standard input is no terminal')
    .showHelpAfterError('(liftproof <command> --help tells more)')
    .exitOverride()
    .hook('preAction', (_, action) => setTerminal(action.optsWithGlobals<GlobalOptions>()));
  addWorkspaceCommands(program);
  addReadingCommands(program);
  addServingCommands(program);
  addFinanceCommands(program);
  addKeepingCommands(program);
  addModelsCommands(program);
  addPlansCommands(program);
  addHelpCommands(program);
  return program;
}
