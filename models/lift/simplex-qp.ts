/** Where a simplex problem was solved. */
interface SimplexSolution {
  /** length members, >= 0, summing to 1 */
  weights: Float64Array;
  /** positions of the positive weights, in the order in which they entered */
  support: Int32Array;
  /** multiplier of the sum constraint: the common gradient of the free weights */
  multiplier: number;
  /** changes of the active set */
  steps: number;
  /** false only when the step limit was reached; the weights are then feasible but not optimal */
  converged: boolean;
}

/**
 * A solver that keeps its active set and Cholesky factor between calls, so that a neighbouring problem (another target, another
 * point on a path) costs a handful of updates.
 */
export interface SimplexSolver {
  readonly size: number;
  /** Solves for a new linear term, length members, from where the solver stands. */
  solve(linear: Float64Array): SimplexSolution;
  /** Puts the solver at feasible weights; entries that are not positive are left out and the rest is scaled to sum 1. */
  startFrom(weights: Float64Array): void;
  /**
   * Change of the optimal weights and of all reduced gradients per unit of `direction` added to the linear term, while the
   * support stays as it is. Valid after `solve`.
   */
  sensitivity(direction: Float64Array): { weights: Float64Array; reduced: Float64Array };
  /** Gradient less the multiplier, 0 on the support and >= 0 elsewhere at an optimum; valid after `solve`. */
  reducedGradient(): Float64Array;
}

/** Relative ridge that makes collinear donors a well-posed problem without moving a regular one. */
const TINY_RIDGE = 1e-13;
const OPTIMALITY = 1e-11;

/**
 * Exact least squares on the simplex by a primal active-set method.
 *
 *     min over w  1/2 w'(G + ridge I) w - linear'w    subject to  w >= 0, sum w = 1
 *
 * On the free set F the optimum is w = H^-1 (linear + mu 1), mu = (1 - 1'H^-1 linear) / (1'H^-1 1). A step that would leave the
 * simplex stops at its wall and drops the index; at an optimum of F the index with the most negative reduced gradient enters.
 * The Cholesky factor of H on F grows by one row and shrinks by Givens rotations. A free intercept is had by centring the data
 * before the Gram matrix is formed.
 *
 * @param gram     Gram matrix of all units, row-major with `stride` columns
 * @param stride   columns of `gram`
 * @param members  rows of `gram` that take part; an index may repeat (bootstrap)
 * @param ridge    added to the diagonal, >= 0, in the unit of `gram`
 * @see Nocedal & Wright (2006), Numerical Optimization, section 16.5; Lawson & Hanson (1974), Solving Least Squares Problems
 */
export function simplexSolver(gram: Float64Array, stride: number, members: Int32Array, ridge: number): SimplexSolver {
  const n = members.length;
  if (n === 0) throw new RangeError('simplexSolver: no members');
  const inner = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) inner[i * n + j] = gram[members[i] * stride + members[j]];
  }
  let scale = 0;
  for (let i = 0; i < n; i++) scale = Math.max(scale, inner[i * n + i]);
  const diagonal = Math.max(ridge, TINY_RIDGE * (scale || 1));
  const tolerance = OPTIMALITY * (scale + diagonal);
  const factor = new Float64Array(n * n);
  const free = new Int32Array(n);
  const place = new Int32Array(n).fill(-1);
  // companions of the factor: L^-1 1 and L^-1 linear on the free set
  const ones = new Float64Array(n);
  const rhs = new Float64Array(n);
  const weights = new Float64Array(n);
  const target = new Float64Array(n);
  const gradient = new Float64Array(n);
  let linear = new Float64Array(n);
  let count = 0;
  let mu = 0;
  let removals = 0;

  const push = (j: number): void => {
    const row = count * n;
    const base = j * n;
    let pivot = inner[base + j] + diagonal;
    let one = 1;
    let right = linear[j];
    for (let i = 0; i < count; i++) {
      let value = inner[base + free[i]];
      const other = i * n;
      for (let k = 0; k < i; k++) value -= factor[row + k] * factor[other + k];
      value /= factor[other + i];
      factor[row + i] = value;
      pivot -= value * value;
      one -= value * ones[i];
      right -= value * rhs[i];
    }
    // rounding may eat the ridge of an exactly repeated donor
    const root = Math.sqrt(Math.max(pivot, diagonal * 1e-3));
    factor[row + count] = root;
    ones[count] = one / root;
    rhs[count] = right / root;
    free[count] = j;
    place[j] = count++;
  };

  const drop = (at: number): void => {
    place[free[at]] = -1;
    for (let i = at + 1; i < count; i++) {
      const to = (i - 1) * n;
      const from = i * n;
      for (let k = 0; k <= i; k++) factor[to + k] = factor[from + k];
      free[i - 1] = free[i];
      place[free[i]] = i - 1;
    }
    count--;
    removals++;
    for (let i = at; i < count; i++) {
      const a = factor[i * n + i];
      const b = factor[i * n + i + 1];
      const r = Math.hypot(a, b);
      const c = a / r;
      const s = b / r;
      for (let k = i; k < count; k++) {
        const x = factor[k * n + i];
        const y = factor[k * n + i + 1];
        factor[k * n + i] = c * x + s * y;
        factor[k * n + i + 1] = c * y - s * x;
      }
      for (const values of [ones, rhs]) {
        const x = values[i];
        values[i] = c * x + s * values[i + 1];
        values[i + 1] = c * values[i + 1] - s * x;
      }
    }
  };

  const rebuild = (): void => {
    const kept = free.slice(0, count);
    count = 0;
    removals = 0;
    for (const j of kept) push(j);
  };

  const forward = (values: Float64Array, out: Float64Array): void => {
    for (let i = 0; i < count; i++) {
      let value = values[free[i]];
      for (let k = 0; k < i; k++) value -= factor[i * n + k] * out[k];
      out[i] = value / factor[i * n + i];
    }
  };

  // on entry `out` holds L^-1 of the right side; on exit H^-1 of it
  const backward = (out: Float64Array): void => {
    for (let i = count - 1; i >= 0; i--) {
      const value = out[i] / factor[i * n + i];
      out[i] = value;
      for (let k = 0; k < i; k++) out[k] -= factor[i * n + k] * value;
    }
  };

  /** The multiplier that makes the weights H^-1 (linear + multiplier 1) sum to `sum`; `solved` is L^-1 linear. */
  const multiplierFor = (solved: Float64Array, sum: number): number => {
    let dot = 0;
    let norm = 0;
    for (let i = 0; i < count; i++) {
      dot += ones[i] * solved[i];
      norm += ones[i] * ones[i];
    }
    return (sum - dot) / norm;
  };

  const freeTarget = (): void => {
    mu = multiplierFor(rhs, 1);
    for (let i = 0; i < count; i++) target[i] = rhs[i] + mu * ones[i];
    backward(target);
  };

  // four rows at a time: the loop is bound by loads and stores
  const gramTimes = (values: Float64Array, out: Float64Array): void => {
    out.fill(0);
    let i = 0;
    for (; i + 3 < count; i += 4) {
      const [a, b, c, d] = [free[i] * n, free[i + 1] * n, free[i + 2] * n, free[i + 3] * n];
      const [va, vb, vc, vd] = [values[free[i]], values[free[i + 1]], values[free[i + 2]], values[free[i + 3]]];
      for (let j = 0; j < n; j++) {
        out[j] += va * inner[a + j] + vb * inner[b + j] + vc * inner[c + j] + vd * inner[d + j];
      }
    }
    for (; i < count; i++) {
      const [a, va] = [free[i] * n, values[free[i]]];
      for (let j = 0; j < n; j++) out[j] += va * inner[a + j];
    }
  };

  const startFrom = (start: Float64Array): void => {
    for (let i = 0; i < count; i++) place[free[i]] = -1;
    count = 0;
    weights.fill(0);
    let sum = 0;
    for (let j = 0; j < n; j++) if (start[j] > 0) sum += start[j];
    if (!(sum > 0)) return;
    for (let j = 0; j < n; j++) {
      if (!(start[j] > 0)) continue;
      weights[j] = start[j] / sum;
      push(j);
    }
  };

  const startAtBestVertex = (): void => {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let j = 0; j < n; j++) {
      const value = 0.5 * inner[j * n + j] - linear[j];
      if (value < least) {
        least = value;
        best = j;
      }
    }
    weights[best] = 1;
    push(best);
  };

  /** Moves to the optimum of the free set, dropping what the walls of the simplex stop. @returns changes made */
  const settle = (): number => {
    let changes = 0;
    for (;;) {
      freeTarget();
      let step = 1;
      let blocked = false;
      for (let i = 0; i < count; i++) {
        if (target[i] > 0) continue;
        const now = weights[free[i]];
        const reach = now <= 0 ? 0 : now / (now - target[i]);
        if (reach <= step) step = reach;
        blocked = true;
      }
      if (!blocked || count === 1) {
        for (let i = 0; i < count; i++) weights[free[i]] = target[i];
        return changes;
      }
      for (let i = 0; i < count; i++) {
        const now = weights[free[i]];
        const next = now + step * (target[i] - now);
        weights[free[i]] = target[i] <= 0 && (now <= 0 || now / (now - target[i]) <= step) ? 0 : next;
      }
      for (let i = count - 1; i >= 0 && count > 1; i--) {
        if (weights[free[i]] > 0) continue;
        weights[free[i]] = 0;
        drop(i);
        changes++;
      }
      if (removals > 64) rebuild();
    }
  };

  const solve = (next: Float64Array): SimplexSolution => {
    if (next.length !== n) throw new RangeError(`solve: linear term of ${next.length} for ${n} members`);
    linear = next.slice();
    if (count === 0) startAtBestVertex();
    else forward(linear, rhs);
    const limit = 200 + 20 * n;
    let steps = settle();
    let last = -1;
    let converged = false;
    while (steps <= limit) {
      gramTimes(weights, gradient);
      let enter = -1;
      let least = -tolerance;
      for (let j = 0; j < n; j++) {
        gradient[j] -= linear[j] + mu;
        if (place[j] >= 0 || gradient[j] >= least || j === last) continue;
        least = gradient[j];
        enter = j;
      }
      if (enter < 0) {
        converged = true;
        break;
      }
      push(enter);
      steps += 1 + settle();
      // an entrant that leaves at once is at its tolerance; passing it over once stops a two-step cycle
      last = place[enter] < 0 ? enter : -1;
    }
    return { weights: weights.slice(), support: free.slice(0, count), multiplier: mu, steps, converged };
  };

  // `solve` leaves the gradient of the weights it returns
  const reducedGradient = (): Float64Array => gradient.map((g, j) => (place[j] >= 0 ? 0 : g));

  const sensitivity = (direction: Float64Array): { weights: Float64Array; reduced: Float64Array } => {
    const local = new Float64Array(n);
    forward(direction, local);
    const slope = multiplierFor(local, 0);
    for (let i = 0; i < count; i++) local[i] += slope * ones[i];
    backward(local);
    const change = new Float64Array(n);
    for (let i = 0; i < count; i++) change[free[i]] = local[i];
    const reduced = new Float64Array(n);
    gramTimes(change, reduced);
    for (let j = 0; j < n; j++) reduced[j] = place[j] >= 0 ? 0 : reduced[j] - direction[j] - slope;
    return { weights: change, reduced };
  };

  return { size: n, solve, startFrom, sensitivity, reducedGradient };
}
