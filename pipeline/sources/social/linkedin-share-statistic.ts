import type { SourceKind } from '../source.ts';

/** Fivetran `share_statistic`: lifetime numbers of each post, written again at every sync. */
export const linkedinShareStatistic: SourceKind = {
  kind: 'linkedin_share_statistic',
  title: 'Fivetran LinkedIn share_statistic',
  platform: 'linkedin',
  streams: ['post', 'metric_observation'],
  format: {
    type: 'csv',
    columns: {
      fivetran_id: ['_fivetran_id'],
      synced: ['_fivetran_synced'],
      organization_urn: ['_organization_entity_urn'],
      post_urn: ['_share_entity_urn', '_ugc_post_entity_urn'],
      click_count: ['click_count'],
      comment_count: ['comment_count'],
      engagement: ['engagement'],
      impression_count: ['impression_count'],
      like_count: ['like_count'],
      share_count: ['share_count'],
    },
    required: ['post_urn', 'impression_count', 'like_count'],
  },
};
