import type { SourceKind } from '../source.ts';

/** Fivetran's hourly and daily reports of TikTok ads; which of the two, the header of the time says. */
export const tiktokAds: SourceKind = {
  kind: 'tiktok_ads_fivetran',
  title: "Fivetran's report of TikTok ads",
  platform: 'tiktok',
  streams: ['spend_daily'],
  needs: ['currency'],
  format: {
    type: 'csv',
    columns: {
      stat_time: [/^stat_time_(hour|day)$/],
      ad_id: ['ad_id'],
      adgroup_id: ['adgroup_id', 'ad_group_id'],
      campaign_id: ['campaign_id'],
      campaign_name: ['campaign_name'],
      advertiser_id: ['advertiser_id'],
      currency: ['currency'],
      spend: ['spend'],
      impressions: ['impressions'],
      clicks: ['clicks'],
      conversion: ['conversion'],
      purchase_value: ['total_purchase_value'],
      result: ['result'],
      cpc: ['cpc'],
      cpm: ['cpm'],
      ctr: ['ctr'],
      reach: ['reach'],
      synced: ['_fivetran_synced'],
    },
    required: ['stat_time', 'spend', 'impressions'],
  },
};

/** Fivetran's `advertiser`: what account has what currency and zone. */
export const tiktokAdvertisers: SourceKind = {
  kind: 'tiktok_ads_advertisers',
  title: "Fivetran's table of TikTok advertisers",
  platform: 'tiktok',
  streams: ['source_account'],
  format: {
    type: 'csv',
    columns: {
      id: ['id', 'advertiser_id'],
      name: ['name'],
      currency: ['currency'],
      time_zone: ['timezone'],
      promotion_area: ['promotion_area'],
      role: ['role'],
      status: ['status'],
      balance: ['balance'],
      license_no: ['license_no'],
      synced: ['_fivetran_synced'],
    },
    required: ['id', 'name', 'currency', 'time_zone', 'balance'],
  },
};
