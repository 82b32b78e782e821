import { InputError } from '../errors.ts';
import { DEFAULT_LEVEL, type Estimate } from '../estimate.ts';
import { random } from '../numeric/random.ts';
import { randomisationTest } from './randomisation.ts';

/** A geo of a test in which a fixed number of geos was drawn; means per period. */
export interface GeoOutcome {
  name: string;
  treated: boolean;
  during: number;
  before: number;
}

/** A reading with the draws that it was held against. */
export interface DrawnEstimate {
  estimate: Estimate;
  /** `[a, b]` as `randomisationTest` takes them */
  draws: readonly (readonly [number, number])[];
}

/** Up to this many assignments all of them are used. */
const ENUMERATED = 5000;

/**
 * Reads a geo test in which a fixed number of geos was drawn at random: the difference during the test, what the time before explains
 * taken out, against all draws that could have been. Enumerated up to 5,000 assignments, else seeded draws.
 *
 *     tau = coefficient of D in the regression of during on 1, before and D
 *
 * The regression only sharpens the reading: test and interval rest on the draw alone. One constant effect per geo and period is
 * supposed; where large geos gain more, it is their mean by how much each geo tells.
 *
 * @param options  seed and number of the draws (default 4,999) when not all can be enumerated
 * @throws InputError `insufficient_data` for fewer than 2 geos on a side
 * @see Rosenbaum (2002), Covariance adjustment in randomized experiments and observational studies
 */
export function randomisedGeos(
  geos: readonly GeoOutcome[],
  options: { level?: number; seed: number; draws?: number },
): Estimate {
  return drawRandomisedGeos(geos, options).estimate;
}

/** `randomisedGeos` with its draws. */
export function drawRandomisedGeos(
  geos: readonly GeoOutcome[],
  options: { level?: number; seed: number; draws?: number },
): DrawnEstimate {
  const level = options.level ?? DEFAULT_LEVEL;
  const n = geos.length;
  const size = geos.filter(({ treated }) => treated).length;
  if (size < 2 || n - size < 2) {
    throw new InputError(
      'insufficient_data',
      `${size} treated and ${n - size} untreated geos; a randomised comparison needs at least 2 of each`,
    );
  }
  const before = Float64Array.from(geos, (geo) => geo.before);
  const during = Float64Array.from(geos, (geo) => geo.during);
  const real = Float64Array.from(geos, ({ treated }) => (treated ? 1 : 0));
  const own = adjusted(real, before);
  const value = project(own, during);
  const total = combinations(n, size, ENUMERATED);
  const draws: [number, number][] = [];
  const read = (assigned: Float64Array): void => {
    const other = adjusted(assigned, before);
    draws.push([project(other, during), project(other, real)]);
  };
  if (total !== null) {
    for (const assigned of subsets(n, size)) if (assigned.some((on, g) => on !== real[g])) read(assigned);
  } else {
    const rng = random(options.seed, 'randomised geos');
    const order = Uint32Array.from({ length: n }, (_, g) => g);
    for (let k = 0; k < (options.draws ?? 4999); k++) {
      rng.shuffle(order);
      const assigned = new Float64Array(n);
      for (let i = 0; i < size; i++) assigned[order[i]] = 1;
      read(assigned);
    }
  }
  const test = randomisationTest(value, draws, level);
  const estimate: Estimate = {
    value,
    standardError: test.deviation,
    interval: test.interval,
    pValue: test.pValue,
    method: 'geo_randomisation',
    n,
    diagnostics: {
      assignments: draws.length + 1,
      exhaustive: total !== null,
      p_greater: test.pGreater,
      ...(test.interval === null ? { no_interval: `${n} geos are too few for level ${level}` } : {}),
    },
  };
  return { estimate, draws };
}

/** An assignment with its mean and what the time before explains of it taken out. */
function adjusted(assigned: Float64Array, before: Float64Array): Float64Array {
  const n = assigned.length;
  const center = (values: Float64Array): Float64Array => {
    const mean = values.reduce((sum, value) => sum + value, 0) / n;
    return values.map((value) => value - mean);
  };
  const d = center(assigned);
  const x = center(before);
  const squares = x.reduce((sum, value) => sum + value * value, 0);
  if (squares === 0) return d;
  const slope = x.reduce((sum, value, g) => sum + value * d[g], 0) / squares;
  return d.map((value, g) => value - slope * x[g]);
}

/** Coefficient of an adjusted column; 0 when the time before explains all of it. */
function project(column: Float64Array, y: Float64Array): number {
  let product = 0;
  let squares = 0;
  for (let i = 0; i < column.length; i++) {
    product += column[i] * y[i];
    squares += column[i] * column[i];
  }
  return squares > 1e-12 ? product / squares : 0;
}

/** n over k, or null when it is more than `most`. */
function combinations(n: number, k: number, most: number): number | null {
  let count = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) {
    count = (count * (n - i + 1)) / i;
    if (count > most) return null;
  }
  return Math.round(count);
}

function* subsets(n: number, size: number): Generator<Float64Array> {
  const chosen = Array.from({ length: size }, (_, i) => i);
  for (;;) {
    const assigned = new Float64Array(n);
    for (const g of chosen) assigned[g] = 1;
    yield assigned;
    let i = size - 1;
    while (i >= 0 && chosen[i] === n - size + i) i--;
    if (i < 0) return;
    chosen[i]++;
    for (let j = i + 1; j < size; j++) chosen[j] = chosen[j - 1] + 1;
  }
}
