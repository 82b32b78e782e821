import { HttpProblem } from './problem.ts';

/** Points per caller: a bucket that fills evenly and may be spent at once. */
export interface RateLimiter {
  /**
   * Takes points from a caller's bucket.
   *
   * @throws HttpProblem `rate-limited` when it has too few; nothing is taken then
   */
  take(caller: string, points: number): RateState;
}

export interface RateState {
  limit: number;
  remaining: number;
  /** seconds until the bucket is full again */
  fullIn: number;
}

/** What a request costs: an answer from memory 1, one made anew 5, an export 20, a run 100. */
export const COSTS = { cached: 1, live: 5, export: 20, run: 100 } as const;
export const POINTS_PER_MINUTE = 600;
const MAX_CALLERS = 10_000;

/** @param clock  milliseconds, never going back */
export function rateLimiter(pointsPerMinute: number, clock: () => number = () => performance.now()): RateLimiter {
  const buckets = new Map<string, { points: number; at: number }>();
  const perMs = pointsPerMinute / 60_000;
  return {
    take(caller, points) {
      const now = clock();
      const known = buckets.get(caller);
      const filled =
        known === undefined ? pointsPerMinute : Math.min(pointsPerMinute, known.points + (now - known.at) * perMs);
      const isEnough = filled >= points;
      const left = isEnough ? filled - points : filled;
      buckets.delete(caller);
      buckets.set(caller, { points: left, at: now });
      // whoever asked longest ago has a full bucket by now, or there are more callers than one server is for
      if (buckets.size > MAX_CALLERS) buckets.delete(buckets.keys().next().value!);
      const state = {
        limit: pointsPerMinute,
        remaining: Math.floor(left),
        fullIn: Math.ceil((pointsPerMinute - left) / perMs / 1000),
      };
      if (isEnough) return state;
      const wait = Math.max(1, Math.ceil((points - left) / perMs / 1000));
      throw new HttpProblem(
        'rate-limited',
        `this costs ${points} points and ${state.remaining} are left; ask again in ${wait} s`,
        {
          headers: { 'retry-after': String(wait), ...rateHeaders(state) },
        },
      );
    },
  };
}

/** As draft-ietf-httpapi-ratelimit-headers writes them. */
export function rateHeaders(state: RateState): Record<string, string> {
  return {
    'ratelimit-policy': `"key";q=${state.limit};w=60`,
    ratelimit: `"key";r=${state.remaining};t=${state.fullIn}`,
  };
}
