import type { SourceKind } from '../source.ts';

/** BigQuery's export of GA4 (`events_YYYYMMDD`, `events_intraday_YYYYMMDD`) as JSON, one event a line. */
export const ga4EventsJson: SourceKind = {
  kind: 'ga4_events_json',
  title: 'BigQuery export of GA4 events',
  platform: 'ga4',
  steps: ['file_event'],
  streams: ['touch', 'identity_link', 'orders', 'order_line', 'refund', 'money_event'],
  format: {
    type: 'json',
    matches: (record) => 'event_name' in record && 'event_timestamp' in record && 'event_params' in record,
  },
};
