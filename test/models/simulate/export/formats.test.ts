import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { marketFiles } from '../../../../models/simulate/export/files.ts';
import { simulateMarket } from '../../../../models/simulate/market.ts';

const fixtures = new URL('../../../../../shared/fixtures/', import.meta.url);

function headerOf(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/, 1)[0]
    .split(',');
}

describe.skipIf(!existsSync(fixtures))('export formats against real headers', () => {
  const files = new Map(
    marketFiles(simulateMarket({ seed: 2, persons: 400, days: 60 })).map(({ path, content }) => [path, content]),
  );

  it.each([
    ['shopify_orders_export.csv', 'synthetic_ui_exports/shopify_orders_export.csv'],
    ['instagram_posts.csv', 'synthetic_ui_exports/meta_business_suite_ig_posts.csv'],
    ['facebook_posts.csv', 'synthetic_ui_exports/meta_business_suite_fb_posts_excel_mangled.csv'],
    ['tiktok_overview.csv', 'synthetic_ui_exports/tiktok_overview.csv'],
    ['x_content.csv', 'synthetic_ui_exports/x_analytics_content_2026.csv'],
    ['youtube_table_data.csv', 'synthetic_ui_exports/youtube_studio_table_data.csv'],
    ['tiktok_ads.csv', 'tiktok_ads/ad_report_hourly.csv'],
    ['google_ads.csv', 'google_ads/campaign_stats.csv'],
    ['linkedin_ads.csv', 'linkedin_ads/ad_analytics_by_campaign.csv'],
    ['linkedin_share_statistics.csv', 'linkedin_pages/share_statistic.csv'],
    ['linkedin_posts.csv', 'linkedin_pages/ugc_post_history.csv'],
    ['meta_ads_actions.csv', 'meta_ads/basic_ad_actions.csv'],
  ])('%s has exactly the columns of %s', (own, real) => {
    expect(headerOf(files.get(`exports/${own}`) ?? '')).toEqual(
      headerOf(readFileSync(new URL(real, fixtures), 'utf8')),
    );
  });

  it.each([
    ['meta_ads.csv', 'meta_ads/basic_ad.csv'],
    ['meta_ads_manager_us.csv', 'synthetic_ui_exports/meta_ads_manager_report.csv'],
  ])('%s has the columns of %s, with another currency or with names besides', (own, real) => {
    const known = headerOf(readFileSync(new URL(real, fixtures), 'utf8')).map((name) => name.replace('(GBP)', '(USD)'));
    expect(headerOf(files.get(`exports/${own}`) ?? '')).toEqual(expect.arrayContaining(known));
  });

  it('facebook_page_daily.csv is a subset of the real columns', () => {
    const known = headerOf(readFileSync(new URL('facebook_pages/daily_page_metrics_total.csv', fixtures), 'utf8'));
    expect(known).toEqual(expect.arrayContaining(headerOf(files.get('exports/facebook_page_daily.csv') ?? '')));
  });

  it('Mastodon statuses and notifications have keys that the real API has', () => {
    const cassette = JSON.parse(readFileSync(new URL('mastodon/test_status_fav_unfav.json', fixtures), 'utf8'));
    const [status] = JSON.parse(files.get('exports/mastodon_statuses.json') ?? '');
    expect(Object.keys(cassette[0].body)).toEqual(expect.arrayContaining(Object.keys(status)));
    expect(Object.keys(cassette[0].body.account)).toEqual(expect.arrayContaining(Object.keys(status.account)));
  });
});
