import type { SourceKind } from '../source.ts';
import { facebookDailyPageMetrics } from './facebook-daily-page-metrics.ts';
import { facebookLifetimePostMetrics } from './facebook-lifetime-post-metrics.ts';
import { facebookPostsCsv } from './facebook-posts-csv.ts';
import { instagramMediaHistory } from './instagram-media-history.ts';
import { instagramMediaInsights } from './instagram-media-insights.ts';
import { instagramMetricCsv } from './instagram-metric-csv.ts';
import { instagramPostsCsv } from './instagram-posts-csv.ts';

export const socialSources: readonly SourceKind[] = [
  instagramPostsCsv,
  instagramMetricCsv,
  instagramMediaHistory,
  instagramMediaInsights,
  facebookPostsCsv,
  facebookDailyPageMetrics,
  facebookLifetimePostMetrics,
];
