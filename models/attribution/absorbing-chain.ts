import { InputError } from '../errors.ts';
import { type Matrix, multiplyVector, solve, zeros } from '../numeric/matrix.ts';
import { bySweeps } from './chain-sweeps.ts';
import type { TransitionCounts } from './transitions.ts';

/** Row-normalised chain in compressed rows: the transitions of state s are edges[s] .. edges[s + 1]. */
export interface Chain {
  states: number;
  start: Float64Array;
  edges: Uint32Array;
  to: Uint32Array;
  probability: Float64Array;
  /** length states; probability of converting next */
  converts: Float64Array;
  /** length states; expected revenue taken on leaving the state by conversion */
  earns: Float64Array;
  /** expected number of states in a journey */
  meanLength: number;
  /** chance that a journey converts */
  conversionProbability: number;
}

/** Conversions and revenue expected per journey when every transition into a group of states ends without converting. */
export interface RemovalOutcome {
  conversion: Float64Array;
  revenue: Float64Array;
  solver: 'inverse' | 'sweeps';
  /** sweeps over all states; 0 for the inverse */
  iterations: number;
}

/**
 * Normalises counts; states that nobody reaches keep probability zero everywhere.
 *
 * @throws InputError `bad_paths` when a state has no way to an end (counts that no set of journeys can make)
 */
export function chainOf(counts: TransitionCounts): Chain {
  const states = counts.start.length;
  const left = new Float64Array(states);
  const edges = new Uint32Array(states + 1);
  for (let e = 0; e < counts.from.length; e++) {
    left[counts.from[e]] += counts.weight[e];
    edges[counts.from[e] + 1]++;
  }
  let journeys = 0;
  let visits = 0;
  let conversions = 0;
  for (let s = 0; s < states; s++) {
    conversions += counts.conversions[s];
    left[s] += counts.conversions[s] + counts.nonConversions[s];
    edges[s + 1] += edges[s];
    journeys += counts.start[s];
    visits += left[s];
  }
  const to = new Uint32Array(counts.to.length);
  const probability = new Float64Array(counts.to.length);
  const at = edges.slice(0, states);
  for (let e = 0; e < counts.from.length; e++) {
    const from = counts.from[e];
    to[at[from]] = counts.to[e];
    probability[at[from]++] = counts.weight[e] === 0 ? 0 : counts.weight[e] / left[from];
  }
  checkEnds(counts, left);
  const share = (count: number, total: number): number => (total === 0 ? 0 : count / total);
  return {
    states,
    start: counts.start.map((count) => share(count, journeys)),
    edges,
    to,
    probability,
    converts: counts.conversions.map((count, s) => share(count, left[s])),
    earns: counts.revenue.map((money, s) => share(money, left[s])),
    meanLength: share(visits, journeys),
    conversionProbability: share(conversions, journeys),
  };
}

/** Walks backwards from the states where journeys end: every state in use must be met. */
function checkEnds(counts: TransitionCounts, left: Float64Array): void {
  const states = left.length;
  const offsets = new Uint32Array(states + 1);
  for (const to of counts.to) offsets[to + 1]++;
  for (let s = 0; s < states; s++) offsets[s + 1] += offsets[s];
  const at = offsets.slice(0, states);
  const enteredFrom = new Uint32Array(counts.to.length);
  for (let e = 0; e < counts.to.length; e++) enteredFrom[at[counts.to[e]]++] = e;
  const ends = new Uint8Array(states);
  const queue: number[] = [];
  for (let s = 0; s < states; s++) {
    if (counts.conversions[s] + counts.nonConversions[s] > 0) {
      ends[s] = 1;
      queue.push(s);
    }
  }
  for (let s = queue.pop(); s !== undefined; s = queue.pop()) {
    for (let i = offsets[s]; i < offsets[s + 1]; i++) {
      const edge = enteredFrom[i];
      const from = counts.from[edge];
      if (counts.weight[edge] === 0 || ends[from] === 1) continue;
      ends[from] = 1;
      queue.push(from);
    }
  }
  for (let s = 0; s < states; s++) if (left[s] > 0 && ends[s] === 0) throw endless();
}

/**
 * Removes groups of states, one at a time, and solves what is left exactly.
 *
 * Small chains take one inverse N = (I - Q)^-1 for all groups: a walk first enters group G with distribution
 * N[start, G] N[G, G]^-1, and from there converts with b = N r, so
 *
 *     conversion without G = b[start] - N[start, G] N[G, G]^-1 b[G]
 *
 * which for a group of one state is N[start, j] b[j] / N[j, j]. Large sparse chains take Gauss-Seidel sweeps for the
 * expected visits x = start + x Q, those of the group held at zero, up from x = 0: visits only grow, and what a sweep adds
 * in all bounds what is missing after it. They end when that is below 1e-16 of the chance to convert.
 *
 * @param groups  lists of states
 * @param solver  default: whichever needs fewer operations
 */
export function removalOutcomes(
  chain: Chain,
  groups: readonly Uint32Array[],
  solver?: 'inverse' | 'sweeps',
): RemovalOutcome {
  const chosen = solver ?? cheaper(chain, groups);
  return chosen === 'inverse' ? byInverse(chain, groups) : bySweeps(chain, groups);
}

// four square matrices of this size take 72 MB
const INVERSE_STATES = 1500;

function cheaper(chain: Chain, groups: readonly Uint32Array[]): 'inverse' | 'sweeps' {
  const n = chain.states;
  let inverse = (4 / 3) * n ** 3;
  for (const group of groups) inverse += group.length ** 3 / 3;
  // a sweep carries at least one step of every walk on; 20 mean lengths of them end all but the last
  const sweeps = (groups.length + 1) * 20 * chain.meanLength * chain.to.length * 2;
  return n <= INVERSE_STATES && inverse <= sweeps ? 'inverse' : 'sweeps';
}

function byInverse(chain: Chain, groups: readonly Uint32Array[]): RemovalOutcome {
  const n = chain.states;
  const system = zeros(n, n);
  const identity = zeros(n, n);
  for (let s = 0; s < n; s++) {
    system.data[s * n + s] = 1;
    identity.data[s * n + s] = 1;
    for (let e = chain.edges[s]; e < chain.edges[s + 1]; e++) system.data[s * n + chain.to[e]] -= chain.probability[e];
  }
  const inverse = solve(system, identity);
  if (inverse === null) throw new RangeError('a chain whose states all end has an inverse');
  const visits = new Float64Array(n);
  for (let s = 0; s < n; s++) {
    if (chain.start[s] === 0) continue;
    for (let j = 0; j < n; j++) visits[j] += chain.start[s] * inverse.data[s * n + j];
  }
  const converts = multiplyVector(inverse, chain.converts);
  const earns = multiplyVector(inverse, chain.earns);
  const wholeConversion = dot(chain.start, converts);
  const wholeRevenue = dot(chain.start, earns);
  const conversion = new Float64Array(groups.length);
  const revenue = new Float64Array(groups.length);
  groups.forEach((group, g) => {
    const first = firstEntries(inverse, visits, group);
    let lostConversion = 0;
    let lostRevenue = 0;
    for (let i = 0; i < group.length; i++) {
      lostConversion += first[i] * converts[group[i]];
      lostRevenue += first[i] * earns[group[i]];
    }
    conversion[g] = wholeConversion - lostConversion;
    revenue[g] = wholeRevenue - lostRevenue;
  });
  return { conversion, revenue, solver: 'inverse', iterations: 0 };
}

/** Probability that a walk enters the group, by the state it enters first: f with f N[G, G] = visits[G]. */
function firstEntries(inverse: Matrix, visits: Float64Array, group: Uint32Array): Float64Array {
  const m = group.length;
  if (m === 1) return Float64Array.of(visits[group[0]] / inverse.data[group[0] * inverse.cols + group[0]]);
  const transposed = zeros(m, m);
  const right = zeros(m, 1);
  for (let i = 0; i < m; i++) {
    right.data[i] = visits[group[i]];
    for (let j = 0; j < m; j++) transposed.data[j * m + i] = inverse.data[group[i] * inverse.cols + group[j]];
  }
  const first = solve(transposed, right);
  if (first === null) throw new RangeError('a principal part of the inverse is regular');
  return first.data;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function endless(): InputError {
  return new InputError(
    'bad_paths',
    'transition counts have a loop that no journey leaves; count ends as well as moves',
  );
}
