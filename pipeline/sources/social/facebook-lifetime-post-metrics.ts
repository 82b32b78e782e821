import type { SourceKind } from '../source.ts';

/** Fivetran `lifetime_post_metrics_total`: what a post had gathered in all by each day. Not daily rows. */
export const facebookLifetimePostMetrics: SourceKind = {
  kind: 'facebook_lifetime_post_metrics',
  title: 'Fivetran Facebook lifetime_post_metrics_total',
  platform: 'facebook',
  streams: ['post', 'metric_observation'],
  format: {
    type: 'csv',
    columns: {
      date: ['date'],
      synced: ['_fivetran_synced'],
      ...Object.fromEntries(
        [
          ...['post_id', 'post_clicks', 'post_engaged_users', 'post_engaged_fan'],
          ...['post_impressions', 'post_impressions_organic', 'post_impressions_paid', 'post_impressions_unique'],
          ...['post_impressions_fan', 'post_impressions_nonviral', 'post_impressions_viral'],
          ...['post_media_view', 'post_media_view_unique', 'post_total_media_view_unique', 'post_negative_feedback'],
          ...['anger', 'haha', 'like', 'love', 'sorry', 'wow'].map((kind) => `post_reactions_${kind}_total`),
          ...['post_video_view_time', 'post_video_views', 'post_video_avg_time_watched', 'post_video_length'],
        ].map((column) => [column, [column]]),
      ),
    },
    required: ['date', 'post_id', 'post_reactions_like_total'],
  },
};
