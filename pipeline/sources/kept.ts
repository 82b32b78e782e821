import { STREAM_NAMES, type StreamName, streamOf } from '../streams.ts';
import type { SourceKind } from './source.ts';

/** Says of a file that it is what an erasure kept; nobody else's file has this column. */
export const KEPT_MARK = 'kept_of_erased';

/**
 * What finance has to keep of a person who was erased, by stream: the money of their orders and what the books hang on, and nothing of
 * who it was. No key of a person, no address but the country, no text that somebody wrote, no code of a discount.
 */
const NOT_KEPT: Partial<Record<StreamName, readonly string[]>> = {
  orders: ['customer_key', 'has_analytics_consent', 'region', 'source_name'],
  order_line: ['title'],
  refund: ['reason'],
  refund_line: [],
  money_event: [],
  cost: [],
  ledger_entry: [],
  spend_daily: [],
  fx_rate: [],
};

export const KEPT_STREAMS = STREAM_NAMES.filter((stream) => NOT_KEPT[stream] !== undefined);

/** Columns of a stream that are kept, in its order. */
export function keptColumns(stream: StreamName): string[] {
  return Object.keys(streamOf(stream).columns).filter((column) => !NOT_KEPT[stream]?.includes(column));
}

export function keptKind(stream: StreamName): string {
  return `kept_${stream}`;
}

/** Files that erasures wrote: read again by every rebuild, never brought by anybody. */
export const keptSources: readonly SourceKind[] = KEPT_STREAMS.map((stream) => ({
  kind: keptKind(stream),
  title: `what an erasure kept of ${stream}`,
  platform: 'plain',
  streams: [stream],
  format: {
    type: 'csv',
    columns: {
      ...Object.fromEntries(Object.keys(streamOf(stream).columns).map((name) => [name, [name]])),
      observed_at: ['observed_at'],
      [KEPT_MARK]: [KEPT_MARK],
    },
    required: [KEPT_MARK],
  },
}));
