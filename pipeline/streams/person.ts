import { flag, instant, instantRequired, person, type Stream, text, textRequired } from './column.ts';

/** What persons did on the way, and which keys are one person. */
export const personStreams = {
  touch: {
    key: ['touch_id'],
    columns: {
      touch_id: textRequired,
      touched_at: instantRequired,
      // page | click | impression | engagement | order_landing | order_journey
      kind: textRequired,
      visitor_key: person,
      session_key: person,
      landing_host: text,
      landing_path: text,
      // allow-listed parameters only, as `clean_query(url)` leaves them
      landing_query: text,
      referrer_host: text,
      utm_source_raw: text,
      utm_medium_raw: text,
      utm_campaign_raw: text,
      utm_term_raw: text,
      utm_content_raw: text,
      utm_id: text,
      click_id_type: text,
      click_id_key: person,
      platform: text,
      post_id: text,
      shop_id: text,
      source_order_id: text,
      country: text,
      region: text,
      is_bot: flag,
      has_analytics_consent: flag,
      has_ads_consent: flag,
    },
  },
  identity_link: {
    key: ['key_a', 'key_b', 'kind'],
    columns: {
      key_a: { type: 'person', required: true },
      key_b: { type: 'person', required: true },
      // user_id (visitor and user) | email | order (a purchase and who made it) | order_email | click_id | actor
      kind: textRequired,
      seen_at: instant,
    },
  },
} as const satisfies Record<string, Stream>;
