import type { SourceKind } from '../source.ts';

const CALL_TYPES = ['page', 'track', 'identify', 'screen', 'alias', 'group'];

/** Calls of Segment's and RudderStack's tracking API: the batches as they were sent, or one call a line. */
export const segmentBatch: SourceKind = {
  kind: 'segment_batch_json',
  title: 'Segment or RudderStack calls',
  platform: 'segment',
  streams: ['touch', 'identity_link', 'orders', 'order_line', 'order_discount', 'refund', 'money_event'],
  format: {
    type: 'json',
    recordsAt: ['batch'],
    matches: (record) =>
      CALL_TYPES.includes(String(record.type)) &&
      (isText(record.messageId) || isText(record.anonymousId) || isText(record.userId)) &&
      // a warehouse's or a social network's `type` has no such company
      ['context', 'properties', 'traits', 'timestamp', 'originalTimestamp', 'anonymousId'].some((key) => key in record),
  },
};

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
