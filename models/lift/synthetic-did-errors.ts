import { random } from '../numeric/random.ts';
import { rows } from './block.ts';
import { type Inference, noInference } from './inference.ts';
import { normalInference } from './normal-inference.ts';
import type { PanelView } from './panel-view.ts';
import { others, placeboSets } from './placebo-sets.ts';
import type { SyntheticDidFit, SyntheticDidFitter } from './synthetic-did.ts';

export type SyntheticDidError = 'placebo' | 'jackknife' | 'bootstrap';

/**
 * The replicates behind a standard error, each a pure function of its number, so that ranges of them can be worked on apart.
 */
export interface Replicates {
  kind: SyntheticDidError;
  count: number;
  /** true: no random draw is involved */
  exhaustive: boolean;
  /** replicates `from .. to`, each `[effect, gap of each post-period ...]`; NaN where a draw has no treated or no control unit */
  run(from?: number, to?: number): Float64Array;
}

/**
 * Replicates for the standard error of synthetic DiD.
 *
 * - `placebo`: controls play the treated units, all sets when there are at most 5,000, else `draws`; refitted with the ridge of the
 *   real fit. The only one that is defined for one treated unit; needs more controls than treated units.
 * - `jackknife`: each unit left out in turn, weights kept and scaled to sum 1. Needs two treated units.
 * - `bootstrap`: units drawn with replacement, refitted.
 *
 * @param draws  random replicates of placebo and bootstrap
 * @returns      null where the kind is not defined for this panel
 */
export function syntheticDidReplicates(
  view: PanelView,
  fitter: SyntheticDidFitter,
  fit: SyntheticDidFit,
  kind: SyntheticDidError,
  draws: number,
  seed: number,
): Replicates | null {
  const { controls, treated, pre } = view;
  const units = controls + treated;
  const restart = (donors: Int32Array): { units: Float64Array; periods: Float64Array } => ({
    units: normalised(Float64Array.from(donors, (d) => fit.weights[d])),
    periods: fit.periodWeights,
  });
  const one = {
    placebo: (i: number): SyntheticDidFit => {
      const chosen = sets!.at(i);
      const donors = others(controls, chosen);
      return fitter.fit(donors, chosen, restart(donors));
    },
    jackknife: (i: number): SyntheticDidFit => {
      const donors = rows(0, controls).filter((u) => u !== i);
      const own = rows(controls, units).filter((u) => u !== i);
      return fitter.apply(donors, own, restart(donors).units, fit.periodWeights);
    },
    bootstrap: (i: number): SyntheticDidFit | null => {
      const draw = random(seed, 'bootstrap', i);
      const sample = Int32Array.from({ length: units }, () => draw.integer(units)).sort();
      const donors = sample.filter((u) => u < controls);
      const own = sample.filter((u) => u >= controls);
      if (donors.length === 0 || own.length === 0) return null;
      return fitter.fit(donors, own, restart(donors));
    },
  }[kind];
  const sets = kind === 'placebo' && controls > treated ? placeboSets(controls, treated, draws, seed) : null;
  if (kind === 'placebo' && !sets) return null;
  if (kind !== 'placebo' && treated < 2) return null;
  if (kind === 'jackknife' && fit.weights.filter((w) => w > 0).length < 2) return null;
  const count = kind === 'placebo' ? sets!.count : kind === 'jackknife' ? units : draws;
  const width = 1 + view.post;
  return {
    kind,
    count,
    exhaustive: kind === 'jackknife' || (sets?.exhaustive ?? false),
    run(from = 0, to = count) {
      const table = new Float64Array((to - from) * width).fill(Number.NaN);
      for (let i = from; i < to; i++) {
        const found = one(i);
        if (found) table.set([found.effect, ...found.gap.subarray(pre)], (i - from) * width);
      }
      return table;
    },
  };
}

/**
 * Normal interval around a synthetic DiD effect from its replicates.
 *
 *     placebo, bootstrap: se = sqrt((B - 1) / B) * sd;   jackknife: se = sqrt((N - 1) / N * sum (tau_i - mean)^2)
 *
 * @param table  all replicates in order, as `Replicates.run` gives them
 * @see Arkhangelsky et al. (2021), algorithms 2-4
 */
export function syntheticDidInference(
  view: PanelView,
  fit: SyntheticDidFit,
  replicates: Replicates | null,
  table: Float64Array,
  level: number,
): Inference {
  if (!replicates) {
    return noInference(
      'synthetic_did',
      level,
      view.controls > view.treated
        ? `one treated unit: only the placebo standard error is defined`
        : `${view.controls} controls for ${view.treated} treated units: the placebo standard error needs more controls`,
    );
  }
  const width = 1 + view.post;
  const kept: number[] = [];
  for (let i = 0; i < replicates.count; i++) if (!Number.isNaN(table[i * width])) kept.push(i);
  if (kept.length < 2) return noInference(replicates.kind, level, 'fewer than two usable replicates');
  const errorOf = (column: number): number => {
    const values = kept.map((i) => table[i * width + column]);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
    const n = values.length;
    return replicates.kind === 'jackknife' ? Math.sqrt(((n - 1) / n) * squares) : Math.sqrt(squares / n);
  };
  const errors = Float64Array.from({ length: view.post }, (_, t) => errorOf(1 + t));
  return normalInference(replicates.kind, fit.effect, errorOf(0), fit.gap.subarray(view.pre), errors, level, {
    replicates: kept.length,
    exhaustive: replicates.exhaustive,
  });
}

function normalised(weights: Float64Array): Float64Array {
  const sum = weights.reduce((total, w) => total + w, 0);
  return sum > 0 ? weights.map((w) => w / sum) : weights.map(() => 1 / weights.length);
}
