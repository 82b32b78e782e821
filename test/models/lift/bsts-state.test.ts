import { expect, test } from 'vitest';
import { chooseLevelPrior } from '../../../models/lift/bsts-level-prior.ts';
import { drawLocalLevel } from '../../../models/lift/bsts-local-level.ts';
import { seasonalSampler } from '../../../models/lift/bsts-seasonal.ts';
import { gammaAbove } from '../../../models/lift/bsts-spike-slab.ts';
import { solve, zeros } from '../../../models/numeric/matrix.ts';
import { random } from '../../../models/numeric/random.ts';

/** Mean and variance of a normal vector z given some rows H z + e, by dense conditioning. */
function condition(prior: number[][], mean: number[], seen: { row: number[]; value: number }[], noise: number) {
  const n = mean.length;
  const m = seen.length;
  const cross = (i: number, k: number): number => seen[k].row.reduce((sum, h, j) => sum + h * prior[i][j], 0);
  const s = zeros(m, m);
  for (let a = 0; a < m; a++) {
    for (let b = 0; b < m; b++) {
      let v = a === b ? noise : 0;
      for (let i = 0; i < n; i++) v += seen[a].row[i] * cross(i, b);
      s.data[a * m + b] = v;
    }
  }
  const right = zeros(m, n + 1);
  for (let a = 0; a < m; a++) {
    right.data[a * (n + 1)] = seen[a].value - seen[a].row.reduce((sum, h, j) => sum + h * mean[j], 0);
    for (let i = 0; i < n; i++) right.data[a * (n + 1) + 1 + i] = cross(i, a);
  }
  const solved = solve(s, right)!;
  return mean.map((mu, i) => {
    let m1 = mu;
    let v = prior[i][i];
    for (let a = 0; a < m; a++) {
      m1 += cross(i, a) * solved.data[a * (n + 1)];
      v -= cross(i, a) * solved.data[a * (n + 1) + 1 + i];
    }
    return { mean: m1, variance: v };
  });
}

test('draws of the level have the mean and variance of dense normal conditioning, gaps included', () => {
  const y = Float64Array.of(1, 2, Number.NaN, 0.5, 3);
  const [noise, step] = [0.7, 0.4];
  const prior = Array.from({ length: 5 }, (_, i) => Array.from({ length: 5 }, (_, j) => 1 + step * Math.min(i, j)));
  const seen = [0, 1, 3, 4].map((t) => ({ row: [0, 1, 2, 3, 4].map((j) => Number(j === t)), value: y[t] }));
  const exact = condition(prior, Array(5).fill(1), seen, noise);
  const rng = random(1);
  const level = new Float64Array(5);
  const scratch = new Float64Array(10);
  const draws = 40000;
  const sum = new Float64Array(5);
  const squares = new Float64Array(5);
  for (let d = 0; d < draws; d++) {
    drawLocalLevel(y, noise, step, 1, 1, rng, level, scratch);
    for (let t = 0; t < 5; t++) {
      sum[t] += level[t] / draws;
      squares[t] += level[t] ** 2 / draws;
    }
  }
  for (let t = 0; t < 5; t++) {
    expect(Math.abs(sum[t] - exact[t].mean)).toBeLessThan(4 * Math.sqrt(exact[t].variance / draws));
    expect((squares[t] - sum[t] ** 2) / exact[t].variance).toBeCloseTo(1, 1);
  }
});

test('draws of level and season have the moments of dense conditioning over all shocks', () => {
  const n = 9;
  const y = Float64Array.of(3, -1, 0, 2.5, Number.NaN, 0.4, 4, -0.6, 1);
  const variances = { observation: 0.5, level: 0.2, season: 0.3 };
  // shocks: level, seasons s0, s-1, then level shocks 1..8, season shocks 1..8
  const size = 3 + 2 * (n - 1);
  const prior = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) =>
      i !== j ? 0 : i < 3 ? 1 : i < 3 + n - 1 ? variances.level : variances.season,
    ),
  );
  const unit = (i: number): number[] => Array.from({ length: size }, (_, j) => Number(i === j));
  const plus = (a: number[], b: number[], f = 1): number[] => a.map((v, j) => v + f * b[j]);
  const seasonRows = [unit(2), unit(1)];
  for (let t = 1; t < n; t++) {
    const at = seasonRows.length;
    seasonRows.push(plus(plus(unit(3 + n - 1 + t - 1), seasonRows[at - 1], -1), seasonRows[at - 2], -1));
  }
  const levelRows = [unit(0)];
  for (let t = 1; t < n; t++) levelRows.push(plus(levelRows[t - 1], unit(3 + t - 1)));
  const rows = levelRows.map((row, t) => plus(row, seasonRows[t + 1]));
  const mean = [3, ...Array(size - 1).fill(0)];
  // append the states themselves as rows of a larger vector by a change of basis: predict them as linear forms
  const seen = rows.map((row, t) => ({ row, value: y[t] })).filter((r) => !Number.isNaN(r.value));
  const target = [...levelRows, ...seasonRows.slice(1)];
  const wide = target.map((row) => target.map((other) => row.reduce((s, v, i) => s + v * other[i] * prior[i][i], 0)));
  const wideSeen = seen.map(({ row, value }) => {
    const t = rows.indexOf(row);
    return { row: target.map((_, i) => Number(i === t || i === n + t)), value };
  });
  const exact = condition(
    wide,
    target.map((row) => row.reduce((s, v, i) => s + v * mean[i], 0)),
    wideSeen,
    0.5,
  );

  const sampler = seasonalSampler(n, { count: 3, duration: 1 }, 1);
  const rng = random(2);
  const level = new Float64Array(n);
  const season = new Float64Array(n);
  const draws = 40000;
  const sum = new Float64Array(2 * n);
  const squares = new Float64Array(2 * n);
  for (let d = 0; d < draws; d++) {
    sampler.draw(y, variances, 3, rng, level, season);
    expect(sampler.last[0]).toBeCloseTo(level[n - 1], 10);
    expect(sampler.last[1]).toBeCloseTo(season[n - 1], 10);
    for (let t = 0; t < n; t++) {
      sum[t] += level[t] / draws;
      squares[t] += level[t] ** 2 / draws;
      sum[n + t] += season[t] / draws;
      squares[n + t] += season[t] ** 2 / draws;
    }
  }
  for (let i = 0; i < 2 * n; i++) {
    expect(Math.abs(sum[i] - exact[i].mean)).toBeLessThan(4.5 * Math.sqrt(exact[i].variance / draws));
    expect((squares[i] - sum[i] ** 2) / exact[i].variance).toBeCloseTo(1, 1);
  }
});

test('a gamma draw above a limit has the truncated mean, in the body and in the tail', () => {
  const rng = random(3);
  for (const least of [1, 3, 8, 20]) {
    const [shape, rate, draws] = [4, 1, 40000];
    let mean = 0;
    for (let d = 0; d < draws; d++) {
      const x = gammaAbove(shape, rate, least, rng);
      expect(x).toBeGreaterThan(least);
      mean += x / draws;
    }
    // E[X | X > c] for whole shapes: shape * upper(shape + 1, c) / upper(shape, c), upper(k, c) = sum c^i / i!
    const upper = (k: number): number => {
      let term = 1;
      let sum = 1;
      for (let i = 1; i < k; i++) {
        term *= least / i;
        sum += term;
      }
      return sum;
    };
    expect(Math.abs(mean - (shape * upper(shape + 1)) / upper(shape))).toBeLessThan(0.03);
  }
});

test('the predictive likelihood is the dense marginal density of the outcome', () => {
  const y = Float64Array.of(0.3, -0.5, 0.8, 1.1, -0.2);
  const x = Float64Array.of(1, -1, 0.5, 2, -0.7);
  const precision = { rows: 1, cols: 1, data: Float64Array.of(0.5) };
  const prior = { weight: 5, variance: 0.2 };
  const { logPredictive } = chooseLevelPrior(y, [x], precision, prior, [0.1, 0.3]);
  for (const { levelDeviation, logLikelihood } of logPredictive) {
    let total = 0;
    for (let g = 0; g < 16; g++) {
      const variance = (1.2 * 0.02 ** (g / 15)) ** 2;
      const cov = zeros(5, 5);
      for (let i = 0; i < 5; i++) {
        for (let j = 0; j < 5; j++) {
          cov.data[i * 5 + j] =
            1 + levelDeviation ** 2 * Math.min(i, j) + (x[i] * x[j] * variance) / 0.5 + (i === j ? variance : 0);
        }
      }
      const l = determinantAndQuadratic(
        cov.data,
        y.map((v) => v - y[0]),
      );
      const logPrior = -2.5 * Math.log(variance) - 0.5 / variance;
      total += Math.exp(logPrior - 0.5 * (5 * Math.log(2 * Math.PI) + Math.log(l.determinant) + l.quadratic));
    }
    expect(logLikelihood).toBeCloseTo(Math.log(total), 8);
  }
});

function determinantAndQuadratic(a: Float64Array, b: Float64Array): { determinant: number; quadratic: number } {
  const n = b.length;
  const m = Float64Array.from(a);
  const r = Float64Array.from(b);
  let determinant = 1;
  for (let k = 0; k < n; k++) {
    determinant *= m[k * n + k];
    for (let i = k + 1; i < n; i++) {
      const f = m[i * n + k] / m[k * n + k];
      for (let j = k; j < n; j++) m[i * n + j] -= f * m[k * n + j];
      r[i] -= f * r[k];
    }
  }
  let quadratic = 0;
  for (let k = 0; k < n; k++) quadratic += r[k] ** 2 / m[k * n + k];
  return { determinant, quadratic };
}
