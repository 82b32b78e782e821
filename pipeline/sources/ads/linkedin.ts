import type { SourceKind } from '../source.ts';

/** Fivetran's `ad_analytics_by_creative` and `ad_analytics_by_campaign`. */
export const linkedinAds: SourceKind = {
  kind: 'linkedin_ads_fivetran',
  title: "Fivetran's table of LinkedIn ads by day",
  platform: 'linkedin',
  streams: ['spend_daily'],
  format: {
    type: 'csv',
    columns: {
      creative_id: ['creative_id'],
      campaign_id: ['campaign_id'],
      campaign_group_id: ['campaign_group_id'],
      campaign_name: ['campaign_name'],
      account_id: ['account_id'],
      day: ['day', 'date_range_start'],
      cost_in_local_currency: ['cost_in_local_currency'],
      cost_in_usd: ['cost_in_usd'],
      impressions: ['impressions'],
      clicks: ['clicks'],
      landing_page_clicks: ['landing_page_clicks'],
      conversions: ['external_website_conversions'],
      conversion_value: ['conversion_value_in_local_currency'],
      total_engagements: ['total_engagements'],
      synced: ['_fivetran_synced'],
    },
    required: ['day', 'cost_in_local_currency', 'cost_in_usd', 'impressions'],
  },
};

/** Fivetran's `creative_history`. */
export const linkedinCreatives: SourceKind = {
  kind: 'linkedin_ads_creatives',
  title: "Fivetran's table of LinkedIn creatives",
  platform: 'linkedin',
  streams: ['ad_entity'],
  format: {
    type: 'csv',
    columns: {
      id: ['id'],
      account_id: ['account_id'],
      campaign_id: ['campaign_id'],
      intended_status: ['intended_status'],
      click_uri: ['click_uri'],
      text_ad_landing_page: ['text_ad_landing_page'],
      spotlight_landing_page: ['spotlight_landing_page'],
      last_modified_at: ['last_modified_at'],
      created_time: ['created_time', 'created_at'],
    },
    required: ['id', 'campaign_id', 'click_uri'],
  },
};
