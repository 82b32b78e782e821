import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { currentRunName } from './current-run.ts';
import type { Manifest } from './publish.ts';
import type { WorkspacePaths } from './workspace.ts';

export interface ListedRun {
  manifest: Manifest;
  isCurrent: boolean;
}

/** The published runs of a workspace, oldest first. */
export function listRuns(paths: WorkspacePaths): ListedRun[] {
  const current = currentRunName(paths);
  return readdirSync(paths.results)
    .filter((name) => name.startsWith('run_'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(paths.results, name, 'manifest.json'), 'utf8')) as Manifest)
    .map((manifest) => ({ manifest, isCurrent: manifest.run === current }));
}
