import type { SourceKind } from '../source.ts';

/** Fivetran `post_history`: the posts of a page, written again when they change. */
export const facebookPostHistory: SourceKind = {
  kind: 'facebook_post_history',
  title: 'Fivetran Facebook post_history',
  platform: 'facebook',
  streams: ['post'],
  format: {
    type: 'csv',
    columns: {
      synced: ['_fivetran_synced'],
      ...Object.fromEntries(
        [
          ...['id', 'page_id', 'created_time', 'updated_time', 'message', 'permalink_url', 'status_type'],
          ...['is_published', 'is_hidden', 'is_eligible_for_promotion', 'is_instagram_eligible', 'is_popular'],
          ...['parent_id', 'promotable_id', 'promotion_status', 'share_count', 'privacy_description', 'privacy_value'],
        ].map((column) => [column, [column]]),
      ),
    },
    required: ['id', 'page_id', 'created_time', 'message'],
  },
};
