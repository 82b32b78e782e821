import { InputError } from '../errors.ts';
import { type PathCounts, type Paths, pathCount } from '../paths.ts';
import { edgeTable, mix32, windowTable } from './window-table.ts';

/**
 * Everything the Markov model of one order needs to know about journeys, however many there were. It may be counted
 * here (`countTransitions`) or in a database; the order of states and of transitions does not matter.
 */
export interface TransitionCounts {
  order: number;
  channels: readonly string[];
  /** length states + 1; state s is the window stateChannels[stateOffsets[s] .. stateOffsets[s + 1]) of 1 to `order` channels */
  stateOffsets: Uint32Array;
  stateChannels: Uint32Array;
  /** length states; journeys that begin in the state */
  start: Float64Array;
  /** length transitions; state left and state entered, never equal, each pair at most once */
  from: Uint32Array;
  to: Uint32Array;
  /** length transitions; times the journeys took it */
  weight: Float64Array;
  /** length states; journeys that end in the state by converting, and without */
  conversions: Float64Array;
  nonConversions: Float64Array;
  /** length states; revenue of the journeys that convert in the state */
  revenue: Float64Array;
  /** journeys without a touch, which stay outside the chain */
  untouched: { conversions: number; nonConversions: number; revenue: number };
}

/** The walk of every path through the states of one order: what `countTransitions` needs to know apart from the counts. */
export interface ChainIndex {
  order: number;
  channels: readonly string[];
  stateOffsets: Uint32Array;
  stateChannels: Uint32Array;
  from: Uint32Array;
  to: Uint32Array;
  /** length paths + 1 */
  walkOffsets: Uint32Array;
  /** of each path that has steps: its first state, then its transitions */
  walk: Uint32Array;
}

/**
 * Counts the transitions of a Markov chain of order k.
 *
 * The states of a path of n touches are its n - k + 1 windows of k touches, or the whole path when n <= k; runs of equal
 * states become one. A path with c conversions and u non-conversions adds c + u to its start and to each transition,
 * c to its end by conversion and u to its end without.
 *
 * @param order  k, a whole number >= 1
 * @throws InputError `bad_parameter` when the order is no whole number >= 1
 */
export function countTransitions(paths: Paths, order: number): TransitionCounts {
  return weighChain(indexChain(paths, order), paths);
}

/** @throws InputError `bad_parameter` when the order is no whole number >= 1 */
export function indexChain(paths: Paths, order: number): ChainIndex {
  if (!(Number.isInteger(order) && order >= 1)) {
    throw new InputError('bad_parameter', `order is ${order}; give a whole number >= 1`);
  }
  const count = pathCount(paths);
  const { steps, offsets } = paths;
  const windows = windowTable(steps);
  const walkOffsets = new Uint32Array(count + 1);
  const walk = new Uint32Array(statesAtMost(paths, order));
  // weight of the channel that leaves the rolling hash
  let leaving = 1;
  for (let i = 1; i < order; i++) leaving = Math.imul(leaving, HASH_BASE);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const start = offsets[i];
    const end = offsets[i + 1];
    if (end > start) {
      const length = Math.min(order, end - start);
      let hash = 0;
      for (let s = start; s < start + length; s++) hash = (Math.imul(hash, HASH_BASE) + steps[s] + 1) | 0;
      let previous = windows.intern(mix32(hash), start, length);
      walk[at++] = previous;
      for (let s = start + length; s < end; s++) {
        const rest = (hash - Math.imul(steps[s - order] + 1, leaving)) | 0;
        hash = (Math.imul(rest, HASH_BASE) + steps[s] + 1) | 0;
        const state = windows.intern(mix32(hash), s - order + 1, order);
        if (state !== previous) walk[at++] = state;
        previous = state;
      }
    }
    walkOffsets[i + 1] = at;
  }
  const { stateOffsets, stateChannels } = windows.states();
  const edges = edgeTable(stateOffsets.length - 1);
  for (let i = 0; i < count; i++) {
    const start = walkOffsets[i];
    let previous = walk[start];
    for (let w = start + 1; w < walkOffsets[i + 1]; w++) {
      const state = walk[w];
      walk[w] = edges.intern(previous, state);
      previous = state;
    }
  }
  const { from, to } = edges.edges();
  return {
    order,
    channels: paths.channels,
    stateOffsets,
    stateChannels,
    from,
    to,
    walkOffsets,
    walk: walk.slice(0, at),
  };
}

/** Adds up the counts of the paths along their walks. */
export function weighChain(index: ChainIndex, counts: PathCounts): TransitionCounts {
  const { order, channels, stateOffsets, stateChannels, from, to, walk, walkOffsets } = index;
  const states = stateOffsets.length - 1;
  const start = new Float64Array(states);
  const weight = new Float64Array(from.length);
  const conversions = new Float64Array(states);
  const nonConversions = new Float64Array(states);
  const revenue = new Float64Array(states);
  const untouched = { conversions: 0, nonConversions: 0, revenue: 0 };
  for (let i = 0; i < walkOffsets.length - 1; i++) {
    const converted = counts.conversions[i];
    const journeys = converted + counts.nonConversions[i];
    if (journeys === 0) continue;
    const begin = walkOffsets[i];
    const end = walkOffsets[i + 1];
    if (begin === end) {
      untouched.conversions += converted;
      untouched.nonConversions += counts.nonConversions[i];
      untouched.revenue += counts.revenue[i];
      continue;
    }
    start[walk[begin]] += journeys;
    for (let w = begin + 1; w < end; w++) weight[walk[w]] += journeys;
    const last = end - begin > 1 ? to[walk[end - 1]] : walk[begin];
    conversions[last] += converted;
    nonConversions[last] += counts.nonConversions[i];
    revenue[last] += counts.revenue[i];
  }
  return {
    order,
    channels,
    stateOffsets,
    stateChannels,
    start,
    from,
    to,
    weight,
    conversions,
    nonConversions,
    revenue,
    untouched,
  };
}

// odd, so that multiplying by it loses nothing modulo 2^32
const HASH_BASE = 0x9e3779b1;

function statesAtMost(paths: Paths, order: number): number {
  let total = 0;
  for (let i = 0; i < pathCount(paths); i++) {
    const n = paths.offsets[i + 1] - paths.offsets[i];
    if (n > 0) total += Math.max(1, n - order + 1);
  }
  return total;
}
