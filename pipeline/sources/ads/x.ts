import type { SourceKind } from '../source.ts';

/** Fivetran's reports of X ads. */
export const xAds: SourceKind = {
  kind: 'x_ads_fivetran',
  title: "Fivetran's report of X ads",
  platform: 'x',
  streams: ['spend_daily'],
  needs: ['currency', 'time_zone'],
  format: {
    type: 'csv',
    columns: {
      account_id: ['account_id'],
      promoted_tweet_id: ['promoted_tweet_id'],
      line_item_id: ['line_item_id'],
      campaign_id: ['campaign_id'],
      date: ['date'],
      billed_charge: ['billed_charge_local_micro'],
      impressions: ['impressions'],
      clicks: ['clicks'],
      url_clicks: ['url_clicks'],
      placement: ['placement'],
      synced: ['_fivetran_synced'],
    },
    required: ['account_id', 'date', 'billed_charge'],
  },
};
