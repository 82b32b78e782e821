import type { Command } from 'commander';
import { allOptions as all } from './all-options.ts';

/** What is taken out of a workspace, and what is kept of it. */
export function addKeepingCommands(program: Command): void {
  program
    .command('erase')
    .description('erase a person; identifiers on standard input, one a line')
    .option('--source <file>', 'read them from this file, which only you may read')
    .option('--dry-run', 'say what would go, change nothing')
    .action(async (_options, command) => (await import('../erase.ts')).eraseCommand(all(command)));

  program
    .command('backup')
    .description('copy the workspace and its part of the control store')
    .requiredOption('--to <dir>', 'folder that backups are put into')
    .option('--home <dir>', "folder of the server's own files")
    .action(async (_options, command) => (await import('../backup.ts')).backupCommand(all(command)));

  program
    .command('restore')
    .argument('<backup>', 'folder of one backup')
    .description('put a backup into a new folder')
    .option('--to <dir>', 'the new folder')
    .option('--verify', 'check what was restored; without --to in a temporary folder')
    .option('--dry-run', 'check the hashes of the backup only')
    .option('--home <dir>', "folder of the server's own files")
    .action(async (path: string, _options, command) =>
      (await import('../backup.ts')).restoreCommand(path, all(command)),
    );
}
