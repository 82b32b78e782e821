import type { SourceKind } from '../source.ts';
import { facebookDailyPageMetrics } from './facebook-daily-page-metrics.ts';
import { facebookLifetimePostMetrics } from './facebook-lifetime-post-metrics.ts';
import { facebookPostsCsv } from './facebook-posts-csv.ts';
import { instagramMediaHistory } from './instagram-media-history.ts';
import { instagramMediaInsights } from './instagram-media-insights.ts';
import { instagramMetricCsv } from './instagram-metric-csv.ts';
import { instagramPostsCsv } from './instagram-posts-csv.ts';
import { linkedinPageDaily } from './linkedin-page-daily.ts';
import { linkedinPostsXls } from './linkedin-posts-xls.ts';
import { linkedinShareStatistic } from './linkedin-share-statistic.ts';
import { linkedinUgcPostHistory } from './linkedin-ugc-post-history.ts';
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
];
