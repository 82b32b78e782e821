import { describe, expect, it } from 'vitest';
import { digitsAt, hash32, normalAt, seedOf, uniformAt, uuidAt } from '../../../models/simulate/hash.ts';

describe('counter-based draws', () => {
  it('give the same number at the same address and another at every other', () => {
    expect(uniformAt(7, 3, 5)).toBe(uniformAt(7, 3, 5));
    const seen = new Set<number>();
    for (let a = 0; a < 100_000; a++) seen.add(hash32(7, a, 0));
    // for fixed seed and purpose the hash is a bijection: no two persons share their luck
    expect(seen.size).toBe(100_000);
  });

  it('are uniform along persons, days and purposes (chi-square with 63 degrees of freedom)', () => {
    for (const along of [0, 1, 2]) {
      const counts = new Float64Array(64);
      const n = 64_000;
      for (let i = 0; i < n; i++) {
        const address = [11, 4, 9];
        address[along] = i;
        counts[Math.floor(64 * uniformAt(address[0], address[1], address[2]))]++;
      }
      const chiSquare = counts.reduce((sum, count) => sum + (count - n / 64) ** 2 / (n / 64), 0);
      // 0.9999 quantile
      expect(chiSquare).toBeLessThan(112);
    }
  });

  it('do not correlate with those of the next address', () => {
    const n = 50_000;
    for (const [da, db] of [
      [1, 0],
      [0, 1],
      [1, 1],
    ]) {
      let product = 0;
      for (let i = 0; i < n; i++) {
        const a = i % 500;
        const b = Math.floor(i / 500);
        product += (uniformAt(3, a, b) - 0.5) * (uniformAt(3, a + da, b + db) - 0.5);
      }
      // standard deviation of a correlation of independent draws is 1 / sqrt(n)
      expect(Math.abs((12 * product) / n)).toBeLessThan(4 / Math.sqrt(n));
    }
  });

  it('make normals of mean 0 and variance 1', () => {
    const n = 40_000;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const z = normalAt(5, i, 1);
      sum += z;
      squares += z * z;
    }
    expect(Math.abs(sum / n)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(squares / n - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
  });

  it('name things: ids of a given length and prefix, version 4 identifiers, seeds by key', () => {
    expect(digitsAt('178', 17, 1, 2)).toMatch(/^178\d{14}$/);
    expect(uuidAt(1, 2, 3)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(seedOf(1, 'orders')).not.toBe(seedOf(1, 'visits'));
    expect(seedOf(1, 'orders')).not.toBe(seedOf(2, 'orders'));
  });
});
