import { InputError } from '../models/errors.ts';
import { attributeModels } from './attribute-models.ts';
import type { BuildReport } from './build-incremental.ts';
import { buildIncremental } from './build-incremental.ts';
import type { Config } from './config.ts';
import { creditPosts } from './credit-posts.ts';
import { fitWorkspaceMix, leaveMixStanding, type MixReport } from './fit-mix.ts';
import { runChecks, stopOnErrors } from './judge.ts';
import { forgetStudies, isMeasured, measureStudies } from './measure-lift.ts';
import { buildReports, type Manifest, publish } from './publish.ts';
import type { Warehouse } from './warehouse.ts';
import type { OpenWorkspace } from './workspace.ts';

export interface RunOptions {
  now: Date;
  progress?: (message: string) => void;
  /** when aborted, the run stops between two of its steps; what was published stays */
  signal?: AbortSignal;
  /** models to put side by side in this run instead of those of `models.run`; the default model is always among them */
  models?: Config['models']['run'];
  /** threads of the bootstrap and of the chains; the numbers do not depend on it */
  workers?: number;
  /** make these anew and let the others stand as the last run left them; what new files made stale is made anew all the same */
  only?: readonly RunPart[];
  /** instead of `windows.click_days`: every journey is made anew, and again by the next run that does not say so */
  clickDays?: number;
  /** instead of those of `mix` */
  mix?: { draws?: number; chains?: number; seed?: number };
}

/** What a run makes of the data after it is built. */
export const RUN_PARTS = ['attribution', 'lift', 'mix'] as const;
export type RunPart = (typeof RUN_PARTS)[number];

export interface RunReport {
  manifest: Manifest;
  built: BuildReport;
  /** null without `mix` in the configuration, or when it was left as it stood */
  mix: MixReport | null;
}

/** Everything: builds what new files touched, attributes, checks, and publishes. */
export async function run(workspace: OpenWorkspace, options: RunOptions): Promise<RunReport> {
  const { warehouse } = workspace;
  const { clickDays } = options;
  const config =
    clickDays === undefined
      ? workspace.config
      : { ...workspace.config, windows: { ...workspace.config.windows, click_days: clickDays } };
  const step = (message: string): void => {
    options.signal?.throwIfAborted();
    options.progress?.(message);
  };
  const built = await buildIncremental(warehouse, config, step);
  if (built.kind !== 'none') await forgetStudies(warehouse);
  const chosen = chosenBy(config, options);
  const makes = (part: RunPart): boolean => options.only === undefined || options.only.includes(part);
  // a run never holds credit of other data than its own
  if (makes('attribution') || built.kind !== 'none' || !(await isAttributed(warehouse, chosen))) {
    step('reports');
    await creditPosts(warehouse, config);
    await attributeModels(warehouse, chosen, { workers: options.workers, progress: step });
  }
  if (makes('lift') || built.kind !== 'none' || !(await isMeasured(warehouse, config)))
    await measureStudies(warehouse, config, step);
  const { progress, signal, workers } = options;
  const mix = makes('mix') ? await fitWorkspaceMix(warehouse, chosen, { progress, signal, workers }) : null;
  if (!makes('mix')) await leaveMixStanding(warehouse, chosen, built.kind === 'none');
  step('publishing');
  await buildReports(warehouse, config);
  const checks = await runChecks(warehouse, config);
  stopOnErrors(checks);
  return { manifest: await publish({ ...workspace, config: chosen }, checks, options.now), built, mix };
}

/** The configuration with what the command asked for instead. */
function chosenBy(config: Config, { models, mix }: RunOptions): Config {
  const chosen = models === undefined ? config : withModels(config, models);
  const asked = Object.entries(mix ?? {}).filter(([, value]) => value !== undefined);
  if (asked.length === 0) return chosen;
  if (chosen.mix === undefined) {
    const flags = asked.map(([name]) => `--${name}`).join(', ');
    throw new InputError('usage', `${flags}: the workspace has no mix; add "mix: {}" to liftproof.yaml`);
  }
  return { ...chosen, mix: { ...chosen.mix, ...Object.fromEntries(asked) } };
}

/** Whether the credit of exactly these models stands in the warehouse. */
async function isAttributed(warehouse: Warehouse, { models }: Config): Promise<boolean> {
  const rows = await warehouse.rows<{ model: string }>('select model from result.model_run order by position');
  return rows.map(({ model }) => model).join() === models.run.join();
}

function withModels(config: Config, models: Config['models']['run']): Config {
  const run = models.includes(config.models.default) ? models : [config.models.default, ...models];
  return { ...config, models: { ...config.models, run } };
}
