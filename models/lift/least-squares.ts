import { solve, zeros } from '../numeric/matrix.ts';

interface LeastSquares {
  coefficients: Float64Array;
  residuals: Float64Array;
  /** sum of squared residuals */
  squares: number;
}

/**
 * Ordinary least squares by the normal equations of scaled columns.
 *
 * @param columns  regressors, each length n
 * @param y        length n
 * @returns        null when the columns are collinear
 */
function leastSquares(columns: readonly Float64Array[], y: Float64Array): LeastSquares | null {
  const k = columns.length;
  const n = y.length;
  const norms = columns.map((column) => Math.sqrt(column.reduce((sum, value) => sum + value * value, 0)));
  if (norms.some((norm) => !(norm > 0))) return null;
  const normal = zeros(k, k);
  const right = zeros(k, 1);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let t = 0; t < n; t++) sum += columns[i][t] * columns[j][t];
      normal.data[i * k + j] = sum / (norms[i] * norms[j]);
      normal.data[j * k + i] = normal.data[i * k + j];
    }
    for (let t = 0; t < n; t++) right.data[i] += (columns[i][t] * y[t]) / norms[i];
  }
  const solved = solve(normal, right);
  // unit columns: collinear ones blow the coefficients up
  if (solved === null || solved.data.some((value) => !Number.isFinite(value))) return null;
  const coefficients = solved.data.map((value, i) => value / norms[i]);
  const residuals = y.map(
    (value, t) => value - columns.reduce((sum, column, i) => sum + coefficients[i] * column[t], 0),
  );
  return { coefficients, residuals, squares: residuals.reduce((sum, e) => sum + e * e, 0) };
}

/**
 * F statistic of leaving some columns out.
 *
 * @param kept, tested  columns of the small model, and those added in the large one
 * @param lost          degrees of freedom already spent, e.g. on removed means
 * @returns             null when a model is collinear or nothing is left to test with
 */
export function nestedF(
  kept: readonly Float64Array[],
  tested: readonly Float64Array[],
  y: Float64Array,
  lost: number,
): { statistic: number; numerator: number; denominator: number } | null {
  const large = leastSquares([...kept, ...tested], y);
  const small = kept.length > 0 ? leastSquares(kept, y) : { squares: y.reduce((sum, value) => sum + value * value, 0) };
  const denominator = y.length - lost - kept.length - tested.length;
  if (large === null || small === null || denominator < 1 || !(large.squares > 0)) return null;
  const statistic = (small.squares - large.squares) / tested.length / (large.squares / denominator);
  return { statistic: Math.max(0, statistic), numerator: tested.length, denominator };
}
