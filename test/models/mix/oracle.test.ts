import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fitMix } from '../../../models/mix/fit.ts';
import { simulateMarket } from '../../../models/mix/simulated-market.ts';
import type { MixSpec } from '../../../models/mix/spec.ts';
import { cholesky, gram, solveCholesky, zeros } from '../../../models/numeric/matrix.ts';
import { random } from '../../../models/numeric/random.ts';
import type { Panel } from '../../../models/panel.ts';
import { weekNames } from './support.ts';

const shared = new URL('../../../../shared/', import.meta.url);

describe('a model that is linear', () => {
  test('has the posterior of conjugate regression, the noise integrated by quadrature', () => {
    const rng = random(1, 'conjugate');
    const weeks = 60;
    const price = Float64Array.from({ length: weeks }, () => rng.uniform());
    const weather = Float64Array.from({ length: weeks }, () => rng.normal());
    const outcome = price.map((p, t) => 100 + 8 * p + 3 * weather[t] + 4 * rng.normal());
    const panel: Panel = { units: ['all'], periods: weekNames(weeks), outcome, covariates: { price, weather } };
    const spec: MixSpec = {
      drivers: [
        {
          name: 'price',
          kind: 'treatment',
          prior: { on: 'effect', distribution: { family: 'normal', mean: 0.2, sd: 0.7 } },
        },
        { name: 'weather', kind: 'control' },
      ],
      trend: { everyWeeks: 20 },
      season: { order: 1 },
    };
    const { result, job } = fitMix(panel, spec, { seed: 1, chains: 2, draws: 2000, warmup: 200 });
    const { problem } = job;

    // columns in the order of the parameters, sigma left out: effect, time, control, level
    const x = problem.drivers[0].x;
    const mean = x.reduce((a, b) => a + b) / weeks;
    const P = problem.time.names.length;
    const columns = [
      x.map((v) => v - mean),
      ...problem.time.names.map((_, p) => Float64Array.from({ length: weeks }, (_, t) => problem.time.data[t * P + p])),
      problem.controls[0].column,
      new Float64Array(weeks).fill(1),
    ];
    const names = problem.names.filter((name) => name !== 'sigma');
    const priors = names.map((name) => {
      const prior = problem.priors[problem.names.indexOf(name)];
      if (prior.family !== 'normal') throw new Error(`${name} is not normal`);
      return prior;
    });
    const K = columns.length;
    const design = zeros(weeks, K);
    columns.forEach((column, c) => {
      for (let t = 0; t < weeks; t++) design.data[t * K + c] = column[t];
    });
    const cross = gram(design);
    const projection = Float64Array.from({ length: K }, (_, c) =>
      columns[c].reduce((sum, v, t) => sum + v * problem.y[t], 0),
    );
    const squares = problem.y.reduce((sum, v) => sum + v * v, 0);
    let mass = 0;
    const first = new Float64Array(K);
    const second = new Float64Array(K);
    let sigmaMean = 0;
    for (let logSigma = -3; logSigma < 1.5; logSigma += 0.01) {
      const sigma = Math.exp(logSigma);
      const precision = { ...cross, data: cross.data.map((v) => v / sigma ** 2) };
      const right = projection.map((v, c) => v / sigma ** 2 + priors[c].mean / priors[c].sd ** 2);
      priors.forEach(({ sd }, c) => {
        precision.data[c * K + c] += 1 / sd ** 2;
      });
      const factor = cholesky(precision);
      if (!factor) throw new Error('not positive definite');
      const centre = solveCholesky(factor, right);
      let logDeterminant = 0;
      for (let c = 0; c < K; c++) logDeterminant += 2 * Math.log(factor.data[c * K + c]);
      const fit = centre.reduce((sum, v, c) => sum + v * right[c], 0);
      // log p(y | sigma) + log HalfNormal(sigma; 1) + log d sigma / d log sigma
      const logWeight =
        -weeks * logSigma -
        0.5 * logDeterminant +
        0.5 * fit -
        (0.5 * squares) / sigma ** 2 -
        0.5 * sigma ** 2 +
        logSigma;
      const weight = Math.exp(logWeight + 0.5 * weeks);
      mass += weight;
      sigmaMean += weight * sigma;
      for (let c = 0; c < K; c++) {
        const unit = new Float64Array(K);
        unit[c] = 1;
        first[c] += weight * centre[c];
        second[c] += weight * (solveCholesky(factor, unit)[c] + centre[c] ** 2);
      }
    }
    const rows = new Map(result.parameters.map((row) => [row.name, row]));
    names.forEach((name, c) => {
      const row = rows.get(name)!;
      const expected = (first[c] / mass) * problem.unit;
      const sd = Math.sqrt(second[c] / mass - (first[c] / mass) ** 2) * problem.unit;
      expect(Math.abs(row.mean - expected), name).toBeLessThan(4 * row.mcse);
      expect(Math.abs(row.sd / sd - 1), name).toBeLessThan(0.06);
    });
    const sigma = rows.get('sigma')!;
    expect(Math.abs(sigma.mean - (sigmaMean / mass) * problem.unit)).toBeLessThan(4 * sigma.mcse);
  });
});

describe.skipIf(!existsSync(new URL('reference/golden/data/mmm_example.csv', shared)))('mmm_example', () => {
  // pymc-labs/pymc-marketing data/mmm_example.csv (Apache-2.0): 179 weeks made with geometric adstock of 8 lags, decay
  // 0.4 and 0.2, logistic saturation; true contributions 274,848 and 65,906, noise sd 241.9
  test('the known contributions, carry-over and noise of the generator are recovered', () => {
    const [header, ...lines] = readFileSync(new URL('reference/golden/data/mmm_example.csv', shared), 'utf8')
      .trim()
      .split('\n');
    const names = header.split(',');
    const column = (name: string): Float64Array =>
      Float64Array.from(lines, (line) => Number(line.split(',')[names.indexOf(name)]));
    const panel: Panel = {
      units: ['all'],
      periods: lines.map((line) => line.split(',')[0]),
      outcome: column('y'),
      covariates: { x1: column('x1'), x2: column('x2') },
    };
    const when = (name: string): string[] => panel.periods.filter((_, t) => column(name)[t] === 1);
    const media = { adstock: { kind: 'geometric', maxLag: 7 }, saturation: { kind: 'logistic' } } as const;
    // wide: the example's own prior on the coefficient says next to nothing about the share
    const prior = { on: 'contribution', distribution: { family: 'beta', a: 1, b: 3 } } as const;
    const { result } = fitMix(
      panel,
      {
        drivers: [
          { name: 'x1', kind: 'organic', ...media, prior },
          { name: 'x2', kind: 'organic', ...media, prior },
        ],
        trend: { everyWeeks: 52 },
        season: { order: 2 },
        holidays: [
          { name: 'event_1', periods: when('event_1'), sd: 5 },
          { name: 'event_2', periods: when('event_2'), sd: 5 },
        ],
      },
      { seed: 1, chains: 2, draws: 700, warmup: 250 },
    );
    expect(result.status).toBe('ok');
    expect(result.diagnostics.divergences).toBe(0);
    const [x1, x2] = result.drivers.map(({ contribution }) => contribution);
    expect(Math.abs(x1.mean - 274_848)).toBeLessThan(2 * x1.sd);
    expect(Math.abs(x2.mean - 65_906)).toBeLessThan(2 * x2.sd);
    // and not because the posterior is wide
    expect(x1.sd).toBeLessThan(0.1 * 274_848);
    expect(x2.sd).toBeLessThan(0.3 * 65_906);
    const row = (name: string) => result.parameters.find((parameter) => parameter.name === name)!;
    expect(Math.abs(row('decay[x1]').mean - 0.4)).toBeLessThan(2 * row('decay[x1]').sd);
    expect(Math.abs(row('decay[x2]').mean - 0.2)).toBeLessThan(2 * row('decay[x2]').sd);
    expect(Math.abs(row('sigma').mean - 241.9)).toBeLessThan(2.5 * row('sigma').sd);
    expect(Math.abs(row('holiday[event_1]').mean - 1500)).toBeLessThan(2.5 * row('holiday[event_1]').sd);
    expect(Math.abs(row('holiday[event_2]').mean - 2500)).toBeLessThan(2.5 * row('holiday[event_2]').sd);
    // lam 4 on x1 in its own unit: half saturation ln 3 / 4 of the adstock
    const half = row('half_saturation[x1]');
    expect(Math.abs(half.mean - Math.log(3) / 4)).toBeLessThan(2.5 * half.sd);
  });
});

describe('a market by geo', () => {
  test('recovers contributions of geos that differ', () => {
    const market = simulateMarket({ seed: 6, geos: 6, weeks: 80, paid: 2, negative: 1, spread: 0.3 });
    const spec = { drivers: market.drivers, population: market.population };
    const { result } = fitMix(market.panel, spec, { seed: 1, chains: 2, draws: 300, warmup: 200 });
    expect(result.status).toBe('ok');
    for (const driver of result.drivers) {
      const truth = market.truth.find(({ name }) => name === driver.name)!.contribution;
      expect(Math.abs(driver.contribution.mean - truth), driver.name).toBeLessThan(3 * driver.contribution.sd);
      const sum = driver.by_geo!.reduce((a, { contribution }) => a + contribution.mean, 0);
      expect(sum).toBeCloseTo(driver.contribution.mean, 6);
      if (driver.spend) expect(driver.by_geo!.reduce((a, { spend }) => a + spend!, 0)).toBeCloseTo(driver.spend, 6);
    }
  });
});
