import type { SourceKind } from '../source.ts';

/** Fivetran `video` (YouTube Data API): each video and its lifetime counts as of the sync. */
export const youtubeVideo: SourceKind = {
  kind: 'youtube_video',
  title: 'Fivetran YouTube video',
  platform: 'youtube',
  streams: ['post', 'metric_observation', 'source_account'],
  format: {
    type: 'csv',
    columns: {
      synced: ['_fivetran_synced'],
      ...Object.fromEntries(
        [
          ...['id', 'content_details_duration', 'privacy_status', 'snippet_channel_id', 'snippet_channel_title'],
          ...['snippet_description', 'snippet_live_broadcast_content', 'snippet_published_at', 'snippet_title'],
          ...['statistics_comment_count', 'statistics_dislike_count', 'statistics_favorite_count'],
          ...['statistics_like_count', 'statistics_view_count', 'status_publish_at', 'upload_status', 'kind', 'etag'],
          ...['content_details_caption', 'content_details_definition', 'content_details_dimension', 'snippet_tags'],
        ].map((column) => [column, [column]]),
      ),
    },
    required: ['id', 'snippet_channel_id', 'snippet_published_at', 'snippet_title'],
  },
};
