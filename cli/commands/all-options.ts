import type { Command } from 'commander';
import type { GlobalOptions } from '../terminal.ts';

/** Options of a command and of the program; the command's own file says which of them it reads. */
export function allOptions<Options extends GlobalOptions>(command: Command): Options {
  return command.optsWithGlobals();
}
