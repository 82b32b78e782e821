import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencyExponent, divideHalfEven, formatDecimal, parseDecimal } from '../../../models/numeric/money.ts';

describe('the exponent of a currency', () => {
  it('is 2 for the euro, 0 for the yen, 3 for the dinar of Kuwait', () => {
    expect(['EUR', 'USD', 'GBP', 'JPY', 'CLP', 'KRW', 'KWD', 'BHD', 'TND'].map(currencyExponent)).toEqual([
      2, 2, 2, 0, 0, 0, 3, 3, 3,
    ]);
  });
});

describe('division half to even', () => {
  it('rounds halves to the even neighbour, on both sides of zero', () => {
    expect([5n, 15n, 25n, 35n, -5n, -15n, -25n].map((value) => divideHalfEven(value, 10n))).toEqual([
      0n,
      2n,
      2n,
      4n,
      0n,
      -2n,
      -2n,
    ]);
  });

  it('rounds everything else to the nearest', () => {
    expect([4n, 6n, 14n, 16n, -4n, -6n].map((value) => divideHalfEven(value, 10n))).toEqual([0n, 1n, 1n, 2n, 0n, -1n]);
  });

  it('is never further from the exact quotient than a half, and odd in its argument', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
        fc.bigInt({ min: 1n, max: 10n ** 16n }),
        (value, divisor) => {
          const quotient = divideHalfEven(value, divisor);
          const off = value - quotient * divisor;
          expect(2n * (off < 0n ? -off : off) <= divisor).toBe(true);
          expect(divideHalfEven(-value, divisor)).toBe(-quotient);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('decimal text', () => {
  it('becomes an integer of the smallest units and back', () => {
    expect(parseDecimal('-12.340000', 2)).toBe(-1234n);
    expect(parseDecimal('.5', 2)).toBe(50n);
    expect(parseDecimal('7', 3)).toBe(7000n);
    expect(formatDecimal(-1234n, 2)).toBe('-12.34');
    expect(formatDecimal(5n, 3)).toBe('0.005');
    expect(formatDecimal(5n, 0)).toBe('5');
  });

  it('is refused when digits would be lost or it is no decimal', () => {
    expect(() => parseDecimal('1.005', 2)).toThrow(RangeError);
    for (const text of ['', '.', '-', '1e3', '1,5', 'NaN']) expect(() => parseDecimal(text, 2)).toThrow(RangeError);
  });

  it('survives the way there and back, far beyond what a double holds', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
        fc.integer({ min: 0, max: 10 }),
        (value, scale) => {
          expect(parseDecimal(formatDecimal(value, scale), scale)).toBe(value);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });
});
