import type { PathCounts, Paths } from '../paths.ts';

/**
 * What one model gives to each channel. Conservation holds in every model: the sum over channels plus `unattributed`
 * is the total of the input, for conversions and for revenue.
 */
export interface Credit {
  /** length channels; credited conversions */
  conversions: Float64Array;
  /** length channels; credited revenue, in the unit of `Paths.revenue` */
  revenue: Float64Array;
  /** length channels; share of conversions that vanish with the channel (Markov) */
  removalEffects?: Float64Array;
  /** length channels; share of expected revenue that vanishes with the channel (Markov) */
  revenueRemovalEffects?: Float64Array;
  /** conversions and revenue of empty paths: nobody touched them, so nobody is credited */
  unattributed: { conversions: number; revenue: number };
  diagnostics: Record<string, unknown>;
}

/**
 * A model bound to the paths it reads: everything that depends on the sequences alone is done once, so that a bootstrap
 * replicate costs one pass over the counts.
 *
 * @param counts  length paths each; row i belongs to path i of the bound `Paths`
 */
export type PreparedModel = (counts: PathCounts) => Credit;

/** A model in which the share of each channel in a path does not depend on the other paths. */
export interface FixedShares {
  channels: number;
  /** rows of `Paths` with something to share out; ascending */
  rows: Uint32Array;
  /** length rows + 1; entries of row i are offsets[i] .. offsets[i + 1]; none for an empty path */
  offsets: Uint32Array;
  /** channel of each entry */
  channel: Uint32Array;
  /** share of each entry in its path, summing to 1 within a row that has entries */
  share: Float64Array;
}

/** Shares out the counts: credit[channel] = sum over rows of share x count. */
export function creditOfShares(shares: FixedShares, counts: PathCounts): Credit {
  const conversions = new Float64Array(shares.channels);
  const revenue = new Float64Array(shares.channels);
  const unattributed = { conversions: 0, revenue: 0 };
  const { rows, offsets, channel, share } = shares;
  for (let i = 0; i < rows.length; i++) {
    const count = counts.conversions[rows[i]];
    const money = counts.revenue[rows[i]];
    const end = offsets[i + 1];
    if (offsets[i] === end) {
      unattributed.conversions += count;
      unattributed.revenue += money;
    }
    for (let e = offsets[i]; e < end; e++) {
      conversions[channel[e]] += share[e] * count;
      revenue[channel[e]] += share[e] * money;
    }
  }
  return { conversions, revenue, unattributed, diagnostics: {} };
}

/** Rows that convert; the others have nothing to share out, whatever their replicate weight. */
export function convertingRows(paths: Paths): Uint32Array {
  const { conversions } = paths;
  let count = 0;
  for (let i = 0; i < conversions.length; i++) if (conversions[i] > 0) count++;
  const rows = new Uint32Array(count);
  let at = 0;
  for (let i = 0; i < conversions.length; i++) if (conversions[i] > 0) rows[at++] = i;
  return rows;
}
