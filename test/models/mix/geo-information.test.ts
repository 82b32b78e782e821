import { expect, test } from 'vitest';
import { compileProblem } from '../../../models/mix/compile.ts';
import { geoInformation, levelInformation } from '../../../models/mix/geo-information.ts';
import { createPosterior } from '../../../models/mix/posterior.ts';
import { drawParameters } from '../../../models/mix/simulation-check.ts';
import { random } from '../../../models/numeric/random.ts';
import { noisePanel } from './support.ts';

test('where the fit is perfect, the information is the curvature of the density less that of the prior', () => {
  const compiled = compileProblem(noisePanel(4, 30, ['tv', 'likes'], 3), {
    drivers: [
      { name: 'tv', kind: 'paid' },
      { name: 'likes', kind: 'organic' },
    ],
  });
  const problem = { ...compiled, centring: compiled.centring.slice().fill(1) };
  const u = drawParameters(problem, random(1, 'information'));
  const state = createPosterior(problem).forward(u);
  const perfect = { ...problem, y: state.expected.map((v, i) => v * problem.weight[i]) };
  const posterior = createPosterior(perfect);
  const n = posterior.dimension;
  const here = posterior.forward(u);
  const [up, down] = [new Float64Array(n), new Float64Array(n)];
  const curvature = (i: number, j: number): number => {
    const moved = u.slice();
    moved[i] += 1e-4;
    posterior.logDensity(moved, up);
    moved[i] -= 2e-4;
    posterior.logDensity(moved, down);
    return (down[j] - up[j]) / 2e-4;
  };
  perfect.drivers.forEach((driver, j) => {
    const information = geoInformation(perfect, here, j);
    const spread = here.values[driver.spreadAt];
    for (let g = 0; g < 4; g++) {
      for (let k = 0; k < 4; k++) {
        const prior = g === k ? 1 / spread ** 2 : 0;
        const exact = curvature(driver.geoAt + g, driver.geoAt + k) - prior;
        expect(Math.abs(information[g * 4 + k] - exact)).toBeLessThan(1e-4 * (1 + Math.abs(exact)));
      }
    }
  });
  levelInformation(perfect, here).forEach((information, g) => {
    const prior = perfect.priors[perfect.at.level + g];
    if (prior.family !== 'normal') throw new Error('the level prior is normal');
    const i = perfect.at.level + g;
    expect(information / (curvature(i, i) - 1 / prior.sd ** 2)).toBeCloseTo(1, 6);
  });
});
