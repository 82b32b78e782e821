import { describe, expect, test } from 'vitest';
import type { ChainProgress } from '../../../models/mix/chain.ts';
import { decompose } from '../../../models/mix/decomposition.ts';
import { finishMix, fitMix, prepareMix } from '../../../models/mix/fit.ts';
import { createPosterior } from '../../../models/mix/posterior.ts';
import { simulateMarket } from '../../../models/mix/simulated-market.ts';
import type { MixSpec } from '../../../models/mix/spec.ts';

const market = simulateMarket({ seed: 3, weeks: 120, paid: 2, organic: 1, negative: 1, controls: 1 });
const spec: MixSpec = {
  drivers: market.drivers,
  holidays: [{ name: 'peak', periods: market.panel.periods.slice(50, 52) }],
};
const fitted = fitMix(market.panel, spec, { seed: 1, chains: 2, draws: 400, warmup: 200, holdoutWeeks: 12 });
const { result, job, chains } = fitted;

describe('a fitted market', () => {
  test('converges and says so', () => {
    expect(result.status).toBe('ok');
    expect(result.diagnostics).toMatchObject({ converged: true, divergences: 0, weeks: 120, chains: 2 });
    expect(result.diagnostics.max_rhat).toBeLessThan(1.03);
    expect(result.parameters.map(({ name }) => name)).toEqual(job.problem.names);
  });

  test('every reported quantity is whole: mean, sd, interval, level and Monte Carlo error', () => {
    for (const driver of result.drivers) {
      const quantities = [driver.contribution, driver.contribution_share, driver.roi, driver.mroi];
      for (const quantity of quantities.filter((q) => q !== undefined)) {
        expect(quantity.level).toBe(0.9);
        expect(quantity.lo).toBeLessThan(quantity.mean);
        expect(quantity.hi).toBeGreaterThan(quantity.mean);
        expect(quantity.mcse).toBeGreaterThan(0);
        expect(quantity.mcse).toBeLessThan(quantity.sd / 5);
      }
    }
  });

  test('the result survives JSON: no number in it is infinite or missing', () => {
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  test('the parts of every draw add up to its expected outcome', () => {
    const posterior = createPosterior(job.problem);
    const n = posterior.dimension;
    for (const chain of chains) {
      for (let d = 0; d < 400; d += 37) {
        const { parts, series, expected } = decompose(
          job.problem,
          posterior.forward(chain.draws.subarray(d * n, d * n + n)),
        );
        const W = expected.length;
        for (let w = 0; w < W; w++) {
          let sum = 0;
          for (let p = 0; p < parts.length; p++) sum += series[p * W + w];
          expect(Math.abs(sum - expected[w])).toBeLessThan(1e-9 * Math.abs(expected[w]));
        }
      }
    }
  });

  test('the parts of the means add up too, and trend and season move nothing on the whole', () => {
    const { totals, expected } = result.decomposition!;
    const sum = totals.reduce((a, { amount }) => a + amount.mean, 0);
    expect(sum).toBeCloseTo(expected.mean, 4);
    const trend = totals.find(({ part }) => part === 'trend');
    expect(Math.abs(trend?.amount.mean ?? 1)).toBeLessThan(1e-6 * expected.mean);
  });

  test('a holiday counts in its weeks only', () => {
    const { series, weeks } = result.decomposition!;
    const holidays = series.find(({ part }) => part === 'holidays')!.mean;
    const on = market.panel.periods.slice(50, 52);
    weeks.forEach((week, w) => {
      if (on.includes(week)) expect(Math.abs(holidays[w])).toBeGreaterThan(0);
      else expect(Math.abs(holidays[w])).toBeLessThan(1e-9);
    });
  });

  test('declared signs hold in every draw', () => {
    const posterior = createPosterior(job.problem);
    const n = posterior.dimension;
    for (const chain of chains) {
      for (let d = 0; d < 400; d++) {
        const { coefficients } = posterior.forward(chain.draws.subarray(d * n, d * n + n));
        job.problem.drivers.forEach(({ sign }, j) => {
          expect(sign === 'negative' ? coefficients[j] < 0 : coefficients[j] > 0).toBe(true);
        });
      }
    }
    expect(result.drivers.find(({ kind }) => kind === 'negative')?.probability_positive).toBe(0);
  });

  test('the truth of well-informed drivers lies within their interval', () => {
    for (const driver of result.drivers.filter(({ informed_by }) => informed_by === 'data')) {
      const truth = market.truth.find(({ name }) => name === driver.name)!.contribution;
      // four posterior standard deviations: a test of the code, not of coverage
      expect(Math.abs(driver.contribution.mean - truth)).toBeLessThan(4 * driver.contribution.sd);
    }
  });

  test('roi is contribution over spend and the response curve passes through the contribution', () => {
    const paid = result.drivers[0];
    expect(paid.roi!.mean).toBeCloseTo(paid.contribution.mean / paid.spend!, 10);
    const here = paid.response_curve.find(({ factor }) => factor === 1)!;
    expect(here.spend).toBeCloseTo(paid.spend!, 6);
    expect(Math.abs(here.contribution.mean - paid.contribution.mean)).toBeLessThan(0.2 * paid.contribution.sd);
    expect(paid.response_curve[0].contribution.mean).toBe(0);
    expect(here.extrapolated).toBe(false);
    expect(paid.response_curve.at(-1)?.extrapolated).toBe(true);
    // saturation: the last unit of money earns less than the average one
    expect(paid.mroi!.mean).toBeLessThan(paid.roi!.mean);
  });

  test('held-out weeks are not fitted, and are predicted', () => {
    expect(result.diagnostics.fitted_cells).toBe(108);
    expect(result.fit?.holdout?.cells).toBe(12);
    expect(result.fit?.holdout?.wmape).toBeLessThan(0.15);
    expect(result.fit?.fitted.r2).toBeGreaterThan(0.7);
  });
});

describe('running', () => {
  const small = { seed: 2, chains: 2, draws: 40, warmup: 40 };

  test('chains run in another order, or alone, give the same result', () => {
    const again = fitMix(market.panel, spec, small);
    const prepared = prepareMix(market.panel, spec, small);
    expect(finishMix(prepared, [...again.chains].reverse()).result).toEqual(again.result);
    expect(fitMix(market.panel, spec, small).result).toEqual(again.result);
    expect(fitMix(market.panel, spec, { ...small, seed: 3 }).chains[0].draws).not.toEqual(again.chains[0].draws);
  });

  test('progress is told and a stop ends the run with nothing reported', () => {
    const seen: ChainProgress[] = [];
    let asked = 0;
    const stopped = fitMix(market.panel, spec, small, {
      onProgress: (progress) => seen.push(progress),
      shouldStop: () => ++asked > 60,
    });
    expect(seen[0]).toEqual({ chain: 0, done: 25, total: 80, isWarmup: true, divergences: 0 });
    expect(stopped.result).toMatchObject({
      status: 'stopped',
      drivers: [],
      parameters: [],
      decomposition: null,
      fit: null,
    });
  });

  test('chains that do not agree report nothing but why', () => {
    const rushed = fitMix(market.panel, spec, { ...small, chains: 4, draws: 20, warmup: 20, maxDepth: 1 });
    expect(rushed.result.status).toBe('not_converged');
    expect(rushed.result.drivers).toEqual([]);
    expect(rushed.result.parameters).toEqual([]);
    expect(rushed.result.diagnostics.max_rhat).toBeGreaterThanOrEqual(1.05);
    expect(rushed.result.diagnostics.worst.name).not.toBe('');
    expect(rushed.result.diagnostics.worst.likely_cause).toMatch(/;|draws/);
  });

  test('settings that cannot be judged are refused', () => {
    expect(() => fitMix(market.panel, spec, { seed: 1, chains: 0 })).toThrow(/chains is 0/);
    expect(() => fitMix(market.panel, spec, { seed: 1, target: 1 })).toThrow(/target is 1/);
  });
});
