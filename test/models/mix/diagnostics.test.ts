import { describe, expect, test } from 'vitest';
import {
  bulkEss,
  convergence,
  energyFraction,
  ess,
  meanMcse,
  rankRhat,
  tailEss,
} from '../../../models/mix/diagnostics.ts';
import { quantileNormal } from '../../../models/numeric/distribution.ts';
import { random } from '../../../models/numeric/random.ts';

function autoregressive(chains: number, draws: number, rho: number, seed: number): Float64Array[] {
  const rng = random(seed, 'ar');
  return Array.from({ length: chains }, () => {
    let x = rng.normal();
    return Float64Array.from({ length: draws }, () => {
      x = rho * x + Math.sqrt(1 - rho * rho) * rng.normal();
      return x;
    });
  });
}

/** R-hat as the paper writes it, slowly. */
function slowRhat(chains: Float64Array[]): number {
  const halves = chains.flatMap((c) => [[...c.slice(0, c.length / 2)], [...c.slice(c.length / 2)]]);
  const all = halves.flat().sort((a, b) => a - b);
  const middle = (all[all.length / 2 - 1] + all[all.length / 2]) / 2;
  const of = (values: number[][]): number => {
    const pool = values.flat();
    const z = values.map((half) =>
      half.map((v) => {
        const below = pool.filter((w) => w < v).length;
        const same = pool.filter((w) => w === v).length;
        return quantileNormal((below + (same + 1) / 2 - 0.375) / (pool.length + 0.25));
      }),
    );
    const n = z[0].length;
    const mean = (x: number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
    const variance = (x: number[]): number => x.reduce((a, b) => a + (b - mean(x)) ** 2, 0) / (x.length - 1);
    const within = mean(z.map(variance));
    const between = n * variance(z.map(mean));
    return Math.sqrt(((n - 1) / n) * 1 + between / within / n);
  };
  return Math.max(of(halves), of(halves.map((half) => half.map((v) => Math.abs(v - middle)))));
}

describe('R-hat', () => {
  test('agrees with the paper written out slowly, ties included', () => {
    const chains = autoregressive(3, 60, 0.7, 1).map((c) => c.map((v) => Math.round(v * 4)));
    expect(rankRhat(chains)).toBeCloseTo(slowRhat(chains), 12);
  });
  test('is 1 for chains from one distribution and large for chains that sit apart', () => {
    const chains = autoregressive(4, 500, 0, 2);
    expect(rankRhat(chains)).toBeLessThan(1.01);
    expect(rankRhat(chains.map((c, m) => c.map((v) => v + 3 * (m % 2))))).toBeGreaterThan(1.5);
  });
  test('sees chains that agree in place but not in spread', () => {
    const chains = autoregressive(4, 500, 0, 3);
    expect(rankRhat(chains.map((c, m) => c.map((v) => v * (m === 0 ? 5 : 1))))).toBeGreaterThan(1.1);
  });
  test('sees one chain that drifts', () => {
    const chains = autoregressive(1, 1000, 0, 4);
    expect(rankRhat(chains.map((c) => c.map((v, i) => v + i / 250)))).toBeGreaterThan(1.3);
  });
  test('is not a number when nothing moves or a draw is not a number', () => {
    expect(rankRhat([new Float64Array(100).fill(2), new Float64Array(100).fill(2)])).toBeNaN();
    const broken = autoregressive(2, 100, 0, 5);
    broken[1][7] = Number.NaN;
    expect(rankRhat(broken)).toBeNaN();
  });
});

describe('effective sample size', () => {
  test('independent draws count about once each', () => {
    const averages = [bulkEss, tailEss].map((measure) => {
      let sum = 0;
      for (let seed = 0; seed < 20; seed++) sum += measure(autoregressive(4, 1000, 0, seed)) / 20;
      return sum / 4000;
    });
    expect(averages[0]).toBeGreaterThan(0.93);
    expect(averages[0]).toBeLessThan(1.05);
    // the smaller of two indicators is low on average
    expect(averages[1]).toBeGreaterThan(0.88);
  });
  test('an autoregressive chain counts (1 - rho) / (1 + rho) of its draws', () => {
    for (const rho of [0.3, 0.6, 0.9]) {
      const expected = (20_000 * (1 - rho)) / (1 + rho);
      let average = 0;
      for (let seed = 0; seed < 10; seed++) average += ess(autoregressive(4, 5000, rho, seed)) / 10;
      expect(Math.abs(average / expected - 1)).toBeLessThan(0.1);
    }
  });
  test('alternating draws count more than once each', () => {
    expect(ess(autoregressive(4, 1000, -0.5, 8))).toBeGreaterThan(6000);
  });
  test('chains that sit apart count next to nothing', () => {
    const chains = autoregressive(4, 1000, 0, 9).map((c, m) => c.map((v) => v + 10 * m));
    expect(bulkEss(chains)).toBeLessThan(20);
  });
  test('the Monte Carlo error is the spread of means over repetitions', () => {
    const means: number[] = [];
    let claimed = 0;
    for (let r = 0; r < 200; r++) {
      const chains = autoregressive(2, 400, 0.6, 100 + r);
      means.push(chains.flatMap((c) => [...c]).reduce((a, b) => a + b) / 800);
      claimed += meanMcse(chains) / 200;
    }
    const spread = Math.sqrt(means.reduce((a, b) => a + b * b) / 200);
    expect(Math.abs(claimed / spread - 1)).toBeLessThan(0.15);
  });
  test('all four come together', () => {
    const chains = autoregressive(2, 200, 0.2, 10);
    expect(convergence(chains)).toEqual({
      rhat: rankRhat(chains),
      essBulk: bulkEss(chains),
      essTail: tailEss(chains),
      mcse: meanMcse(chains),
    });
  });
});

describe('energy fraction', () => {
  test('is 2 for independent energies and small for energies that creep', () => {
    expect(energyFraction(autoregressive(1, 4000, 0, 11)[0])).toBeGreaterThan(1.9);
    expect(energyFraction(autoregressive(1, 4000, 0.95, 12)[0])).toBeLessThan(0.2);
  });
  test('by hand: moves of 1 and 1 against squares of 1, 0 and 1', () => {
    expect(energyFraction(Float64Array.of(-1, 0, 1))).toBeCloseTo(1, 14);
  });
});
