import { join } from 'node:path';
import { dropOldExports } from '../pipeline/control/exports.ts';
import { type JobQueue, type JobSlots, startJobQueue } from '../pipeline/control/job-queue.ts';
import { dropOldJobs, type JobRow } from '../pipeline/control/jobs.ts';
import type { Control } from '../pipeline/control/open-control.ts';
import { emitEvent } from '../pipeline/control/webhooks.ts';
import { dropExportFile } from '../pipeline/jobs/export-query.ts';
import { dropOldFiles } from '../pipeline/jobs/uploads.ts';
import type { ReaderPool } from '../pipeline/readers/reader-pool.ts';
import { type ServedRuns, serveRuns } from '../pipeline/served-runs.ts';
import { watchEvents } from '../pipeline/webhooks/watch.ts';
import type { Workspace } from '../pipeline/workspace.ts';
import type { Log } from './log.ts';

/** What a server keeps going for one workspace. */
export interface ServedWorkspace {
  workspace: Workspace;
  name: string;
  runs: ServedRuns;
  /** absent on a server that only reads */
  jobs: JobQueue | undefined;
  /** stops the jobs and everything that recurs; the runs stay open */
  stop(): Promise<void>;
}

export interface ServeWorkspaceSettings {
  workspace: Workspace;
  control: Control;
  readers: ReaderPool;
  /** no jobs, no webhooks, no sweeping: those are the work of another server */
  isReadOnly?: boolean;
  /** shared by the workspaces of a server */
  slots?: JobSlots;
  /** how often the queue is asked for jobs of other servers */
  pollSeconds?: number;
  log?: Log;
}

/** What a job may hold beside the database. */
const JOB_MEMORY_BYTES = 2 * 2 ** 30;

/** Starts the jobs, the watch over webhooks and the sweeping of one workspace. */
export async function serveWorkspace(settings: ServeWorkspaceSettings): Promise<ServedWorkspace> {
  const { workspace, control, readers, slots, pollSeconds, log } = settings;
  const name = workspace.config.workspace;
  if (settings.isReadOnly)
    return {
      workspace,
      name,
      runs: serveRuns(workspace.paths, { readers }),
      jobs: undefined,
      stop: async () => undefined,
    };
  const onError = (error: unknown): void => log?.error({ err: error, workspace: name }, 'in the background');
  const now = (): Date => new Date();
  const jobs = await startJobQueue({
    ...{ control, workspace: name, directory: workspace.directory, timeZone: workspace.config.reporting.time_zone },
    jobMemoryBytes: workspace.config.limits.memory_bytes + JOB_MEMORY_BYTES,
    ...{ slots, pollSeconds, now, onError },
    onLog: (id, text) => log?.warn({ job: id, output: text.trim() }, 'output of a job'),
    onEnded: (job) => tellEnded(control, job),
  });
  const stopSweeping = sweepRegularly(control, name, onError);
  const runs = serveRuns(workspace.paths, { readers });
  const stopWatching = watchEvents({ control, workspace: name, runs, now, onError });
  return {
    ...{ workspace, name, runs, jobs },
    async stop() {
      await Promise.all([stopSweeping(), stopWatching(), jobs.close()]);
    },
  };
}

/** What webhooks are told of a job that failed. A run that was published is told by whoever watches. */
async function tellEnded({ db }: Control, job: JobRow): Promise<void> {
  if (job.kind !== 'run' || job.state !== 'failed') return;
  const error = job.error as { code: string; message: string };
  const data = { job: job.id, code: error.code, message: error.message };
  const event = error.code === 'check_failed' ? 'quality.failed' : 'run.failed';
  await emitEvent(db, job.workspace, event, data, new Date(), job.id);
}

const SWEEP_MS = 3_600_000;
const DAY_MS = 24 * 3_600_000;

/** Once an hour: what was kept long enough goes. @returns stops it, and waits for the sweep that is under way */
function sweepRegularly(
  { db, home }: Control,
  workspace: string,
  onError: (error: unknown) => void,
): () => Promise<void> {
  const sweep = async (): Promise<void> => {
    const now = Date.now();
    for (const id of await dropOldExports(db, workspace, new Date(now))) dropExportFile(home, id);
    await dropOldJobs(db, workspace, new Date(now - 90 * DAY_MS));
    dropOldFiles(join(home, 'uploads'), new Date(now - 7 * DAY_MS));
  };
  let current = sweep().catch(onError);
  const timer = setInterval(() => {
    current = sweep().catch(onError);
  }, SWEEP_MS);
  return () => {
    clearInterval(timer);
    return current;
  };
}
