import { describe, expect, test } from 'vitest';
import { compileProblem } from '../../../models/mix/compile.ts';
import { createPosterior } from '../../../models/mix/posterior.ts';
import type { MixProblem } from '../../../models/mix/problem.ts';
import { simulateMarket } from '../../../models/mix/simulated-market.ts';
import {
  drawParameters,
  holm,
  rankUniformity,
  simulateOutcome,
  simulationRanks,
} from '../../../models/mix/simulation-check.ts';
import { random } from '../../../models/numeric/random.ts';

function problemOf(geos: number, weeks: number): MixProblem {
  const market = simulateMarket({ seed: 'calibration', geos, weeks, paid: 1, negative: 1 });
  const population = geos > 1 ? market.population : undefined;
  return compileProblem(market.panel, {
    drivers: market.drivers,
    population,
    trend: { everyWeeks: 26 },
    season: { order: 1 },
  });
}

describe('simulation-based calibration', () => {
  // the script bench/studies/mix-calibration.ts does 300 replications of three models
  test('ranks of all parameters, contributions and the likelihood are uniform over 60 replications', () => {
    const { names, ranks, draws, divergences } = simulationRanks(problemOf(1, 60), { replications: 60, seed: 4 });
    const adjusted = holm(ranks.map((rank) => rankUniformity(rank, draws, 10)));
    names.forEach((name, i) => {
      expect(adjusted[i], name).toBeGreaterThan(0.01);
    });
    expect(divergences).toBeLessThan(30);
  });

  test('the check itself fails on ranks of a posterior that is far too narrow', () => {
    const rng = random(1, 'narrow');
    // truth has 2.5 times the sd of what the draws claim
    const ranks = Int32Array.from({ length: 60 }, () => {
      const truth = 2.5 * rng.normal();
      let rank = 0;
      for (let d = 0; d < 99; d++) if (rng.normal() < truth) rank++;
      return rank;
    });
    expect(rankUniformity(ranks, 99, 10)).toBeLessThan(0.01);
  });
});

describe('drawing from the prior', () => {
  test('has the spread the priors state, geo effects included', () => {
    const problem = { ...problemOf(3, 40) };
    problem.centring = problem.centring.map((_, i) => (i % 3) / 2);
    const driver = problem.drivers[0];
    const posterior = createPosterior(problem);
    let ratio = 0;
    let level = 0;
    for (let r = 0; r < 2000; r++) {
      const { values } = posterior.forward(drawParameters(problem, random(r, 'prior-draw')));
      ratio += (values[driver.geoAt + 1] / values[driver.spreadAt]) ** 2 / 2000;
      level += values[problem.at.level] / 2000;
    }
    expect(Math.abs(ratio - 1)).toBeLessThan(0.15);
    const prior = problem.priors[problem.at.level];
    if (prior.family !== 'normal') throw new Error('the level prior is normal');
    expect(Math.abs(level - prior.mean)).toBeLessThan((5 * prior.sd) / Math.sqrt(2000));
  });

  test('simulated outcomes scatter around the expectation with sd sigma', () => {
    const problem = problemOf(1, 200);
    const rng = random(2, 'outcome');
    const u = drawParameters(problem, rng);
    const state = createPosterior(problem).forward(u);
    const y = simulateOutcome(problem, u, rng);
    const squares = y.reduce((sum, v, i) => sum + (v - state.expected[i]) ** 2, 0) / y.length;
    expect(Math.abs(Math.sqrt(squares) / state.values[problem.at.sigma] - 1)).toBeLessThan(0.2);
  });
});

describe('Holm', () => {
  test('by hand: .01, .04, .03 become .03, .06, .06', () => {
    const adjusted = holm([0.01, 0.04, 0.03]);
    [0.03, 0.06, 0.06].forEach((value, i) => {
      expect(adjusted[i]).toBeCloseTo(value, 12);
    });
  });
});
