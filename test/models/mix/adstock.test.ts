import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ADSTOCK_PARAMETERS,
  type AdstockKind,
  adstock,
  adstockWeights,
  fillWeights,
  geometricAdstock,
} from '../../../models/mix/adstock.ts';

const parametersOf: Record<AdstockKind, number[]> = {
  none: [],
  geometric: [0.6],
  delayed: [0.7, 2.3],
  binomial: [0.4],
  weibull: [1.8, 3.1],
};
const kinds = Object.keys(parametersOf) as AdstockKind[];

describe('geometricAdstock', () => {
  test('a single burst is spread by powers of the decay, normalised', () => {
    expect([...geometricAdstock(Float64Array.of(7, 0, 0, 0), 0.5, 2)]).toEqual([4, 2, 1, 0]);
  });
  test('no decay leaves the media as they came', () => {
    expect([...geometricAdstock(Float64Array.of(3, 1, 4), 0, 8)]).toEqual([3, 1, 4]);
  });
  test('a decay of 1 or a negative one is refused', () => {
    expect(() => geometricAdstock(Float64Array.of(1), 1, 2)).toThrow(/decay is 1/);
    expect(() => geometricAdstock(Float64Array.of(1), -0.1, 2)).toThrow(/decay/);
  });
});

describe('adstock weights', () => {
  test('binomial weights fall to exactly zero one lag after the last', () => {
    // decay 0.5: exponent 1, weights 1 - lag / 4 = 1, .75, .5, .25, summing to 2.5
    expect([...adstockWeights({ kind: 'binomial', parameters: [0.5], maxLag: 3 })]).toEqual([0.4, 0.3, 0.2, 0.1]);
  });
  test('delayed weights peak where they are told', () => {
    const w = adstockWeights({ kind: 'delayed', parameters: [0.5, 2], maxLag: 4 });
    expect(w.indexOf(Math.max(...w))).toBe(2);
    // 0.5^[4, 1, 0, 1, 4] = 1/16, 1/2, 1, 1/2, 1/16; sum 2.125
    expect(w[0]).toBeCloseTo(0.0625 / 2.125, 14);
  });
  test('every kernel sums to 1 and carries a steady level through unchanged', () => {
    for (const kind of kinds) {
      const how = { kind, parameters: parametersOf[kind], maxLag: 8 };
      expect(adstockWeights(how).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(adstock(new Float64Array(30).fill(5), how)[29]).toBeCloseTo(5, 12);
    }
  });
  test('adstock is linear and does not look ahead', () => {
    const series = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(series, series, fc.constantFrom(...kinds), (a, b, kind) => {
        const how = { kind, parameters: parametersOf[kind], maxLag: 6 };
        const x = adstock(Float64Array.from(a), how);
        const y = adstock(Float64Array.from(b), how);
        const both = adstock(
          Float64Array.from(a, (v, i) => 2 * v + b[i]),
          how,
        );
        for (let t = 0; t < 20; t++) expect(both[t]).toBeCloseTo(2 * x[t] + y[t], 9);
        const cut = adstock(
          Float64Array.from(a, (v, i) => (i < 10 ? v : 0)),
          how,
        );
        for (let t = 0; t < 10; t++) expect(cut[t]).toBe(x[t]);
      }),
      { seed: 1, numRuns: 50 },
    );
  });
  test('derivatives agree with central differences', () => {
    const n = 9;
    for (const kind of kinds) {
      for (let p = 0; p < ADSTOCK_PARAMETERS[kind].length; p++) {
        const at = (delta: number) => {
          const theta = parametersOf[kind].map((v, i) => (i === p ? v + delta : v));
          const out = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
          fillWeights(kind, theta[0], theta[1] ?? 0, n, out[0], out[1], out[2]);
          return out;
        };
        const up = at(1e-6)[0];
        const down = at(-1e-6)[0];
        const exact = at(0)[1 + p];
        for (let lag = 0; lag < n; lag++) expect(exact[lag]).toBeCloseTo((up[lag] - down[lag]) / 2e-6, 7);
      }
    }
  });
});
