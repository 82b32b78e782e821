import { cumulativeNormal, quantileNormal } from '../numeric/distribution.ts';
import { countBelow } from '../numeric/quantile.ts';

/** Probability that a test at its level finds a true effect of a size, up or down. */
export interface PowerPoint {
  /** size of the effect, >= 0, unit of the readings */
  effect: number;
  /** in [0, 1] */
  power: number;
}

/** What a test reads where there is no effect, and how much of a planted effect it reads there. */
export interface NullReadings {
  /** K readings without effect; infinite ones count as extreme */
  readings: Float64Array;
  /** share of an effect that each reading takes up, in [-1, 1]: 0 for placebos, which leave the treated out */
  shares: Float64Array;
}

/** Sizes are read up to so many standard deviations, in this many steps. */
const WIDEST = 6;
const STEPS = 24;

/**
 * Power of a test by ranks, from its own draws: each draw stands once for the real one, an effect e is added to it, and it is ranked
 * among the others.
 *
 *     p_k(e) = (1 + #{j != k: |r_j + e b_j| >= |r_k + e|}) / (K + 1)
 *     power(e) = share of k with p_k(e) < 1 - level, the mean of e and -e
 *
 * At e = 0 power is at most 1 - level. The shares b_j are those of the real assignment, taken to be like those of any other: of ten geos,
 * against planting under every draw, that is within 0.1 up to a power of 0.65, and cautious above (0.8 where planting finds 0.98).
 *
 * @param level  in (0, 1)
 * @returns      sizes 0 .. 6 sd of the finite readings; empty when there are fewer than two or they do not vary
 */
export function powerOfDraws({ readings, shares }: NullReadings, level: number): PowerPoint[] {
  const finite = readings.filter(Number.isFinite);
  const deviation = Math.sqrt(finite.reduce((sum, r) => sum + r * r, 0) / finite.length);
  if (finite.length < 2 || !(deviation > 0)) return [];
  return sizes(deviation).map((effect) => ({
    effect,
    power: (rejected(readings, shares, effect, level) + rejected(readings, shares, -effect, level)) / 2,
  }));
}

function rejected(readings: Float64Array, shares: Float64Array, effect: number, level: number): number {
  const reference = readings.map((r, j) => Math.abs(r + effect * shares[j]));
  const sorted = reference.slice().sort();
  const found = readings.reduce((count, r, k) => {
    const own = Math.abs(r + effect);
    const beyond = sorted.length - countBelow(sorted, own) - (reference[k] >= own ? 1 : 0);
    return count + ((1 + beyond) / (readings.length + 1) < 1 - level - 1e-12 ? 1 : 0);
  }, 0);
  return found / readings.length;
}

/**
 * Power of a test that holds an estimate against its standard error, taken as normal.
 *
 *     power(e) = P(|Z + e / se| > z),   z = the two-sided quantile of the level
 *
 * @returns sizes 0 .. 6 standard errors; empty when the error is not positive
 */
export function powerOfError(standardError: number, level: number): PowerPoint[] {
  if (!(standardError > 0 && Number.isFinite(standardError))) return [];
  const limit = quantileNormal(0.5 + level / 2);
  return sizes(standardError).map((effect) => {
    const shift = effect / standardError;
    return { effect, power: cumulativeNormal(shift - limit) + cumulativeNormal(-shift - limit) };
  });
}

/** The smallest size with the asked power, between two points in a straight line; null when none has it. */
export function sizeWithPower(points: readonly PowerPoint[], power: number): number | null {
  const at = points.findIndex((point) => point.power >= power);
  if (at < 0) return null;
  if (at === 0) return points[0].effect;
  const [a, b] = [points[at - 1], points[at]];
  return a.effect + ((b.effect - a.effect) * (power - a.power)) / (b.power - a.power);
}

function sizes(deviation: number): number[] {
  return Array.from({ length: STEPS + 1 }, (_, i) => (deviation * WIDEST * i) / STEPS);
}
