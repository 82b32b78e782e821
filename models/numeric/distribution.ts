import chisquare from '@stdlib/stats-base-dists-chisquare';
import f from '@stdlib/stats-base-dists-f';
import normal from '@stdlib/stats-base-dists-normal';
import t from '@stdlib/stats-base-dists-t';

/** P(|T| >= |x|) of Student's t; `degrees` may be Infinity for the normal. */
export function twoSidedT(x: number, degrees: number): number {
  return Number.isFinite(degrees) ? 2 * t.cdf(-Math.abs(x), degrees) : 2 * normal.cdf(-Math.abs(x), 0, 1);
}

/** P(T <= x). */
export function cumulativeT(x: number, degrees: number): number {
  return Number.isFinite(degrees) ? t.cdf(x, degrees) : normal.cdf(x, 0, 1);
}

/** x with P(T <= x) = p. */
export function quantileT(p: number, degrees: number): number {
  return Number.isFinite(degrees) ? t.quantile(p, degrees) : normal.quantile(p, 0, 1);
}

export function cumulativeNormal(x: number): number {
  return normal.cdf(x, 0, 1);
}

export function quantileNormal(p: number): number {
  return normal.quantile(p, 0, 1);
}

/** P(X >= x) of chi-square. */
export function upperChiSquare(x: number, degrees: number): number {
  return 1 - chisquare.cdf(x, degrees);
}

/** P(X >= x) of F. */
export function upperF(x: number, numerator: number, denominator: number): number {
  return 1 - f.cdf(x, numerator, denominator);
}

/** x with P(F <= x) = p. */
export function quantileF(p: number, numerator: number, denominator: number): number {
  return f.quantile(p, numerator, denominator);
}
