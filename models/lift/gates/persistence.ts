import { gateResult, percent, thresholdsOf } from './catalogue.ts';
import type { GateResult } from './types.ts';

export interface PersistenceInput {
  /** total effect within the test window */
  during: number;
  /** total effect in the same number of periods after it; null when they have not passed */
  after: number | null;
  /** total effect on all sales against that on the sales the channel reports as its own; null when only one is known */
  channels: { all: number; own: number } | null;
}

/** Gate 18: were sales won, or only pulled forward or moved from another channel? */
export function persistenceGate(input: PersistenceInput, changes?: Readonly<Record<string, number>>): GateResult {
  const threshold = thresholdsOf('persistence', changes);
  const { during, after, channels } = input;
  const lasting = after === null ? null : (during + after) / during;
  const own = channels === null || channels.own === 0 ? null : channels.all / channels.own;
  const shares = [lasting, own].filter((share) => share !== null);
  if (shares.length === 0) {
    return gateResult('persistence', 'not_run', null, 'The time after the test has not been measured yet.', {
      threshold,
    });
  }
  const worst = Math.min(...shares);
  const parts = [
    lasting === null ? null : `${percent(lasting)} of the effect is left after the time that follows`,
    own === null ? null : `total sales rose by ${percent(own)} of what the channel reports`,
  ].filter((part) => part !== null);
  return gateResult(
    'persistence',
    worst >= threshold.kept_share ? 'passed' : 'failed',
    worst,
    `${parts.join('; ').replace(/^./, (first) => first.toUpperCase())}.`,
    { threshold, details: { lasting_share: lasting, own_channel_share: own } },
  );
}
