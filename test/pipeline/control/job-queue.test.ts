import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type JobQueue, startJobQueue } from '../../../pipeline/control/job-queue.ts';
import { findJob, type JobRow, listJobs } from '../../../pipeline/control/jobs.ts';
import type { Control } from '../../../pipeline/control/open-control.ts';
import { currentRunName } from '../../../pipeline/current-run.ts';
import type { JobKind } from '../../../pipeline/jobs/job-kinds.ts';
import { runChild } from '../../../pipeline/jobs/run-child.ts';
import { openWorkspace, workspacePaths } from '../../../pipeline/workspace.ts';
import { packedProgram } from '../../packed.ts';
import { type TestControl, testControl } from './server.ts';

const RATES = 'rate_date,base,quote,rate,source\n2026-01-01,USD,EUR,0.9,ecb\n';
const CONFIG = 'workspace: acme\nreporting: { time_zone: Europe/Paris, currency: EUR }\n';

// commands and jobs are processes of their own
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let database: TestControl;
let directory: string;
let control: Control;
let queue: JobQueue;
const errors: unknown[] = [];
const ended: JobRow[] = [];

beforeAll(async () => {
  database = await testControl();
  control = { ...database, db: database.store.db, pepper: Buffer.alloc(32, 1) };
  directory = mkdtempSync(join(tmpdir(), 'liftproof-jobs-'));
  writeFileSync(join(directory, 'liftproof.yaml'), CONFIG);
});
afterAll(async () => {
  await database.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  queue = await start();
});
afterEach(async () => {
  await queue.close();
  expect(errors).toEqual([]);
});

const start = (jobMemoryBytes?: number) =>
  startJobQueue({
    jobMemoryBytes,
    control,
    workspace: 'acme',
    directory,
    timeZone: 'Europe/Paris',
    now: () => new Date(),
    pollSeconds: 0.5,
    retrySeconds: 1,
    onError: (error) => errors.push(error),
    onEnded: async (job) => {
      ended.push(job);
    },
  });

const submit = (kind: JobKind, input: unknown, id?: string) => queue.submit(kind, input, { actor: 'test', id });
const stateOf = async (job: JobRow) => (await findJob(control.db, 'acme', job.id)).state;
/** Waits for a state; a job that ended in another one says why. */
async function reaches(job: JobRow, state: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const row = await findJob(control.db, 'acme', job.id);
    if (row.state === state) return;
    if (row.endedAt !== null || performance.now() > deadline)
      throw new Error(`${row.kind} is ${row.state}, not ${state}: ${JSON.stringify(row.error)}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

let uploads = 0;
function upload(content = RATES): { path: string; batch_id: string; bytes: number; stream: string; options: object } {
  const path = join(directory, `upload-${++uploads}`);
  writeFileSync(path, content);
  return { path, batch_id: 'x', bytes: 1, stream: 'fx', options: { name: 'rates.csv', as: 'plain_fx_rate' } };
}

/** An upload whose reading never ends, until someone writes to it. */
function endlessUpload(): ReturnType<typeof upload> {
  const path = join(directory, `upload-${++uploads}`);
  execFileSync('mkfifo', [path]);
  return { path, batch_id: 'x', bytes: 1, stream: 'fx', options: { name: 'rates.csv', as: 'plain_fx_rate' } };
}

describe('jobs', () => {
  it('load an upload and publish a run in a process that opens the warehouse, and show what became of it', async () => {
    const loading = await submit('ingest', upload());
    const publishing = await submit('run', {});
    await reaches(publishing, 'succeeded');
    const loaded = await findJob(control.db, 'acme', loading.id);
    expect(loaded).toMatchObject({
      state: 'succeeded',
      result: { state: 'loaded', read: 1, accepted: 1 },
      error: null,
    });
    const published = await findJob(control.db, 'acme', publishing.id);
    expect((published.result as { run: string }).run).toBe(currentRunName(workspacePaths(directory)));
    expect(ended.map(({ id, state }) => [id, state])).toEqual([
      [loading.id, 'succeeded'],
      [publishing.id, 'succeeded'],
    ]);
    expect((await listJobs(control.db, 'acme', { limit: 1 })).map((job) => job.id)).toEqual([publishing.id]);
    expect((await listJobs(control.db, 'acme', { limit: 9, after: publishing.id })).map((job) => job.id)).toEqual([
      loading.id,
    ]);
  });

  it('say in words what a file made fail, and are not tried again', async () => {
    const job = await submit('ingest', upload('nonsense\n1\n'));
    await reaches(job, 'failed');
    const failed = await findJob(control.db, 'acme', job.id);
    expect(failed).toMatchObject({ attempts: 1, error: { code: 'unknown_source' } });
  });

  it('that are sent twice are one', async () => {
    const id = '11111111-1111-4111-8111-111111111111';
    const [first, again] = [await submit('ingest', upload(), id), await submit('ingest', upload(), id)];
    expect(again.id).toBe(first.id);
    await reaches(first, 'succeeded');
    expect((await listJobs(control.db, 'acme', { limit: 99 })).filter((job) => job.id === id)).toHaveLength(1);
  });

  it('that run are killed when they are cancelled, and the served run and the warehouse stand', async () => {
    const before = currentRunName(workspacePaths(directory));
    const job = await submit('ingest', endlessUpload());
    const waiting = await submit('run', {});
    await reaches(job, 'running');
    expect((await queue.cancel(waiting.id)).state).toBe('cancelled');
    await queue.cancel(job.id);
    await reaches(job, 'cancelled');
    expect(await stateOf(waiting)).toBe('cancelled');
    expect(currentRunName(workspacePaths(directory))).toBe(before);
    (await openWorkspace(directory)).close();
    await expect(queue.cancel(job.id)).rejects.toMatchObject({ code: 'not_allowed' });
    await expect(queue.cancel('nobody')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('wait for a warehouse that another process has open', async () => {
    const open = await openWorkspace(directory);
    const job = await submit('ingest', upload());
    await expect.poll(async () => (await findJob(control.db, 'acme', job.id)).attempts, { timeout: 20_000 }).toBe(1);
    await reaches(job, 'queued');
    open.close();
    await reaches(job, 'succeeded');
    expect((await findJob(control.db, 'acme', job.id)).attempts).toBeGreaterThan(1);
  });

  it('are put back by a server that stops, and done by the next one', async () => {
    const endless = endlessUpload();
    const job = await submit('ingest', endless);
    await reaches(job, 'running');
    await queue.close();
    expect(await stateOf(job)).toBe('queued');
    writeFileSync(`${endless.path}.new`, RATES);
    renameSync(`${endless.path}.new`, endless.path);
    queue = await start();
    await reaches(job, 'succeeded');
  });

  it('of a server that was killed end with it, and are done by the next one', async () => {
    await queue.close();
    const endless = endlessUpload();
    const script = join(directory, 'doomed.mjs');
    const { moduleAt } = await packedProgram();
    const module = (path: string) => JSON.stringify(moduleAt(`pipeline/control/${path}.ts`));
    writeFileSync(
      script,
      `import { openControlStore } from ${module('store')};
       import { startJobQueue } from ${module('job-queue')};
       const store = await openControlStore(${JSON.stringify(database.url)});
       const control = { store, db: store.db, home: ${JSON.stringify(database.home)}, pepper: Buffer.alloc(32, 1), close: async () => {} };
       const queue = await startJobQueue({ control, workspace: 'acme', directory: ${JSON.stringify(directory)}, timeZone: 'UTC', now: () => new Date(), pollSeconds: 0.5, retrySeconds: 1 });
       const job = await queue.submit('ingest', ${JSON.stringify(endless)}, { actor: 'doomed' });
       console.log(job.id);`,
    );
    const doomed = spawn(process.execPath, [script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const id = String(await new Promise((resolve) => doomed.stdout.once('data', resolve))).trim();
    const job = await findJob(control.db, 'acme', id);
    await reaches(job, 'running');
    const gone = new Promise((resolve) => doomed.once('exit', resolve));
    doomed.kill('SIGKILL');
    await gone;
    writeFileSync(`${endless.path}.new`, RATES);
    renameSync(`${endless.path}.new`, endless.path);
    queue = await start();
    await reaches(job, 'succeeded');
  });

  it.skipIf(!existsSync('/proc/self/status'))(
    'that hold more memory than they may fail, and are not tried again',
    async () => {
      await queue.close();
      queue = await start(2 ** 20);
      const job = await submit('ingest', endlessUpload());
      await reaches(job, 'failed');
      const failed = await findJob(control.db, 'acme', job.id);
      expect(failed).toMatchObject({ attempts: 1, error: { code: 'too_large' } });
    },
  );

  it('of one kind may be scheduled by cron in the zone of the workspace', async () => {
    await queue.setSchedule('run', '0 5 * * *');
    expect(await queue.schedules()).toEqual([{ kind: 'run', cron: '0 5 * * *', timeZone: 'Europe/Paris' }]);
    await expect(queue.setSchedule('run', 'every morning')).rejects.toMatchObject({ code: 'bad_parameter' });
    await expect(queue.setSchedule('ingest', '0 5 * * *')).rejects.toMatchObject({ code: 'bad_parameter' });
    await queue.setSchedule('run', undefined);
    expect(await queue.schedules()).toEqual([]);
  });
});

describe('a child', () => {
  it('is killed when it takes longer than it may', async () => {
    const input = endlessUpload();
    mkdirSync(database.home, { recursive: true });
    const child = runChild({ kind: 'ingest', workspace: directory, home: database.home, input }, { deadlineMs: 1500 });
    expect(await child.ended).toEqual({ how: 'late' });
    (await openWorkspace(directory)).close();
  });

  it.skipIf(!existsSync('/proc/self/status'))('is killed when it holds more memory than it may', async () => {
    const options = { deadlineMs: 60_000, memoryBytes: 2 ** 20 };
    const task = { kind: 'ingest', workspace: directory, home: database.home, input: endlessUpload() } as const;
    expect(await runChild(task, options).ended).toEqual({ how: 'large' });
  });
});
