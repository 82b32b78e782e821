import { quantileT } from '../numeric/distribution.ts';
import type { ClusterFactor, ClusterVariance } from './cluster-variance.ts';
import type { Bounds, Inference } from './inference.ts';
import { noInference } from './inference.ts';
import { normalInference } from './normal-inference.ts';
import type { PanelView } from './panel-view.ts';

/** Below these numbers of units, or of treated units, CR1 is not printed: its size is wrong. */
const FEW_CLUSTERS = { units: 20, treated: 5 } as const;

/** Whether a panel has too few units for the usual clustered error. */
export function fewClusters(view: PanelView): boolean {
  return view.units.length < FEW_CLUSTERS.units || view.treated < FEW_CLUSTERS.treated;
}

/** The factor to use: the one asked for, or CR2 where CR1 and CR0 cannot be trusted. */
export function clusterFactor(view: PanelView, asked: ClusterFactor = 'CR1_nested'): ClusterFactor {
  return fewClusters(view) ? 'CR2' : asked;
}

/**
 * Interval of a difference-in-differences effect from its variance clustered by unit: effect -+ t * standard error.
 *
 * The bounds of single post-periods compare each unit's change since its pre-period mean between the groups (unequal variances).
 */
export function clusterInference(view: PanelView, effect: number, variance: ClusterVariance, level: number): Inference {
  if (!Number.isFinite(variance.standardError) || !(variance.degrees >= 1)) {
    return noInference(
      'cluster',
      level,
      `${view.treated} treated of ${view.units.length} units are too few for a clustered error; use placebo or conformal`,
    );
  }
  const gaps = new Float64Array();
  const found = normalInference(
    'cluster',
    effect,
    variance.standardError,
    gaps,
    null,
    level,
    { cluster_factor: variance.factor, clusters: variance.clusters },
    variance.degrees,
  );
  return {
    ...found,
    bands: view.treated > 1 && view.controls > 1 ? periodBounds(view, level, variance.degrees) : null,
  };
}

function periodBounds(view: PanelView, level: number, degrees: number): Bounds[] {
  const { pre, post, controls, treated } = view;
  const length = pre + post;
  const limit = quantileT((1 + level) / 2, degrees);
  const changes = new Float64Array(view.units.length);
  return Array.from({ length: post }, (_, t) => {
    for (let u = 0; u < changes.length; u++) {
      let mean = 0;
      for (let s = 0; s < pre; s++) mean += view.outcome[u * length + s] / pre;
      changes[u] = view.outcome[u * length + pre + t] - mean;
    }
    const own = moments(changes.subarray(controls));
    const other = moments(changes.subarray(0, controls));
    const half = limit * Math.sqrt(own.variance / treated + other.variance / controls);
    const gap = own.mean - other.mean;
    return { lo: gap - half, hi: gap + half };
  });
}

function moments(values: Float64Array): { mean: number; variance: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return { mean, variance: values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1) };
}
