import {
  currency,
  currencyRequired,
  dayRequired,
  money,
  moneyRequired,
  number,
  type Stream,
  text,
  textRequired,
} from './column.ts';

/** Advertising: what was spent on what. */
export const paidStreams = {
  spend_daily: {
    key: ['platform', 'account_id', 'level', 'entity_id', 'spend_date', 'breakdown'],
    columns: {
      platform: textRequired,
      account_id: text,
      // account | campaign | ad_group | ad
      level: textRequired,
      entity_id: textRequired,
      campaign_native_id: text,
      campaign_name: text,
      spend_date: dayRequired,
      date_time_zone: text,
      // null for the whole; else one of the slices of one entity and day, which add up: `hour=2026-03-01T06Z`,
      // `device=MOBILE;network=SEARCH`; `actions` and `action_values` have conversions and no spend, and stand beside the whole
      breakdown: text,
      currency: currencyRequired,
      spend: moneyRequired,
      impressions: number,
      clicks_all: number,
      clicks_link: number,
      conversions_platform: number,
      conversion_value_platform: money,
      attribution_setting: text,
      country: text,
      region: text,
    },
  },
  // an ad or campaign as the platform names it: how platform ids reach our campaigns
  ad_entity: {
    key: ['platform', 'level', 'entity_id'],
    columns: {
      platform: textRequired,
      level: textRequired,
      entity_id: textRequired,
      account_id: text,
      campaign_native_id: text,
      campaign_name: text,
      landing_query: text,
    },
  },
  source_account: {
    key: ['platform', 'account_id'],
    columns: {
      platform: textRequired,
      account_id: textRequired,
      name: text,
      currency: currency,
      time_zone: text,
      handle: text,
    },
  },
} as const satisfies Record<string, Stream>;
