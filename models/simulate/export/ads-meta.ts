import { isoDay } from '../calendar.ts';
import { digitsAt, hash32, seedOf } from '../hash.ts';
import type { Market } from '../market.ts';
import type { SpendRow } from '../spend.ts';
import { AD_ACCOUNTS, nativeCampaignId, nativeCampaignName, rowsOf } from './ad-rows.ts';
import { csvFile, money } from './text.ts';

/** Meta, as the Fivetran connector lays it down: one row per ad and day, account currency EUR. */
export function metaAdsCsv(market: Market): string {
  const rows = rowsOf(market, 'meta_ads').filter(({ row }) => row.market === 0);
  return csvFile(
    [
      ...['ad_id', 'date', 'account_id', 'impressions', 'inline_link_clicks', 'spend', 'reach'],
      ...['campaign_id', 'campaign_name', 'adset_id', 'adset_name', 'ad_name'],
    ],
    rows.map(({ row, item, date }) => [
      item.nativeId,
      date,
      AD_ACCOUNTS.meta,
      row.impressions,
      row.clicks,
      money(row.spend),
      row.reach,
      nativeCampaignId(market, item.channel, item.campaign),
      nativeCampaignName(market, item, 'EU'),
      digitsAt('12', 17, seedOf(market.context.dials.seed, 'adsets'), item.campaign),
      'EU 25-45',
      item.text,
    ]),
  );
}

/** Purchases the platform claims, under the overlapping names it gives one purchase. */
export function metaAdActionsCsv(market: Market): string {
  const seed = seedOf(market.context.dials.seed, 'meta actions');
  const rows = rowsOf(market, 'meta_ads').filter(({ row }) => row.market === 0 && row.conversions > 0);
  return csvFile(
    [
      '_fivetran_id',
      'ad_id',
      'date',
      'index',
      '_1_d_view',
      '_7_d_click',
      '_fivetran_synced',
      'action_type',
      'inline',
      'value',
    ],
    rows.flatMap(({ row, item, date }, position) =>
      ['purchase', 'offsite_conversion.fb_pixel_purchase', 'omni_purchase'].map((action, index) => [
        hash32(seed, position, index).toString(16),
        item.nativeId,
        date,
        index,
        '',
        `${row.conversions}.0`,
        `${market.context.dials.lastDate} 22:10:00.000000`,
        action,
        '',
        `${row.conversions}.0`,
      ]),
    ),
  );
}

/** Meta Ads Manager's own export of the dollar account: daily rows, one broken down by age and gender, and a Total row. */
export function metaAdsManagerCsv(market: Market): string {
  const rows = rowsOf(market, 'meta_ads').filter(({ row }) => row.market === 1);
  if (rows.length === 0) return '';
  const { firstDay, lastDate } = market.context.dials;
  const starts = isoDay(firstDay);
  const attribution = '7-day click or 1-day view';
  const line = (cells: readonly (string | number)[]): (string | number)[] => [starts, lastDate, ...cells];
  const sum = (of: (row: SpendRow) => number): number => rows.reduce((total, { row }) => total + of(row), 0);
  const indicator = 'actions:offsite_conversion.fb_pixel_purchase';
  const first = rows[0];
  return csvFile(
    [
      ...['Reporting starts', 'Reporting ends', 'Campaign name', 'Ad set name', 'Ad name', 'Day', 'Amount spent (USD)'],
      ...['Impressions', 'Reach', 'Link clicks', 'Results', 'Result indicator', 'Purchases'],
      ...['Purchases conversion value', 'Age', 'Gender', 'Attribution setting'],
    ],
    [
      ...rows.map(({ row, item, date }) =>
        line([
          ...[nativeCampaignName(market, item, 'US'), 'US 25-45', item.text, date, grouped(row.spend), row.impressions],
          ...[row.reach, row.clicks, row.conversions, indicator, row.conversions, money(row.conversionValue)],
          ...['', '', attribution],
        ]),
      ),
      line([
        ...[nativeCampaignName(market, first.item, 'US'), 'US 25-45', first.item.text, first.date],
        ...[
          grouped(Math.round(first.row.spend / 3)),
          Math.round(first.row.impressions / 3),
          Math.round(first.row.reach / 3),
        ],
        ...[Math.round(first.row.clicks / 3), 0, indicator, 0, '0.00', '25-34', 'female', attribution],
      ]),
      line([
        ...[
          'Total',
          '',
          '',
          '',
          grouped(sum((row) => row.spend)),
          sum((row) => row.impressions),
          sum((row) => row.reach),
        ],
        ...[sum((row) => row.clicks), sum((row) => row.conversions), '', sum((row) => row.conversions)],
        ...[money(sum((row) => row.conversionValue)), '', '', attribution],
      ]),
    ],
  );
}

/** `1,010.00`, as Ads Manager writes money. */
function grouped(minor: number): string {
  return money(minor).replace(/\B(?=(\d{3})+\.)/g, ',');
}
