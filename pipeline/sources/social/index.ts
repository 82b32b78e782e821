import type { SourceKind } from '../source.ts';
import { bufferPostsCsv } from './buffer-posts-csv.ts';
import { facebookDailyPageMetrics } from './facebook-daily-page-metrics.ts';
import { facebookLifetimePostMetrics } from './facebook-lifetime-post-metrics.ts';
import { facebookPostHistory } from './facebook-post-history.ts';
import { facebookPostsCsv } from './facebook-posts-csv.ts';
import { hootsuitePostsCsv } from './hootsuite-posts-csv.ts';
import { instagramMediaHistory } from './instagram-media-history.ts';
import { instagramMediaInsights } from './instagram-media-insights.ts';
import { instagramMetricCsv } from './instagram-metric-csv.ts';
import { instagramPostsCsv } from './instagram-posts-csv.ts';
import { linkedinPageDaily } from './linkedin-page-daily.ts';
import { linkedinPostsXls } from './linkedin-posts-xls.ts';
import { linkedinShareStatistic } from './linkedin-share-statistic.ts';
import { linkedinUgcPostHistory } from './linkedin-ugc-post-history.ts';
import { mastodonAccount } from './mastodon-account.ts';
import { mastodonNotifications } from './mastodon-notifications.ts';
import { mastodonStatuses } from './mastodon-statuses.ts';
import { metricoolDailyCsv } from './metricool-daily-csv.ts';
import { sproutPostsCsv } from './sprout-posts-csv.ts';
import { tiktokContentCsv } from './tiktok-content-csv.ts';
import { tiktokFollowersCsv } from './tiktok-followers-csv.ts';
import { tiktokOverviewCsv } from './tiktok-overview-csv.ts';
import { xContentCsv } from './x-content-csv.ts';
import { xOverviewCsv } from './x-overview-csv.ts';
import { xTweetsCsv } from './x-tweets-csv.ts';
import { youtubeChannelBasic } from './youtube-channel-basic.ts';
import { youtubeTableCsv } from './youtube-table-csv.ts';
import { youtubeVideo } from './youtube-video.ts';

export const socialSources: readonly SourceKind[] = [
  instagramPostsCsv,
  instagramMetricCsv,
  instagramMediaHistory,
  instagramMediaInsights,
  facebookPostsCsv,
  facebookDailyPageMetrics,
  facebookLifetimePostMetrics,
  facebookPostHistory,
  linkedinPostsXls,
  linkedinPageDaily,
  linkedinShareStatistic,
  linkedinUgcPostHistory,
  xContentCsv,
  xTweetsCsv,
  xOverviewCsv,
  tiktokOverviewCsv,
  tiktokContentCsv,
  tiktokFollowersCsv,
  youtubeTableCsv,
  youtubeChannelBasic,
  youtubeVideo,
  mastodonStatuses,
  mastodonNotifications,
  mastodonAccount,
  hootsuitePostsCsv,
  sproutPostsCsv,
  bufferPostsCsv,
  metricoolDailyCsv,
];
