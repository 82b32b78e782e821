import type { SourceKind } from '../source.ts';

/** X analytics since 2025, `account_analytics_content`: one row a post or reply. */
export const xContentCsv: SourceKind = {
  kind: 'x_content_csv',
  title: 'X analytics content export',
  platform: 'x',
  streams: ['post', 'metric_observation', 'source_account'],
  assumes: {
    time_zone:
      'days carry none; where the post id does not tell the time, the day is read as UTC and marked as of unknown zone',
  },
  format: {
    type: 'csv',
    columns: {
      id: ['Post id'],
      date: ['Date'],
      post_text: ['Post text'],
      link: ['Post Link'],
      impressions: ['Impressions'],
      likes: ['Likes'],
      engagements: ['Engagements'],
      bookmarks: ['Bookmarks'],
      shares: ['Shares', 'Share'],
      follows: ['New follows', 'Follows'],
      replies: ['Replies'],
      reposts: ['Reposts'],
      profile_visits: ['Profile visits'],
      detail_expands: ['Detail Expands'],
      url_clicks: ['URL Clicks'],
      hashtag_clicks: ['Hashtag Clicks'],
      permalink_clicks: ['Permalink Clicks'],
      video_views: ['Video views'],
      media_views: ['Media views'],
    },
    required: ['link', 'date', 'impressions', 'reposts'],
  },
};
