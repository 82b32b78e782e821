import { describe, expect, test } from 'vitest';
import type { ChainResult } from '../../../models/mix/chain.ts';
import { compileProblem } from '../../../models/mix/compile.ts';
import { samplingReport, watch } from '../../../models/mix/convergence.ts';
import { posteriorDraws } from '../../../models/mix/posterior-draws.ts';
import type { MixProblem } from '../../../models/mix/problem.ts';
import { drawParameters } from '../../../models/mix/simulation-check.ts';
import { random } from '../../../models/numeric/random.ts';
import { noisePanel } from './support.ts';

const panel = noisePanel(1, 40, ['tv', 'tv2'], 2);
const problem = compileProblem(panel, {
  drivers: [
    { name: 'tv', kind: 'paid' },
    { name: 'tv2', kind: 'paid' },
  ],
});
const geoProblem = compileProblem(noisePanel(3, 40, ['tv'], 2), { drivers: [{ name: 'tv', kind: 'paid' }] });

/** Chains of prior draws, then changed by hand. */
function report(of: MixProblem, change: (u: Float64Array, chain: number, draw: number) => void, divergences = 0) {
  const n = of.at.dimension;
  const chains = Array.from({ length: 4 }, (_, c): ChainResult => {
    const draws = new Float64Array(200 * n);
    const rng = random(c, 'convergence');
    for (let d = 0; d < 200; d++) {
      const u = drawParameters(of, rng);
      change(u, c, d);
      draws.set(u, d * n);
    }
    const energy = Float64Array.from({ length: 200 }, () => rng.normal());
    const counts = {
      saturated: 0,
      warmupGradients: 10,
      gradients: 100,
      stepSize: 0.5,
      acceptance: 0.8,
      stopped: false,
    };
    return { chain: c, draws, energy, divergences: c === 0 ? divergences : 0, ...counts };
  });
  const draws = posteriorDraws(of, chains);
  return samplingReport(of, chains, draws, watch(of, draws));
}
const at = (of: MixProblem, name: string): number => of.names.indexOf(name);

describe('the report of the sampler', () => {
  test('chains of independent draws converge, and divergences keep them from being clean', () => {
    const good = report(problem, () => {});
    expect(good.converged).toBe(true);
    expect(good.gradients).toBe(440);
    expect(report(problem, () => {}, 3)).toMatchObject({ clean: false, divergences: 3 });
  });

  test('one chain elsewhere is not converged, and its parameter is named with its driver', () => {
    const bad = report(problem, (u, c) => {
      if (c === 1) u[at(problem, 'decay[tv2]')] += 6;
    });
    expect(bad.converged).toBe(false);
    expect(bad.worst).toMatchObject({ name: 'decay[tv2]', block: 'driver tv2' });
    expect(bad.worst.likely_cause).toMatch(/carry-over/);
  });

  test('drivers that trade off are both named', () => {
    const bad = report(problem, (u, c) => {
      const shift = (c === 1 ? 3 : 0) + u[at(problem, 'roi[tv]')];
      u[at(problem, 'roi[tv]')] = shift;
      u[at(problem, 'roi[tv2]')] = 1.2 * shift;
    });
    expect(bad.worst.likely_cause).toMatch(/tv and tv2 trade off|tv2 and tv trade off/);
  });

  test('a parameter that never moves counts as the worst there is', () => {
    const stuck = report(problem, (u) => {
      u[at(problem, 'sigma')] = 0.1;
    });
    expect(stuck).toMatchObject({ converged: false, max_rhat: Number.POSITIVE_INFINITY, min_ess_bulk: 0 });
    expect(stuck.worst).toMatchObject({ name: 'sigma', block: 'noise' });
  });

  test('geo effects and baseline have blocks of their own', () => {
    const local = report(geoProblem, (u, c) => {
      if (c === 2) u[at(geoProblem, 'geo_effect[tv, geo1]')] += 9;
    });
    expect(local.worst.block).toBe('geo effects');
    const drift = report(geoProblem, (u, c) => {
      u[at(geoProblem, 'trend[1]')] += 4 * c;
    });
    expect(drift.worst.block).toBe('trend, season and controls');
  });
});
