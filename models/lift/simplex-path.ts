import type { SimplexSolver } from './simplex-qp.ts';

/** On `lo <= h <= hi` the optimal weights are `base + h * slope`. */
export interface PathSegment {
  lo: number;
  hi: number;
  base: Float64Array;
  slope: Float64Array;
}

/**
 * The optimal simplex weights for the linear term `linear + h * direction`, for every real h: a piecewise linear path.
 *
 * From one optimum the support stays optimal until a weight or a reduced gradient reaches 0; the next optimum is taken a hair
 * beyond, which a warm solver finds in a step or two.
 *
 * @param from   where to begin, for example the point estimate
 * @param scale  size of a typical change of h; steps past a corner are 1e-9 of it
 * @returns      segments in ascending order that cover the line; `complete` is false when the corner limit was reached on a side,
 *               whose last segment then ends where the search did
 * @see Markowitz (1956), the critical line; Best (1996) for parametric quadratic programming
 */
export function simplexPath(
  solver: SimplexSolver,
  linear: Float64Array,
  direction: Float64Array,
  from: number,
  scale: number,
): { segments: PathSegment[]; complete: boolean } {
  const limit = 100 + 20 * solver.size;
  const strength = direction.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const at = (h: number): Float64Array => linear.map((q, i) => q + h * direction[i]);
  let complete = true;
  const start = solver.solve(at(from)).weights;

  // sign +1 walks to the right, -1 to the left
  const walk = (sign: 1 | -1): PathSegment[] => {
    const out: PathSegment[] = [];
    let h = from;
    let edge = from;
    let hair = 1e-9;
    for (let corners = 0; corners < limit; corners++) {
      const { weights } = solver.solve(at(h));
      const reduced = solver.reducedGradient();
      const { weights: slope, reduced: tilt } = solver.sensitivity(direction);
      const reach = Math.min(
        distance(weights, slope, sign, STILL / scale),
        distance(reduced, tilt, sign, STILL * strength),
      );
      const end = h + sign * reach;
      const base = weights.map((w, i) => w - h * slope[i]);
      out.push(sign > 0 ? { lo: edge, hi: end, base, slope } : { lo: end, hi: edge, base, slope });
      if (!Number.isFinite(end)) return out;
      hair = reach > hair * scale ? 1e-9 : hair * 2;
      edge = end;
      h = end + sign * hair * Math.max(scale, Math.abs(end));
    }
    complete = false;
    return out;
  };

  const right = walk(1);
  solver.startFrom(start);
  const left = walk(-1).reverse();
  return { segments: [...left, ...right], complete };
}

/** Slopes below this share of their natural size are rounding. */
const STILL = 1e-10;

/** How far one may go before an entry that is >= 0 would turn negative. */
function distance(values: Float64Array, slope: Float64Array, sign: 1 | -1, still: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const change = sign * slope[i];
    if (change >= -still) continue;
    least = Math.min(least, Math.max(0, values[i]) / -change);
  }
  return least;
}
