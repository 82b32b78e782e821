import type { SourceKind } from '../source.ts';

/** Fivetran's reports of Pinterest ads. */
export const pinterestAds: SourceKind = {
  kind: 'pinterest_ads_fivetran',
  title: "Fivetran's report of Pinterest ads",
  platform: 'pinterest',
  streams: ['spend_daily'],
  format: {
    type: 'csv',
    columns: {
      pin_promotion_id: ['pin_promotion_id'],
      ad_group_id: ['ad_group_id'],
      campaign_id: ['campaign_id'],
      campaign_name: ['campaign_name'],
      advertiser_id: ['advertiser_id'],
      date: ['date'],
      spend: ['spend_in_micro_dollar'],
      impressions_paid: ['impression_1'],
      impressions_earned: ['impression_2'],
      clicks_paid: ['clickthrough_1'],
      clicks_earned: ['clickthrough_2'],
      conversions: ['total_conversions'],
      conversions_value: ['total_conversions_value_in_micro_dollar'],
      synced: ['_fivetran_synced'],
    },
    required: ['date', 'spend', 'impressions_paid'],
  },
};
