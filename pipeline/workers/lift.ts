import {
  confirmJobs,
  type GeoDesign,
  type GeoDesignOptions,
  type GeoJob,
  type GeoPlan,
  geoDesign,
  geoJobs,
  geoPlan,
} from '../../models/lift/design-geo.ts';
import { placeboReadOut, screeningReadOut } from '../../models/lift/geo-read-out.ts';
import { type LiftOptions, liftReplicates, measureLift } from '../../models/lift/index.ts';
import type { LiftResult } from '../../models/lift/lift-result.ts';
import type { NullReading } from '../../models/lift/panel-calibration.ts';
import {
  type ClaimParts,
  calibrationOf,
  claimOptions,
  type PanelClaim,
  type PanelClaimOptions,
  panelClaim,
} from '../../models/lift/panel-claim.ts';
import type { Panel, Treatment } from '../../models/panel.ts';
import type { LiftAnswer, LiftSetup, LiftTask } from './lift-worker.ts';
import { runInWorkers, shared } from './pool.ts';

/** Below this many fits x cells of the panel a thread takes longer to start than the work takes. */
const WORTH_A_THREAD = 8_000_000;

/** Slices of the work, so many that threads end together. */
const SLICES = 16;

/**
 * `measureLift` with its placebos, refits or redraws over worker threads: the same result, bit for bit, for any number of workers.
 *
 * @param workers  threads, 0 for none; default the processors there are, or none where the work is small
 * @throws InputError as `measureLift`
 */
export async function measureLiftInWorkers(
  panel: Panel,
  treatment: Treatment,
  options: LiftOptions,
  workers?: number,
): Promise<LiftResult> {
  const replicates = await replicatesInWorkers(panel, treatment, options, workers);
  return measureLift(panel, treatment, options, replicates ?? undefined);
}

/**
 * `panelClaim` with the placebos of its headline and the placebo assignments of its calibration over worker threads: the same claim,
 * bit for bit, for any number of workers.
 *
 * @param workers  as for `measureLiftInWorkers`
 * @throws InputError as `panelClaim`
 */
export async function panelClaimInWorkers(
  panel: Panel,
  treatment: Treatment,
  options: PanelClaimOptions = {},
  workers?: number,
): Promise<PanelClaim> {
  return panelClaim(panel, treatment, options, await claimPartsInWorkers(panel, treatment, options, workers));
}

/** The pieces of a claim that are worked on over worker threads; what would not gain by it is absent. */
export async function claimPartsInWorkers(
  panel: Panel,
  treatment: Treatment,
  options: PanelClaimOptions = {},
  workers?: number,
): Promise<ClaimParts> {
  const replicates = await replicatesInWorkers(panel, treatment, claimOptions(options), workers);
  const { assignments, draws } = calibrationOf(options);
  const nulls = worthThreads(panel, 2 * assignments * draws, workers)
    ? await sliced<NullReading[]>(
        { work: 'nulls', panel, treatment, options: cloneable(options) },
        assignments,
        workers,
      )
    : undefined;
  return { replicates: replicates ?? undefined, nulls: nulls?.flat() };
}

/** `GeoDesignOptions` that can travel: the read-out is the default test of geos, screened by the quicker one unless `screen` is false. */
export interface GeoWorkOptions extends Omit<GeoDesignOptions, 'readOut' | 'screen'> {
  /** random placebo sets where not all can be enumerated */
  draws: number;
  seed: number;
  screen: boolean;
}

/**
 * `geoDesign` with its candidates over worker threads: the same plan, bit for bit, for any number of workers.
 *
 * @param workers  as for `measureLiftInWorkers`
 * @throws InputError as `geoDesign`
 */
export async function geoDesignInWorkers(panel: Panel, options: GeoWorkOptions, workers?: number): Promise<GeoPlan> {
  const { draws, seed, screen, ...rest } = options;
  const search = { ...rest, screen: screen || undefined };
  const jobs = geoJobs(panel, search);
  if (!worthThreads(panel, jobs.length * draws, workers)) {
    return geoDesign(panel, {
      ...rest,
      readOut: placeboReadOut({ draws, seed }),
      screen: screen ? screeningReadOut({ draws, seed }) : undefined,
    });
  }
  const judged = async (round: readonly GeoJob[]): Promise<GeoDesign[]> => {
    const size = Math.max(1, Math.ceil(round.length / SLICES));
    const tasks = ranges(round.length, size).map(([from, to]) => round.slice(from, to));
    const setup: LiftSetup = { work: 'geos', panel: sharedPanel(panel), options };
    return ((await answers(setup, tasks, workers)) as GeoDesign[][]).flat();
  };
  const first = await judged(jobs);
  return geoPlan(search, first, await judged(confirmJobs(search, first)));
}

async function replicatesInWorkers(
  panel: Panel,
  treatment: Treatment,
  options: LiftOptions,
  workers: number | undefined,
): Promise<Float64Array | null> {
  const work = liftReplicates(panel, treatment, options);
  if (work === null || !worthThreads(panel, work.count, workers)) return null;
  const parts = await sliced<Float64Array>({ work: 'replicates', panel, treatment, options }, work.count, workers);
  const table = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    table.set(part, at);
    at += part.length;
  }
  return table;
}

function sliced<T extends LiftAnswer>(setup: LiftSetup, count: number, workers: number | undefined): Promise<T[]> {
  const tasks = ranges(count, Math.max(1, Math.ceil(count / SLICES)));
  return answers({ ...setup, panel: sharedPanel(setup.panel) }, tasks, workers) as Promise<T[]>;
}

function answers(setup: LiftSetup, tasks: readonly LiftTask[], workers: number | undefined): Promise<LiftAnswer[]> {
  const entry = import.meta.url.endsWith('.ts') ? './lift-worker.ts' : './lift-worker.js';
  return runInWorkers<LiftSetup, LiftTask, LiftAnswer>(new URL(entry, import.meta.url), setup, tasks, workers);
}

function ranges(count: number, size: number): [number, number][] {
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => [i * size, Math.min((i + 1) * size, count)]);
}

function worthThreads(panel: Panel, fits: number, workers: number | undefined): boolean {
  if (workers !== undefined) return workers > 0;
  return fits * panel.units.length * panel.periods.length >= WORTH_A_THREAD;
}

// inputs of the other gates may hold functions, and the placebo assignments do not read them
function cloneable({ level, seed, draws, calibration }: PanelClaimOptions): PanelClaimOptions {
  return { level, seed, draws, calibration };
}

function sharedPanel(panel: Panel): Panel {
  const covariates = Object.entries(panel.covariates).map(([name, values]) => [name, shared(values)] as const);
  return { ...panel, outcome: shared(panel.outcome), covariates: Object.fromEntries(covariates) };
}
