import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from './publish.ts';
import type { WorkspacePaths } from './workspace.ts';

/** The manifest of the run that is served, or undefined when nothing was published yet. */
export function currentRun(paths: WorkspacePaths): Manifest | undefined {
  if (!existsSync(paths.current)) return undefined;
  return JSON.parse(readFileSync(join(paths.current, 'manifest.json'), 'utf8')) as Manifest;
}

/** Name of the run that `results/current` points to, whether that is there or not. */
export function currentRunName(paths: Pick<WorkspacePaths, 'results'>): string | undefined {
  try {
    const current = join(paths.results, 'current');
    return lstatSync(current).isSymbolicLink() ? readlinkSync(current) : undefined;
  } catch {
    return undefined;
  }
}
