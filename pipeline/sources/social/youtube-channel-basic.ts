import type { SourceKind } from '../source.ts';

/** Fivetran `channel_basic` (YouTube Reporting): day x video x country x subscribed or not x live or not. */
export const youtubeChannelBasic: SourceKind = {
  kind: 'youtube_channel_basic',
  title: 'Fivetran YouTube channel_basic',
  platform: 'youtube',
  streams: ['post', 'metric_observation', 'source_account'],
  format: {
    type: 'csv',
    columns: {
      fivetran_id: ['_fivetran_id'],
      synced: ['_fivetran_synced'],
      ...Object.fromEntries(
        [
          ...['date', 'channel_id', 'video_id', 'country_code', 'subscribed_status', 'live_or_on_demand'],
          ...['views', 'likes', 'dislikes', 'comments', 'shares', 'subscribers_gained', 'subscribers_lost'],
          ...['watch_time_minutes', 'videos_added_to_playlists', 'videos_removed_from_playlists', 'card_clicks'],
          ...[
            'average_view_duration_seconds',
            'average_view_duration_percentage',
            'red_views',
            'red_watch_time_minutes',
          ],
        ].map((column) => [column, [column]]),
      ),
    },
    required: ['date', 'channel_id', 'video_id', 'country_code', 'views', 'watch_time_minutes'],
  },
};
