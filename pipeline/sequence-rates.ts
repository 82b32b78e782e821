import { chainOf, removalOutcomes } from '../models/attribution/absorbing-chain.ts';
import { bootstrapInterval } from '../models/attribution/bootstrap.ts';
import { type BucketSums, bucketWeights, weightedSums } from '../models/attribution/bucket-bootstrap.ts';
import type { TransitionCounts } from '../models/attribution/transitions.ts';
import type { Interval } from '../models/estimate.ts';
import type { Config } from './config.ts';
import { BUCKETS, countChain, countSequences, type JourneyChannels } from './count-journeys.ts';
import type { Warehouse } from './warehouse.ts';

export interface SequenceRow {
  /** `Email > Paid Search` */
  sequence: string;
  journeys: number;
  conversions: number;
  rateWith: number;
  rateWithInterval: Interval | null;
  /** null where every journey has the sequence */
  rateWithout: number | null;
  rateRatio: number | null;
  rateRatioInterval: Interval | null;
  /** share of the conversions of the chain of order 2 whose walk makes the sequence */
  removalEffect: number;
}

/** Sequences that are published: the most frequent. */
const MOST = 50;

/** Pairs of touches in a row: how journeys with and without them convert. */
export async function sequenceRows(
  warehouse: Warehouse,
  channels: JourneyChannels,
  config: Config,
): Promise<SequenceRow[]> {
  const counted = await countSequences(warehouse, channels, config.privacy.k, MOST);
  if (counted.pairs.length === 0) return [];
  const { shape } = await countChain(warehouse, channels, 2, 1);
  const effects = removalEffects(shape, counted.pairs);
  const rates = ratesOf(counted.journeys, counted.conversions);
  const { seed, replicates, level } = config.models;
  const draws = Array.from({ length: replicates }, (_, r) => rates(bucketWeights(BUCKETS, seed, r)));
  const whole = rates(new Float64Array(BUCKETS).fill(1));
  const interval = (pick: (draw: Rates) => number): Interval | null =>
    bootstrapInterval(Float64Array.from(draws, pick), level);
  return counted.pairs.map((pair, s) => ({
    sequence: pair.map((channel) => channels.names[channel]).join(' > '),
    journeys: Math.round(whole.journeys[s]),
    conversions: Math.round(whole.conversions[s]),
    rateWith: whole.with[s],
    rateWithInterval: interval((draw) => draw.with[s]),
    rateWithout: Number.isNaN(whole.without[s]) ? null : whole.without[s],
    rateRatio: whole.without[s] > 0 ? whole.with[s] / whole.without[s] : null,
    // a replicate without a rate to compare with says nothing of the ratio
    rateRatioInterval: draws.every((draw) => draw.without[s] > 0)
      ? interval((draw) => draw.with[s] / draw.without[s])
      : null,
    removalEffect: effects[s],
  }));
}

interface Rates {
  journeys: Float64Array;
  conversions: Float64Array;
  with: Float64Array;
  without: Float64Array;
}

/** The last entry of the sums is all journeys. */
function ratesOf(journeys: BucketSums, conversions: BucketSums): (weights: Float64Array) => Rates {
  const last = journeys.width - 1;
  return (weights) => {
    const all = weightedSums(journeys, weights);
    const converting = weightedSums(conversions, weights);
    return {
      journeys: all,
      conversions: converting,
      with: all.map((n, s) => (n === 0 ? 0 : converting[s] / n)),
      without: all.map((n, s) => (converting[last] - converting[s]) / (all[last] - n)),
    };
  };
}

/** Exact, on the chain of order 2: every walk that would make the pair ends there without converting. */
function removalEffects(shape: TransitionCounts, pairs: readonly (readonly [number, number])[]): Float64Array {
  const { stateOffsets, stateChannels } = shape;
  const groups = pairs.map(([first, second]) => {
    const states: number[] = [];
    for (let s = 0; s < stateOffsets.length - 1; s++) {
      const at = stateOffsets[s];
      if (stateOffsets[s + 1] - at === 2 && stateChannels[at] === first && stateChannels[at + 1] === second)
        states.push(s);
    }
    return Uint32Array.from(states);
  });
  const chain = chainOf(shape);
  const whole = chain.conversionProbability;
  return removalOutcomes(chain, groups).conversion.map((without) => (whole === 0 ? 0 : 1 - without / whole));
}
