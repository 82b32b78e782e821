import { describe, expect, it } from 'vitest';
import { keyOfText, replicateStream } from '../../../models/attribution/poisson-weights.ts';

/** Mean, variance and P(0) of many draws, as z scores or ratios against Poisson(mean). */
function moments(mean: number, count: number) {
  const { poisson } = replicateStream(3, 5, 'test');
  let sum = 0;
  let squares = 0;
  let zeros = 0;
  for (let i = 0; i < count; i++) {
    const draw = poisson(Math.imul(i, 2654435761), i >>> 3, mean);
    sum += draw;
    squares += (draw - mean) ** 2;
    if (draw === 0) zeros++;
  }
  return { z: (sum / count - mean) / Math.sqrt(mean / count), variance: squares / count / mean, zeros: zeros / count };
}

describe('replicateStream', () => {
  it.each([0.2, 1, 3, 9.7, 12, 16, 17.5, 40, 900])('draws Poisson(%d)', (mean) => {
    const { z, variance, zeros } = moments(mean, 40_000);
    expect(Math.abs(z)).toBeLessThan(4);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
    expect(Math.abs(zeros - Math.exp(-mean))).toBeLessThan(0.01);
  });

  it('gives the probabilities of Poisson(1) and Poisson(12.5), value by value', () => {
    for (const mean of [1, 12.5]) {
      const { poisson } = replicateStream(8, 0, 'test');
      const count = 40_000;
      const seen = new Float64Array(60);
      for (let i = 0; i < count; i++) seen[poisson(i, 77, mean)]++;
      let p = Math.exp(-mean);
      let chiSquare = 0;
      let cells = 0;
      for (let k = 0; k < 60; k++) {
        if (p * count > 5) {
          chiSquare += (seen[k] - p * count) ** 2 / (p * count);
          cells++;
        }
        p *= mean / (k + 1);
      }
      // chi-square with cells - 1 degrees of freedom: five standard deviations above its mean
      expect(chiSquare).toBeLessThan(cells + 5 * Math.sqrt(2 * cells));
    }
  });

  it('depends on seed, replicate, purpose and both halves of the key, and on nothing else', () => {
    const draws = (seed: number, replicate: number, purpose: string, high: number) => {
      const { poisson } = replicateStream(seed, replicate, purpose);
      return Array.from({ length: 40 }, (_, i) => poisson(i, high, 2)).join();
    };
    const base = draws(1, 2, 'a', 3);
    expect(draws(1, 2, 'a', 3)).toBe(base);
    for (const other of [draws(2, 2, 'a', 3), draws(1, 3, 'a', 3), draws(1, 2, 'b', 3), draws(1, 2, 'a', 4)]) {
      expect(other).not.toBe(base);
    }
  });

  it('draws neighbouring keys and replicates independently', () => {
    const first = replicateStream(1, 1, 'x').poisson;
    const second = replicateStream(1, 2, 'x').poisson;
    let acrossReplicates = 0;
    let acrossKeys = 0;
    const count = 40_000;
    for (let i = 0; i < count; i++) {
      acrossReplicates += (first(i, 0, 1) - 1) * (second(i, 0, 1) - 1);
      acrossKeys += (first(i, 0, 1) - 1) * (first(i + 1, 0, 1) - 1);
    }
    expect(Math.abs(acrossReplicates / Math.sqrt(count))).toBeLessThan(4);
    expect(Math.abs(acrossKeys / Math.sqrt(count))).toBeLessThan(4);
  });

  it('draws nothing for a mean of zero', () => {
    expect(replicateStream(1, 1, 'x').poisson(1, 2, 0)).toBe(0);
  });
});

describe('keyOfText', () => {
  it('gives a hundred thousand texts keys of their own', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 100_000; i++) {
      const { low, high } = keyOfText(`channel ${i}`);
      seen.add(`${low} ${high}`);
    }
    expect(seen.size).toBe(100_000);
  });
});
