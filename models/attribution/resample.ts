import { InputError } from '../errors.ts';
import { type PathCounts, type Paths, pathCount } from '../paths.ts';
import { convertingRows } from './credit.ts';
import { contentKeys, mergeRows } from './merge-paths.ts';
import { replicateStream } from './poisson-weights.ts';
import { mix32 } from './window-table.ts';

/**
 * What a bootstrap replicate draws, apart from the paths that the models read.
 *
 * Each entry of `converting` and `others` is a unit, or a number of exchangeable units, on row `row` of `paths`.
 */
export interface ResampleUnits {
  paths: Paths;
  unit: 'person' | 'journey';
  converting: UnitList;
  others: UnitList;
}

export interface UnitList {
  /** row of `paths` */
  row: Uint32Array;
  /** journeys of the entry */
  count: Float64Array;
  /** revenue of one journey of the entry */
  value: Float64Array;
  /** two words per entry: the 64-bit key of its person, or of its path and value */
  keys: Uint32Array;
}

/**
 * Readies paths for the Poisson bootstrap.
 *
 * With `personKeys`, row i is all the journeys of one person along one path, and every row of that person gets the same
 * weight Poisson(1), drawn from the key. Without, journeys are the units: those with equal paths and equal revenue per
 * conversion are one entry, whose count n becomes Poisson(n), drawn from their content. Either way no draw depends on how
 * the data were split or ordered.
 *
 * @param personKeys  length paths; a 64-bit hash of each row's person
 * @throws InputError `bad_paths` when the keys do not match the rows
 */
export function resampleUnits(paths: Paths, personKeys?: BigUint64Array): ResampleUnits {
  const { paths: merged, rowOf } = mergeRows(paths);
  if (personKeys === undefined) {
    const keys = contentKeys(merged);
    return {
      paths: merged,
      unit: 'journey',
      converting: convertingUnits(paths, rowOf, keys),
      others: otherUnits(merged, keys),
    };
  }
  if (personKeys.length !== pathCount(paths)) {
    throw new InputError(
      'bad_paths',
      `${personKeys.length} person keys for ${pathCount(paths)} rows; give one per row`,
    );
  }
  const converting = (i: number): boolean => paths.conversions[i] > 0;
  const others = (i: number): boolean => paths.nonConversions[i] > 0;
  return {
    paths: merged,
    unit: 'person',
    converting: personUnits(personKeys, rowOf, paths.conversions, paths.revenue, converting),
    others: personUnits(personKeys, rowOf, paths.nonConversions, null, others),
  };
}

function personUnits(
  personKeys: BigUint64Array,
  rowOf: Uint32Array,
  counts: Float64Array,
  revenue: Float64Array | null,
  wanted: (i: number) => boolean,
): UnitList {
  const rows = Uint32Array.from(rowOf.keys()).filter(wanted);
  return {
    row: rows.map((i) => rowOf[i]),
    count: Float64Array.from(rows, (i) => counts[i]),
    value: Float64Array.from(rows, (i) => (revenue === null ? 0 : revenue[i] / counts[i])),
    keys: keyWords(BigUint64Array.from(rows, (i) => personKeys[i])),
  };
}

/** The low and the high word of each 64-bit key. */
export function keyWords(keys: BigUint64Array): Uint32Array {
  const words = new Uint32Array(2 * keys.length);
  for (let i = 0; i < keys.length; i++) {
    words[2 * i] = Number(keys[i] & 0xffffffffn);
    words[2 * i + 1] = Number(keys[i] >> 32n);
  }
  return words;
}

/** One entry for each path and revenue per conversion. */
function convertingUnits(paths: Paths, rowOf: Uint32Array, pathKeys: Uint32Array): UnitList {
  const entries = new Map<number, Map<number, number>>();
  const row: number[] = [];
  const count: number[] = [];
  const value: number[] = [];
  for (const i of convertingRows(paths)) {
    const worth = paths.revenue[i] / paths.conversions[i];
    let ofPath = entries.get(rowOf[i]);
    if (ofPath === undefined) {
      ofPath = new Map();
      entries.set(rowOf[i], ofPath);
    }
    const entry = ofPath.get(worth);
    if (entry === undefined) {
      ofPath.set(worth, row.length);
      row.push(rowOf[i]);
      count.push(paths.conversions[i]);
      value.push(worth);
    } else count[entry] += paths.conversions[i];
  }
  const values = Float64Array.from(value);
  const words = new Uint32Array(values.slice().buffer);
  const keys = new Uint32Array(2 * row.length);
  for (let e = 0; e < row.length; e++) {
    keys[2 * e] = mix32(pathKeys[2 * row[e]] ^ mix32(words[2 * e]));
    keys[2 * e + 1] = mix32(pathKeys[2 * row[e] + 1] ^ mix32(words[2 * e + 1] ^ 0x5bd1e995));
  }
  return { row: Uint32Array.from(row), count: Float64Array.from(count), value: values, keys };
}

function otherUnits(merged: Paths, pathKeys: Uint32Array): UnitList {
  const row = Uint32Array.from(merged.nonConversions.keys()).filter((i) => merged.nonConversions[i] > 0);
  const keys = new Uint32Array(2 * row.length);
  row.forEach((i, at) => {
    keys[2 * at] = pathKeys[2 * i];
    keys[2 * at + 1] = pathKeys[2 * i + 1];
  });
  return {
    row,
    count: Float64Array.from(row, (i) => merged.nonConversions[i]),
    value: new Float64Array(row.length),
    keys,
  };
}

/** Arrays that `drawCounts` fills, made once and used for every replicate. */
export function emptyCounts(units: ResampleUnits): PathCounts {
  const rows = pathCount(units.paths);
  return {
    conversions: new Float64Array(rows),
    nonConversions: new Float64Array(rows),
    revenue: new Float64Array(rows),
  };
}

/**
 * The counts of one bootstrap replicate, per row of `units.paths`.
 *
 * Where journeys are the units and a row holds several conversions, only their mean revenue is known: the spread of
 * order values within such a row is not in the interval.
 */
export function drawCounts(units: ResampleUnits, seed: number, replicate: number, into: PathCounts): void {
  into.conversions.fill(0);
  into.nonConversions.fill(0);
  into.revenue.fill(0);
  if (units.unit === 'person') {
    const stream = replicateStream(seed, replicate, 'person');
    const weigh: Draw = (low, high, count) => count * stream.poisson(low, high, 1);
    addDraws(units.converting, weigh, into.conversions, into.revenue);
    addDraws(units.others, weigh, into.nonConversions, null);
  } else {
    addDraws(units.converting, replicateStream(seed, replicate, 'conversions').poisson, into.conversions, into.revenue);
    addDraws(units.others, replicateStream(seed, replicate, 'non_conversions').poisson, into.nonConversions, null);
  }
}

type Draw = (low: number, high: number, count: number) => number;

function addDraws(list: UnitList, draw: Draw, counts: Float64Array, revenue: Float64Array | null): void {
  const { row, count, value, keys } = list;
  for (let e = 0; e < row.length; e++) {
    const drawn = draw(keys[2 * e], keys[2 * e + 1], count[e]);
    if (drawn === 0) continue;
    counts[row[e]] += drawn;
    if (revenue !== null) revenue[row[e]] += drawn * value[e];
  }
}
