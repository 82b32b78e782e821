import { describe, expect, it } from 'vitest';
import { type GeoOutcome, randomisedGeos } from '../../../models/lift/randomised-geos.ts';
import { random } from '../../../models/numeric/random.ts';

const geo = (name: string, treated: boolean, before: number, during: number): GeoOutcome => ({
  name,
  treated,
  before,
  during,
});

describe('a geo test with a fixed number of geos drawn', () => {
  it('is the difference of means when the time before is the same everywhere', () => {
    const found = randomisedGeos(
      [geo('a', true, 5, 9), geo('b', true, 5, 7), geo('c', false, 5, 4), geo('d', false, 5, 6)],
      { seed: 1 },
    );
    // (9 + 7) / 2 - (4 + 6) / 2; one of the six draws is as far from 0 as the real one, its mirror
    expect(found.value).toBeCloseTo(3, 12);
    expect(found.pValue).toBeCloseTo(2 / 6, 12);
    expect(found.diagnostics).toMatchObject({ assignments: 6, exhaustive: true });
  });

  it('takes out what the time before explains, to the digit', () => {
    const sizes = [3, 8, 1, 12, 5, 7, 2, 9, 4, 6];
    const found = randomisedGeos(
      sizes.map((size, i) => geo(`g${i}`, i % 3 === 0, size, 2 + 1.5 * size + (i % 3 === 0 ? 0.75 : 0))),
      { seed: 1 },
    );
    expect(found.value).toBeCloseTo(0.75, 10);
    expect(found.interval!.lo).toBeCloseTo(0.75, 8);
    expect(found.pValue).toBeLessThan(0.01);
  });

  it('refuses a side of one geo', () => {
    expect(() =>
      randomisedGeos([geo('a', true, 1, 1), geo('b', false, 1, 2), geo('c', false, 1, 3)], { seed: 1 }),
    ).toThrow(/1 treated and 2 untreated geos/);
  });

  it('covers the truth at its level and rejects nothing at its level, p below 0.1 exactly when 0 is outside', () => {
    let covered = 0;
    let rejected = 0;
    const runs = 200;
    for (let run = 0; run < runs; run++) {
      const rng = random(run, 'geo test');
      const order = rng.shuffle(Array.from({ length: 10 }, (_, g) => g));
      const treated = new Set(order.slice(0, 4));
      const worlds = Array.from({ length: 10 }, (_, g) => {
        const size = Math.exp(rng.normal());
        return { before: size + 0.2 * rng.normal(), during: 1.1 * size + 0.2 * rng.normal(), treated: treated.has(g) };
      });
      const read = (effect: number) =>
        randomisedGeos(
          worlds.map((w, g) => geo(`g${g}`, w.treated, w.before, w.during + (w.treated ? effect : 0))),
          { seed: run },
        );
      const withEffect = read(0.4);
      if (withEffect.interval!.lo <= 0.4 && withEffect.interval!.hi >= 0.4) covered++;
      const none = read(0);
      if (none.pValue! < 0.1) rejected++;
      expect(none.pValue! < 0.1).toBe(none.interval!.lo > 0 || none.interval!.hi < 0);
    }
    // 200 runs: a standard error of 2.1 points
    expect(covered / runs).toBeGreaterThan(0.85);
    expect(rejected / runs).toBeLessThan(0.15);
  });
});
