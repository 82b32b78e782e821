import type { SourceKind } from '../source.ts';

/** Buffer analytics: several networks in one file, no post id but in the link. */
export const bufferPostsCsv: SourceKind = {
  kind: 'buffer_posts_csv',
  title: 'Buffer posts export',
  platform: 'buffer',
  steps: ['file_post'],
  sharesSqlOf: 'hootsuite_posts_csv',
  streams: ['post', 'metric_observation'],
  assumes: {
    time_zone: 'times without an offset are read as UTC and marked as of unknown zone',
  },
  format: {
    type: 'csv',
    columns: {
      date: ['Date', 'Sent At'],
      id: ['Post ID', 'Update ID'],
      message: ['Update', 'Text'],
      network: ['Service'],
      profile: ['Channel', 'Profile'],
      link: ['Service Link'],
      post_type: ['Type'],
      impressions: ['Impressions'],
      reach: ['Reach'],
      engagement: ['Engagements'],
      likes: ['Likes', 'Reactions'],
      comments: ['Comments'],
      shares: ['Shares'],
      link_clicks: ['Clicks'],
    },
    required: ['date', 'network', 'link'],
  },
};
