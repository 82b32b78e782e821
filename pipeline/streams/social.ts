import { day, flag, instant, instantRequired, person, type Stream, text, textRequired } from './column.ts';

/** Posts, what people did on them, and their numbers. */
export const socialStreams = {
  post: {
    key: ['platform', 'post_id'],
    columns: {
      platform: textRequired,
      post_id: textRequired,
      account_id: text,
      native_ids: text,
      permalink: text,
      published_at: instant,
      is_published_zone_known: flag,
      kind: text,
      is_paid: flag,
      text_excerpt: text,
      link_url: text,
      campaign_name: text,
      deleted_at: instant,
    },
  },
  engagement_event: {
    key: ['platform', 'engagement_id'],
    columns: {
      platform: textRequired,
      engagement_id: textRequired,
      post_id: text,
      account_id: text,
      actor_key: person,
      kind: textRequired,
      polarity: { type: 'integer' },
      stance: text,
      stance_method: text,
      occurred_at: instantRequired,
      received_at: instant,
      parent_engagement_id: text,
      retracts_engagement_id: text,
      visibility: text,
      is_verified: flag,
      text_hash: text,
      country: text,
      region: text,
    },
  },
  metric_observation: {
    key: ['platform', 'account_id', 'entity_type', 'entity_id', 'metric', 'grain', 'from_date', 'to_date', 'breakdown'],
    columns: {
      platform: textRequired,
      account_id: text,
      // account | post | video
      entity_type: textRequired,
      entity_id: textRequired,
      metric: textRequired,
      // day | lifetime | range
      grain: textRequired,
      from_date: day,
      to_date: day,
      date_time_zone: text,
      breakdown: text,
      value: { type: 'number', required: true },
      // count | ratio | seconds | money
      unit: text,
      // additive | snapshot | unique | ratio
      additivity: textRequired,
      definition_version: text,
      country: text,
      region: text,
    },
  },
} as const satisfies Record<string, Stream>;
