import { type OpenWorkspace, openWorkspace } from '../pipeline/workspace.ts';
import { Interrupted } from './interrupted.ts';

/**
 * Opens the workspace, works, and closes it, also when the user presses Ctrl-C: the first asks the work to stop, and the
 * workspace is left as the last commit made it; the second ends the process at once.
 *
 * @throws Interrupted, and what `work` throws
 */
export async function withWorkspace<T>(
  directory: string,
  work: (workspace: OpenWorkspace, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let open: OpenWorkspace | undefined;
  let asking: NodeJS.Timeout | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(new Interrupted(signal).exitCode);
    controller.abort(new Interrupted(signal));
    // a query that begins after the signal is asked too
    asking = setInterval(() => open?.warehouse.interrupt(), 50);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    open = await openWorkspace(directory);
    controller.signal.throwIfAborted();
    return await work(open, controller.signal);
  } catch (cause) {
    // whatever broke when it was told to stop
    throw controller.signal.aborted ? controller.signal.reason : cause;
  } finally {
    clearInterval(asking);
    open?.close();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
