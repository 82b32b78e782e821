import type { SourceKind } from '../source.ts';

/** Fivetran `ugc_post_history` (also `post_history`): the posts of an organisation. Who wrote or edited them is not read. */
export const linkedinUgcPostHistory: SourceKind = {
  kind: 'linkedin_ugc_post_history',
  title: 'Fivetran LinkedIn ugc_post_history',
  platform: 'linkedin',
  streams: ['post', 'source_account'],
  format: {
    type: 'csv',
    columns: {
      synced: ['_fivetran_synced'],
      author: ['author'],
      commentary: ['commentary', 'specific_content_share_commentary_text'],
      container_entity: ['container_entity'],
      created_time: ['created_time'],
      external_distribution: ['distribution_external_distribution_channels'],
      feed_distribution: ['distribution_feed_distribution'],
      first_published_at: ['first_published_at'],
      id: ['id'],
      last_modified_time: ['last_modified_time'],
      lifecycle_state: ['lifecycle_state'],
      response_context_parent: ['response_context_parent'],
      response_context_root: ['response_context_root'],
      visibility: ['visibility'],
    },
    required: ['id', 'author', 'created_time', 'lifecycle_state'],
  },
};
