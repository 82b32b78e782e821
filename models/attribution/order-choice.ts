import { InputError } from '../errors.ts';
import { type Paths, pathCount } from '../paths.ts';
import { contentKeys, mergePaths } from './merge-paths.ts';
import { keyOfText } from './poisson-weights.ts';
import { edgeTable, mix32 } from './window-table.ts';

export interface OrderChoiceOptions {
  /** highest order tried, from 1 on; default 4 */
  maxOrder?: number;
  /** parts that are held out in turn, >= 2; default 5 */
  folds?: number;
  /** names the split; default 1 */
  seed?: number;
  /** 64-bit hash of each row's person: all journeys of a person are held out together */
  personKeys?: BigUint64Array;
}

export interface OrderScore {
  order: number;
  /** mean of -log P(journey) over held-out journeys, in nats; lower is better */
  log_loss: number;
  /** log_loss less that of the chosen order */
  difference: number;
  /** standard error of `difference` over folds; 0 for the chosen order */
  standard_error: number;
  /** contexts the order tells apart in all journeys */
  contexts: number;
}

export interface OrderChoice {
  /** with the lowest held-out loss; the lower order on a tie */
  order: number;
  /** the chosen order is the highest tried: a higher one may foretell better still */
  at_maximum: boolean;
  scores: OrderScore[];
  /** what is held out together */
  unit: 'person' | 'journey';
  folds: number;
  seed: number;
}

/**
 * Chooses the order of the Markov model by how well it foretells journeys that it has not seen.
 *
 * A journey's loss is -log of its probability, touch by touch and then its end, under the chain of order k learned from
 * the other folds: the law whose removal effects `solveMarkov` gives. Unseen moves are backed off to the order below,
 *
 *     p_k(next | last k) = (n(last k, next) + p_(k-1)(next | last k - 1)) / (n(last k) + 1)
 *
 * down to equal chances of all channels and both ends, so that every journey has a probability and orders compare on the
 * same events. In-sample scores always favour more memory; held-out ones do not.
 *
 * Without person keys the journeys of one path are dealt over the folds as evenly as whole numbers allow.
 *
 * @throws InputError `bad_parameter` for options outside their range, `insufficient_data` when there are fewer journeys
 *         (persons) than folds
 */
export function chooseOrder(paths: Paths, options: OrderChoiceOptions = {}): OrderChoice {
  const { maxOrder = 4, folds = 5, seed = 1, personKeys } = options;
  if (!(Number.isInteger(maxOrder) && maxOrder >= 1)) throw outside('max_order', maxOrder, 'a whole number >= 1');
  if (!(Number.isInteger(folds) && folds >= 2)) throw outside('folds', folds, 'a whole number >= 2');
  const dealt =
    personKeys === undefined
      ? dealJourneys(mergePaths(paths), folds, seed)
      : dealPersons(paths, personKeys, folds, seed);
  const journeys = new Float64Array(folds);
  for (let f = 0; f < folds; f++)
    for (let i = f; i < dealt.converting.length; i += folds) journeys[f] += dealt.converting[i] + dealt.others[i];
  if (journeys.some((n) => n === 0)) {
    throw new InputError('insufficient_data', `a fold of ${folds} has no journey; give more journeys or fewer folds`);
  }
  const moves = countMoves(dealt, maxOrder, folds);
  const unit = personKeys === undefined ? 'journey' : 'person';
  return scoreOrders(moves, paths.channels.length, journeys, { maxOrder, unit, seed });
}

/**
 * Scores every order from counted moves.
 *
 * @param channels  number of channels, which are events 0 .. channels; then come conversion and the end without
 * @param journeys  journeys of each fold, > 0
 */
export function scoreOrders(
  moves: Moves,
  channels: number,
  journeys: Float64Array,
  { maxOrder, unit, seed }: { maxOrder: number; unit: OrderChoice['unit']; seed: number },
): OrderChoice {
  const folds = journeys.length;
  const losses = foldLosses(moves, channels + 2, maxOrder);
  const total = journeys.reduce((a, b) => a + b, 0);
  const mean = losses.map(({ loss }) => loss.reduce((a, b) => a + b, 0) / total);
  let best = 1;
  for (let order = 2; order <= maxOrder; order++) if (mean[order - 1] < mean[best - 1]) best = order;
  const scores = losses.map(({ loss, contexts }, at) => ({
    order: at + 1,
    log_loss: mean[at],
    difference: mean[at] - mean[best - 1],
    standard_error: foldError(loss, losses[best - 1].loss, journeys),
    contexts,
  }));
  return { order: best, at_maximum: best === maxOrder, scores, unit, folds, seed };
}

function outside(name: string, got: unknown, want: string): InputError {
  return new InputError('bad_parameter', `${name} is ${got}; give ${want}`);
}

/** Standard error of a ratio of fold sums: the loss per journey that one order has over the other. */
function foldError(loss: Float64Array, other: Float64Array, journeys: Float64Array): number {
  const folds = journeys.length;
  const total = journeys.reduce((a, b) => a + b, 0);
  let difference = 0;
  for (let f = 0; f < folds; f++) difference += loss[f] - other[f];
  let squares = 0;
  for (let f = 0; f < folds; f++) squares += (loss[f] - other[f] - (difference / total) * journeys[f]) ** 2;
  return Math.sqrt((squares * folds) / (folds - 1)) / total;
}

/** Journeys of each row in each fold: rows x folds, row-major. */
interface Dealt {
  paths: Paths;
  converting: Float64Array;
  others: Float64Array;
}

function dealPersons(paths: Paths, personKeys: BigUint64Array, folds: number, seed: number): Dealt {
  const count = pathCount(paths);
  if (personKeys.length !== count) {
    throw new InputError('bad_paths', `${personKeys.length} person keys for ${count} rows; give one per row`);
  }
  const salt = keyOfText(`${seed}|folds`).low;
  const converting = new Float64Array(count * folds);
  const others = new Float64Array(count * folds);
  for (let i = 0; i < count; i++) {
    const hash = mix32(Number(personKeys[i] & 0xffffffffn) ^ mix32(Number(personKeys[i] >> 32n) ^ salt));
    const fold = (hash >>> 0) % folds;
    converting[i * folds + fold] = paths.conversions[i];
    others[i * folds + fold] = paths.nonConversions[i];
  }
  return { paths, converting, others };
}

/** Equal shares of each count to every fold, in whole journeys; what is left over goes to folds drawn by the path. */
function dealJourneys(paths: Paths, folds: number, seed: number): Dealt {
  const count = pathCount(paths);
  const keys = contentKeys(paths);
  const salt = keyOfText(`${seed}|folds`).low;
  const deal = (counts: Float64Array, purpose: number): Float64Array => {
    const out = new Float64Array(count * folds);
    for (let i = 0; i < count; i++) {
      const each = Math.floor(counts[i] / folds);
      out.fill(each, i * folds, (i + 1) * folds);
      const first = mix32(keys[2 * i] ^ mix32(keys[2 * i + 1] ^ salt ^ purpose)) >>> 0;
      let rest = counts[i] - each * folds;
      for (let r = 0; rest > 0; r++, rest--) out[i * folds + ((first + r) % folds)] += Math.min(rest, 1);
    }
    return out;
  };
  return { paths, converting: deal(paths.conversions, 1), others: deal(paths.nonConversions, 2) };
}

/** How often each event followed each context, by fold. */
export interface Moves {
  folds: number;
  /** per context: its order, and the context of the order below (-1 under order 0) */
  order: readonly number[];
  shorter: readonly number[];
  /** contexts x folds */
  totals: Float64Array;
  /** context and event of each move: a channel, then conversion, then the end without */
  edges: { from: Uint32Array; to: Uint32Array };
  /** number of the move of a context and event, or -1 */
  find(context: number, event: number): number;
  /** moves x folds */
  counts: Float64Array;
}

/** Held-out loss of every order from 1 on, by fold. */
function foldLosses(moves: Moves, events: number, maxOrder: number): { loss: Float64Array; contexts: number }[] {
  const { folds } = moves;
  const without = (values: Float64Array, at: number, fold: number): number => {
    let sum = 0;
    for (let f = 0; f < folds; f++) if (f !== fold) sum += values[at * folds + f];
    return sum;
  };
  // p_k of the context, learned without one fold
  const probability = (context: number, event: number, fold: number): number => {
    if (context < 0) return 1 / events;
    const move = moves.find(context, event);
    const seen = move < 0 ? 0 : without(moves.counts, move, fold);
    return (seen + probability(moves.shorter[context], event, fold)) / (without(moves.totals, context, fold) + 1);
  };
  const out = Array.from({ length: maxOrder }, () => ({ loss: new Float64Array(folds), contexts: 0 }));
  for (const order of moves.order) if (order > 0) out[order - 1].contexts++;
  for (let move = 0; move < moves.edges.from.length; move++) {
    const context = moves.edges.from[move];
    if (moves.order[context] === 0) continue;
    const { loss } = out[moves.order[context] - 1];
    for (let f = 0; f < folds; f++) {
      const count = moves.counts[move * folds + f];
      if (count > 0) loss[f] -= count * Math.log(probability(context, moves.edges.to[move], f));
    }
  }
  return out;
}

/**
 * Counts every move of every path at every order. The context of order k is the last k touches, or, short of k, all
 * touches so far held to the start of the path: then it is the state of `countTransitions` for every move that leaves it.
 */
function countMoves(dealt: Dealt, maxOrder: number, folds: number): Moves {
  const { paths, converting, others } = dealt;
  const channels = paths.channels.length;
  const children = edgeTable(Number.POSITIVE_INFINITY);
  const edges = edgeTable(Number.POSITIVE_INFINITY);
  // the first contexts are no touch at all under order 0, then the start of a path under each order
  const order = Array.from({ length: maxOrder + 1 }, (_, k) => k);
  const shorter = order.map((k) => k - 1);
  const totals: number[] = new Array((maxOrder + 1) * folds).fill(0);
  const counts: number[] = [];
  const current = new Uint32Array(maxOrder + 1);
  const step = (channel: number): void => {
    // from the longest down: the context of order k is that of order k - 1 one touch ago, and this touch
    const parents = current.slice();
    for (let k = 1; k <= maxOrder; k++) {
      const context = maxOrder + 1 + children.intern(parents[k - 1], channel);
      if (context === order.length) {
        order.push(k);
        shorter.push(current[k - 1]);
        for (let f = 0; f < folds; f++) totals.push(0);
      }
      current[k] = context;
    }
  };
  const add = (event: number, weights: Float64Array, base: number): void => {
    for (let k = 0; k <= maxOrder; k++) {
      const move = edges.intern(current[k], event);
      if (move * folds === counts.length) for (let f = 0; f < folds; f++) counts.push(0);
      for (let f = 0; f < folds; f++) {
        counts[move * folds + f] += weights[base + f];
        totals[current[k] * folds + f] += weights[base + f];
      }
    }
  };
  const journeys = converting.map((count, i) => count + others[i]);
  for (let i = 0; i < pathCount(paths); i++) {
    for (let k = 0; k <= maxOrder; k++) current[k] = k;
    for (let s = paths.offsets[i]; s < paths.offsets[i + 1]; s++) {
      add(paths.steps[s], journeys, i * folds);
      step(paths.steps[s]);
    }
    add(channels, converting, i * folds);
    add(channels + 1, others, i * folds);
  }
  return {
    folds,
    order,
    shorter,
    totals: Float64Array.from(totals),
    edges: edges.edges(),
    find: edges.find,
    counts: Float64Array.from(counts),
  };
}
