import type { SourceKind } from '../source.ts';

/** Fivetran `media_history`: a post is written again at every sync; the newest of each is kept by staging. */
export const instagramMediaHistory: SourceKind = {
  kind: 'instagram_media_history',
  title: 'Fivetran Instagram media_history',
  platform: 'instagram',
  streams: ['post', 'source_account'],
  format: {
    type: 'csv',
    columns: {
      synced: ['_fivetran_synced'],
      caption: ['caption'],
      carousel_album_id: ['carousel_album_id'],
      created_time: ['created_time'],
      id: ['id'],
      ig_id: ['ig_id'],
      is_comment_enabled: ['is_comment_enabled'],
      is_story: ['is_story'],
      media_type: ['media_type'],
      media_product_type: ['media_product_type'],
      permalink: ['permalink'],
      shortcode: ['shortcode'],
      user_id: ['user_id'],
      username: ['username'],
      fivetran_id: ['_fivetran_id'],
      media_url: ['media_url'],
      thumbnail_url: ['thumbnail_url'],
    },
    required: ['id', 'created_time', 'permalink', 'media_type', 'user_id'],
  },
};
