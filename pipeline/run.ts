import { attributeModels } from './attribute-models.ts';
import type { BuildReport } from './build-incremental.ts';
import { buildIncremental } from './build-incremental.ts';
import type { Config } from './config.ts';
import { creditPosts } from './credit-posts.ts';
import { runChecks, stopOnErrors } from './judge.ts';
import { buildReports, type Manifest, publish } from './publish.ts';
import type { OpenWorkspace } from './workspace.ts';

export interface RunOptions {
  now: Date;
  progress?: (message: string) => void;
  /** when aborted, the run stops between two of its steps; what was published stays */
  signal?: AbortSignal;
  /** models to put side by side in this run instead of those of `models.run`; the default model is always among them */
  models?: Config['models']['run'];
  /** threads of the bootstrap; the numbers do not depend on it */
  workers?: number;
}

export interface RunReport {
  manifest: Manifest;
  built: BuildReport;
}

/** Everything: builds what new files touched, attributes, checks, and publishes. */
export async function run(workspace: OpenWorkspace, options: RunOptions): Promise<RunReport> {
  const { warehouse, config } = workspace;
  const step = (message: string): void => {
    options.signal?.throwIfAborted();
    options.progress?.(message);
  };
  const built = await buildIncremental(warehouse, config, step);
  step('reports');
  await creditPosts(warehouse, config);
  const chosen = options.models === undefined ? config : withModels(config, options.models);
  await attributeModels(warehouse, chosen, { workers: options.workers, progress: step });
  await buildReports(warehouse, config);
  const checks = await runChecks(warehouse, config);
  stopOnErrors(checks);
  return { manifest: await publish({ ...workspace, config: chosen }, checks, options.now), built };
}

function withModels(config: Config, models: Config['models']['run']): Config {
  const run = models.includes(config.models.default) ? models : [config.models.default, ...models];
  return { ...config, models: { ...config.models, run } };
}
