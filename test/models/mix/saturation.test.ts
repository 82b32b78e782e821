import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fillSaturation,
  SATURATION_PARAMETERS,
  type Saturation,
  type SaturationKind,
  saturation,
} from '../../../models/mix/saturation.ts';

const curveOf: Record<SaturationKind, (p: number, s: number) => Saturation> = {
  linear: () => ({ kind: 'linear' }),
  michaelis_menten: (p) => ({ kind: 'michaelis_menten', halfSaturation: p }),
  logistic: (p) => ({ kind: 'logistic', halfSaturation: p }),
  hill: (p, s) => ({ kind: 'hill', halfSaturation: p, slope: s }),
  root: (p) => ({ kind: 'root', exponent: p }),
};
const kinds = Object.keys(curveOf) as SaturationKind[];

describe('saturation', () => {
  test('every curve with a ceiling is at one half of it at half saturation', () => {
    for (const kind of ['michaelis_menten', 'logistic', 'hill'] as const) {
      expect(saturation(curveOf[kind](3, 2))(3)).toBeCloseTo(0.5, 12);
      expect(saturation(curveOf[kind](3, 2))(1e9)).toBeCloseTo(1, 6);
    }
  });
  test('hill with slope 2 by hand: 4 / (4 + 9)', () => {
    expect(saturation({ kind: 'hill', halfSaturation: 3, slope: 2 })(2)).toBeCloseTo(4 / 13, 14);
  });
  test('every curve is 0 at 0 and rises', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        fc.double({ min: 0.3, max: 3, noNaN: true }),
        fc.double({ min: 0, max: 20, noNaN: true }),
        (kind, p, s, a) => {
          const curve = saturation(curveOf[kind](p, s));
          expect(curve(0)).toBe(0);
          expect(curve(a + 0.1)).toBeGreaterThanOrEqual(curve(a));
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });
  test('parameters outside their range are refused by name', () => {
    expect(() => saturation({ kind: 'hill', halfSaturation: 0, slope: 1 })).toThrow(/halfSaturation is 0/);
    expect(() => saturation({ kind: 'root', exponent: 1.2 })).toThrow(/at most 1/);
  });
  test('the sampler loop gives the curve itself and derivatives that agree with central differences', () => {
    const media = Float64Array.of(0, 0.01, 0.4, 1, 2.7, 30);
    const n = media.length;
    const run = (kind: SaturationKind, x: Float64Array, p: number, s: number) => {
      const out = Array.from({ length: 4 }, () => new Float64Array(n));
      fillSaturation(kind, x, 0, n, p, s, out[0], out[1], out[2], out[3]);
      return out;
    };
    for (const kind of kinds) {
      const [p, s] = [0.8, 1.7];
      const exact = run(kind, media, p, s);
      const curve = saturation(curveOf[kind](p, s));
      const e = 1e-6;
      for (let t = 0; t < n; t++) expect(exact[0][t]).toBeCloseTo(curve(media[t]), 12);
      for (let t = 1; t < n; t++) {
        expect(exact[1][t]).toBeCloseTo((curve(media[t] + e) - curve(media[t] - e)) / (2 * e), 5);
      }
      const byParameter = [
        [run(kind, media, p + e, s)[0], run(kind, media, p - e, s)[0]],
        [run(kind, media, p, s + e)[0], run(kind, media, p, s - e)[0]],
      ];
      for (let q = 0; q < SATURATION_PARAMETERS[kind].length; q++) {
        for (let t = 0; t < n; t++) {
          expect(exact[2 + q][t]).toBeCloseTo((byParameter[q][0][t] - byParameter[q][1][t]) / (2 * e), 7);
        }
      }
    }
  });
});
