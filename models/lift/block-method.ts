import { InputError } from '../errors.ts';
import { augmentedFitter, augmentedSyntheticControl } from './augmented.ts';
import {
  type Block,
  block,
  type DonorFit,
  type DonorFitter,
  gapSeries,
  meanOver,
  rootMeanSquare,
  rows,
} from './block.ts';
import type { ClusterFactor, ClusterVariance } from './cluster-variance.ts';
import { type ConformalOptions, conformal, conformalBands } from './conformal.ts';
import { crossFittedT } from './cross-fitted-t.ts';
import { twoWayDid } from './did.ts';
import { clusterFactor, clusterInference, fewClusters } from './did-inference.ts';
import type { Inference } from './inference.ts';
import { type JackknifePlusOptions, jackknifePlus, jackknifePlusTable, LEAST_PERIODS } from './jackknife-plus.ts';
import type { PanelView } from './panel-view.ts';
import { placeboTable, studentisedPlacebo } from './placebo.ts';
import { refinedPlacebo, refinedPlaceboTable } from './placebo-refined.ts';
import { placeboSets } from './placebo-sets.ts';
import { scaledL2, syntheticControlFitter } from './synthetic-control.ts';
import { type SyntheticDidVariant, syntheticDidFitter } from './synthetic-did.ts';
import { syntheticDidInference, syntheticDidReplicates } from './synthetic-did-errors.ts';

/** How standard error, interval and p-value are made. */
export type LiftError =
  | 'placebo'
  | 'placebo_studentised'
  | 'placebo_refined'
  | 'cluster'
  | 'jackknife'
  | 'jackknife_plus'
  | 'bootstrap'
  | 'conformal'
  | 'cross_fitted_t'
  | 'posterior'
  | 'regression';

/** Options of the methods that weight donors; each reads its own. */
export interface BlockMethodOptions {
  standardError?: LiftError;
  level: number;
  seed: number;
  /** random placebo sets, bootstrap replicates or permutations, where not all can be enumerated */
  draws?: number;
  /** sc, ascm: each unit relative to its pre-period mean (default true) */
  demean?: boolean;
  /** sdid: the R package's early-stopped digits */
  compat?: 'synthdid';
  /** sdid: a relative of the formula */
  variant?: SyntheticDidVariant;
  /** did: small-sample factor; CR2 takes its place where units are few */
  clusterFactor?: ClusterFactor;
  /** ascm: a ridge instead of the chosen one */
  lambda?: number;
  /** ascm: false augments even where the guard refuses */
  guard?: boolean;
  /** conformal: cyclic shifts (default) or permutations */
  scheme?: 'block' | 'iid';
  /** cross_fitted_t: number of folds */
  folds?: number;
}

/** A fitted method: what it found, and how its uncertainty follows from replicates that can be worked on in ranges. */
export interface BlockMethod {
  fit: DonorFit & { periodWeights?: Float64Array };
  diagnostics: Record<string, unknown>;
  /** null when the inference needs no replicates; `run` gives replicates `from .. to` as one table */
  replicates: { count: number; run(from?: number, to?: number): Float64Array } | null;
  /** `table` holds all replicates in order */
  infer(table: Float64Array): Inference;
}

/** Standard errors each method offers, the default first. */
export const BLOCK_METHOD_ERRORS = {
  did: ['cluster', 'placebo', 'placebo_refined', 'conformal'],
  sc: ['placebo_refined', 'placebo', 'conformal', 'jackknife_plus', 'cross_fitted_t'],
  ascm: ['placebo_refined', 'placebo', 'conformal', 'jackknife_plus'],
  sdid: ['placebo', 'jackknife', 'bootstrap', 'placebo_studentised', 'placebo_refined'],
} as const satisfies Record<string, readonly LiftError[]>;

export type BlockMethodName = keyof typeof BLOCK_METHOD_ERRORS;

/** Fits one of the methods that weight donors, and prepares its inference. */
export function blockMethod(name: BlockMethodName, view: PanelView, options: BlockMethodOptions): BlockMethod {
  return { did, sc, ascm, sdid }[name](view, options);
}

function did(view: PanelView, options: BlockMethodOptions): BlockMethod {
  const data = block(view, true);
  const fitter: DonorFitter = (donors, treated) => {
    const weights = new Float64Array(donors.length).fill(1 / donors.length);
    return { weights, ...summary(data, gapSeries(data, donors, weights, treated)), converged: true };
  };
  const fit = ownFit(view, fitter);
  const asked = options.standardError ?? (fewClusters(view) ? 'placebo' : 'cluster');
  const diagnostics = {
    ...fitDiagnostics(data, view, fit),
    ...(options.standardError === undefined && asked === 'placebo'
      ? { default_changed: 'few units: placebo instead of cluster' }
      : {}),
  };
  if (asked === 'cluster') {
    return {
      fit,
      diagnostics,
      replicates: null,
      infer: () => clusterInference(view, fit.effect, blockVariance(view, options.clusterFactor), options.level),
    };
  }
  if (isPlacebo(asked)) return withPlacebo(view, fit, fitter, diagnostics, options);
  return {
    fit,
    diagnostics,
    ...byConformal(view, fit.effect, { ...conformalOptions(options), weights: 'uniform', demean: true }),
  };
}

/** The same effect as a two-way regression, for its variance clustered by unit. */
function blockVariance(view: PanelView, factor?: ClusterFactor): ClusterVariance {
  const { units, periods, outcome } = view;
  const firstTreated = new Map(units.slice(view.controls).map((unit) => [unit, view.pre]));
  return twoWayDid({ units, periods, outcome, covariates: {} }, { firstTreated }, clusterFactor(view, factor)).variance;
}

function sc(view: PanelView, options: BlockMethodOptions): BlockMethod {
  const data = block(view, options.demean ?? true);
  const fitter = syntheticControlFitter(data);
  const fit = ownFit(view, fitter);
  const diagnostics = fitDiagnostics(data, view, fit);
  const asked = options.standardError ?? BLOCK_METHOD_ERRORS.sc[0];
  if (isPlacebo(asked)) return withPlacebo(view, fit, fitter, diagnostics, { ...options, standardError: asked });
  if (asked === 'cross_fitted_t') {
    const found = crossFittedT(view, options);
    // the interval belongs to the debiased effect, so that one is reported
    return {
      fit: { ...fit, effect: found.effect ?? fit.effect },
      diagnostics: { ...diagnostics, plain_effect: fit.effect },
      replicates: null,
      infer: () => found,
    };
  }
  const inference =
    asked === 'conformal'
      ? byConformal(view, fit.effect, conformalOptions(options))
      : byJackknifePlus(view, { level: options.level, demean: options.demean });
  return { fit, diagnostics, ...inference };
}

function ascm(view: PanelView, options: BlockMethodOptions): BlockMethod {
  const data = block(view, options.demean ?? true);
  const fit = augmentedSyntheticControl(view, options);
  const ridge = fit.augmented && fit.lambda !== null ? fit.lambda : undefined;
  const diagnostics = {
    ...fitDiagnostics(data, view, fit),
    augmented: fit.augmented,
    lambda: fit.lambda,
    ...(fit.augmented ? {} : { guard: fit.refused }),
  };
  const asked = options.standardError ?? BLOCK_METHOD_ERRORS.ascm[0];
  if (isPlacebo(asked)) {
    const fitter = ridge === undefined ? syntheticControlFitter(data) : augmentedFitter(data, ridge);
    return withPlacebo(view, fit, fitter, diagnostics, { ...options, standardError: asked });
  }
  const inference =
    asked === 'conformal'
      ? byConformal(view, fit.effect, { ...conformalOptions(options), ridge })
      : byJackknifePlus(view, { level: options.level, demean: options.demean, ridge });
  return { fit, diagnostics, ...inference };
}

function sdid(view: PanelView, options: BlockMethodOptions): BlockMethod {
  const fitter = syntheticDidFitter(view, options);
  const fit = fitter.fit(rows(0, view.controls), rows(view.controls, view.units.length));
  const diagnostics = {
    ...fitDiagnostics(fitter.data, view, fit),
    noise_level: fitter.sigma,
    zeta_omega: fitter.zetaOmega,
    zeta_lambda: fitter.zetaLambda,
    ...(options.variant ? { variant: options.variant } : {}),
    ...(options.compat ? { compat: options.compat } : {}),
  };
  const asked = options.standardError ?? 'placebo';
  if (asked !== 'placebo' && isPlacebo(asked))
    return withPlacebo(view, fit, (donors, treated) => fitter.fit(donors, treated), diagnostics, options);
  const kind = asked as 'placebo' | 'jackknife' | 'bootstrap';
  const replicates = syntheticDidReplicates(view, fitter, fit, kind, options.draws ?? 200, options.seed);
  return {
    fit,
    diagnostics,
    replicates,
    infer: (table) => syntheticDidInference(view, fit, replicates, table, options.level),
  };
}

/** The bounds of each post-period are the replicates; the interval of the mean effect is one path that cannot be split. */
function byConformal(
  view: PanelView,
  effect: number,
  options: ConformalOptions,
): Pick<BlockMethod, 'replicates' | 'infer'> {
  return {
    replicates: { count: view.post, run: (from, to) => conformalBands(view, effect, options, from, to) },
    infer: (table) => conformal(view, effect, { ...options, bands: table }),
  };
}

function byJackknifePlus(view: PanelView, options: JackknifePlusOptions): Pick<BlockMethod, 'replicates' | 'infer'> {
  return {
    replicates:
      view.pre < LEAST_PERIODS
        ? null
        : { count: view.pre, run: (from, to) => jackknifePlusTable(view, options, from, to) },
    infer: (table) => jackknifePlus(view, options, table),
  };
}

function withPlacebo(
  view: PanelView,
  fit: DonorFit,
  fitter: DonorFitter,
  diagnostics: Record<string, unknown>,
  options: BlockMethodOptions,
): BlockMethod {
  const { controls, treated, pre, post } = view;
  const sets = controls > treated ? placeboSets(controls, treated, options.draws ?? 999, options.seed) : null;
  const found = { fit, diagnostics: { ...diagnostics, exhaustive: sets?.exhaustive ?? null } };
  if (options.standardError === 'placebo_refined') {
    const own = rows(controls, controls + treated);
    return {
      ...found,
      replicates: sets && {
        count: sets.count,
        run: (from = 0, to = sets.count) => refinedPlaceboTable(fitter, sets, controls, own, pre, from, to),
      },
      infer: (table) => refinedPlacebo(fit, table, post, options.level),
    };
  }
  return {
    ...found,
    replicates: sets && {
      count: sets.count,
      run: (from = 0, to = sets.count) => placeboTable(fitter, sets, controls, pre, from, to),
    },
    infer: (table) => studentisedPlacebo(fit, table, post, options.level),
  };
}

function isPlacebo(asked: LiftError): boolean {
  return asked === 'placebo' || asked === 'placebo_studentised' || asked === 'placebo_refined';
}

function ownFit(view: PanelView, fitter: DonorFitter): DonorFit {
  return fitter(rows(0, view.controls), rows(view.controls, view.units.length));
}

function summary(data: Block, gap: Float64Array): { gap: Float64Array; effect: number; preRmspe: number } {
  return {
    gap,
    effect: meanOver(gap, data.pre, data.pre + data.post),
    preRmspe: rootMeanSquare(gap, 0, data.pre),
  };
}

function conformalOptions(options: BlockMethodOptions): Parameters<typeof conformal>[2] {
  const { level, seed, scheme, demean } = options;
  return { level, seed, scheme, demean, permutations: options.draws ?? 1000 };
}

function fitDiagnostics(data: Block, view: PanelView, fit: DonorFit): Record<string, unknown> {
  const donors = rows(0, view.controls);
  const concentration = fit.weights.reduce((sum, w) => sum + w * w, 0);
  const l2 = scaledL2(data, donors, fit.weights, rows(view.controls, view.units.length));
  return {
    pre_rmspe: fit.preRmspe,
    scaled_l2: Number.isFinite(l2) ? l2 : null,
    effective_donors: concentration > 0 ? 1 / concentration : null,
    donors_exceed_periods: view.controls > view.pre,
    converged: fit.converged,
  };
}

/** Refuses a standard error that a method does not offer. */
export function checkError(method: string, offered: readonly LiftError[], asked: LiftError | undefined): void {
  if (asked === undefined || offered.includes(asked)) return;
  throw new InputError(
    'bad_parameter',
    `standard error ${asked} does not apply to ${method}; use ${offered.length > 1 ? 'one of ' : ''}${offered.join(', ')}`,
    { details: { method, offered } },
  );
}
