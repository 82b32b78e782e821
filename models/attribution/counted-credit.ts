import type { PathCounts, Paths } from '../paths.ts';
import {
  type BucketSums,
  bucketWeights,
  transitionSlots,
  transitionsOfSums,
  weightedSums,
} from './bucket-bootstrap.ts';
import type { Credit } from './credit.ts';
import { type DecayParameters, fitLearnedDecay } from './learned-decay.ts';
import { solveMarkov } from './markov.ts';
import { type ModelRequest, prepareModel } from './registry.ts';
import type { TimedJourneys } from './timed-journeys.ts';
import type { TransitionCounts } from './transitions.ts';

/**
 * What a model reads of a workspace: sums over persons by bucket, which a database counted, or, where sums do not suffice, timed
 * journeys with their buckets. Plain data that can travel to a worker thread.
 *
 * Slots of `sums`:
 *
 *     direct    conversions by channel, revenue by channel, unattributed conversions, unattributed revenue
 *     chain     `transitionSlots` of the shape, unattributed conversions, unattributed revenue
 *     sets      conversions by row, non-conversions by row, revenue by row of `sets`
 */
export type Counted =
  | { kind: 'direct'; channels: readonly string[]; sums: BucketSums }
  | { kind: 'chain'; shape: TransitionCounts; sums: BucketSums }
  | { kind: 'sets'; request: ModelRequest; sets: Paths; sums: BucketSums }
  | { kind: 'timed'; journeys: TimedJourneys; bucket: Uint32Array; buckets: number; start?: DecayParameters };

/**
 * The credit of a counted model as a function of the weights of its buckets.
 *
 * Conversions that nothing touched go to the channel `(unattributed)` where there is one, so that they have an interval.
 *
 * @returns  weights, length `bucketsOf(counted)` -> credit; weights of 1 give the model of the data themselves
 * @throws InputError `bad_parameter` as `prepareModel`
 */
export function countedCredit(counted: Counted): (weights: Float64Array) => Credit {
  const credit = creditOf(counted);
  const at = channelsOf(counted).indexOf('(unattributed)');
  return (weights) => {
    const out = credit(weights);
    if (at < 0) return out;
    const conversions = out.conversions.slice();
    const revenue = out.revenue.slice();
    conversions[at] += out.unattributed.conversions;
    revenue[at] += out.unattributed.revenue;
    return { ...out, conversions, revenue, unattributed: { conversions: 0, revenue: 0 } };
  };
}

export function bucketsOf(counted: Counted): number {
  return counted.kind === 'timed' ? counted.buckets : counted.sums.buckets;
}

export function channelsOf(counted: Counted): readonly string[] {
  if (counted.kind === 'direct') return counted.channels;
  if (counted.kind === 'chain') return counted.shape.channels;
  return counted.kind === 'sets' ? counted.sets.channels : counted.journeys.channels;
}

/**
 * Replicates `from` (inclusive) to `to` (exclusive) of several models. All models share the weights of a replicate, so that they
 * can be compared draw by draw.
 *
 * @param counted  with the same channels
 * @returns        a function to (to - from) x models x 2 x channels credits, as in `BootstrapDraws.values`
 */
export function countedReplicator(
  counted: readonly Counted[],
  seed: number,
): (from: number, to: number) => Float64Array {
  const models = counted.map(countedCredit);
  const channels = counted.length === 0 ? 0 : channelsOf(counted[0]).length;
  return (from, to) => {
    const values = new Float64Array((to - from) * counted.length * 2 * channels);
    let at = 0;
    for (let replicate = from; replicate < to; replicate++) {
      const drawn = new Map<number, Float64Array>();
      models.forEach((model, m) => {
        const buckets = bucketsOf(counted[m]);
        const weights = drawn.get(buckets) ?? bucketWeights(buckets, seed, replicate);
        drawn.set(buckets, weights);
        const credit = model(weights);
        values.set(credit.conversions, at);
        values.set(credit.revenue, at + channels);
        at += 2 * channels;
      });
    }
    return values;
  };
}

function creditOf(counted: Counted): (weights: Float64Array) => Credit {
  if (counted.kind === 'timed') return timedCredit(counted);
  const { sums } = counted;
  const model =
    counted.kind === 'direct'
      ? directCredit(counted.channels.length)
      : counted.kind === 'chain'
        ? chainCredit(counted.shape)
        : setCredit(counted.request, counted.sets);
  return (weights) => model(weightedSums(sums, weights));
}

function directCredit(channels: number): (sums: Float64Array) => Credit {
  return (sums) => ({
    conversions: sums.subarray(0, channels),
    revenue: sums.subarray(channels, 2 * channels),
    unattributed: { conversions: sums[2 * channels], revenue: sums[2 * channels + 1] },
    diagnostics: {},
  });
}

function chainCredit(shape: TransitionCounts): (sums: Float64Array) => Credit {
  const { width } = transitionSlots(shape);
  return (sums) => {
    const untouched = { conversions: sums[width], nonConversions: 0, revenue: sums[width + 1] };
    return solveMarkov({ ...transitionsOfSums(shape, sums), untouched });
  };
}

function setCredit(request: ModelRequest, sets: Paths): (sums: Float64Array) => Credit {
  const rows = sets.conversions.length;
  const model = prepareModel(sets, request);
  return (sums) => {
    const counts: PathCounts = {
      conversions: sums.subarray(0, rows),
      nonConversions: sums.subarray(rows, 2 * rows),
      revenue: sums.subarray(2 * rows, 3 * rows),
    };
    return model(counts);
  };
}

/** Replicates begin at `start`, from where few iterations are left; the estimate itself does not, so that it is that of `attributeTimed`. */
function timedCredit(counted: Extract<Counted, { kind: 'timed' }>): (weights: Float64Array) => Credit {
  const { journeys, bucket, start } = counted;
  const ofJourneys = new Float64Array(bucket.length);
  return (weights) => {
    for (let i = 0; i < bucket.length; i++) ofJourneys[i] = weights[bucket[i]];
    const isData = weights.every((weight) => weight === 1);
    return fitLearnedDecay(journeys, { weights: ofJourneys, start: isData ? undefined : start }).credit;
  };
}
