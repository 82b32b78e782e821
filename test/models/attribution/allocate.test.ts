import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocator, CREDIT_UNITS } from '../../../models/attribution/allocate.ts';

function freeze(shares: readonly number[]): Float64Array {
  const out = new Float64Array(shares.length);
  allocator(shares.length).freeze(Float64Array.from(shares), out, shares.length);
  return out;
}

function split(total: number, credit: Float64Array): number[] {
  const out = new Float64Array(credit.length);
  allocator(credit.length).split(total, credit, out, credit.length);
  return [...out];
}

const sum = (values: Iterable<number>): bigint => [...values].reduce((total, value) => total + BigInt(value), 0n);

/** Shares that sum to 1 up to rounding, zeros among them. */
const shares = fc
  .array(fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 1, noNaN: true })), { minLength: 1, maxLength: 40 })
  .filter((weights) => weights.some((weight) => weight > 0))
  .map((weights) => {
    const whole = weights.reduce((a, b) => a + b, 0);
    return weights.map((weight) => weight / whole);
  });

const amount = fc.oneof(
  fc.integer({ min: -1_000_000, max: 1_000_000 }),
  // around the size at which products stop being exact in a double
  fc.integer({ min: 9_007_190, max: 9_007_210 }),
  fc.maxSafeInteger(),
);

describe('freezing shares as credit', () => {
  it('gives the billionth that thirds leave over to the first', () => {
    expect([...freeze([1 / 3, 1 / 3, 1 / 3])]).toEqual([333_333_334, 333_333_333, 333_333_333]);
  });

  it('sums to one conversion exactly, each part within one unit of its share, and nothing for nothing', () => {
    fc.assert(
      fc.property(shares, (parts) => {
        const credit = freeze(parts);
        expect(sum(credit)).toBe(BigInt(CREDIT_UNITS));
        credit.forEach((units, i) => {
          // one unit, and the rounding of the shares themselves
          expect(Math.abs(units - parts[i] * CREDIT_UNITS)).toBeLessThan(1 + 1e-5);
          if (parts[i] === 0) expect(units).toBe(0);
        });
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('mends shares that rounding left a little above or below one', () => {
    for (const off of [-3e-9, 3e-9]) expect(sum(freeze([0.5, 0.25 + off, 0.25]))).toBe(BigInt(CREDIT_UNITS));
  });
});

describe('splitting money by frozen credit', () => {
  it('100.00 over three equal steps is 33.34, 33.33, 33.33, and a refund of 10.00 is 3.34, 3.33, 3.33', () => {
    const credit = freeze([1 / 3, 1 / 3, 1 / 3]);
    expect(split(10_000, credit)).toEqual([3334, 3333, 3333]);
    expect(split(-1000, credit)).toEqual([-334, -333, -333]);
  });

  it('leftover units go to the largest remainders', () => {
    // 7 x .4, .35, .25 = 2.8, 2.45, 1.75: floors 2, 2, 1, and two units for .8 and .75
    expect(split(7, freeze([0.4, 0.35, 0.25]))).toEqual([3, 2, 2]);
  });

  it('a cent over many steps is one cent', () => {
    expect(split(1, freeze([0.2, 0.2, 0.2, 0.2, 0.2]))).toEqual([1, 0, 0, 0, 0]);
    expect(split(0, freeze([0.5, 0.5]))).toEqual([0, 0]);
  });

  it('adds up to the whole, each part less than one unit from its exact share', () => {
    fc.assert(
      fc.property(shares, amount, (parts, total) => {
        const credit = freeze(parts);
        const out = split(total, credit);
        expect(sum(out)).toBe(BigInt(total));
        out.forEach((part, i) => {
          // |part x units - total x credit| < units, in integers of any size
          const off = BigInt(part) * BigInt(CREDIT_UNITS) - BigInt(total) * BigInt(credit[i]);
          expect(off < BigInt(CREDIT_UNITS) && off > -BigInt(CREDIT_UNITS)).toBe(true);
        });
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('a refund in full takes back from each step what the sale gave it', () => {
    fc.assert(
      fc.property(shares, amount, (parts, total) => {
        const credit = freeze(parts);
        const sale = split(total, credit);
        const back = split(-total, credit);
        expect(sale.map((part, i) => part + back[i]).every((net) => net === 0)).toBe(true);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('splits the same in both ways of multiplying', () => {
    fc.assert(
      fc.property(shares, fc.integer({ min: 9_007_100, max: 9_007_198 }), (parts, total) => {
        const credit = freeze(parts);
        // below the threshold doubles, times 1000 above it integers: the exact shares are the same
        const small = split(total, credit);
        const large = split(total * 1000, credit);
        small.forEach((part, i) => {
          expect(Math.abs(part - large[i] / 1000)).toBeLessThan(1.001);
        });
        expect(sum(small)).toBe(BigInt(total));
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});
