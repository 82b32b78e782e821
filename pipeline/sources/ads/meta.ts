import type { SourceKind } from '../source.ts';

/** Fivetran's `basic_ad` (or `basic_ad_set`, `basic_campaign`): Meta's figures by day. */
export const metaAds: SourceKind = {
  kind: 'meta_ads_fivetran',
  title: "Fivetran's table of Meta ads by day",
  platform: 'meta',
  streams: ['spend_daily'],
  needs: ['currency'],
  format: {
    type: 'csv',
    columns: {
      ad_id: ['ad_id'],
      adset_id: ['adset_id', 'ad_set_id'],
      campaign_id: ['campaign_id'],
      campaign_name: ['campaign_name'],
      account_id: ['account_id'],
      account_name: ['account_name'],
      ad_name: ['ad_name'],
      adset_name: ['adset_name', 'ad_set_name'],
      date: ['date', 'date_start'],
      spend: ['spend'],
      impressions: ['impressions'],
      clicks: ['clicks'],
      inline_link_clicks: ['inline_link_clicks'],
      reach: ['reach'],
      frequency: ['frequency'],
      cpc: ['cpc'],
      cpm: ['cpm'],
      ctr: ['ctr'],
      synced: ['_fivetran_synced'],
    },
    required: ['date', 'spend', 'impressions', 'inline_link_clicks'],
  },
};

const actionColumns = {
  ad_id: ['ad_id'],
  date: ['date'],
  index: ['index'],
  action_type: ['action_type'],
  value: ['value'],
  one_day_view: ['_1_d_view'],
  seven_day_click: ['_7_d_click'],
  synced: ['_fivetran_synced'],
  fivetran_id: ['_fivetran_id'],
};

/** Fivetran's `basic_ad_actions`: counts of what people did after an ad, several types for one purchase. */
export const metaAdActions: SourceKind = {
  kind: 'meta_ads_actions',
  title: "Fivetran's table of actions on Meta ads",
  platform: 'meta',
  streams: ['spend_daily'],
  needs: ['currency'],
  format: {
    type: 'csv',
    columns: { ...actionColumns, inline: ['inline'] },
    required: ['ad_id', 'date', 'index', 'action_type', 'value', 'inline'],
  },
};

/** Fivetran's `basic_ad_action_values`: the same in money. */
export const metaAdActionValues: SourceKind = {
  kind: 'meta_ads_action_values',
  title: "Fivetran's table of values of actions on Meta ads",
  platform: 'meta',
  streams: ['spend_daily'],
  needs: ['currency'],
  format: {
    type: 'csv',
    columns: actionColumns,
    required: ['ad_id', 'date', 'index', 'action_type', 'value'],
    absent: ['inline'],
  },
};

/** Fivetran's `creative_history`: where ads lead. */
export const metaAdCreatives: SourceKind = {
  kind: 'meta_ads_creatives',
  title: "Fivetran's table of Meta creatives",
  platform: 'meta',
  streams: ['ad_entity'],
  format: {
    type: 'csv',
    columns: {
      id: ['id', 'creative_id'],
      account_id: ['account_id'],
      page_link: ['page_link'],
      template_page_link: ['template_page_link'],
      story_link: ['object_story_link_data_link'],
      url_tags: ['url_tags_string', 'url_tags'],
      synced: ['_fivetran_synced'],
      fivetran_id: ['_fivetran_id'],
    },
    required: ['id', 'page_link', 'url_tags'],
  },
};
