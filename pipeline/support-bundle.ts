import { publicManifest } from './catalog.ts';
import type { DoctorFinding } from './doctor.ts';
import { listRuns } from './list-runs.ts';
import { settingSources } from './setting-sources.ts';
import { VERSION } from './version.ts';
import type { Workspace } from './workspace.ts';
import { writeOutput } from './write-output.ts';

/**
 * Writes what somebody who helps needs to see, as JSON: versions, findings of `doctor`, settings with their sources, and the manifests of
 * the last ten runs. No row of the data, no key, no name of a person.
 */
export function writeSupportBundle(
  path: string,
  workspace: Workspace,
  findings: readonly DoctorFinding[],
  now: Date,
): void {
  const bundle = {
    schema_version: 1,
    made_at: now.toISOString(),
    version: VERSION,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    findings,
    settings: settingSources(workspace),
    runs: listRuns(workspace.paths)
      .slice(-10)
      .map(({ manifest, isCurrent }) => ({ is_current: isCurrent, ...publicManifest(manifest) })),
  };
  writeOutput(path, `${JSON.stringify(bundle, null, 2)}\n`);
}
