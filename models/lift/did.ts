import { InputError } from '../errors.ts';
import type { Panel, Treatment } from '../panel.ts';
import { type ClusterFactor, type ClusterVariance, clusterVariance } from './cluster-variance.ts';

export interface TwoWayDid {
  /** unit of the outcome */
  effect: number;
  variance: ClusterVariance;
  units: number;
  periods: number;
  /** units treated at some time inside the panel */
  treatedUnits: number;
}

/**
 * Two-way difference-in-differences: one effect of being treated, beside unit and period levels.
 *
 *     y and D lose their unit and period means;  tau = sum(D y) / sum(D^2)
 *
 * With one common start this is the plain difference of differences. With several starts it is a weighted mean of comparisons, some
 * of them with already treated units: use `callawaySantanna` then.
 *
 * @param panel      balanced, no missing cell, periods after the end left out
 * @param treatment  first treated period per treated unit; starts may differ
 * @param factor     small-sample factor of the variance clustered by unit
 * @throws InputError `bad_panel` for a missing cell, or when treatment does not vary beside units and periods
 */
export function twoWayDid(panel: Panel, treatment: Treatment, factor: ClusterFactor = 'CR1_nested'): TwoWayDid {
  const n = panel.units.length;
  const length = Math.min(treatment.end ?? panel.periods.length, panel.periods.length);
  const treated = new Float64Array(n * length);
  const outcome = new Float64Array(n * length);
  let treatedUnits = 0;
  for (let u = 0; u < n; u++) {
    const start = treatment.firstTreated.get(panel.units[u]) ?? length;
    if (start < length) treatedUnits++;
    for (let t = 0; t < length; t++) {
      const y = panel.outcome[u * panel.periods.length + t];
      if (!Number.isFinite(y)) {
        throw new InputError(
          'bad_panel',
          `unit ${panel.units[u]}, period ${panel.periods[t]}: outcome is missing; fill the gap at its source or leave the unit out`,
        );
      }
      outcome[u * length + t] = y;
      treated[u * length + t] = t >= start ? 1 : 0;
    }
  }
  centreTwoWays(outcome, n, length);
  centreTwoWays(treated, n, length);
  let cross = 0;
  let square = 0;
  for (let i = 0; i < treated.length; i++) {
    cross += treated[i] * outcome[i];
    square += treated[i] * treated[i];
  }
  if (!(square > 1e-12 * n * length)) {
    throw new InputError(
      'bad_panel',
      'treatment does not vary beside units and periods (nobody, everybody, or from the first period on); ' +
        'add untreated units and periods before the start',
    );
  }
  const effect = cross / square;
  const residual = outcome.map((y, i) => y - effect * treated[i]);
  return {
    effect,
    variance: clusterVariance(treated, residual, n, length, factor),
    units: n,
    periods: length,
    treatedUnits,
  };
}

function centreTwoWays(data: Float64Array, n: number, length: number): void {
  const column = new Float64Array(length);
  let all = 0;
  for (let u = 0; u < n; u++) {
    let mean = 0;
    for (let t = 0; t < length; t++) mean += data[u * length + t] / length;
    all += mean / n;
    for (let t = 0; t < length; t++) {
      column[t] += data[u * length + t] / n;
      data[u * length + t] -= mean;
    }
  }
  for (let u = 0; u < n; u++) for (let t = 0; t < length; t++) data[u * length + t] -= column[t] - all;
}
