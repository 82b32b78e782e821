import { InputError } from '../errors.ts';
import { DEFAULT_LEVEL, type Estimate } from '../estimate.ts';
import { quantileT, twoSidedT } from '../numeric/distribution.ts';
import { solve, zeros } from '../numeric/matrix.ts';

/** One geo of a randomised geo experiment. */
export interface GeoResponse {
  name: string;
  /** response before the test, same length of time for every geo */
  before: number;
  /** response in the test */
  during: number;
  /** cost in the test beyond what would have been spent; 0 in control geos */
  cost: number;
}

/**
 * Geo-based regression: the return per unit of cost across randomised geos.
 *
 *     during_i = b0 + b1 before_i + iroas * cost_i + e_i,  weights 1 / before_i^2,  t with n - 3 degrees of freedom
 *
 * Geos without volume before the test are dropped and named in `diagnostics`.
 *
 * @param geos  at least 5 with volume, some with and some without cost
 * @throws InputError `insufficient_data` for fewer than 5 geos, `bad_input` when cost does not vary apart from volume
 * @see Vaver & Koehler (2011), Measuring ad effectiveness using geo experiments
 */
export function geoRegression(geos: readonly GeoResponse[], level = DEFAULT_LEVEL): Estimate {
  const used = geos.filter((geo) => geo.before > 0);
  const n = used.length;
  if (n < 5) throw new InputError('insufficient_data', `${n} geos with volume before the test; give at least 5`);
  const rows = used.map((geo) => [1 / geo.before, 1, geo.cost / geo.before]);
  const y = used.map((geo) => geo.during / geo.before);
  const normal = zeros(3, 3);
  const right = zeros(3, 4);
  rows.forEach((row, i) => {
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) normal.data[a * 3 + b] += row[a] * row[b];
      right.data[a * 4] += row[a] * y[i];
    }
  });
  for (let a = 0; a < 3; a++) right.data[a * 4 + 1 + a] = 1;
  const solved = solve(normal, right);
  const scale = normal.data[8];
  if (solved === null || !(scale * solved.data[2 * 4 + 3] < 1e12)) {
    throw new InputError(
      'bad_input',
      'cost does not vary across geos apart from their volume; leave some geos unspent',
    );
  }
  const [b0, b1, value] = [0, 1, 2].map((a) => solved.data[a * 4]);
  const degrees = n - 3;
  const squares = rows.reduce((sum, row, i) => sum + (y[i] - b0 * row[0] - b1 * row[1] - value * row[2]) ** 2, 0);
  const standardError = Math.sqrt((squares / degrees) * solved.data[2 * 4 + 3]);
  const half = quantileT(0.5 + level / 2, degrees) * standardError;
  return {
    value,
    standardError,
    interval: { lo: value - half, hi: value + half, level, kind: 'confidence' },
    pValue: standardError > 0 ? twoSidedT(value / standardError, degrees) : 0,
    method: 'geo_regression_iroas',
    n,
    diagnostics: {
      degrees_of_freedom: degrees,
      dropped: geos.filter((geo) => !(geo.before > 0)).map((geo) => geo.name),
    },
  };
}
