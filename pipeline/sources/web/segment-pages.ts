import type { SourceKind } from '../source.ts';

/** The `pages` table that Segment and RudderStack write into a warehouse, exported as CSV. */
export const segmentPages: SourceKind = {
  kind: 'segment_pages_csv',
  title: 'Segment or RudderStack warehouse table of pages',
  platform: 'segment',
  streams: ['touch', 'identity_link'],
  format: {
    type: 'csv',
    columns: {
      id: ['id', 'message_id'],
      anonymous_id: ['anonymous_id'],
      user_id: ['user_id'],
      received_at: ['received_at'],
      sent_at: ['sent_at'],
      original_timestamp: ['original_timestamp'],
      timestamp: ['timestamp'],
      url: ['url', 'context_page_url'],
      path: ['path', 'context_page_path'],
      search: ['search', 'context_page_search'],
      referrer: ['referrer', 'context_page_referrer'],
      campaign_source: ['context_campaign_source'],
      campaign_medium: ['context_campaign_medium'],
      campaign_name: ['context_campaign_name'],
      campaign_term: ['context_campaign_term'],
      campaign_content: ['context_campaign_content'],
      campaign_id: ['context_campaign_id'],
      user_agent: ['context_user_agent'],
      session_id: ['context_session_id'],
      country: ['context_location_country'],
      region: ['context_location_region'],
      consent_preferences: ['context_consent_category_preferences'],
      consent_allowed: ['context_consent_management_allowed_consent_ids'],
      consent_denied: ['context_consent_management_denied_consent_ids'],
    },
    required: ['id', 'anonymous_id', 'timestamp', 'url'],
  },
};
