import { entryList } from './counted-chain.ts';
import type { Counted } from './counted-credit.ts';

/**
 * Shapley values of the closed form are sums over journeys of 1 / (distinct channels): by bucket and channel they are far fewer
 * numbers than by set.
 */
export function shapleyOfSets(
  counted: Omit<Extract<Counted, { kind: 'sets' }>, 'request'>,
): Extract<Counted, { kind: 'direct' }> {
  const { channels, offsets, steps } = counted.sets;
  const rows = offsets.length - 1;
  const width = 2 * channels.length + 2;
  const totals = new Float64Array(counted.sums.buckets * width);
  const { bucket, slot, value } = counted.sums;
  for (let i = 0; i < value.length; i++) {
    const kind = Math.floor(slot[i] / rows);
    // journeys that did not convert have nothing to share out
    if (kind === 1) continue;
    const set = slot[i] % rows;
    const size = offsets[set + 1] - offsets[set];
    const base = bucket[i] * width;
    if (size === 0) totals[base + 2 * channels.length + (kind === 0 ? 0 : 1)] += value[i];
    const from = kind === 0 ? 0 : channels.length;
    for (let s = offsets[set]; s < offsets[set + 1]; s++) totals[base + from + steps[s]] += value[i] / size;
  }
  const entries = entryList(totals.length);
  totals.forEach((total, i) => {
    entries.add(Math.floor(i / width), i % width, total);
  });
  return { kind: 'direct', channels, sums: entries.sums(counted.sums.buckets, width) };
}
