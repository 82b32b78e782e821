import { CommanderError } from 'commander';
import { InputError } from '../models/errors.ts';
import { exitCodeOf } from './exit-codes.ts';
import { Interrupted } from './interrupted.ts';
import { makeProgram } from './program.ts';

/** One call of the shell: prints to the standard streams, and leaves its exit code in `process.exitCode`. Throws nothing. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    // not an option of the program: the version is read from a file only when asked for
    if (['--version', '-V'].includes(args[0])) (await import('./version.ts')).versionCommand();
    else await makeProgram().parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else {
      const known = error instanceof InputError || error instanceof Interrupted;
      process.stderr.write(`liftproof: ${known ? error.message : ((error as Error)?.stack ?? String(error))}\n`);
      if (!known) process.stderr.write('This is a bug: please report it with the lines above.\n');
      process.exitCode = exitCodeOf(error);
    }
  }
}
