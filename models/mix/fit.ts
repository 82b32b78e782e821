import { DEFAULT_LEVEL } from '../estimate.ts';
import type { Panel } from '../panel.ts';
import { type SummaryOptions, summarise } from './answer.ts';
import { type ChainHooks, type ChainJob, type ChainResult, runChain } from './chain.ts';
import { checkProblem, type MixCheck } from './checks.ts';
import { compileProblem } from './compile.ts';
import { prepareGeometry } from './geometry.ts';
import type { MixResult } from './result.ts';
import { checkSampling } from './sampling-options.ts';
import type { MixSpec } from './spec.ts';

export interface MixOptions {
  seed: number | string;
  /** default 4 */
  chains?: number;
  /** kept draws per chain; default 1000 national, 900 by geo */
  draws?: number;
  /** default 300 */
  warmup?: number;
  /** acceptance the step size aims at; default 0.8 */
  target?: number;
  /** trajectories have at most 2^maxDepth steps; default 10 */
  maxDepth?: number;
  level?: number;
  /** weeks at the end kept from the fit and predicted; default 0 */
  holdoutWeeks?: number;
  /** draws per chain behind weekly bands, response curves and fit statistics; default 100 */
  seriesDraws?: number;
}

/** A fit that is ready to be sampled: hand `job` to one worker per chain, then `finishMix`. */
export interface PreparedMix {
  job: ChainJob;
  seed: number | string;
  chains: number;
  checks: MixCheck[];
  summary: SummaryOptions;
}

/** The answers, and what a budget plan or a later look needs of the fit. */
export interface FittedMix {
  result: MixResult;
  job: ChainJob;
  chains: ChainResult[];
}

/**
 * Fits the Bayesian marketing mix model, chains one after another in this thread.
 *
 * @param panel    geos x weeks with the outcome and a covariate per driver column; one unit = national
 * @param spec     drivers, trend, season, holidays, noise, experiments
 * @param options  the same seed gives the same draws, however the chains are spread over threads
 * @throws InputError `bad_config`, `bad_panel`, `bad_parameter`, `unknown_name`, `insufficient_data`
 * @see docs/mix.md; Jin et al. (2017); Zhang et al. (2024), Media Mix Model Calibration With Bayesian Priors
 */
export function fitMix(panel: Panel, spec: MixSpec, options: MixOptions, hooks: ChainHooks = {}): FittedMix {
  const prepared = prepareMix(panel, spec, options);
  const chains: ChainResult[] = [];
  for (let c = 0; c < prepared.chains; c++) chains.push(runChain(prepared.job, prepared.seed, c, hooks));
  return finishMix(prepared, chains);
}

/** Everything before sampling: data to problem, checks, mode and curvature. */
export function prepareMix(panel: Panel, spec: MixSpec, options: MixOptions): PreparedMix {
  const compiled = compileProblem(panel, spec, options.holdoutWeeks ?? 0);
  const isNational = compiled.geos.length === 1;
  const settings = {
    warmup: options.warmup ?? 300,
    draws: options.draws ?? (isNational ? 1000 : 900),
    target: options.target ?? 0.8,
    maxDepth: options.maxDepth ?? 10,
  };
  const chains = options.chains ?? 4;
  checkSampling({ ...settings, chains });
  const { problem, geometry } = prepareGeometry(compiled);
  return {
    job: { problem, geometry, settings },
    seed: options.seed,
    chains,
    checks: checkProblem(problem),
    summary: { level: options.level ?? DEFAULT_LEVEL, seriesDraws: options.seriesDraws ?? 100 },
  };
}

/** Everything after sampling. The order of `chains` does not matter. */
export function finishMix(prepared: PreparedMix, chains: readonly ChainResult[]): FittedMix {
  const sorted = [...chains].sort((a, b) => a.chain - b.chain);
  return { result: summarise(prepared, sorted), job: prepared.job, chains: sorted };
}
