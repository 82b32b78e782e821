import { STREAM_NAMES, type StreamName, streamOf } from '../streams.ts';
import type { SourceKind } from './source.ts';

/** Said on the receipt of a plain or mapped file whose source declares no zone. */
export const ASSUMED_ZONE = { time_zone: 'times without an offset are read as UTC' } as const;

/**
 * Our own plain CSV, one kind a stream: `plain_fx_rate` has the columns of the stream `fx_rate` by name. This is how FX rates,
 * costs, the finance ledger, assignments and exposures arrive, and anything else that somebody prepared for us.
 * Person columns hold an e-mail address, any stable id, or an id that says its kind (`visitor:abc`, `user:42`, `customer:7`) so
 * that it meets the keys of other sources; they are keyed on the way in.
 */
export const plainSources: readonly SourceKind[] = STREAM_NAMES.map((stream) => plainSource(stream));

function plainSource(stream: StreamName): SourceKind {
  const columns = streamOf(stream).columns;
  const names = Object.keys(columns);
  return {
    kind: `plain_${stream}`,
    title: `plain CSV of ${stream}`,
    platform: 'plain',
    // orders say what was paid, for want of a ledger: sql/read/mapping/money_event.sql
    streams: stream === 'orders' ? ['orders', 'money_event'] : [stream],
    assumes: names.some((name) => columns[name].type === 'instant') ? ASSUMED_ZONE : undefined,
    format: {
      type: 'csv',
      columns: { ...Object.fromEntries(names.map((name) => [name, [name]])), observed_at: ['observed_at'] },
      required: names.filter((name) => columns[name].required),
    },
  };
}

export function isPlain(kind: SourceKind): boolean {
  return kind.platform === 'plain';
}
