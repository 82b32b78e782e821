import type { Chain, RemovalOutcome } from './absorbing-chain.ts';

// removals side by side: eight numbers fill one line of the cache
const BLOCK = 8;
const TOLERANCE = 1e-16;

/** `removalOutcomes` by Gauss-Seidel sweeps, for chains that are large and sparse. */
export function bySweeps(chain: Chain, groups: readonly Uint32Array[]): RemovalOutcome {
  const conversion = new Float64Array(groups.length);
  const revenue = new Float64Array(groups.length);
  const entries = entriesOf(chain);
  let iterations = 0;
  for (let g = 0; g < groups.length; g += BLOCK) {
    const block = groups.slice(g, g + BLOCK);
    iterations = Math.max(iterations, sweepBlock(chain, entries, block, conversion.subarray(g), revenue.subarray(g)));
  }
  return { conversion, revenue, solver: 'sweeps', iterations };
}

/** The chain by columns: transitions into state s are offsets[s] .. offsets[s + 1]. */
interface Entries {
  offsets: Uint32Array;
  from: Uint32Array;
  probability: Float64Array;
}

function entriesOf(chain: Chain): Entries {
  const offsets = new Uint32Array(chain.states + 1);
  for (const to of chain.to) offsets[to + 1]++;
  for (let s = 0; s < chain.states; s++) offsets[s + 1] += offsets[s];
  const at = offsets.slice(0, chain.states);
  const from = new Uint32Array(chain.to.length);
  const probability = new Float64Array(chain.to.length);
  for (let s = 0; s < chain.states; s++) {
    for (let e = chain.edges[s]; e < chain.edges[s + 1]; e++) {
      from[at[chain.to[e]]] = s;
      probability[at[chain.to[e]]++] = chain.probability[e];
    }
  }
  return { offsets, from, probability };
}

/**
 * Solves up to 8 removals side by side, so that each transition is read once for all of them. States are swept in their
 * order, which for counts made from paths is that of first sight: most walks run forward in it.
 */
function sweepBlock(
  chain: Chain,
  { offsets, from, probability }: Entries,
  groups: readonly Uint32Array[],
  conversion: Float64Array,
  revenue: Float64Array,
): number {
  const { states, start } = chain;
  const width = groups.length;
  const removed = new Uint8Array(states);
  groups.forEach((group, g) => {
    for (const s of group) removed[s] |= 1 << g;
  });
  const visits = new Float64Array(states * width);
  const sum = new Float64Array(width);
  const enough = TOLERANCE * (chain.conversionProbability || 1);
  let sweeps = 0;
  let previous = Number.POSITIVE_INFINITY;
  for (;;) {
    sweeps++;
    let added = 0;
    for (let s = 0; s < states; s++) {
      const base = s * width;
      const begin = offsets[s];
      const end = offsets[s + 1];
      const mask = removed[s];
      const starting = start[s];
      if (mask === 0 && end - begin === 1) {
        // most states of a large chain are entered from one other
        const source = from[begin] * width;
        const p = probability[begin];
        for (let g = 0; g < width; g++) {
          const now = starting + visits[source + g] * p;
          added += now - visits[base + g];
          visits[base + g] = now;
        }
        continue;
      }
      for (let g = 0; g < width; g++) sum[g] = starting;
      for (let e = begin; e < end; e++) {
        const source = from[e] * width;
        const p = probability[e];
        for (let g = 0; g < width; g++) sum[g] += visits[source + g] * p;
      }
      for (let g = 0; g < width; g++) {
        if ((mask & (1 << g)) !== 0) continue;
        added += sum[g] - visits[base + g];
        visits[base + g] = sum[g];
      }
    }
    // below 1e-12 a sweep that adds no less than the one before moves only the last bits
    if (added <= enough || (added >= previous && added < 1e-12)) break;
    previous = added;
  }
  for (let s = 0; s < states; s++) {
    for (let g = 0; g < width; g++) {
      conversion[g] += visits[s * width + g] * chain.converts[s];
      revenue[g] += visits[s * width + g] * chain.earns[s];
    }
  }
  return sweeps;
}
