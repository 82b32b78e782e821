import type { SourceKind } from '../source.ts';

/** Fivetran's `campaign_stats`, `ad_group_stats`, `ad_stats` and `account_stats`. */
export const googleAds: SourceKind = {
  kind: 'google_ads_fivetran',
  title: "Fivetran's table of Google Ads by day",
  platform: 'google',
  streams: ['spend_daily'],
  needs: ['currency'],
  format: {
    type: 'csv',
    columns: {
      customer_id: ['customer_id'],
      id: ['id'],
      campaign_id: ['campaign_id'],
      campaign_name: ['campaign_name'],
      ad_group_id: ['ad_group_id'],
      ad_id: ['ad_id'],
      date: ['date'],
      cost_micros: ['cost_micros'],
      impressions: ['impressions'],
      clicks: ['clicks'],
      conversions: ['conversions'],
      conversions_value: ['conversions_value'],
      device: ['device'],
      ad_network_type: ['ad_network_type'],
      base_campaign: ['base_campaign'],
      interactions: ['interactions'],
      view_through_conversions: ['view_through_conversions'],
      synced: ['_fivetran_synced'],
    },
    required: ['customer_id', 'date', 'cost_micros'],
  },
};

/** Fivetran's `account_history`. */
export const googleAdAccounts: SourceKind = {
  kind: 'google_ads_accounts',
  title: "Fivetran's table of Google Ads accounts",
  platform: 'google',
  streams: ['source_account'],
  format: {
    type: 'csv',
    columns: {
      id: ['id'],
      name: ['descriptive_name'],
      currency: ['currency_code'],
      time_zone: ['time_zone'],
      updated_at: ['updated_at'],
      auto_tagging: ['auto_tagging_enabled'],
      final_url_suffix: ['final_url_suffix'],
      manager: ['manager'],
      test_account: ['test_account'],
    },
    required: ['id', 'name', 'currency', 'time_zone', 'auto_tagging'],
  },
};
