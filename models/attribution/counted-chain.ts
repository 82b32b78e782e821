import { type BucketSums, transitionSlots } from './bucket-bootstrap.ts';
import type { TransitionCounts } from './transitions.ts';

/** Moves between states, counted by bucket of persons; one entry each. A state is a number (`stateDigits`). */
export interface CountedTransitions {
  bucket: Float64Array;
  from: Float64Array;
  to: Float64Array;
  weight: Float64Array;
}

/** First (`isStart` 1) and last (0) states of journeys, counted by bucket; state 0 is a journey without a touch. */
export interface CountedEnds {
  isStart: Float64Array;
  bucket: Float64Array;
  state: Float64Array;
  conversions: Float64Array;
  nonConversions: Float64Array;
  revenue: Float64Array;
}

/**
 * The chain of some order from counts of a database, and its sums by bucket.
 *
 * A state is its channels written as the digits of a number: digit d in base `base` is channel number d - 1, the earliest touch
 * first. States and transitions are numbered by these numbers, so the result does not depend on the order of the rows.
 *
 * @param channels  names of the channels that journeys have
 * @param indexOf   channel number -> index into `channels`
 * @returns         `shape`, with the counts of all buckets; `sums`, whose last two slots are conversions and revenue of journeys
 *                  without a touch, which also stand in `shape.untouched`
 */
export function countedChain(
  moves: CountedTransitions,
  ends: CountedEnds,
  order: number,
  base: number,
  channels: readonly string[],
  indexOf: (channelNumber: number) => number,
  buckets: number,
): { shape: TransitionCounts; sums: BucketSums } {
  const seen = new Set<number>();
  for (const list of [moves.from, moves.to, ends.state]) for (const code of list) if (code !== 0) seen.add(code);
  const codes = Float64Array.from(seen).sort();
  const stateOf = new Map(Array.from(codes, (code, i) => [code, i]));
  const stateOffsets = new Uint32Array(codes.length + 1);
  const stateChannels: number[] = [];
  codes.forEach((code, i) => {
    for (const digit of stateDigits(code, base)) stateChannels.push(indexOf(digit - 1));
    stateOffsets[i + 1] = stateChannels.length;
  });
  const pair = (i: number): number => stateOf.get(moves.from[i])! * codes.length + stateOf.get(moves.to[i])!;
  const pairs = Float64Array.from(moves.from, (_, i) => pair(i));
  const edges = Float64Array.from(new Set(pairs)).sort();
  const edgeOf = new Map(Array.from(edges, (key, i) => [key, i]));
  const shape: TransitionCounts = {
    order,
    channels,
    stateOffsets,
    stateChannels: Uint32Array.from(stateChannels),
    start: new Float64Array(codes.length),
    from: Uint32Array.from(edges, (key) => Math.floor(key / codes.length)),
    to: Uint32Array.from(edges, (key) => key % codes.length),
    weight: new Float64Array(edges.length),
    conversions: new Float64Array(codes.length),
    nonConversions: new Float64Array(codes.length),
    revenue: new Float64Array(codes.length),
    untouched: { conversions: 0, nonConversions: 0, revenue: 0 },
  };
  const at = transitionSlots(shape);
  const entries = entryList(moves.weight.length + 3 * ends.state.length);
  for (let i = 0; i < pairs.length; i++) {
    const edge = edgeOf.get(pairs[i])!;
    shape.weight[edge] += moves.weight[i];
    entries.add(moves.bucket[i], at.weight + edge, moves.weight[i]);
  }
  for (let i = 0; i < ends.state.length; i++) {
    const bucket = ends.bucket[i];
    const [converted, others, money] = [ends.conversions[i], ends.nonConversions[i], ends.revenue[i]];
    const state = stateOf.get(ends.state[i]);
    if (state === undefined) {
      if (ends.isStart[i] === 1) continue;
      shape.untouched.conversions += converted;
      shape.untouched.nonConversions += others;
      shape.untouched.revenue += money;
      entries.add(bucket, at.width, converted);
      entries.add(bucket, at.width + 1, money);
    } else if (ends.isStart[i] === 1) {
      shape.start[state] += converted + others;
      entries.add(bucket, at.start + state, converted + others);
    } else {
      shape.conversions[state] += converted;
      shape.nonConversions[state] += others;
      shape.revenue[state] += money;
      entries.add(bucket, at.conversions + state, converted);
      entries.add(bucket, at.nonConversions + state, others);
      entries.add(bucket, at.revenue + state, money);
    }
  }
  return { shape, sums: entries.sums(buckets, at.width + 2) };
}

/** The digits of a state from the earliest touch on; digit d is channel number d - 1. */
export function stateDigits(code: number, base: number): number[] {
  const digits: number[] = [];
  for (let rest = code; rest > 0; rest = Math.floor(rest / base)) digits.unshift(rest % base);
  return digits;
}

/** Entries of `BucketSums` in the order they are added; zeros are left out. */
export function entryList(most: number): {
  add(bucket: number, slot: number, value: number): void;
  sums(buckets: number, width: number): BucketSums;
} {
  const bucket = new Uint32Array(most);
  const slot = new Uint32Array(most);
  const value = new Float64Array(most);
  let size = 0;
  return {
    add(b, s, v) {
      if (v === 0) return;
      bucket[size] = b;
      slot[size] = s;
      value[size++] = v;
    },
    sums: (buckets, width) => ({
      buckets,
      width,
      bucket: bucket.slice(0, size),
      slot: slot.slice(0, size),
      value: value.slice(0, size),
    }),
  };
}
