/**
 * Ridge least squares on the simplex by Frank-Wolfe with exact line search, stopped early: the solver of the R package synthdid,
 * kept only so that its digits can be reproduced. `simplexSolver` gives the optimum that this one approaches.
 *
 *     min over w  zeta2 ||w||^2 + ||A w - b||^2 / n
 *
 * 100 steps, then weights of at most a quarter of the largest are set to 0, then up to 10,000 steps from there; each stage stops
 * when a step lowers the objective by no more than `minDecrease2`.
 *
 * @param gram        A'A of the members, size x size
 * @param linear      A'b
 * @param norm2       b'b
 * @param n           rows of A
 * @param zeta2       squared ridge
 * @param minDecrease2  stopping rule, in the unit of the objective
 * @param start       weights to start from; uniform when absent
 * @see Arkhangelsky et al. (2021), Synthetic Difference-in-Differences, section 2 and its package's documentation
 */
export function frankWolfe(
  gram: Float64Array,
  linear: Float64Array,
  norm2: number,
  n: number,
  zeta2: number,
  minDecrease2: number,
  start?: Float64Array,
): Float64Array {
  const size = linear.length;
  const uniform = new Float64Array(size).fill(1 / size);
  const first = descend(gram, linear, norm2, n, zeta2, minDecrease2, start ?? uniform, 100);
  return descend(gram, linear, norm2, n, zeta2, minDecrease2, sparsify(first), 10_000);
}

function descend(
  gram: Float64Array,
  linear: Float64Array,
  norm2: number,
  n: number,
  zeta2: number,
  minDecrease2: number,
  start: Float64Array,
  maxSteps: number,
): Float64Array {
  const size = linear.length;
  const eta = n * zeta2;
  const w = start.slice();
  const gw = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    if (w[i] === 0) continue;
    for (let j = 0; j < size; j++) gw[j] += w[i] * gram[i * size + j];
  }
  let before = Number.POSITIVE_INFINITY;
  for (let step = 1; step <= maxSteps; step++) {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    let along = 0;
    for (let j = 0; j < size; j++) {
      const half = gw[j] - linear[j] + eta * w[j];
      if (half < least) {
        least = half;
        best = j;
      }
      along -= half * w[j];
    }
    along += least;
    // squared change of the fit and of the weights along e_best - w
    let fit = gram[best * size + best] - 2 * gw[best];
    let move = 1 - 2 * w[best];
    for (let j = 0; j < size; j++) {
      fit += w[j] * gw[j];
      move += w[j] * w[j];
    }
    const curvature = fit + eta * move;
    if (move > 0 && curvature > 0) {
      const length = Math.min(1, Math.max(0, -along / curvature));
      const base = best * size;
      for (let j = 0; j < size; j++) {
        w[j] -= length * w[j];
        gw[j] += length * (gram[base + j] - gw[j]);
      }
      w[best] += length;
    }
    let quadratic = 0;
    let dot = 0;
    let squares = 0;
    for (let j = 0; j < size; j++) {
      quadratic += w[j] * gw[j];
      dot += w[j] * linear[j];
      squares += w[j] * w[j];
    }
    const now = zeta2 * squares + (quadratic - 2 * dot + norm2) / n;
    if (step > 1 && before - now <= minDecrease2) break;
    before = now;
  }
  return w;
}

function sparsify(w: Float64Array): Float64Array {
  const limit = w.reduce((most, x) => Math.max(most, x), 0) / 4;
  let sum = 0;
  const out = w.map((x) => (x <= limit ? 0 : x));
  for (const x of out) sum += x;
  return out.map((x) => x / sum);
}
