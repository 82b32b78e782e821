import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowGram, rows } from '../../../models/lift/block.ts';
import { simplexSolver } from '../../../models/lift/simplex-qp.ts';
import { type Matrix, solve } from '../../../models/numeric/matrix.ts';
import { random } from '../../../models/numeric/random.ts';

interface Problem {
  size: number;
  gram: Float64Array;
  linear: Float64Array;
  ridge: number;
}

function problem(size: number, periods: number, ridge: number, seed: number): Problem {
  const draw = random(seed, 'simplex');
  const data = Float64Array.from({ length: (size + 1) * periods }, () => draw.normal());
  const all = rowGram(data, size + 1, periods, 0, periods);
  const gram = new Float64Array(size * size);
  const linear = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) gram[i * size + j] = all[i * (size + 1) + j];
    linear[i] = all[i * (size + 1) + size];
  }
  return { size, gram, linear, ridge };
}

function objective({ size, gram, linear, ridge }: Problem, w: Float64Array): number {
  let value = 0;
  for (let i = 0; i < size; i++) {
    value += 0.5 * ridge * w[i] * w[i] - linear[i] * w[i];
    for (let j = 0; j < size; j++) value += 0.5 * w[i] * w[j] * gram[i * size + j];
  }
  return value;
}

/** Slow and obvious: the optimum is the best feasible solution of the equality problem over every support there is. */
function overEverySupport(p: Problem): Float64Array {
  let best = new Float64Array(p.size);
  let least = Number.POSITIVE_INFINITY;
  for (let mask = 1; mask < 1 << p.size; mask++) {
    const support = [...rows(0, p.size)].filter((i) => mask & (1 << i));
    const k = support.length;
    const system: Matrix = { rows: k + 1, cols: k + 1, data: new Float64Array((k + 1) ** 2) };
    const right: Matrix = { rows: k + 1, cols: 1, data: new Float64Array(k + 1).fill(1) };
    support.forEach((i, a) => {
      support.forEach((j, b) => {
        system.data[a * (k + 1) + b] = p.gram[i * p.size + j] + (i === j ? p.ridge : 0);
      });
      system.data[a * (k + 1) + k] = 1;
      system.data[k * (k + 1) + a] = 1;
      right.data[a] = p.linear[i];
    });
    const x = solve(system, right);
    if (!x) continue;
    const w = new Float64Array(p.size);
    for (const [a, i] of support.entries()) w[i] = x.data[a];
    if (w.some((value) => value < 0)) continue;
    const value = objective(p, w);
    if (value >= least) continue;
    least = value;
    best = w;
  }
  return best;
}

const solveCold = (p: Problem): Float64Array =>
  simplexSolver(p.gram, p.size, rows(0, p.size), p.ridge).solve(p.linear).weights;

describe('simplexSolver', () => {
  it('splits the weight by hand: target half way between two donors', () => {
    // donors (1, 0) and (0, 1), target (0.5, 0.5); then target (3, 0), outside the hull
    const solver = simplexSolver(Float64Array.from([1, 0, 0, 1]), 2, rows(0, 2), 0);
    expect([...solver.solve(Float64Array.from([0.5, 0.5])).weights]).toEqual([
      expect.closeTo(0.5, 10),
      expect.closeTo(0.5, 10),
    ]);
    expect([...solver.solve(Float64Array.from([3, 0])).weights]).toEqual([expect.closeTo(1, 12), 0]);
  });

  it('agrees with a search over every support', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const p = problem(7, 10, seed % 3 === 0 ? 2 : 0, seed);
      const expected = overEverySupport(p);
      const found = solveCold(p);
      expect(objective(p, found)).toBeLessThanOrEqual(objective(p, expected) + 1e-10);
      for (let i = 0; i < 7; i++) expect(found[i]).toBeCloseTo(expected[i], 8);
    }
  });

  it('satisfies the optimality conditions with many donors, more donors than periods, and repeated donors', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 2, max: 30 }),
        fc.boolean(),
        fc.nat(),
        (n, periods, twice, seed) => {
          const p = problem(n, periods, seed % 2, seed);
          const members = twice ? Int32Array.from([...rows(0, n), ...rows(0, n)]) : rows(0, n);
          const linear = Float64Array.from(members, (i) => p.linear[i]);
          const solver = simplexSolver(p.gram, n, members, p.ridge);
          const { weights, converged } = solver.solve(linear);
          expect(converged).toBe(true);
          expect(weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 9);
          expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
          expect(Math.min(...solver.reducedGradient())).toBeGreaterThan(-1e-7 * periods);
        },
      ),
      { seed: 1, numRuns: 150 },
    );
  });

  it('finds the same weights from a warm start as from a cold one', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const p = problem(25, 40, 0, seed);
      const other = problem(25, 40, 0, seed + 100);
      const solver = simplexSolver(p.gram, 25, rows(0, 25), 0);
      solver.solve(other.linear);
      const warm = solver.solve(p.linear).weights;
      solver.startFrom(new Float64Array(25).fill(1));
      const fromUniform = solver.solve(p.linear).weights;
      const cold = solveCold(p);
      for (let i = 0; i < 25; i++) {
        expect(warm[i]).toBeCloseTo(cold[i], 9);
        expect(fromUniform[i]).toBeCloseTo(cold[i], 9);
      }
    }
  });

  it('knows how its weights move with the target', () => {
    const p = problem(12, 20, 0.5, 3);
    const direction = problem(12, 20, 0.5, 4).linear;
    const solver = simplexSolver(p.gram, 12, rows(0, 12), p.ridge);
    const before = solver.solve(p.linear).weights;
    const { weights: slope } = solver.sensitivity(direction);
    const step = 1e-6;
    const after = solver.solve(p.linear.map((x, i) => x + step * direction[i])).weights;
    for (let i = 0; i < 12; i++) expect((after[i] - before[i]) / step).toBeCloseTo(slope[i], 5);
  });
});
