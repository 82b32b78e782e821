import { InputError } from '../models/errors.ts';
import { watchFolders } from '../pipeline/watch-folder.ts';
import { type GlobalOptions, say } from './terminal.ts';

/**
 * Loads what is put into folders until Ctrl-C, which is how it is meant to end. The warehouse is open only while a file is loaded; a file that
 * comes while another process has it is tried again, and said once.
 *
 * @param load  loads one file
 */
export async function watchAndLoad(
  folders: readonly string[],
  options: GlobalOptions,
  load: (file: string) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  say(options, `Watching ${folders.join(', ')}; Ctrl-C ends it. "liftproof run" builds what came in.`);
  const waiting = new Set<string>();
  try {
    await watchFolders(folders, controller.signal, async (file) => {
      try {
        await load(file);
      } catch (error) {
        if (!(error instanceof InputError) || error.code === 'disk_full') throw error;
        if (error.code === 'locked') {
          if (!waiting.has(file)) say({}, `${file} waits: ${error.message}`);
          waiting.add(file);
          return false;
        }
        say({}, `refused: ${error.message}`);
      }
      waiting.delete(file);
      return true;
    });
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
