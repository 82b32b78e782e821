import type { SourceKind } from '../source.ts';

/** X (Twitter) analytics up to 2023, tweet activity: one row a tweet. */
export const xTweetsCsv: SourceKind = {
  kind: 'x_tweets_csv',
  title: 'Twitter tweet activity export',
  platform: 'x',
  streams: ['post', 'metric_observation', 'source_account'],
  format: {
    type: 'csv',
    columns: {
      id: ['Tweet id'],
      link: ['Tweet permalink'],
      tweet_text: ['Tweet text'],
      tweet_time: ['time'],
      impressions: ['impressions'],
      engagements: ['engagements'],
      engagement_rate: ['engagement rate'],
      retweets: ['retweets'],
      replies: ['replies'],
      likes: ['likes', 'favorites'],
      user_profile_clicks: ['user profile clicks'],
      url_clicks: ['url clicks'],
      hashtag_clicks: ['hashtag clicks'],
      detail_expands: ['detail expands'],
      permalink_clicks: ['permalink clicks'],
      app_opens: ['app opens'],
      app_installs: ['app installs'],
      follows: ['follows'],
      email_tweet: ['email tweet'],
      dial_phone: ['dial phone'],
      media_views: ['media views'],
      media_engagements: ['media engagements'],
      promoted_impressions: ['promoted impressions'],
    },
    required: ['link', 'tweet_time', 'impressions', 'retweets'],
  },
};
