#!/usr/bin/env node
import { CommanderError } from 'commander';
import { exitCodeOf } from './cli/exit-codes.ts';
import { Interrupted } from './cli/interrupted.ts';
import { makeProgram } from './cli/program.ts';
import { InputError } from './models/errors.ts';

// whoever reads the output may stop early, as `head` does: the work goes on, and nobody misses what was not read
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

try {
  // not an option of the program: the version is read from a file only when asked for
  if (['--version', '-V'].includes(process.argv[2])) (await import('./cli/version.ts')).versionCommand();
  else await makeProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    const known = error instanceof InputError || error instanceof Interrupted;
    process.stderr.write(`liftproof: ${known ? error.message : ((error as Error)?.stack ?? String(error))}\n`);
    if (!known) process.stderr.write('This is a bug: please report it with the lines above.\n');
    process.exitCode = exitCodeOf(error);
  }
}
