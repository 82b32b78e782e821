import type { SourceKind } from '../source.ts';

/** X analytics since 2025, `account_overview_analytics`: the account's days. */
export const xOverviewCsv: SourceKind = {
  kind: 'x_overview_csv',
  title: 'X analytics account overview export',
  platform: 'x',
  streams: ['metric_observation'],
  assumes: {
    account: 'the only account of its platform; declare one when there are more',
  },
  format: {
    type: 'csv',
    columns: {
      date: ['Date'],
      impressions: ['Impressions'],
      likes: ['Likes'],
      engagements: ['Engagements'],
      bookmarks: ['Bookmarks'],
      shares: ['Shares', 'Share'],
      follows: ['New follows', 'Follows'],
      unfollows: ['Unfollows'],
      replies: ['Replies'],
      reposts: ['Reposts'],
      profile_visits: ['Profile visits'],
      create_post: ['Create Post'],
      video_views: ['Video views'],
      media_views: ['Media views'],
    },
    required: ['date', 'impressions', 'unfollows', 'reposts'],
    absent: ['Post id', 'Post Link'],
  },
};
