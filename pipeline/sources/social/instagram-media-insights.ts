import type { SourceKind } from '../source.ts';

/** Fivetran `media_insights`: lifetime numbers of each post as of the sync. */
export const instagramMediaInsights: SourceKind = {
  kind: 'instagram_media_insights',
  title: 'Fivetran Instagram media_insights',
  platform: 'instagram',
  streams: ['post', 'metric_observation'],
  format: {
    type: 'csv',
    columns: {
      ...Object.fromEntries(
        [
          ...['carousel_album_engagement', 'carousel_album_reach', 'carousel_album_saved', 'carousel_album_shares'],
          ...['carousel_album_views', 'carousel_album_impressions', 'carousel_album_video_views'],
          ...['comment_count', 'id', 'like_count'],
          ...['story_exits', 'story_reach', 'story_replies', 'story_taps_back', 'story_taps_forward', 'story_shares'],
          ...['story_views', 'story_impressions'],
          ...['video_photo_engagement', 'video_photo_reach', 'video_photo_saved', 'video_photo_shares'],
          ...['video_photo_views', 'video_photo_impressions', 'video_views'],
          ...['reel_comments', 'reel_likes', 'reel_reach', 'reel_saved', 'reel_shares', 'reel_total_interactions'],
          ...['reel_views', 'reel_plays'],
        ].map((column) => [column, [column]]),
      ),
      fivetran_id: ['_fivetran_id'],
      synced: ['_fivetran_synced'],
    },
    required: ['id', 'synced', 'like_count', 'comment_count', 'video_photo_reach'],
  },
};
