import { gateResult, percent, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

export interface ConvexHullInput {
  /** length pre, mean of the treated units */
  treated: Float64Array;
  /** donors x pre, row-major */
  donors: Float64Array;
}

/** Gate 4: after taking each unit's own mean out, does the treated path lie between the donors' lowest and highest? */
export function convexHullGate(input: ConvexHullInput, changes?: Readonly<Record<string, number>>): GateResult {
  const threshold = thresholdsOf('convex_hull', changes);
  const pre = input.treated.length;
  const lowest = new Float64Array(pre).fill(Number.POSITIVE_INFINITY);
  const highest = new Float64Array(pre).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < input.donors.length; row += pre) {
    const mean = average(input.donors.subarray(row, row + pre));
    for (let t = 0; t < pre; t++) {
      const value = input.donors[row + t] - mean;
      lowest[t] = Math.min(lowest[t], value);
      highest[t] = Math.max(highest[t], value);
    }
  }
  const mean = average(input.treated);
  let inside = 0;
  for (let t = 0; t < pre; t++) {
    const value = input.treated[t] - mean;
    if (value >= lowest[t] && value <= highest[t]) inside++;
  }
  const share = inside / pre;
  return gateResult(
    'convex_hull',
    share >= threshold.share_inside ? 'passed' : 'failed',
    share,
    `In ${percent(share)} of the periods before the test the treated path lies within the range of the untreated units.`,
    { threshold },
  );
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
