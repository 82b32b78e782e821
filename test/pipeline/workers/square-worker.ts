import { answerTasks } from '../../../pipeline/workers/pool.ts';

// squares its task plus the setup; a negative task is an error, and 999 ends the thread
answerTasks<number, number, number>((setup) => (task) => {
  if (task === 999) process.exit(3);
  if (task < 0) throw new Error(`no root of ${task}`);
  return setup + task * task;
});
