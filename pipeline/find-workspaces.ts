import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findWorkspace, type Workspace, workspacePaths } from './workspace.ts';

/**
 * The workspaces of some directories: each is one itself, or holds some.
 *
 * @throws InputError `not_found` for a directory that neither is nor holds one
 */
export function findWorkspaces(directories: readonly string[]): Workspace[] {
  return directories.flatMap((directory) => {
    if (isWorkspace(directory)) return [findWorkspace(directory)];
    const held = existsSync(directory)
      ? readdirSync(directory)
          .sort()
          .map((name) => join(directory, name))
          .filter(isWorkspace)
      : [];
    // says itself what is missing
    return held.length === 0 ? [findWorkspace(directory)] : held.map(findWorkspace);
  });
}

function isWorkspace(directory: string): boolean {
  return existsSync(workspacePaths(directory).config);
}
