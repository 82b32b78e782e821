import type { Market } from '../market.ts';
import { googleAdsCsv, linkedinAdsCsv, tiktokAdsCsv, tiktokAdsEarlierCsv } from './ads.ts';
import { metaAdActionsCsv, metaAdsCsv, metaAdsManagerCsv } from './ads-meta.ts';
import { configurationOf, configurationYaml } from './configuration.ts';
import { costsCsv, fxRatesCsv, ledgerCsv } from './finance.ts';
import { mastodonNotificationsJson, mastodonStatusesJson } from './mastodon.ts';
import { tiktokContentCsv, tiktokOverviewCsv, xContentCsv, youtubeTableCsv } from './organic.ts';
import { linkedinPostsCsv, linkedinSharesCsv } from './organic-linkedin.ts';
import { facebookPageCsv, facebookPostsCsv, instagramPostsCsv } from './organic-meta.ts';
import { geoDaysCsv, geoWeeksCsv, mixYaml, pathsCsv, truthWeeksCsv, weeksCsv } from './panels.ts';
import { segmentFiles } from './segment.ts';
import { ordersCsv, ordersJson } from './shopify.ts';
import { assignmentsCsv, exposuresCsv } from './study-files.ts';

export interface MarketFile {
  path: string;
  content: string;
}

/**
 * A market as the files that its platforms would hand out, plus panels, the configuration that explains them, and the
 * truth. Pure text, in a fixed order; files that would hold nothing but a header are left out.
 */
export function marketFiles(market: Market): MarketFile[] {
  const files: MarketFile[] = [
    { path: 'exports/shopify_orders_export.csv', content: ordersCsv(market, 'eu') },
    { path: 'exports/shopify_us_orders_export.csv', content: ordersCsv(market, 'us') },
    { path: 'exports/shopify_orders.ndjson', content: ordersJson(market, 'eu') },
    { path: 'exports/shopify_us_orders.ndjson', content: ordersJson(market, 'us') },
    ...segmentFiles(market).map(({ path, content }) => ({ path: `exports/${path}`, content })),
    { path: 'exports/meta_ads.csv', content: metaAdsCsv(market) },
    { path: 'exports/meta_ads_actions.csv', content: metaAdActionsCsv(market) },
    { path: 'exports/meta_ads_manager_us.csv', content: metaAdsManagerCsv(market) },
    { path: 'exports/tiktok_ads.csv', content: tiktokAdsCsv(market) },
    { path: 'exports/tiktok_ads_earlier_sync.csv', content: tiktokAdsEarlierCsv(market) },
    { path: 'exports/google_ads.csv', content: googleAdsCsv(market) },
    { path: 'exports/linkedin_ads.csv', content: linkedinAdsCsv(market) },
    { path: 'exports/instagram_posts.csv', content: instagramPostsCsv(market) },
    { path: 'exports/facebook_posts.csv', content: facebookPostsCsv(market) },
    { path: 'exports/facebook_page_daily.csv', content: facebookPageCsv(market) },
    { path: 'exports/tiktok_content.csv', content: tiktokContentCsv(market) },
    { path: 'exports/tiktok_overview.csv', content: tiktokOverviewCsv(market) },
    { path: 'exports/linkedin_share_statistics.csv', content: linkedinSharesCsv(market) },
    { path: 'exports/linkedin_posts.csv', content: linkedinPostsCsv(market) },
    { path: 'exports/x_content.csv', content: xContentCsv(market) },
    { path: 'exports/youtube_table_data.csv', content: youtubeTableCsv(market) },
    { path: 'exports/mastodon_statuses.json', content: mastodonStatusesJson(market) },
    { path: 'exports/mastodon_notifications.json', content: mastodonNotificationsJson(market) },
    { path: 'exports/fx_rates.csv', content: fxRatesCsv(market) },
    { path: 'exports/costs.csv', content: costsCsv(market) },
    { path: 'exports/ledger.csv', content: ledgerCsv(market) },
    { path: 'exports/assignments.csv', content: assignmentsCsv(market) },
    { path: 'exports/exposures.csv', content: exposuresCsv(market) },
    { path: 'panels/paths.csv', content: pathsCsv(market) },
    { path: 'panels/geo_days.csv', content: geoDaysCsv(market) },
    { path: 'panels/geo_weeks.csv', content: geoWeeksCsv(market) },
    { path: 'panels/weekly.csv', content: weeksCsv(market) },
    { path: 'panels/mix.yaml', content: mixYaml(market) },
    { path: 'truth_weekly.csv', content: truthWeeksCsv(market) },
    { path: 'campaigns.yaml', content: configurationYaml(configurationOf(market)) },
    { path: 'truth.json', content: `${JSON.stringify(market.truth, null, 2)}\n` },
  ];
  return files.filter(({ path, content }) => !path.startsWith('exports/') || hasRows(content));
}

function hasRows(content: string): boolean {
  const end = content.indexOf('\n');
  const isCsv = !content.startsWith('{') && !content.startsWith('[');
  return isCsv ? end >= 0 && end < content.length - 1 : content.length > 3;
}
