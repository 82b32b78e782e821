// Process of one job: gets its task from the server, says how far it is, and ends. It ends at once when the server is gone.
import { InputError } from '../../models/errors.ts';
import { doJob } from '../jobs/do-job.ts';
import type { ChildMessage, ChildTask } from '../jobs/run-child.ts';

const say = (message: ChildMessage): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(message, undefined, {}, () => resolve());
  });

// not process.exit: that waits for a statement that is running
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.once('message', async (task: ChildTask) => {
  let told = 0;
  const progress = (text: string): void => {
    const now = performance.now();
    if (now - told < 200) return;
    told = now;
    void say({ progress: text });
  };
  try {
    await say({ result: await doJob(task, progress) });
  } catch (error) {
    const known = error instanceof InputError;
    if (!known) process.stderr.write(`${(error as Error)?.stack ?? String(error)}\n`);
    await say({
      failure: {
        code: known ? error.code : null,
        message: known ? error.message : 'something broke on our side; the log of the server has it',
      },
    });
  }
  process.exit(0);
});
