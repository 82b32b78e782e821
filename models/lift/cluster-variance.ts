/**
 * Small-sample factors for a variance clustered by unit.
 *
 * - `CR0`: none
 * - `CR1_nested`: G/(G-1) (n-1)/(n-K), K = 1 + periods; unit levels are nested in the clusters and not counted (fixest's rule)
 * - `CR1_full`: the same with K = every parameter, unit levels included (areg, `lm_robust(se_type = "stata")`)
 * - `CR2`: each cluster's residuals rescaled by (I - H_gg)^-1/2, Satterthwaite degrees of freedom (Bell & McCaffrey 2002)
 */
export type ClusterFactor = 'CR0' | 'CR1_nested' | 'CR1_full' | 'CR2';

export interface ClusterVariance {
  factor: ClusterFactor;
  /** NaN where the factor is not defined: CR2 with a single treated unit */
  standardError: number;
  /** of the t distribution: clusters - 1, or Satterthwaite's for CR2 */
  degrees: number;
  clusters: number;
}

/**
 * Variance of the one coefficient of a two-way regression, clustered by unit.
 *
 *     V_CR0 = sum_g (sum_t D_gt u_gt)^2 / (sum D^2)^2
 *
 * @param treated   units x length, the treatment without its unit and period means
 * @param residual  units x length
 */
export function clusterVariance(
  treated: Float64Array,
  residual: Float64Array,
  units: number,
  length: number,
  factor: ClusterFactor,
): ClusterVariance {
  const norms = new Float64Array(units);
  const scores = new Float64Array(units);
  let square = 0;
  for (let g = 0; g < units; g++) {
    for (let t = 0; t < length; t++) {
      const d = treated[g * length + t];
      norms[g] += d * d;
      scores[g] += d * residual[g * length + t];
    }
    square += norms[g];
  }
  if (factor === 'CR2') return bellMcCaffrey(treated, norms, scores, square, units, length);
  const n = units * length;
  const parameters = factor === 'CR1_full' ? units + length : 1 + length;
  const inflate = factor === 'CR0' ? 1 : (units / (units - 1)) * ((n - 1) / (n - parameters));
  const sum = scores.reduce((total, s) => total + s * s, 0);
  return { factor, standardError: Math.sqrt(inflate * sum) / square, degrees: units - 1, clusters: units };
}

/**
 * In the balanced two-way design I - H_gg = (1 - 1/N)(I - J/T) - d_g d_g'/S: d_g is an eigenvector, so the rescaling of a cluster is
 * one number, and units with the same treatment path share theirs.
 */
function bellMcCaffrey(
  treated: Float64Array,
  norms: Float64Array,
  scores: Float64Array,
  square: number,
  units: number,
  length: number,
): ClusterVariance {
  const keep = 1 - 1 / units;
  const eigen = norms.map((norm) => keep - norm / square);
  // a single treated unit leaves no information about its own residual
  const defined = eigen.every((value) => value > 1e-9);
  let sum = 0;
  for (let g = 0; g < units; g++) sum += scores[g] ** 2 / eigen[g];
  const paths = new Map<string, { row: number; count: number }>();
  for (let g = 0; g < units; g++) {
    const path = treated.subarray(g * length, (g + 1) * length);
    const key = Array.from(path, (d) => d.toPrecision(9)).join();
    const found = paths.get(key);
    if (found) found.count++;
    else paths.set(key, { row: g, count: 1 });
  }
  let trace = 0;
  let squares = 0;
  for (const a of paths.values()) {
    const own = (norms[a.row] * keep - norms[a.row] ** 2 / square) / eigen[a.row];
    trace += a.count * own;
    for (const b of paths.values()) {
      let inner = 0;
      for (let t = 0; t < length; t++) inner += treated[a.row * length + t] * treated[b.row * length + t];
      const between =
        -(inner / units + (norms[a.row] * norms[b.row]) / square) / Math.sqrt(eigen[a.row] * eigen[b.row]);
      const pairs = a === b ? a.count * (a.count - 1) : a.count * b.count;
      squares += pairs * between ** 2;
    }
    squares += a.count * own ** 2;
  }
  return {
    factor: 'CR2',
    standardError: defined ? Math.sqrt(sum) / square : Number.NaN,
    degrees: defined ? trace ** 2 / squares : Number.NaN,
    clusters: units,
  };
}
