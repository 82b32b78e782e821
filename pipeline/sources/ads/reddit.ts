import type { SourceKind } from '../source.ts';

/** Fivetran's reports of Reddit ads. */
export const redditAds: SourceKind = {
  kind: 'reddit_ads_fivetran',
  title: "Fivetran's report of Reddit ads",
  platform: 'reddit',
  streams: ['spend_daily'],
  needs: ['currency'],
  format: {
    type: 'csv',
    columns: {
      account_id: ['account_id'],
      ad_id: ['ad_id'],
      ad_group_id: ['ad_group_id'],
      campaign_id: ['campaign_id'],
      date: ['date'],
      spend: ['spend'],
      impressions: ['impressions'],
      clicks: ['clicks'],
      country: ['country'],
      region: ['region'],
      comment_downvotes: ['comment_downvotes'],
      comment_upvotes: ['comment_upvotes'],
      cpc: ['cpc'],
      ecpm: ['ecpm'],
      conversion_roas: ['conversion_roas'],
      synced: ['_fivetran_synced'],
    },
    required: ['account_id', 'date', 'spend', 'impressions', 'ecpm'],
  },
};
