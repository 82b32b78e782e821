import { InputError } from '../errors.ts';
import type { Interval } from '../estimate.ts';
import { DEFAULT_LEVEL } from '../estimate.ts';
import type { PathCounts, Paths } from '../paths.ts';
import { chainOf, removalOutcomes } from './absorbing-chain.ts';
import { DEFAULT_REPLICATES } from './attribution-result.ts';
import { bootstrapInterval, checkReplicates } from './bootstrap.ts';
import { checkPaths } from './check-paths.ts';
import { drawCounts, emptyCounts, resampleUnits } from './resample.ts';
import { type ChainIndex, indexChain, type TransitionCounts, weighChain } from './transitions.ts';

export interface SequenceOptions {
  /** touches in a row, >= 1; default 2 */
  length?: number;
  /** order of the chain, >= length; default `length` */
  order?: number;
  /** most frequent sequences reported; default 50 */
  limit?: number;
  /** journeys through a sequence below which it is left out; default 10 */
  minimumJourneys?: number;
  /** default 200; 0 gives no intervals */
  replicates?: number;
  level?: number;
  seed?: number;
  personKeys?: BigUint64Array;
}

export interface SequenceEffect {
  /** channels of touches that follow each other at once */
  sequence: string[];
  /** journeys that contain it */
  journeys: number;
  conversions: number;
  /** of journeys that contain it, and of those that do not */
  rate_with: number;
  rate_without: number | null;
  /** rate_with / rate_without; null where nobody converts, or nobody goes, without it */
  rate_ratio: number | null;
  /** share of conversions lost when every walk that would make the sequence ends there */
  removal_effect: number;
  removal_interval?: Interval | null;
  /** the same of expected revenue */
  revenue_removal_effect: number;
}

export interface SequenceEffects {
  schema_version: 1;
  length: number;
  order: number;
  sequences: SequenceEffect[];
  diagnostics: Record<string, unknown>;
}

/**
 * Removal effects of sequences of touches, not only of channels.
 *
 * On the chain of order k >= length, every transition into a state whose window contains the sequence ends without
 * conversion; the effect is the share of conversions lost, which equals the share of converting walks that contain the
 * sequence. Beside it stands the plain conversion rate of journeys with and without it. Both are associations: people
 * who were going to buy also make certain sequences.
 *
 * @returns sequences with the most journeys first
 * @throws InputError `bad_parameter` for an order below the length or a limit out of range, `bad_paths` as `checkPaths`
 */
export function sequenceEffects(paths: Paths, options: SequenceOptions = {}): SequenceEffects {
  const {
    length = 2,
    limit = 50,
    minimumJourneys = 10,
    replicates = DEFAULT_REPLICATES,
    level = DEFAULT_LEVEL,
    seed = 1,
  } = options;
  const order = options.order ?? length;
  checkPaths(paths);
  checkReplicates(replicates, level);
  for (const [name, value] of Object.entries({ length, limit })) {
    if (!(Number.isInteger(value) && value >= 1))
      throw new InputError('bad_parameter', `${name} is ${value}; give a whole number >= 1`);
  }
  if (order < length) {
    throw new InputError(
      'bad_parameter',
      `order is ${order}, and states that short cannot hold ${length} touches; give order >= ${length}`,
    );
  }
  const units = resampleUnits(paths, options.personKeys);
  const found = journeysBySequence(units.paths, length);
  const frequent = [...found.values()]
    .filter((entry) => entry.journeys >= minimumJourneys)
    .sort((a, b) => b.journeys - a.journeys || (a.key < b.key ? -1 : 1))
    .slice(0, limit);
  const index = indexChain(units.paths, order);
  const groups = frequent.map((entry) => statesWithSequence(index, entry.steps));
  const effects = effectsOf(weighChain(index, units.paths), groups);
  const draws = frequent.map(() => new Float64Array(replicates));
  const counts: PathCounts = emptyCounts(units);
  for (let r = 0; r < replicates; r++) {
    drawCounts(units, seed, r, counts);
    effectsOf(weighChain(index, counts), groups).conversion.forEach((effect, s) => {
      draws[s][r] = effect;
    });
  }
  const total = totals(units.paths);
  const sequences = frequent.map((entry, s): SequenceEffect => {
    const others = total.journeys - entry.journeys;
    const without = others === 0 ? null : (total.conversions - entry.conversions) / others;
    const rate = entry.conversions / entry.journeys;
    const out: SequenceEffect = {
      sequence: entry.steps.map((step) => paths.channels[step]),
      journeys: entry.journeys,
      conversions: entry.conversions,
      rate_with: rate,
      rate_without: without,
      rate_ratio: without === null || without === 0 ? null : rate / without,
      removal_effect: effects.conversion[s],
      revenue_removal_effect: effects.revenue[s],
    };
    if (replicates > 0) out.removal_interval = bootstrapInterval(draws[s], level);
    return out;
  });
  return {
    schema_version: 1,
    length,
    order,
    sequences,
    diagnostics: {
      meaning: 'credit, not proof: an association in the journeys, with no claim about cause',
      sequences_found: found.size,
      left_out: found.size - frequent.length,
      minimum_journeys: minimumJourneys,
      interval:
        replicates === 0
          ? null
          : { method: 'Poisson bootstrap, percentile', unit: units.unit, level, replicates, seed },
    },
  };
}

interface Found {
  key: string;
  steps: number[];
  journeys: number;
  conversions: number;
}

/** Journeys that contain each sequence, once each however often it repeats. */
function journeysBySequence(paths: Paths, length: number): Map<string, Found> {
  const found = new Map<string, Found>();
  for (let i = 0; i < paths.conversions.length; i++) {
    const journeys = paths.conversions[i] + paths.nonConversions[i];
    const seen = new Set<string>();
    for (let s = paths.offsets[i]; s + length <= paths.offsets[i + 1]; s++) {
      const steps = paths.steps.subarray(s, s + length);
      const key = steps.join(' ');
      if (seen.has(key)) continue;
      seen.add(key);
      const entry = found.get(key);
      if (entry === undefined) found.set(key, { key, steps: [...steps], journeys, conversions: paths.conversions[i] });
      else {
        entry.journeys += journeys;
        entry.conversions += paths.conversions[i];
      }
    }
  }
  return found;
}

function statesWithSequence(index: ChainIndex, sequence: readonly number[]): Uint32Array {
  const { stateOffsets, stateChannels } = index;
  const states: number[] = [];
  for (let s = 0; s < stateOffsets.length - 1; s++) {
    for (let at = stateOffsets[s]; at + sequence.length <= stateOffsets[s + 1]; at++) {
      if (sequence.every((step, k) => stateChannels[at + k] === step)) {
        states.push(s);
        break;
      }
    }
  }
  return Uint32Array.from(states);
}

function effectsOf(
  counts: TransitionCounts,
  groups: readonly Uint32Array[],
): { conversion: Float64Array; revenue: Float64Array } {
  const chain = chainOf(counts);
  let journeys = 0;
  let revenue = 0;
  for (let s = 0; s < chain.states; s++) {
    journeys += counts.start[s];
    revenue += counts.revenue[s];
  }
  const outcome = removalOutcomes(chain, groups);
  const effect = (without: number, whole: number): number => (whole === 0 ? 0 : 1 - without / whole);
  return {
    conversion: outcome.conversion.map((without) => effect(without, chain.conversionProbability)),
    revenue: outcome.revenue.map((without) => effect(without, journeys === 0 ? 0 : revenue / journeys)),
  };
}

function totals(paths: Paths): { journeys: number; conversions: number } {
  let journeys = 0;
  let conversions = 0;
  for (let i = 0; i < paths.conversions.length; i++) {
    journeys += paths.conversions[i] + paths.nonConversions[i];
    conversions += paths.conversions[i];
  }
  return { journeys, conversions };
}
