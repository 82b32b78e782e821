import type { SourceKind } from '../source.ts';

/** Hootsuite post performance: several networks in one file, two lines of title above the header, times in GMT. */
export const hootsuitePostsCsv: SourceKind = {
  kind: 'hootsuite_posts_csv',
  title: 'Hootsuite post performance export',
  platform: 'hootsuite',
  steps: ['file_post'],
  streams: ['post', 'metric_observation'],
  format: {
    type: 'csv',
    columns: {
      date: ['Date (GMT)', 'Date (UTC)'],
      id: ['Post ID'],
      message: ['Post Message'],
      link: ['Post Permalink'],
      post_type: ['Post Type'],
      network: ['Social Network'],
      profile: ['Social Profile', 'Profile', 'Profile Name'],
      impressions: ['Impressions'],
      reach: ['Reach'],
      engagement: ['Engagement', 'Engagements'],
      likes: ['Likes', 'Reactions'],
      comments: ['Comments'],
      shares: ['Shares'],
      saves: ['Saves'],
      link_clicks: ['Post Link Clicks', 'Link Clicks'],
      video_views: ['Video Views'],
    },
    required: ['date', 'network', 'link'],
  },
};
