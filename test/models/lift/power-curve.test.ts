import { describe, expect, it } from 'vitest';
import { powerOfDraws, powerOfError, sizeWithPower } from '../../../models/lift/power-curve.ts';
import { random } from '../../../models/numeric/random.ts';

describe('power from the draws of a test', () => {
  it('ranks each draw with the effect among the others', () => {
    // level 0.5: p < 0.5 needs fewer than 1.5 of the 3 others beyond, so at most one
    const points = powerOfDraws({ readings: Float64Array.of(-2, -1, 1, 2), shares: new Float64Array(4) }, 0.5);
    expect(points).toHaveLength(25);
    expect(points[0]).toEqual({ effect: 0, power: 0.5 });
    // sd is sqrt(2.5); 1.75 sd = 2.77: 0.77 and 1.77 have others beyond, 3.77 and 4.77 none; at 2 sd = 3.16 the least, 1.16, has one
    expect(points[7].effect).toBeCloseTo(1.75 * Math.sqrt(2.5), 12);
    expect([points[7].power, points[8].power]).toEqual([0.5, 1]);
    expect(points.at(-1)).toEqual({ effect: 6 * Math.sqrt(2.5), power: 1 });
  });

  it('rejects at most at its level where there is no effect, and never with too few draws', () => {
    for (const count of [9, 20, 69, 70, 998, 999]) {
      const draw = random(count, 'power');
      const readings = Float64Array.from({ length: count }, () => draw.normal());
      expect(powerOfDraws({ readings, shares: new Float64Array(count) }, 0.9)[0].power).toBeLessThanOrEqual(0.1);
    }
    const few = powerOfDraws({ readings: Float64Array.of(1, -2, 3), shares: new Float64Array(3) }, 0.9);
    expect(few.every(({ power }) => power === 0)).toBe(true);
    expect(sizeWithPower(few, 0.8)).toBeNull();
  });

  it('comes near the normal formula for normal readings', () => {
    const draw = random(3, 'power');
    const readings = Float64Array.from({ length: 4000 }, () => draw.normal());
    const found = powerOfDraws({ readings, shares: new Float64Array(4000) }, 0.9);
    const exact = powerOfError(1, 0.9);
    found.forEach(({ power }, i) => {
      expect(Math.abs(power - exact[i].power)).toBeLessThan(0.03);
    });
  });

  it('counts what an effect adds to the other draws, and infinite readings as extreme', () => {
    const readings = Float64Array.of(-2, -1, 1, 2, -1.5, 1.5, 0.5, -0.5, 0.1, -0.1, 0.2);
    const power = (shares: Float64Array): number => powerOfDraws({ readings, shares }, 0.8)[12].power;
    expect(power(new Float64Array(11).fill(0.9))).toBeLessThan(power(new Float64Array(11)));
    expect(
      powerOfDraws({ readings: Float64Array.of(...readings, Infinity), shares: new Float64Array(12) }, 0.9).at(-1)!
        .power,
    ).toBeLessThan(1);
    expect(powerOfDraws({ readings: new Float64Array(5), shares: new Float64Array(5) }, 0.9)).toEqual([]);
  });
});

describe('power from a standard error', () => {
  it('is 1 - level without an effect, and 0.8 at the smallest detectable one', () => {
    const points = powerOfError(2, 0.9);
    expect(points[0].power).toBeCloseTo(0.1, 12);
    // (1.6449 + 0.8416) standard errors, read off between two points of the curve
    expect(sizeWithPower(points, 0.8)! / 2).toBeCloseTo(2.4865, 1);
    expect(powerOfError(0, 0.9)).toEqual([]);
  });
});
