import type { SourceKind } from '../source.ts';

/** Fivetran `daily_page_metrics_total`: a page's days, each written at its end, midnight in California. */
export const facebookDailyPageMetrics: SourceKind = {
  kind: 'facebook_daily_page_metrics',
  title: 'Fivetran Facebook daily_page_metrics_total',
  platform: 'facebook',
  streams: ['metric_observation'],
  format: {
    type: 'csv',
    columns: {
      date: ['date'],
      synced: ['_fivetran_synced'],
      ...Object.fromEntries(
        [
          'page_id',
          ...['anger', 'haha', 'like', 'love', 'sorry', 'wow'].map(
            (kind) => `page_actions_post_reactions_${kind}_total`,
          ),
          'page_actions_post_reactions_total',
          ...[
            'page_fan_adds',
            'page_fan_removes',
            'page_fans',
            'page_follows',
            'page_daily_follows',
            'page_daily_unfollows',
          ],
          ...['page_impressions', 'page_impressions_organic', 'page_impressions_paid', 'page_impressions_unique'],
          ...['page_posts_impressions', 'page_posts_impressions_organic', 'page_posts_impressions_paid'],
          ...['page_negative_feedback', 'page_post_engagements', 'page_total_actions', 'page_views_total'],
          ...['page_media_view', 'page_media_view_unique', 'page_total_media_view_unique'],
          ...['page_video_view_time', 'page_video_views', 'page_places_checkin_total', 'page_fans_online_per_day'],
        ].map((column) => [column, [column]]),
      ),
    },
    required: ['date', 'page_id', 'page_fan_adds'],
  },
};
