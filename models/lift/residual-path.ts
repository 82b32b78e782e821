import { cholesky, type Matrix, solveCholesky } from '../numeric/matrix.ts';
import { centreRows, rowGram, rows } from './block.ts';
import { type PanelView, treatedMean } from './panel-view.ts';
import { simplexPath } from './simplex-path.ts';
import { simplexSolver } from './simplex-qp.ts';
import type { LinearPiece } from './step-function.ts';

/** How a counterfactual is fitted when every period counts. */
export interface NullFit {
  /** `simplex`: synthetic control; `uniform`: the plain mean of the donors (difference-in-differences) */
  weights: 'simplex' | 'uniform';
  /** de-mean every unit over all periods */
  demean: boolean;
  /** ridge of the augmentation; absent: none */
  ridge?: number;
}

/** Residuals of all periods as functions of the effect h taken out of the post-periods. */
export interface ResidualPath {
  /** entry t of a piece is the residual of period t */
  parts: LinearPiece[];
  complete: boolean;
  /** size of the treated series, for tolerances, unit of the outcome */
  scale: number;
}

/**
 * Fits the treated mean less h in the post-periods on the donors over **all** periods, for every h at once.
 *
 * @param from  where the search begins, for example the point estimate
 */
export function residualPath(view: PanelView, fit: NullFit, from: number): ResidualPath {
  const { controls, pre } = view;
  const length = pre + view.post;
  const donors = Float64Array.from(view.outcome.subarray(0, controls * length));
  const target = treatedMean(view);
  const shape = new Float64Array(length).fill(1, pre);
  if (fit.demean) {
    centreRows(donors, controls, length, 0, length);
    centreRows(target, 1, length, 0, length);
    centreRows(shape, 1, length, 0, length);
  }
  const reference = new Float64Array(length);
  for (let u = 0; u < controls; u++) for (let t = 0; t < length; t++) reference[t] += donors[u * length + t] / controls;
  for (let u = 0; u < controls; u++) for (let t = 0; t < length; t++) donors[u * length + t] -= reference[t];
  for (let t = 0; t < length; t++) target[t] -= reference[t];
  let square = 0;
  for (const y of target) square += y * y;
  const scale = Math.sqrt(square / length) || 1;

  const path =
    fit.weights === 'uniform'
      ? {
          segments: [
            { lo: -Infinity, hi: Infinity, base: new Float64Array(controls), slope: new Float64Array(controls) },
          ],
          complete: true,
        }
      : simplexPath(
          simplexSolver(rowGram(donors, controls, length, 0, length), controls, rows(0, controls), 0),
          times(donors, target, controls, length),
          times(donors, shape, controls, length).map((x) => -x),
          from,
          scale,
        );
  const smooth =
    fit.ridge === undefined ? (x: Float64Array) => x : residualSmoother(donors, controls, length, fit.ridge);
  const opposite = shape.map((x) => -x);
  const parts = path.segments.map(
    ({ lo, hi, slope }): LinearPiece => ({
      lo,
      hi,
      base: target,
      slope: smooth(minusMix(opposite, donors, slope, length)),
    }),
  );
  // residuals are continuous in h, so from the first piece on only slopes are needed
  const middle = Math.max(
    0,
    parts.findIndex(({ lo, hi }) => lo <= from && from <= hi),
  );
  parts[middle].base = smooth(minusMix(target, donors, path.segments[middle].base, length));
  const carry = (known: LinearPiece, next: LinearPiece, h: number): void => {
    next.base = known.base.map((a, t) => a + h * (known.slope[t] - next.slope[t]));
  };
  for (let i = middle + 1; i < parts.length; i++) carry(parts[i - 1], parts[i], parts[i].lo);
  for (let i = middle - 1; i >= 0; i--) carry(parts[i + 1], parts[i], parts[i].hi);
  return { parts, complete: path.complete, scale };
}

/**
 * The augmentation adds to the fit what ridge regression makes of its residual r over time, so the new residual is
 * `(I - A (A + ridge I)^-1) r = ridge (A + ridge I)^-1 r`, A = donors' donors, periods x periods.
 */
function residualSmoother(
  donors: Float64Array,
  controls: number,
  length: number,
  ridge: number,
): (residual: Float64Array) => Float64Array {
  const matrix: Matrix = { rows: length, cols: length, data: new Float64Array(length * length) };
  for (let u = 0; u < controls; u++) {
    for (let s = 0; s < length; s++) {
      const x = donors[u * length + s];
      for (let t = 0; t <= s; t++) matrix.data[s * length + t] += x * donors[u * length + t];
    }
  }
  for (let s = 0; s < length; s++) {
    matrix.data[s * length + s] += ridge;
    for (let t = 0; t < s; t++) matrix.data[t * length + s] = matrix.data[s * length + t];
  }
  const factor = cholesky(matrix);
  if (!factor) throw new RangeError(`residualSmoother: ridge ${ridge} is too small for these donors`);
  // applied once per piece, so the inverse pays: its rows are read in order
  const inverse = new Float64Array(length * length);
  const unit = new Float64Array(length);
  for (let s = 0; s < length; s++) {
    unit[s] = ridge;
    inverse.set(solveCholesky(factor, unit), s * length);
    unit[s] = 0;
  }
  return (residual) => times(inverse, residual, length, length);
}

function times(data: Float64Array, vector: Float64Array, rowCount: number, length: number): Float64Array {
  const out = new Float64Array(rowCount);
  for (let r = 0; r < rowCount; r++) {
    let dot = 0;
    for (let t = 0; t < length; t++) dot += data[r * length + t] * vector[t];
    out[r] = dot;
  }
  return out;
}

/** target - sum of weights times donor rows; four rows at a time, because the loop is bound by loads and stores. */
function minusMix(target: Float64Array, donors: Float64Array, weights: Float64Array, length: number): Float64Array {
  const out = target.slice();
  const used: number[] = [];
  for (let u = 0; u < weights.length; u++) if (weights[u] !== 0) used.push(u);
  let i = 0;
  for (; i + 3 < used.length; i += 4) {
    const [a, b, c, d] = [used[i] * length, used[i + 1] * length, used[i + 2] * length, used[i + 3] * length];
    const [wa, wb, wc, wd] = [weights[used[i]], weights[used[i + 1]], weights[used[i + 2]], weights[used[i + 3]]];
    for (let t = 0; t < length; t++) {
      out[t] -= wa * donors[a + t] + wb * donors[b + t] + wc * donors[c + t] + wd * donors[d + t];
    }
  }
  for (; i < used.length; i++) {
    const [a, wa] = [used[i] * length, weights[used[i]]];
    for (let t = 0; t < length; t++) out[t] -= wa * donors[a + t];
  }
  return out;
}
