import type { Interval } from '../estimate.ts';

/** What a randomisation test says of a constant effect. */
export interface RandomisationTest {
  /** two-sided p-value of no effect */
  pValue: number;
  /** one-sided: of an effect as large or larger */
  pGreater: number;
  /** null when too many assignments equal the real one or its mirror to bound the effect */
  interval: Interval | null;
  /** sd of the estimate over assignments, the estimated effect taken out */
  deviation: number;
}

/**
 * Test and interval of a constant additive effect h from assignments that could have been.
 *
 * Under h the outcome without treatment is y - h D. An estimator linear in the outcome then reads a - h b under another assignment,
 * with a its reading of y and b its reading of the real treatment D, while the real one reads tau - h:
 *
 *     p(h) = (1 + #{|a_k - h b_k| >= |tau - h|}) / (K + 1)
 *
 * Each draw's condition holds on one interval of h around tau (|b| <= 1), so p(h) falls to both sides of tau, and the interval of all
 * h with p(h) >= 1 - level has exact ends. p < 1 - level exactly when it excludes 0.
 *
 * @param tau    the real reading
 * @param draws  K rows `[a, b]`
 * @param level  in (0, 1)
 */
export function randomisationTest(
  tau: number,
  draws: readonly (readonly [number, number])[],
  level: number,
): RandomisationTest {
  const lows: number[] = [];
  const highs: number[] = [];
  let beyond = 0;
  let greater = 0;
  let squares = 0;
  for (const [a, b] of draws) {
    const [low, high] = holdsBetween(a, b, tau);
    lows.push(low);
    highs.push(high);
    // the same comparison as the interval's, so that rounding can never part them
    if (low <= 0 && high >= 0) beyond++;
    if (a >= tau) greater++;
    squares += (a - tau * b) ** 2;
  }
  const count = Math.ceil((1 - level) * (draws.length + 1) - 1e-9) - 1;
  const lo = count <= 0 ? Number.NEGATIVE_INFINITY : lows.sort((a, b) => a - b)[count - 1];
  const hi = count <= 0 ? Number.POSITIVE_INFINITY : highs.sort((a, b) => b - a)[count - 1];
  return {
    pValue: (1 + beyond) / (draws.length + 1),
    pGreater: (1 + greater) / (draws.length + 1),
    interval: Number.isFinite(lo) && Number.isFinite(hi) ? { lo, hi, level, kind: 'confidence' } : null,
    deviation: Math.sqrt(squares / Math.max(1, draws.length)),
  };
}

/** The h around tau for which |a - h b| >= |tau - h|. */
function holdsBetween(a: number, b: number, tau: number): [number, number] {
  if (1 - b * b <= 1e-12) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const first = (tau - a) / (1 - b);
  const second = (tau + a) / (1 + b);
  return [Math.min(first, second), Math.max(first, second)];
}
