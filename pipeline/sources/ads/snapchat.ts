import type { SourceKind } from '../source.ts';

/** Fivetran's hourly reports of Snapchat ads. `conversion_purchases_value` is left out: its unit is not certain. */
export const snapchatAds: SourceKind = {
  kind: 'snapchat_ads_fivetran',
  title: "Fivetran's hourly report of Snapchat ads",
  platform: 'snapchat',
  streams: ['spend_daily'],
  needs: ['currency'],
  format: {
    type: 'csv',
    columns: {
      ad_id: ['ad_id'],
      ad_squad_id: ['ad_squad_id'],
      campaign_id: ['campaign_id'],
      ad_account_id: ['ad_account_id'],
      date: ['date'],
      spend: ['spend'],
      impressions: ['impressions'],
      swipes: ['swipes'],
      purchases: ['conversion_purchases'],
      add_cart: ['conversion_add_cart'],
      page_views: ['conversion_page_views'],
      sign_ups: ['conversion_sign_ups'],
      synced: ['_fivetran_synced'],
    },
    required: ['date', 'spend', 'impressions', 'swipes'],
  },
};
