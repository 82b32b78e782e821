import type { Paths } from '../paths.ts';
import { chainOf, removalOutcomes } from './absorbing-chain.ts';
import type { Credit, PreparedModel } from './credit.ts';
import { indexChain, type TransitionCounts, weighChain } from './transitions.ts';

export interface MarkovOptions {
  /** number of touches a state remembers, >= 1; default 1 */
  order?: number;
  /** default: whichever needs fewer operations; the answers agree to rounding */
  solver?: 'inverse' | 'sweeps';
}

/** Markov removal effects bound to their paths; see `solveMarkov`. @throws InputError `bad_parameter` for a wrong order */
export function prepareMarkov(paths: Paths, options: MarkovOptions = {}): PreparedModel {
  const index = indexChain(paths, options.order ?? 1);
  return (counts) => solveMarkov(weighChain(index, counts), options.solver);
}

/**
 * Exact removal effects of every channel in an absorbing Markov chain of any order.
 *
 * Removing channel j sends every transition into a state that contains j to the end without conversion:
 *
 *     removal effect j         = 1 - P(conversion | j removed) / P(conversion)
 *     credit j                 = removal effect j / sum of removal effects x conversions
 *
 * and the same with expected revenue in place of P. The removal effect equals the chance that a converting walk of the
 * chain visits j: a participation share on a smoothed law of journeys, not a causal effect.
 *
 * @param counts  from `countTransitions` or counted elsewhere
 * @returns       per channel; all zero where there is nothing to share out (no conversion among touched journeys)
 * @throws InputError `bad_paths` when a state has no way out
 * @see Anderl, Becker, von Wangenheim & Schumann (2016), Mapping the customer journey, IJRM 33(3)
 */
export function solveMarkov(counts: TransitionCounts, solver?: 'inverse' | 'sweeps'): Credit {
  const journeys = sum(counts.start);
  const conversions = sum(counts.conversions);
  const revenue = sum(counts.revenue);
  const groups = statesWithChannel(counts);
  const chain = chainOf(counts);
  const outcome = removalOutcomes(chain, groups, solver);
  const removalEffects = effects(outcome.conversion, journeys === 0 ? 0 : conversions / journeys);
  const revenueRemovalEffects = effects(outcome.revenue, journeys === 0 ? 0 : revenue / journeys);
  return {
    conversions: shareOut(removalEffects, conversions),
    revenue: shareOut(revenueRemovalEffects, revenue),
    removalEffects,
    revenueRemovalEffects,
    unattributed: { conversions: counts.untouched.conversions, revenue: counts.untouched.revenue },
    diagnostics: {
      order: counts.order,
      states: counts.start.length,
      transitions: counts.from.length,
      conversion_probability: journeys === 0 ? 0 : conversions / journeys,
      sum_of_removal_effects: sum(removalEffects),
      solver: outcome.solver,
      iterations: outcome.iterations,
    },
  };
}

/** For each channel the states whose window contains it. */
export function statesWithChannel(counts: TransitionCounts): Uint32Array[] {
  const { stateOffsets, stateChannels } = counts;
  const groups: number[][] = counts.channels.map(() => []);
  for (let s = 0; s < stateOffsets.length - 1; s++) {
    for (let at = stateOffsets[s]; at < stateOffsets[s + 1]; at++) {
      const group = groups[stateChannels[at]];
      if (group[group.length - 1] !== s) group.push(s);
    }
  }
  return groups.map((group) => Uint32Array.from(group));
}

/** 1 - without / whole; zero where the whole is zero, and for the rounding of a channel that no converting walk visits. */
function effects(without: Float64Array, whole: number): Float64Array {
  if (whole === 0) return new Float64Array(without.length);
  return without.map((value) => {
    const effect = 1 - value / whole;
    return Math.abs(effect) < 1e-14 ? 0 : effect;
  });
}

function shareOut(removalEffects: Float64Array, total: number): Float64Array {
  const all = sum(removalEffects);
  return all === 0 ? new Float64Array(removalEffects.length) : removalEffects.map((effect) => (effect / all) * total);
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
