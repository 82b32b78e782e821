import { describe, expect, it } from 'vitest';
import type { Estimate } from '../../../models/estimate.ts';
import { drawRandomisedGeos } from '../../../models/lift/randomised-geos.ts';
import { random } from '../../../models/numeric/random.ts';
import { drawnAnew, placebosOf, powerByError } from '../../../pipeline/studies/read-draws.ts';

const geos = [5, 6, 7, 8, 9, 10, 11, 12].map((size, i) => ({
  name: `g${i}`,
  treated: i % 2 === 0,
  before: size,
  during: size + (i % 3) + (i % 2 === 0 ? 4 : 0),
}));

function subsetsOfFive(): number[][] {
  return Array.from({ length: 1024 }, (_, bits) =>
    Array.from({ length: 10 }, (_, g) => g).filter((g) => (bits >> g) & 1),
  ).filter((chosen) => chosen.length === 5);
}

const estimate: Estimate = {
  value: 3,
  standardError: 1,
  interval: null,
  pValue: 0.01,
  method: 'sc',
  n: 9,
  diagnostics: {},
};

describe('the draws behind a headline', () => {
  it('are totals among which the headline has the rank that its p-value says', () => {
    const { estimate: found, draws } = drawRandomisedGeos(geos, { seed: 1 });
    const { placebos, power } = drawnAnew('randomised', found, draws, 0.9, 10);
    const beyond = placebos.filter(({ effect }) => Math.abs(effect) >= Math.abs(found.value * 10) - 1e-9).length;
    // 8 over 4, the real draw left out
    expect(placebos).toHaveLength(69);
    expect((1 + beyond) / 70).toBeCloseTo(found.pValue!, 12);
    expect(power[0].power).toBeLessThanOrEqual(0.1);
    expect(power.at(-1)!.power).toBeGreaterThan(0.5);
    expect(new Set(power.map(({ method }) => method))).toEqual(new Set(['randomisation']));
  });

  it('give about the power that planting the effect under every draw finds', () => {
    const rng = random(2, 'planted under every draw');
    const drawn = Array.from({ length: 10 }, (_, i) => {
      const size = 10 + 3 * rng.normal();
      return { name: `g${i}`, treated: i < 5, before: size, during: size + rng.normal() };
    });
    const { estimate: found, draws } = drawRandomisedGeos(drawn, { seed: 1 });
    const { power } = drawnAnew('randomised', found, draws, 0.9, 1);
    const untreated = drawn.map((one) => ({ ...one, during: one.during - (one.treated ? found.value : 0) }));
    for (const point of [power[6], power[8], power[10], power[14]]) {
      const p = subsetsOfFive().map(
        (chosen) =>
          drawRandomisedGeos(
            untreated.map((one, g) => {
              const treated = chosen.includes(g);
              return { ...one, treated, during: one.during + (treated ? point.effect : 0) };
            }),
            { seed: 1 },
          ).estimate.pValue!,
      );
      const planted = p.filter((value) => value < 0.1 - 1e-12).length / p.length;
      // cautious where power is high, never too bold by more than 0.1
      expect(point.power).toBeLessThan(planted + 0.1);
      if (planted < 0.7) expect(point.power).toBeGreaterThan(planted - 0.1);
    }
  });

  it('give power by rank where the test ranks, else by standard error, and none where the test lost its p-value', () => {
    const readings = Float64Array.from({ length: 20 }, (_, i) => i - 9.5);
    expect(placebosOf('sc', estimate, readings, true, 0.9, 2).power[0].method).toBe('placebo');
    expect(placebosOf('sdid', estimate, readings, false, 0.9, 2).power[0].method).toBe('standard_error');
    expect(placebosOf('did', estimate, null, true, 0.9, 2)).toMatchObject({ placebos: [] });
    const lost = placebosOf('sc', { ...estimate, pValue: null }, readings, true, 0.9, 2);
    expect(lost.placebos[0]).toEqual({ method: 'sc', effect: -19 });
    expect(lost.power).toEqual([]);
    expect(powerByError({ ...estimate, standardError: null }, 0.9)).toEqual([]);
  });
});
