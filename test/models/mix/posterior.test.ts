import { describe, expect, test } from 'vitest';
import { compileProblem } from '../../../models/mix/compile.ts';
import { createPosterior } from '../../../models/mix/posterior.ts';
import type { MixProblem } from '../../../models/mix/problem.ts';
import type { MixSpec } from '../../../models/mix/spec.ts';
import { random } from '../../../models/numeric/random.ts';
import { referenceLogDensity } from './reference.ts';
import { everyKindNames, everyKindSpec, noisePanel } from './support.ts';

const experiments: MixSpec['experiments'] = [
  {
    name: 'tv dark weeks',
    drivers: ['tv', 'likes'],
    geos: ['geo1', 'geo0'],
    start: '2023-03-06',
    end: '2023-03-20',
    readEnd: '2023-04-10',
    counterfactualFactor: 0,
    estimand: 'outcome',
    estimate: 120,
    standardError: 60,
  },
  {
    name: 'search doubled',
    drivers: ['search'],
    geos: ['geo0'],
    start: '2023-04-03',
    end: '2023-04-17',
    counterfactualFactor: 2,
    estimand: 'iroas',
    estimate: 1.5,
    standardError: 0.5,
    inflation: 1.5,
  },
];

function problemOf(geos: number, spec: MixSpec, seed: number, holdout = 0): MixProblem {
  const panel = noisePanel(geos, 22, everyKindNames, seed);
  // two weeks of media history before the first outcome, and one missing cell
  for (let g = 0; g < geos; g++) panel.outcome.fill(Number.NaN, g * 22, g * 22 + 2);
  panel.outcome[9] = Number.NaN;
  const problem = compileProblem(panel, spec, holdout);
  const rng = random(seed, 'centring');
  return { ...problem, centring: problem.centring.map(() => rng.uniform()) };
}

/** A point of the size prior draws have. */
function somewhere(dimension: number, seed: number): Float64Array {
  const rng = random(seed, 'point');
  return Float64Array.from({ length: dimension }, () => 0.6 * rng.normal());
}

const cases: [string, MixProblem][] = [
  ['national, normal noise', problemOf(1, { ...everyKindSpec, experiments: [] }, 1)],
  ['three geos, normal noise, experiments', problemOf(3, { ...everyKindSpec, experiments }, 2)],
  [
    'three geos, Student-t noise, held-out weeks',
    problemOf(3, { ...everyKindSpec, noise: { kind: 'student_t', df: 4 } }, 3, 2),
  ],
];

describe('the log posterior', () => {
  test.each(cases)('%s: the gradient is that of the reference by automatic differentiation', (_, problem) => {
    const posterior = createPosterior(problem);
    const n = posterior.dimension;
    const gradient = new Float64Array(n);
    const u = somewhere(n, 7);
    const other = somewhere(n, 8);
    const difference = posterior.logDensity(u, new Float64Array(n)) - posterior.logDensity(other, gradient);
    const referenceDifference = referenceLogDensity(problem, u, -1).v - referenceLogDensity(problem, other, -1).v;
    // densities are known up to a constant, so differences are compared
    expect(Math.abs(difference - referenceDifference)).toBeLessThan(1e-9 * (1 + Math.abs(referenceDifference)));
    for (let i = 0; i < n; i++) {
      const exact = referenceLogDensity(problem, other, i).d;
      expect(Math.abs(gradient[i] - exact), problem.names[i]).toBeLessThan(1e-9 * (1 + Math.abs(exact)));
    }
  });

  test.each(cases)('%s: the gradient agrees with central differences', (_, problem) => {
    const posterior = createPosterior(problem);
    const n = posterior.dimension;
    const gradient = new Float64Array(n);
    const unused = new Float64Array(n);
    for (let seed = 0; seed < 3; seed++) {
      const u = somewhere(n, seed);
      posterior.logDensity(u, gradient);
      for (let i = 0; i < n; i++) {
        const e = 1e-5;
        const up = u.slice();
        const down = u.slice();
        up[i] += e;
        down[i] -= e;
        const numeric = (posterior.logDensity(up, unused) - posterior.logDensity(down, unused)) / (2 * e);
        expect(Math.abs(gradient[i] - numeric), problem.names[i]).toBeLessThan(2e-6 * (10 + Math.abs(numeric)));
      }
    }
  });

  test('an effect of exactly zero has the gradient of its neighbours', () => {
    const problem = problemOf(3, everyKindSpec, 5);
    const posterior = createPosterior(problem);
    const u = somewhere(posterior.dimension, 1);
    const mentions = problem.drivers.find((driver) => driver.name === 'mentions');
    const at = mentions?.effectAt ?? -1;
    const gradientAt = (effect: number) => {
      const gradient = new Float64Array(posterior.dimension);
      u[at] = effect;
      posterior.logDensity(u, gradient);
      return gradient[at];
    };
    expect(gradientAt(0)).toBeCloseTo((gradientAt(1e-7) + gradientAt(-1e-7)) / 2, 5);
  });
});
