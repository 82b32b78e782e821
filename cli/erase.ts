import { text } from 'node:stream/consumers';
import { readPrivateText } from '../pipeline/control/private-file.ts';
import { erase } from '../pipeline/erasure/erase.ts';
import { type GlobalOptions, print, printJson, progressLine, say } from './terminal.ts';

/** Erases a person. Who it is never stands in the command itself, where other users of the machine could read it. */
export async function eraseCommand(options: GlobalOptions & { source?: string; dryRun?: boolean }): Promise<void> {
  const given = options.source === undefined ? await text(process.stdin) : readPrivateText(options.source);
  const progress = progressLine(options);
  const receipt = await erase(options.workspace, given.split('\n'), {
    now: new Date(),
    dryRun: options.dryRun,
    progress: progress.tell,
  });
  progress.end();
  if (options.json) printJson(receipt);
  else {
    const { keys, records_removed, files_rewritten, files_removed, orders_kept, files_left, run } = receipt;
    const would = options.dryRun ? 'would go' : 'are gone';
    print(
      `${records_removed} records under ${keys} keys ${would}: ${files_rewritten} files rewritten, ${files_removed} removed`,
    );
    if (orders_kept > 0)
      print(`${orders_kept} orders ${options.dryRun ? 'would stay' : 'stay'} in the books, without the person`);
    for (const file of files_left)
      print(`left: ${file.file} (${file.records} records) cannot be rewritten; remove it or replace it by hand`);
    if (run !== null) print(`${run} is published without them`);
  }
  say(options, 'Backups that were taken before still hold the person.');
  if (receipt.files_left.length > 0) process.exitCode = 8;
}
