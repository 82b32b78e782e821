import type { SourceKind } from '../source.ts';

/** Sprout Social post performance: several networks in one file. `Sent by` names staff and is not read. */
export const sproutPostsCsv: SourceKind = {
  kind: 'sprout_posts_csv',
  title: 'Sprout Social post performance export',
  platform: 'sprout',
  steps: ['file_post'],
  sharesSqlOf: 'hootsuite_posts_csv',
  streams: ['post', 'metric_observation'],
  assumes: {
    time_zone: 'post times carry none; read as UTC and marked as of unknown zone',
  },
  format: {
    type: 'csv',
    columns: {
      date: ['Date'],
      id: ['Post ID'],
      network: ['Network'],
      post_type: ['Post Type'],
      content_type: ['Content Type'],
      profile: ['Profile'],
      link: ['Link'],
      message: ['Post'],
      impressions: ['Impressions'],
      reach: ['Reach'],
      engagement: ['Engagements'],
      engagement_rate: ['Engagement Rate (per Impression)'],
      likes: ['Reactions', 'Likes'],
      comments: ['Comments'],
      shares: ['Shares'],
      saves: ['Saves'],
      link_clicks: ['Post Link Clicks'],
      video_views: ['Video Views'],
    },
    required: ['date', 'network', 'profile', 'link'],
  },
};
