import { buildIncremental } from './build-incremental.ts';
import type { BuildReport } from './build-incremental.ts';
import { creditPosts } from './credit-posts.ts';
import { runChecks, stopOnErrors } from './judge.ts';
import { buildReports, type Manifest, publish } from './publish.ts';
import type { OpenWorkspace } from './workspace.ts';

export interface RunOptions {
  now: Date;
  progress?: (message: string) => void;
}

export interface RunReport {
  manifest: Manifest;
  built: BuildReport;
}

/** Everything: builds what new files touched, attributes, checks, and publishes. */
export async function run(workspace: OpenWorkspace, options: RunOptions): Promise<RunReport> {
  const { warehouse, config } = workspace;
  const built = await buildIncremental(warehouse, config, options.progress);
  options.progress?.('reports');
  await creditPosts(warehouse, config);
  await buildReports(warehouse, config);
  const checks = await runChecks(warehouse, config);
  stopOnErrors(checks);
  return { manifest: await publish(workspace, checks, options.now), built };
}
