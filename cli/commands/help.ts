import type { Command } from 'commander';

/** What tells about the program itself. */
export function addHelpCommands(program: Command): void {
  program
    .command('completion')
    .argument('<shell>', 'bash, zsh or fish')
    .description('print a script that completes commands and options')
    .addHelpText(
      'after',
      '\nbash: eval "$(liftproof completion bash)"   zsh: the same   fish: liftproof completion fish | source',
    )
    .action(async (shell: string) => (await import('../completion.ts')).completionCommand(program, shell));

  program
    .command('help')
    .argument('[topic...]', 'a command, or one of: exit-codes, environment, formats, workflow')
    .description('help on a command or a topic')
    .action(async (topic: string[]) => (await import('../help-topics.ts')).helpCommand(program, topic));

  program
    .command('version')
    .description('version of liftproof')
    .action(async () => (await import('../version.ts')).versionCommand());
}
