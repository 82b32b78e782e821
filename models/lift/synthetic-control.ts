import {
  type Block,
  block,
  type DonorFit,
  type DonorFitter,
  donorTarget,
  gapSeries,
  meanOver,
  rootMeanSquare,
  rows,
} from './block.ts';
import type { PanelView } from './panel-view.ts';
import { simplexSolver } from './simplex-qp.ts';

export interface SyntheticControlOptions {
  /** true (default): each unit is taken relative to its pre-period mean, so that levels may differ */
  demean?: boolean;
}

/**
 * Synthetic control: the mix of untreated units that tracked the treated mean best before the start.
 *
 *     w = argmin ||y1_pre - Y0_pre w||^2,  w >= 0, sum w = 1;   effect = mean over post of (y1 - Y0 w)
 *
 * Outcome-only (V = I), solved to the optimum. With `demean` the pre-period mean of every unit is subtracted first.
 *
 * @param view  checked panel, controls first
 * @returns     weights over the controls, gap per period and mean effect, in the unit of the outcome
 * @see Abadie, Diamond & Hainmueller (2010); Ferman & Pinto (2021) for the de-meaned form
 */
export function syntheticControl(view: PanelView, options: SyntheticControlOptions = {}): DonorFit {
  const data = block(view, options.demean ?? true);
  return syntheticControlFitter(data)(rows(0, view.controls), rows(view.controls, view.units.length));
}

/** `syntheticControl` for any donors and treated rows of a block, from its one Gram matrix. */
export function syntheticControlFitter(data: Block): DonorFitter {
  return (donors, treated, start) => {
    const solver = simplexSolver(data.gram, data.units, donors, 0);
    if (start !== undefined) solver.startFrom(start);
    const { weights, converged } = solver.solve(donorTarget(data, donors, treated));
    const gap = gapSeries(data, donors, weights, treated);
    return {
      weights,
      gap,
      effect: meanOver(gap, data.pre, data.pre + data.post),
      preRmspe: rootMeanSquare(gap, 0, data.pre),
      converged,
    };
  };
}

/**
 * Pre-period misfit relative to that of equal weights: 0 is a perfect fit, 1 is no better than the plain mean of the donors.
 */
export function scaledL2(data: Block, donors: Int32Array, weights: Float64Array, treated: Int32Array): number {
  const uniform = new Float64Array(donors.length).fill(1 / donors.length);
  const best = rootMeanSquare(gapSeries(data, donors, weights, treated), 0, data.pre);
  const plain = rootMeanSquare(gapSeries(data, donors, uniform, treated), 0, data.pre);
  return plain > 0 ? best / plain : Number.NaN;
}
