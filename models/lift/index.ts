import { InputError } from '../errors.ts';
import { DEFAULT_LEVEL, type Estimate } from '../estimate.ts';
import type { Panel, Treatment } from '../panel.ts';
import {
  BLOCK_METHOD_ERRORS,
  type BlockMethodName,
  type BlockMethodOptions,
  blockMethod,
  checkError,
  type LiftError,
} from './block-method.ts';
import { type BstsOptions, bstsPanel } from './bsts.ts';
import { adjustForCovariates } from './covariate-adjustment.ts';
import type { Inference } from './inference.ts';
import { type LiftResult, liftResult } from './lift-result.ts';
import { type PanelView, panelView } from './panel-view.ts';
import { staggeredLift, staggeredReplicates, staggeredSdidLift } from './staggered-lift.ts';
import { staggeredSyntheticDidReplicates } from './staggered-synthetic-did.ts';
import { tbrPanel } from './tbr.ts';

/** Standard errors of each method, the default first. */
export const LIFT_METHODS = {
  ...BLOCK_METHOD_ERRORS,
  tbr: ['regression'],
  bsts: ['posterior'],
  callaway_santanna: ['cluster', 'placebo'],
} as const satisfies Record<string, readonly LiftError[]>;

export type LiftMethod = keyof typeof LIFT_METHODS;

export interface LiftOptions extends Partial<Omit<BlockMethodOptions, 'compat'>> {
  method: LiftMethod;
  /** sdid: `synthdid`; bsts: `causalimpact`; digits of that package instead of ours */
  compat?: 'synthdid' | 'causalimpact';
  /** bsts: see `BstsOptions` */
  bsts?: Omit<BstsOptions, 'level' | 'seed' | 'compat'>;
  /** tbr: whether the interval allows for autocorrelated residuals (default) or takes them as independent */
  errors?: 'ar1' | 'iid';
  /** did, sc, ascm, sdid with one start: covariates of the panel to take out first; not moved by the treatment */
  covariates?: readonly string[];
  /** callaway_santanna: whom the treated are compared with, and before-start periods with what */
  control?: 'never' | 'not_yet';
  base?: 'varying' | 'universal';
}

/**
 * Measures what the treatment changed: one method, one standard error, one answer.
 *
 * @param panel      units x periods, NaN = missing
 * @param treatment  first treated period per treated unit; one common start, except for `callaway_santanna` and `sdid`
 * @param options    `level` 0.9 and `seed` 1 unless given; the same input, options and seed give the same result
 * @param replicates all of `liftReplicates`, worked on elsewhere in ranges; computed here when absent
 * @throws InputError `bad_panel` as `panelView` and `adjustForCovariates`; `bad_parameter` for an unknown method, an error that does
 *   not apply to it, or a level outside (0, 1)
 */
export function measureLift(
  panel: Panel,
  treatment: Treatment,
  options: LiftOptions,
  replicates?: Float64Array,
): LiftResult {
  const checked = checkOptions(options);
  if (checked.method === 'callaway_santanna') return staggeredLift(panel, treatment, checked, replicates);
  if (isStaggeredSdid(checked, treatment)) {
    return staggeredSdidLift(panel, treatment, staggeredSdidOptions(checked), replicates);
  }
  const view = panelView(panel, treatment);
  if (checked.method === 'tbr') {
    const found = tbrPanel(panel, treatment, checked);
    return fromSeries('tbr', view, found, checked.level, {});
  }
  if (checked.method === 'bsts') {
    const { compat, level, seed, bsts } = checked;
    const found = bstsPanel(panel, treatment, {
      ...bsts,
      level,
      seed,
      compat: compat === 'causalimpact' ? compat : undefined,
    });
    return fromSeries('bsts', view, found, level, { inclusion: found.inclusion });
  }
  const { view: adjusted, diagnostics } = withoutCovariates(view, panel, checked);
  const method = blockMethod(checked.method, adjusted, blockOptions(checked));
  const table = replicates ?? method.replicates?.run() ?? new Float64Array();
  const expected = method.replicates?.count ?? 0;
  if (expected > 0 && (table.length === 0 || table.length % expected !== 0)) {
    throw new RangeError(`measureLift: ${table.length} numbers are not ${expected} replicates`);
  }
  return liftResult(checked.method, view, method.fit, method.infer(table), {
    ...method.diagnostics,
    ...diagnostics,
    seed: checked.seed,
  });
}

/**
 * The independent pieces of work behind a standard error, for splitting over workers: a range of replicates is a pure function of
 * panel, treatment, options and the range. Concatenated in order they are the last argument of `measureLift`.
 *
 * @returns null when the method needs none
 */
export function liftReplicates(
  panel: Panel,
  treatment: Treatment,
  options: LiftOptions,
): { count: number; run(from?: number, to?: number): Float64Array } | null {
  const checked = checkOptions(options);
  if (checked.method === 'callaway_santanna') return staggeredReplicates(panel, treatment, checked);
  if (!(checked.method in BLOCK_METHOD_ERRORS)) return null;
  if (isStaggeredSdid(checked, treatment)) {
    return staggeredSyntheticDidReplicates(panel, treatment, staggeredSdidOptions(checked));
  }
  const { view } = withoutCovariates(panelView(panel, treatment), panel, checked);
  return blockMethod(checked.method as BlockMethodName, view, blockOptions(checked)).replicates;
}

function isStaggeredSdid({ method }: LiftOptions, { firstTreated }: Treatment): boolean {
  return method === 'sdid' && new Set(firstTreated.values()).size > 1;
}

function staggeredSdidOptions(checked: CheckedOptions): BlockMethodOptions & { draws: number } {
  const { standardError = 'placebo', draws = 200 } = checked;
  checkError('sdid with several starts', ['placebo'], standardError);
  if (checked.covariates?.length) {
    throw new InputError('bad_parameter', 'sdid with several starts takes no covariates; leave them out');
  }
  return { ...blockOptions(checked), draws };
}

function withoutCovariates(
  view: PanelView,
  panel: Panel,
  { covariates = [] }: LiftOptions,
): { view: PanelView; diagnostics: Record<string, unknown> } {
  if (covariates.length === 0) return { view, diagnostics: {} };
  const { view: adjusted, slopes } = adjustForCovariates(view, panel, covariates);
  return { view: adjusted, diagnostics: { covariate_slopes: slopes } };
}

type CheckedOptions = LiftOptions & { level: number; seed: number };

function checkOptions(options: LiftOptions): CheckedOptions {
  const { method, level = DEFAULT_LEVEL, seed = 1 } = options;
  if (!Object.hasOwn(LIFT_METHODS, method)) {
    throw new InputError(
      'bad_parameter',
      `method ${method} is unknown; use one of ${Object.keys(LIFT_METHODS).join(', ')}`,
    );
  }
  if (!(level > 0 && level < 1)) {
    throw new InputError('bad_parameter', `level is ${level}; give a share between 0 and 1, such as 0.9`);
  }
  if (options.draws !== undefined && !(Number.isInteger(options.draws) && options.draws >= 20)) {
    throw new InputError('bad_parameter', `draws is ${options.draws}; give a whole number of at least 20`);
  }
  const { lambda, compat } = options;
  if (lambda !== undefined && !(lambda > 0)) {
    throw new InputError('bad_parameter', `lambda is ${lambda}; give a ridge above 0`);
  }
  const home = { synthdid: 'sdid', causalimpact: 'bsts' } as const;
  if (compat && home[compat] !== method) {
    throw new InputError('bad_parameter', `compat ${compat} belongs to ${home[compat]}, not to ${method}`);
  }
  if (options.covariates && options.covariates.length > 0 && !(method in BLOCK_METHOD_ERRORS)) {
    throw new InputError(
      'bad_parameter',
      `${method} takes no covariates; leave them out, or use one of ${Object.keys(BLOCK_METHOD_ERRORS).join(', ')}`,
    );
  }
  checkError(method, LIFT_METHODS[method], options.standardError);
  return { ...options, level, seed };
}

function blockOptions(options: CheckedOptions): BlockMethodOptions {
  return { ...options, compat: options.compat === 'synthdid' ? 'synthdid' : undefined };
}

/** A method that predicts one series, in the common shape. */
function fromSeries(
  method: string,
  view: PanelView,
  found: {
    estimate: Estimate;
    series: { actual: Float64Array; counterfactual: Float64Array; lo: Float64Array | null; hi: Float64Array | null };
  },
  level: number,
  diagnostics: Record<string, unknown>,
): LiftResult {
  const { estimate, series } = found;
  const { lo, hi } = series;
  const gap = series.actual.map((y, t) => y - series.counterfactual[t]);
  // a line without any residual has no error to speak of
  const interval = [estimate.interval?.lo, estimate.interval?.hi].every(Number.isFinite) ? estimate.interval : null;
  const inference: Inference = {
    method: LIFT_METHODS[method as 'tbr' | 'bsts'][0],
    standardError: interval && estimate.standardError,
    interval: interval && { lo: interval.lo, hi: interval.hi },
    pValue: interval && estimate.pValue,
    level,
    bands:
      interval && lo && hi
        ? Array.from({ length: view.post }, (_, t) => ({
            lo: series.actual[view.pre + t] - hi[view.pre + t],
            hi: series.actual[view.pre + t] - lo[view.pre + t],
          }))
        : null,
    diagnostics: {
      ...estimate.diagnostics,
      ...(interval || !estimate.interval ? {} : { no_interval: 'the pre-period leaves no residual to judge by' }),
    },
  };
  const fit = { effect: estimate.value, gap, weights: new Float64Array() };
  return liftResult(method, view, fit, inference, diagnostics);
}
