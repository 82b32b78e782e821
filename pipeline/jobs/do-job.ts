import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../../models/errors.ts';
import type { PlanRequest } from '../plans/plan-schema.ts';
import { openWorkspace } from '../workspace.ts';
import type { EraseInput, ExportInput, IngestInput, RunInput } from './job-inputs.ts';
import { csvOfJsonRows } from './json-rows.ts';
import type { ChildTask } from './run-child.ts';

/** Does the work of a job, in a process of its own, which loads no more than it needs. @returns what the job shows as its result */
export async function doJob(task: ChildTask, progress: (text: string) => void): Promise<unknown> {
  switch (task.kind) {
    case 'ingest':
      return doIngest(task, task.input as IngestInput, progress);
    case 'run':
      return doRun(task, task.input as RunInput, progress);
    case 'plan':
      return (await import('../plans/make-plan.ts')).makePlan(
        task.workspace,
        task.input as PlanRequest,
        new Date(),
        progress,
      );
    case 'erase':
      return doErase(task, task.input as EraseInput, progress);
    case 'backup':
      return doBackup(task, progress);
    case 'export':
      return (await import('./export-query.ts')).exportQuery(task.workspace, task.home, task.input as ExportInput);
    default:
      throw new InputError('usage', `there is no job of the kind ${task.kind}`);
  }
}

async function doIngest(task: ChildTask, input: IngestInput, progress: (text: string) => void): Promise<unknown> {
  if (!existsSync(input.path))
    throw new InputError('not_found', 'the upload is gone; send it again', { details: { what: 'upload' } });
  const { ingest } = await import('../ingest.ts');
  const path = input.rows === undefined ? input.path : asCsv(input.path, input.rows === 'lines');
  const workspace = await openWorkspace(task.workspace);
  try {
    const receipt = await ingest(workspace, path, { ...input.options, progress });
    for (const done of new Set([path, input.path])) rmSync(done, { force: true });
    return receipt;
  } finally {
    workspace.close();
  }
}

/** Written beside the upload, again at each attempt. */
function asCsv(path: string, isLines: boolean): string {
  const csv = `${path}.csv`;
  writeFileSync(csv, csvOfJsonRows(readFileSync(path, 'utf8'), isLines), { mode: 0o600 });
  return csv;
}

async function doRun(task: ChildTask, input: RunInput, progress: (text: string) => void): Promise<unknown> {
  const { run } = await import('../run.ts');
  const workspace = await openWorkspace(task.workspace);
  try {
    const { manifest, built } = await run(workspace, { now: new Date(), progress, models: input.models });
    return { run: manifest.run, run_hash: manifest.run_hash, built, checks: brokenChecks(manifest.checks) };
  } finally {
    workspace.close();
  }
}

async function doErase(task: ChildTask, input: EraseInput, progress: (text: string) => void): Promise<unknown> {
  if (!existsSync(input.path)) throw new InputError('not_found', 'the request is gone; send it again');
  const { erase } = await import('../erasure/erase.ts');
  const identifiers = readFileSync(input.path, 'utf8').split('\n');
  const receipt = await erase(task.workspace, identifiers, { now: new Date(), progress });
  rmSync(input.path, { force: true });
  return receipt;
}

/** The one job that reads the control store, whose address it is given. */
async function doBackup(task: ChildTask, progress: (text: string) => void): Promise<unknown> {
  const [{ backup }, { openControlStore }] = await Promise.all([import('../backup.ts'), import('../control/store.ts')]);
  const workspace = await openWorkspace(task.workspace);
  try {
    const control = await openControlStore(process.env.DATABASE_URL ?? '', { migrate: false, maxConnections: 1 });
    try {
      const to = process.env.LIFTPROOF_BACKUPS || join(dirname(resolve(task.workspace)), 'liftproof-backups');
      const { path, bytes, manifest } = await backup(workspace, {
        to,
        home: task.home,
        control,
        now: new Date(),
        progress,
      });
      return { name: basename(path), bytes, files: manifest.files.length, run: manifest.run };
    } finally {
      await control.close();
    }
  } finally {
    workspace.close();
  }
}

function brokenChecks(checks: readonly { check: string; broken: number }[]): { check: string; broken: number }[] {
  return checks.filter(({ broken }) => broken > 0).map(({ check, broken }) => ({ check, broken }));
}
