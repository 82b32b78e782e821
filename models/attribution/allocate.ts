/** Credit is counted in billionths, so that weights of thirds still add up to one conversion. */
export const CREDIT_UNITS = 1_000_000_000;

export interface Allocator {
  /**
   * Turns shares into frozen credit: integers that sum to `CREDIT_UNITS`.
   *
   * @param shares  >= 0, summing to 1 up to rounding; the first `count` are read
   */
  freeze(shares: Float64Array, out: Float64Array, count: number): void;
  /**
   * Splits a whole by frozen credit into integers that add up to it. The same credit splits a sale and, later, its refund.
   *
   * @param total    integer, any sign: minor units of money
   * @param weights  integers >= 0 that sum to `CREDIT_UNITS`
   */
  split(total: number, weights: Float64Array, out: Float64Array, count: number): void;
}

/**
 * Largest-remainder allocation: every part differs from its exact share by less than one unit, and the parts add up to the
 * whole. Of equal remainders the earlier part is served first.
 *
 * @param maxParts  the most parts that a whole will be split into
 */
export function allocator(maxParts: number): Allocator {
  const remainders = new Float64Array(Math.max(1, maxParts));
  return {
    freeze(shares, out, count) {
      let left = CREDIT_UNITS;
      for (let i = 0; i < count; i++) {
        const exact = shares[i] * CREDIT_UNITS;
        out[i] = Math.floor(exact);
        left -= out[i];
        // quantised, so that the last bit of a double never decides who gets a unit
        remainders[i] = Math.round((exact - out[i]) * 1e6);
      }
      settle(out, remainders, left, count);
    },
    split(total, weights, out, count) {
      const size = Math.abs(total);
      let left = size;
      for (let i = 0; i < count; i++) {
        splitExactly(size, weights[i], out, remainders, i);
        left -= out[i];
      }
      settle(out, remainders, left, count);
      if (total < 0) for (let i = 0; i < count; i++) out[i] = out[i] === 0 ? 0 : -out[i];
    },
  };
}

// products below 2^53 are exact in a double; larger wholes (above 90,071.99 at two decimals) take integers of any size
const EXACT_BELOW = 9_007_199;

function splitExactly(size: number, weight: number, out: Float64Array, remainders: Float64Array, i: number): void {
  if (size >= EXACT_BELOW) {
    const product = BigInt(size) * BigInt(weight);
    out[i] = Number(product / BigInt(CREDIT_UNITS));
    remainders[i] = Number(product % BigInt(CREDIT_UNITS));
    return;
  }
  const product = size * weight;
  out[i] = Math.floor(product / CREDIT_UNITS);
  remainders[i] = product - out[i] * CREDIT_UNITS;
  if (remainders[i] < 0) {
    out[i]--;
    remainders[i] += CREDIT_UNITS;
  }
}

/** Gives what is left to the largest remainders, one unit each; takes back where rounding gave too much. */
function settle(out: Float64Array, remainders: Float64Array, left: number, count: number): void {
  for (; left > 0; left--) {
    let best = 0;
    for (let i = 1; i < count; i++) if (remainders[i] > remainders[best]) best = i;
    out[best]++;
    remainders[best] -= CREDIT_UNITS;
  }
  for (; left < 0; left++) {
    let worst = -1;
    for (let i = 0; i < count; i++) if (out[i] > 0 && (worst < 0 || remainders[i] < remainders[worst])) worst = i;
    out[worst]--;
    remainders[worst] += CREDIT_UNITS;
  }
}
